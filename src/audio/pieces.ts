import { SeqkitError } from '../rnn/errors.js';
import type { Random } from '../rnn/random.js';
import { fadeEdges, gainFor, rmsOf, stretch } from './augmentation.js';
import type { Clip, ClipSet } from './clips.js';
import { shiftPitch } from './pitch.js';

/** A number drawn evenly between two bounds. */
export type Range = readonly [low: number, high: number];

/** What is said in an example; shares are probabilities from 0 to 1. */
export interface PieceSettings {
  /** Length of an example. */
  exampleSeconds: number;
  /** Share of the examples that hold the word. */
  activateShare: number;
  /** Most times that such an example holds it. @default 2 */
  maxActivates?: number;
  /** Most other words in an example. */
  maxNegatives: number;
  /** Share of the words that are cut in half and count as another word. */
  halfWordShare: number;
  /** Share of the negatives that are running speech, where the clips hold any. */
  speechShare: number;
  /** Share of the negatives that sound like the word, where the clips hold any. */
  lookAlikeShare: number;
  /**
   * Share of the remaining negatives that are made up: fragments of clips in a row, among them halves of
   * the word in the wrong order. Without them a model learns from a few short commands that
   * whatever is as long as the word must be the word.
   */
  splicedShare: number;
  /** Share of the words that follow other speech without a pause. */
  runningSpeechShare: number;
  /** Playing speed of a clip; its pitch changes with it. */
  speed: Range;
  /** Share of the pieces whose pitch is moved by itself, and how far. @default 0 */
  pitchShare?: number;
  pitchSemitones?: Range;
}

/** What a piece of an example is. */
export type PieceKind =
  'activate' | 'half-activate' | 'negative' | 'spliced' | 'speech' | 'look-alike' | 'alarm';

