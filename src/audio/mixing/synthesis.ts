import { SeqkitError } from '../../base/errors.js';
import { randomGenerator, type Random } from '../../base/math/random.js';
import { addNoise, cropOf, cropStart, gainFor, rmsOf } from '../signal/augmentation.js';
import type { Clip, ClipSet } from '../clips/clips.js';
import { clipSet } from '../clips/clip-shapes.js';
import { equalize, randomBands, type EqualizerBand } from '../signal/equalizer.js';
import { highPass } from '../signal/high-pass.js';
import { lowPass } from '../signal/low-pass.js';
import { telephone } from '../signal/telephone.js';
import { chooseSegments, type Segment, type PlacedClip } from './segments.js';
import { synthesisSettings, type SynthesisSettings } from './synthesis-settings.js';
import { placeWithoutOverlap } from './placement.js';
import { convolve, roomResponse } from '../signal/reverberation.js';

/** A mixed example. */
export interface Mixture {
  /** Shape (exampleSeconds * sampleRate). */
  samples: Float32Array;
  placed: PlacedClip[];
  /** Level that the speech was drawn around, dB of full scale. */
  speechDb: number;
  background: PlacedBackground | undefined;
  babble?: PlacedBabble;
  /** Coloured noise; that of the microphone, which is always there, is the last. */
  noises: PlacedNoise[];
  /** Of the spectrum; undefined where it was left as it was. */
  tilt: number | undefined;
  equalizer?: EqualizerBand[];
  lowPass?: AppliedLowPass;
  /** Hz below which nothing is left. */
  highPassHz?: number;
  telephone?: true;
}

/** Nothing lies above a frequency, in the speech or in all of an example. */
export interface AppliedLowPass {
  hz: number;
  of: 'speech' | 'all';
}

/** What lies under an example, from its first sample to its last. */
export interface PlacedBackground {
  name: string;
  /** Where in the background the example begins; it starts over at its end. */
  fromSeconds: number;
  gainDb: number;
}

/** Other voices over each other, from the first sample to the last. */
export interface PlacedBabble {
  /** Of each talker, the clips that follow each other. */
  talkers: string[][];
  /** dB of full scale */
  levelDb: number;
}

/** White, pink-like or brown noise from the first sample to the last. */
export interface PlacedNoise {
  /** Of the low-pass filter that colours it: 0 leaves it white. */
  pole: number;
  /** dB of full scale */
  levelDb: number;
}

/**
 * Mixes one example: words at random places that do not overlap, over a background.
 *
 * @throws SeqkitError `too-little-data` without activates or backgrounds; `bad-value` where a
 *   clip of the word is longer than the example, or holds what is no sound
 */
export function mixExample(clips: ClipSet, settings: Readonly<SynthesisSettings>, random: Random): Mixture {
  clipSet.parse(clips, 'mixExample: clips');
  randomGenerator.parse(random, 'mixExample: random');
  return mixed(clips, synthesisSettings.parse(settings, 'mixExample'), random);
}

/** {@link mixExample} of clips and settings that were checked: once for thousands of examples. */
export function mixed(clips: ClipSet, settings: Readonly<SynthesisSettings>, random: Random): Mixture {
  const { sampleRate } = clips;
  const total = Math.round(settings.exampleSeconds * sampleRate);
  const segments = chooseSegments(clips, settings, random);
  const starts = placeWithoutOverlap(
    segments.map(({ samples }) => samples.length),
    total,
    random,
  );
  const samples = new Float32Array(total);
  const speechDb = random.uniform(...settings.speechDb);
  segments.forEach((segment, index) => {
    const start = starts[index];
    const gain = gainFor(segment.rms, speechDb + random.uniform(-4, 4));
    segment.clip.gainDb = 20 * Math.log10(gain);
    segment.clip.startSeconds = start / sampleRate;
    segment.clip.speechEndSeconds = (start + segment.speechEnd) / sampleRate;
    let sound = segment.samples;
    if (random.uniform() < settings.reverbShare) {
      sound = inRoom(sound, segment.clip, clips, settings, random);
    }
    const end = Math.min(sound.length, total - start);
    for (let i = 0; i < end; i++) samples[start + i] += gain * sound[i];
  });
  const low = lowPassOf(settings, random);
  if (low?.of === 'speech') lowPass(samples, low.hz, sampleRate);
  const under = layBackground(samples, clips, settings, speechDb, random);
  const tilt = random.uniform() < settings.tiltShare ? random.uniform(...settings.tilt) : undefined;
  if (tilt !== undefined) tiltSpectrum(samples, tilt);
  const { equalizerShare = 0, equalizerDb = 6 } = settings;
  const equalizer =
    equalizerShare > 0 && random.uniform() < equalizerShare ? randomBands(equalizerDb, random) : undefined;
  if (equalizer !== undefined) equalize(samples, equalizer, sampleRate);
  if (low?.of === 'all') lowPass(samples, low.hz, sampleRate);
  const recorder = throughRecorder(samples, sampleRate, settings, random);
  for (let i = 0; i < total; i++) {
    // A sample that is no number has made the whole of its clip none.
    if (Number.isNaN(samples[i])) throw notSound(segments, under.background);
    samples[i] = Math.max(-1, Math.min(1, samples[i]));
  }
  const placed = segments.map(({ clip }) => clip);
  return {
    samples,
    placed,
    speechDb,
    ...under,
    tilt,
    ...(equalizer && { equalizer }),
    ...(low && { lowPass: low }),
    ...recorder,
  };
}

