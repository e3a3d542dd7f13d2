import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { fadeEdges, gainFor, rmsOf, stretch } from '../signal/augmentation.js';
import type { ClipSet } from '../clips/clips.js';
import { fragmentsOf, LEAD_SECONDS, roomToneOf, TAIL_SECONDS } from './fragments.js';
import type { SegmentKind, SegmentSettings } from './segment-settings.js';
import { shiftPitch } from '../signal/pitch.js';

/** A clip within an example. */
export interface PlacedClip {
  /** The clips it is made of, joined by " + ". */
  name: string;
  kind: SegmentKind;
  /** Of an `activate` in a folder of its word: which word it is. */
  word?: string;
  /** The stretches of clips that follow each other in it, before the speed was changed. */
  sources: { name: string; fromSeconds: number; toSeconds: number }[];
  startSeconds: number;
  /** Where its speech ends in the example. */
  speechEndSeconds: number;
  speed: number;
  pitchSemitones?: number;
  gainDb: number;
  rt60Seconds: number | undefined;
  /** The impulse response, where it is one that was given. */
  room?: string;
}

/** Sound to be placed in an example. */
export interface Segment {
  samples: Float32Array;
  /** Samples from the start of the segment to the end of its speech. */
  speechEnd: number;
  /** Root mean square of its speech and what is close to it, by which its gain is set. */
  rms: number;
  /** Its place and gain are filled in when it is placed. */
  clip: PlacedClip;
}

/** The words of one example never fill more of it than this, so that gaps remain. */
const MAX_FILLED = 0.85;
const FADE_SECONDS = 0.005;
/** Share of the other words that are false alarms of before, where the clips hold any. */
const FALSE_ALARM_SHARE = 0.3;

/**
 * Draws words until the example is full enough.
 *
 * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where one of them
 *   is longer than the example
 */
export function chooseSegments(
  clips: ClipSet,
  settings: Readonly<SegmentSettings>,
  random: Random,
): Segment[] {
  const { activates, negatives, sampleRate } = clips;
  if (activates.length === 0) {
    throw new SeqkitError('There are no clips of the word to mix.', { code: 'too-little-data' });
  }
  const wanted: SegmentKind[] = [];
  if (random.uniform() < settings.activateShare) {
    const count = 1 + random.integer(settings.maxActivates ?? 2);
    for (let i = 0; i < count; i++) {
      wanted.push(random.uniform() < settings.halfWordShare ? 'half-activate' : 'activate');
    }
  }
  const anyNegatives = negatives.length > 0 || (clips.speech ?? []).length > 0;
  // An example of nothing but noise teaches little.
  const min = wanted.length === 0 ? Math.min(1, settings.maxNegatives) : 0;
  const others = anyNegatives ? min + random.integer(settings.maxNegatives + 1 - min) : 0;
  for (let i = 0; i < others; i++) wanted.push(negativeKind(clips, settings, random));
  const total = Math.round(settings.exampleSeconds * sampleRate);
  const segments: Segment[] = [];
  let filled = 0;
  for (const kind of wanted) {
    const segment = segmentOf(kind, clips, settings, random);
    const first = segments.length === 0 && kind === 'activate';
    if (first && segment.samples.length > total) {
      throw new SeqkitError(
        `${segment.clip.name}: its speech lasts ${(segment.samples.length / sampleRate).toFixed(1)} s, longer than an example of ${settings.exampleSeconds} s.`,
        { code: 'bad-value', hint: 'Cut the clip to the one word, or ask for longer examples.' },
      );
    }
    if (filled + segment.samples.length > (first ? 1 : MAX_FILLED) * total) continue;
    filled += segment.samples.length;
    segments.push(segment);
  }
  return segments;
}