/** A clip within an example. */
export interface PlacedClip {
  /** The clips it is made of, joined by " + ". */
  name: string;
  kind: PieceKind;
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
export interface Piece {
  samples: Float32Array;
  /** Samples from the start of the piece to the end of its speech. */
  speechEnd: number;
  /** Its place and gain are filled in when it is placed. */
  clip: PlacedClip;
}

/** Sound kept before and after the speech of a clip, in seconds. */
const LEAD_SECONDS = 0.1;
const TAIL_SECONDS = 0.2;
/** More of a long negative, a sentence say, is not used in one example. */
const LONGEST_NEGATIVE_SECONDS = 2.5;
/** Length of a stretch of running speech. */
const SPEECH_SECONDS: Range = [1, 4];
/** The words of one example never fill more of it than this, so that gaps remain. */
const MOST_FILLED = 0.85;
/** Length of the fragments of made-up words: a syllable or two. */
const FRAGMENT_SECONDS: Range = [0.08, 0.4];
const FADE_SECONDS = 0.005;
/** Share of the other words that are false alarms of before, where the clips hold any. */
const ALARM_SHARE = 0.3;
/** Of an alarm as `listen` keeps it, three seconds of which the first two led up to it, the last two are used. */
const KEPT_ALARM_SECONDS = 3.2;
const USED_ALARM_SECONDS = 2;

/** A stretch of a clip, in samples. */
interface Fragment {
  clip: Clip;
  from: number;
  to: number;
}

/**
 * Draws words until the example is full enough.
 *
 * @throws SeqkitError `too-little-data` without clips of the word; `bad-value` where one of them
 *   is longer than the example
 */
export function choosePieces(clips: ClipSet, settings: Readonly<PieceSettings>, random: Random): Piece[] {
  const { activates, negatives, sampleRate } = clips;
  if (activates.length === 0) {
    throw new SeqkitError('There are no clips of the word to mix.', { code: 'too-little-data' });
  }
  const wanted: PieceKind[] = [];
  if (random.uniform() < settings.activateShare) {
    const count = 1 + random.integer(settings.maxActivates ?? 2);
    for (let i = 0; i < count; i++) {
      wanted.push(random.uniform() < settings.halfWordShare ? 'half-activate' : 'activate');
    }
  }
  const anyNegatives = negatives.length > 0 || (clips.speech ?? []).length > 0;
  // An example of nothing but noise teaches little.
  const fewest = wanted.length === 0 ? Math.min(1, settings.maxNegatives) : 0;
  const others = anyNegatives ? fewest + random.integer(settings.maxNegatives + 1 - fewest) : 0;
  for (let i = 0; i < others; i++) wanted.push(negativeKind(clips, settings, random));
  const total = Math.round(settings.exampleSeconds * sampleRate);
  const pieces: Piece[] = [];
  let filled = 0;
  for (const kind of wanted) {
    const piece = pieceOf(kind, clips, settings, random);
    const first = pieces.length === 0 && kind === 'activate';
    if (first && piece.samples.length > total) {
      throw new SeqkitError(
        `${piece.clip.name}: its speech lasts ${(piece.samples.length / sampleRate).toFixed(1)} s, longer than an example of ${settings.exampleSeconds} s.`,
        { code: 'bad-value', hint: 'Cut the clip to the one word, or ask for longer examples.' },
      );
    }
    if (filled + piece.samples.length > (first ? 1 : MOST_FILLED) * total) continue;
    filled += piece.samples.length;
    pieces.push(piece);
  }
  return pieces;
}

function negativeKind(
  { negatives, speech = [], lookAlikes = [], alarms = [] }: ClipSet,
  { speechShare, lookAlikeShare, splicedShare }: Readonly<PieceSettings>,
  random: Random,
): PieceKind {
  if (alarms.length > 0 && random.uniform() < ALARM_SHARE) return 'alarm';
  if (negatives.length === 0) return 'speech';
  const chance = random.uniform();
  if (chance < speechShare && speech.length > 0) return 'speech';
  if (chance > 1 - lookAlikeShare && lookAlikes.length > 0) return 'look-alike';
  return random.uniform() < splicedShare ? 'spliced' : 'negative';
}

function pieceOf(kind: PieceKind, clips: ClipSet, settings: Readonly<PieceSettings>, random: Random): Piece {
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
  const last = fragments[fragments.length - 1];
  const afterSpeech = Math.round(Math.max(0, last.to - last.clip.speech.end) / speed);
  const samples = joined(sounds);
  return {
    samples,
    speechEnd: samples.length - afterSpeech,
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
  { pitchShare = 0, pitchSemitones = [-2, 2] }: Readonly<PieceSettings>,
  random: Random,
): number | undefined {
  // Nothing is drawn where it is off, so that examples come out as they would without it.
  return pitchShare > 0 && random.uniform() < pitchShare ? random.uniform(...pitchSemitones) : undefined;
}

function fragmentsOf(
  kind: PieceKind,
  { activates, negatives, speech = [], lookAlikes = [], alarms = [], sampleRate }: ClipSet,
  settings: Readonly<PieceSettings>,
  random: Random,
): Fragment[] {
  switch (kind) {
    case 'activate': {
      const clip = oneOf(activates, random);
      if (negatives.length === 0 || random.uniform() >= settings.runningSpeechShare) {
        return [wholeWord(clip, sampleRate)];
      }
      const before = fragmentOf(random.choice(negatives), sampleRate, random);
      return [before, { ...wholeWord(clip, sampleRate), from: clip.speech.start }];
    }
    case 'half-activate':
      return [random.choice(halvesOf(random.choice(activates), random))];
    case 'negative': {
      const clip = random.choice(negatives);
      const longest = Math.round(LONGEST_NEGATIVE_SECONDS * sampleRate);
      return [lengthOf(clip) <= longest ? wholeWord(clip, sampleRate) : stretchOf(clip, longest, random)];
    }
    case 'alarm': {
      const clip = random.choice(alarms);
      const { length: to } = clip.samples;
      const used = Math.round(USED_ALARM_SECONDS * sampleRate);
      if (to > KEPT_ALARM_SECONDS * sampleRate) return [stretchOf(clip, used, random)];
      return [{ clip, from: Math.max(0, to - used), to }];
    }
    case 'speech': {
      const length = Math.round(random.uniform(...SPEECH_SECONDS) * sampleRate);
      return [stretchOf(random.choice(speech), length, random)];
    }
    case 'look-alike':
      return [wholeWord(random.choice(lookAlikes), sampleRate)];
    case 'spliced': {
      const fragments = Array.from({ length: 2 + random.integer(4) }, () =>
        fragmentOf(random.choice(negatives), sampleRate, random),
      );
      const [firstHalf, secondHalf] = halvesOf(random.choice(activates), random);
      const place = random.integer(fragments.length - 1);
      const chance = random.uniform();
      if (chance < 0.2) fragments.splice(place, 2, secondHalf, firstHalf);
      else if (chance < 0.4) fragments[place] = random.choice([firstHalf, secondHalf]);
      return fragments;
    }
  }
}

/** A clip of the word; of several words, each is as likely however many clips it has. */
function oneOf(activates: readonly Clip[], random: Random): Clip {
  const words = [...new Set(activates.map(({ word }) => word))];
  if (words.length === 1) return random.choice(activates);
  const drawn = random.choice(words);
  return random.choice(activates.filter(({ word }) => word === drawn));
}

/** The speech of a clip with a little of what is before and after it. */
function wholeWord(clip: Clip, sampleRate: number): Fragment {
  const { start, end } = clip.speech;
  return {
    clip,
    from: Math.max(0, start - Math.round(LEAD_SECONDS * sampleRate)),
    to: Math.min(clip.samples.length, end + Math.round(TAIL_SECONDS * sampleRate)),
  };
}

function halvesOf(clip: Clip, random: Random): [first: Fragment, second: Fragment] {
  const { start, end } = clip.speech;
  const middle = start + Math.round((end - start) * random.uniform(0.4, 0.6));
  return [
    { clip, from: start, to: middle },
    { clip, from: middle, to: end },
  ];
}

/** A syllable or two of a clip's speech. */
function fragmentOf(clip: Clip, sampleRate: number, random: Random): Fragment {
  return stretchOf(clip, Math.round(random.uniform(...FRAGMENT_SECONDS) * sampleRate), random);
}

/** A random stretch of a clip's speech, as long as there is so much of it. */
function stretchOf(clip: Clip, wanted: number, random: Random): Fragment {
  const length = Math.min(lengthOf(clip), wanted);
  const from = clip.speech.start + random.integer(lengthOf(clip) - length + 1);
  return { clip, from, to: from + length };
}

function lengthOf({ speech: { start, end } }: Clip): number {
  return end - start;
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