/** The rest of what a recorder takes away. Nothing is drawn where it is off, so that examples come out as without it. */
function throughRecorder(
  samples: Float32Array,
  sampleRate: number,
  { highPassShare = 0, highPassHz = [100, 500], telephoneShare = 0 }: Readonly<SynthesisSettings>,
  random: Random,
): Pick<Mixture, 'highPassHz' | 'telephone'> {
  const hz =
    highPassShare > 0 && random.uniform() < highPassShare ? random.uniform(...highPassHz) : undefined;
  if (hz !== undefined) {
    const filter = highPass(hz, sampleRate);
    for (let i = 0; i < samples.length; i++) samples[i] = filter(samples[i]);
  }
  const isTelephone = telephoneShare > 0 && random.uniform() < telephoneShare;
  if (isTelephone) telephone(samples, sampleRate);
  return { ...(hz !== undefined && { highPassHz: hz }), ...(isTelephone && { telephone: true as const }) };
}

function notSound(segments: readonly Segment[], background: PlacedBackground | undefined): SeqkitError {
  const { clip } = segments.find(({ samples }) => samples.some((x) => !Number.isFinite(x))) ?? {};
  const name = clip?.name ?? background?.name ?? 'A clip';
  return new SeqkitError(`${name} holds a sample that is no finite number.`, {
    code: 'bad-value',
    hint: 'Set what is no number to 0, as decodeWav does with repair: true.',
  });
}

function lowPassOf(
  { lowPassShare = 0, lowPassHz = [3_000, 7_000] }: Readonly<SynthesisSettings>,
  random: Random,
): AppliedLowPass | undefined {
  // Nothing is drawn where it is off, so that examples come out as they would without it.
  if (lowPassShare === 0 || random.uniform() >= lowPassShare) return undefined;
  return { hz: random.uniform(...lowPassHz), of: random.choice(['speech', 'all']) };
}

/** A sound with the reverberation of a room: one that was given, or a made-up one; the clip is told which. */
function inRoom(
  sound: Float32Array,
  clip: PlacedClip,
  { rooms = [], sampleRate }: ClipSet,
  settings: Readonly<SynthesisSettings>,
  random: Random,
): Float32Array {
  if (rooms.length > 0) {
    const { name, samples } = random.choice(rooms);
    clip.room = name;
    return convolve(sound, samples);
  }
  const rt60Seconds = random.uniform(...settings.rt60Seconds);
  const room = { rt60Seconds, directToReverbDb: random.uniform(-3, 12), sampleRate };
  clip.rt60Seconds = rt60Seconds;
  return convolve(sound, roomResponse(room, random));
}

/** Adds a background, sometimes coloured noise and babble; says what lies there. */
function layBackground(
  samples: Float32Array,
  { backgrounds, negatives, sampleRate }: ClipSet,
  settings: Readonly<SynthesisSettings>,
  speechDb: number,
  random: Random,
): Pick<Mixture, 'background' | 'babble' | 'noises'> {
  const add = (sound: Float32Array, decibels: number): number => {
    const gain = gainFor(rmsOf(sound), decibels);
    for (let i = 0; i < samples.length; i++) samples[i] += gain * sound[i];
    return 20 * Math.log10(gain);
  };
  const noiseDb = () => speechDb - random.uniform(...settings.signalToNoiseDb);
  let background: PlacedBackground | undefined;
  if (backgrounds.length > 0) {
    const clip = random.choice(backgrounds);
    const from = cropStart(clip.samples.length, samples.length, random);
    const gainDb = add(cropOf(clip.samples, from, samples.length), noiseDb());
    background = { name: clip.name, fromSeconds: from / sampleRate, gainDb };
  }
  let babble: PlacedBabble | undefined;
  if (negatives.length > 0 && random.uniform() < settings.babbleShare) {
    const { samples: sound, talkers } = babbleOf(negatives, samples.length, sampleRate, random);
    babble = { talkers, levelDb: Math.min(noiseDb(), speechDb - 3) };
    add(sound, babble.levelDb);
  }
  const noises: PlacedNoise[] = [];
  const addColoured = (levelDb: number) => noises.push({ pole: addNoise(samples, levelDb, random), levelDb });
  if (random.uniform() < settings.noiseShare) addColoured(noiseDb());
  // No microphone is silent.
  addColoured(random.uniform(-95, -65));
  return { background, ...(babble && { babble }), noises };
}

const TALKERS = 4;

/** So many clips at a time, one after the other. */
function babbleOf(
  clips: readonly Clip[],
  length: number,
  sampleRate: number,
  random: Random,
): { samples: Float32Array; talkers: string[][] } {
  const samples = new Float32Array(length);
  const talkers = Array.from({ length: TALKERS }, () => {
    const names: string[] = [];
    let at = -random.integer(sampleRate);
    while (at < length) {
      const { name, samples: talk } = random.choice(clips);
      const gain = gainFor(rmsOf(talk), -20);
      for (let i = Math.max(0, -at); i < talk.length && at + i < length; i++) {
        samples[at + i] += gain * talk[i];
      }
      at += talk.length;
      names.push(name);
    }
    return names;
  });
  return { samples, talkers };
}

/** First-order tilt: y[n] = x[n] + amount x[n-1], at the same level. */
function tiltSpectrum(samples: Float32Array, amount: number): void {
  const before = rmsOf(samples);
  for (let i = samples.length - 1; i > 0; i--) samples[i] += amount * samples[i - 1];
  const scale = before / Math.max(rmsOf(samples), 1e-9);
  for (let i = 0; i < samples.length; i++) samples[i] *= scale;
}
