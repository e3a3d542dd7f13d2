import { Random } from '../../base/math/random.js';
import { addNoise, cropOf, cropStart, rmsOf } from '../signal/augmentation.js';
import type { Clip, ClipSet } from '../clips/clips.js';
import type { SpokenWord } from './evaluation.js';

/** Sound to test a model on, with the words said in it. */
export interface TestRecording {
  name: string;
  samples: Float32Array;
  /** Hz */
  sampleRate: number;
  words: SpokenWord[];
  /** What counts as listened to: the clip without what was put around it. */
  seconds: number;
  /** Put before the clip; times count from its end. */
  leadSeconds: number;
}

/** Before a clip, so that the model has settled, and after it, so that it can still fire. */
const LEAD_SECONDS = 1;
const TAIL_SECONDS = 1;
/** What stands around a clip where no background is mixed in: a microphone in a silent room. */
const QUIET_DB = -75;

/** What is laid under the clips. */
export interface TestRecordingOptions {
  signalToNoiseDb?: number;
  /** @default 1 */
  seed?: number;
  /** Where the word ends: with its speech, or with its clip. @default 'speech' */
  wordEnd?: 'speech' | 'clip';
}

/** `testRecordings` of clips and options that were looked at. */
export function* clipRecordings(
  clips: ClipSet,
  { signalToNoiseDb, seed = 1, wordEnd = 'speech' }: TestRecordingOptions,
): Generator<TestRecording> {
  const { sampleRate, backgrounds } = clips;
  const random = new Random(seed);
  const endOf = ({ speech, samples }: Clip) => (wordEnd === 'clip' ? samples.length : speech.end);
  const around = (clip: Clip, noisy: boolean): Float32Array => {
    const lead = LEAD_SECONDS * sampleRate;
    const total = lead + clip.samples.length + TAIL_SECONDS * sampleRate;
    let samples: Float32Array = new Float32Array(total);
    if (noisy && signalToNoiseDb !== undefined) {
      const noise = random.choice(backgrounds).samples;
      samples = cropOf(noise, cropStart(noise.length, total, random), total);
      const speech = rmsOf(clip.samples.subarray(clip.speech.start, clip.speech.end));
      const gain = (speech / Math.max(rmsOf(samples), 1e-9)) * 10 ** (-signalToNoiseDb / 20);
      for (let i = 0; i < total; i++) samples[i] *= gain;
    } else addNoise(samples, QUIET_DB, random);
    for (let i = 0; i < clip.samples.length; i++) samples[lead + i] += clip.samples[i];
    return samples;
  };
  for (const kind of ['activates', 'negatives', 'backgrounds'] as const) {
    for (const clip of clips[kind]) {
      yield {
        name: clip.name,
        samples: around(clip, kind !== 'backgrounds'),
        sampleRate,
        words: kind === 'activates' ? [{ endSeconds: endOf(clip) / sampleRate, word: clip.word }] : [],
        seconds: clip.samples.length / sampleRate,
        leadSeconds: LEAD_SECONDS,
      };
    }
  }
}