function negativeKind(
  { activates, negatives, speech = [], lookAlikes = [], falseAlarms: alarms = [], sampleRate }: ClipSet,
  { speechShare, lookAlikeShare, splicedShare, roomToneShare = 0 }: Readonly<SegmentSettings>,
  random: Random,
): SegmentKind {
  if (alarms.length > 0 && random.uniform() < FALSE_ALARM_SHARE) return 'alarm';
  // Nothing is drawn where it is off, so that examples come out as they would without it.
  if (roomToneShare > 0 && random.uniform() < roomToneShare) {
    if (activates.some((clip) => roomToneOf(clip, sampleRate) !== undefined)) return 'room-tone';
  }
  if (negatives.length === 0) return 'speech';
  const chance = random.uniform();
  if (chance < speechShare && speech.length > 0) return 'speech';
  if (chance > 1 - lookAlikeShare && lookAlikes.length > 0) return 'look-alike';
  return random.uniform() < splicedShare ? 'spliced' : 'negative';
}

function segmentOf(
  kind: SegmentKind,
  clips: ClipSet,
  settings: Readonly<SegmentSettings>,
  random: Random,
): Segment {
  const { sampleRate } = clips;
  const fragments = fragmentsOf(kind, clips, settings, random);
  const speed = random.uniform(...settings.speed);
  const semitones = pitchOf(settings, random);
  const sounds = fragments.map(({ clip, from, to }) => {
    const played = stretch(clip.samples.subarray(from, to), speed);
    const sound = semitones === undefined ? played : shiftPitch(played, semitones, sampleRate);
    fadeEdges(sound, Math.round(FADE_SECONDS * sampleRate));
    return sound;
  });
  const [first, last] = [fragments[0], fragments[fragments.length - 1]];
  const beforeSpeech = Math.round(Math.max(0, first.clip.speech.start - first.from) / speed);
  const isSpeech = kind !== 'room-tone';
  const afterSpeech = isSpeech ? Math.round(Math.max(0, last.to - last.clip.speech.end) / speed) : 0;
  const samples = joined(sounds);
  const speechEnd = samples.length - afterSpeech;
  const endsWithClip = kind === 'activate' && settings.wordEnd === 'clip';
  const [lead, tail] = [LEAD_SECONDS, TAIL_SECONDS].map((seconds) =>
    Math.ceil((seconds * sampleRate) / speed),
  );
  // The level of the speech with what is always kept around it; the noise around a word is as loud as it was beside it.
  const loud = isSpeech
    ? { sound: samples, from: beforeSpeech - lead, to: speechEnd + tail }
    : { sound: first.clip.samples, from: first.clip.speech.start, to: first.clip.speech.end };
  return {
    samples,
    speechEnd: endsWithClip ? samples.length : speechEnd,
    rms: rmsOf(loud.sound.subarray(Math.max(0, loud.from), loud.to)),
    clip: {
      name: fragments.map(({ clip }) => clip.name).join(' + '),
      kind,
      ...(kind === 'activate' && last.clip.word !== undefined && { word: last.clip.word }),
      sources: fragments.map(({ clip, from, to }) => ({
        name: clip.name,
        fromSeconds: from / sampleRate,
        toSeconds: to / sampleRate,
      })),
      startSeconds: 0,
      speechEndSeconds: 0,
      speed,
      ...(semitones !== undefined && { pitchSemitones: semitones }),
      gainDb: 0,
      rt60Seconds: undefined,
    },
  };
}

function pitchOf(
  { pitchShare = 0, pitchSemitones = [-2, 2] }: Readonly<SegmentSettings>,
  random: Random,
): number | undefined {
  // Nothing is drawn where it is off, so that examples come out as they would without it.
  return pitchShare > 0 && random.uniform() < pitchShare ? random.uniform(...pitchSemitones) : undefined;
}

/** Sounds one after the other, each at the level of the last. */
function joined(sounds: readonly Float32Array[]): Float32Array {
  if (sounds.length === 1) return sounds[0];
  const level = 20 * Math.log10(Math.max(1e-6, rmsOf(sounds[sounds.length - 1])));
  const out = new Float32Array(sounds.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const sound of sounds) {
    const gain = gainFor(rmsOf(sound), level);
    for (let i = 0; i < sound.length; i++) out[at + i] = gain * sound[i];
    at += sound.length;
  }
  return out;
}
