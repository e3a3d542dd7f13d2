import { number } from '../../base/schema/index.js';
import { stretch } from './augmentation.js';
import { finiteSamples, sampleRateHz } from './samples.js';

const pitchSteps = number({ min: -48, max: 48 });
const timeFactor = number({ min: 1 / 16, max: 16 });

const FRAME_SECONDS = 0.03;
/** How far from its even place a frame is looked for: more than half the period of a low voice. */
const REACH_SECONDS = 0.008;

/**
 * Moves the pitch and keeps the time, as another voice would say it; shape (samples).
 *
 * @param semitones up, or below 0 down; -48 to 48
 * @param sampleRate Hz
 * @throws SeqkitError `bad-value` where one of them, or a sample, is out of range
 */
export function shiftPitch(samples: Float32Array, semitones: number, sampleRate: number): Float32Array {
  finiteSamples.parse(samples, 'shiftPitch: samples');
  pitchSteps.parse(semitones, 'shiftPitch: semitones');
  sampleRateHz.parse(sampleRate, 'shiftPitch: sampleRate');
  const factor = 2 ** (semitones / 12);
  const shifted = stretch(stretched(samples, factor, sampleRate), factor);
  const out = new Float32Array(samples.length);
  out.set(shifted.subarray(0, samples.length));
  return out;
}

/**
 * Makes a sound `factor` times as long and keeps its pitch: frames overlap by half, each taken from where it
 * goes on best from the one before (WSOLA, Verhelst and Roelands 1993). Shape (factor * samples).
 *
 * @param factor 1/16 to 16
 * @param sampleRate Hz
 * @throws SeqkitError `bad-value` where one of them, or a sample, is out of range
 */
export function stretchTime(samples: Float32Array, factor: number, sampleRate: number): Float32Array {
  finiteSamples.parse(samples, 'stretchTime: samples');
  timeFactor.parse(factor, 'stretchTime: factor');
  sampleRateHz.parse(sampleRate, 'stretchTime: sampleRate');
  return stretched(samples, factor, sampleRate);
}

function stretched(samples: Float32Array, factor: number, sampleRate: number): Float32Array {
  const hop = Math.round((FRAME_SECONDS * sampleRate) / 2);
  const frame = 2 * hop;
  const reach = Math.round(REACH_SECONDS * sampleRate);
  const out = new Float32Array(Math.round(samples.length * factor));
  const window = Float64Array.from(
    { length: frame },
    (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / frame),
  );
  // The first frame stands half before the start, so that the start is as loud as the rest.
  let from = -hop;
  for (let at = -hop; at < out.length; at += hop) {
    if (at >= 0) from = bestStart(samples, { like: from + hop, near: Math.round(at / factor), reach, frame });
    const first = Math.max(0, -at, -from);
    const last = Math.min(frame, out.length - at, samples.length - from);
    for (let i = first; i < last; i++) out[at + i] += window[i] * samples[from + i];
  }
  return out;
}

/** Where within reach of a place the sound is most like another stretch of it: the highest correlation. */
function bestStart(
  samples: Float32Array,
  { like, near, reach, frame }: { like: number; near: number; reach: number; frame: number },
): number {
  let best = near;
  let highest = -Infinity;
  for (let start = near - reach; start <= near + reach; start++) {
    let [sum, energy] = [0, 1e-9];
    const first = Math.max(0, -start, -like);
    const last = Math.min(frame, samples.length - start, samples.length - like);
    // Every second sample tells enough.
    for (let i = first; i < last; i += 2) {
      sum += samples[like + i] * samples[start + i];
      energy += samples[start + i] ** 2;
    }
    const likeness = sum / Math.sqrt(energy);
    if (likeness > highest) [highest, best] = [likeness, start];
  }
  return best;
}
