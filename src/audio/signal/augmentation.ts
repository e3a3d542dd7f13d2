import type { Random } from '../../base/math/random.js';

/** Root of the mean square. */
export function rmsOf(samples: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i] ** 2;
  return Math.sqrt(sum / Math.max(1, samples.length));
}

/** The factor that brings a sound of the given RMS to a level in dB of full scale; 0 for silence. */
export function gainFor(rms: number, decibels: number): number {
  return rms > 1e-7 ? 10 ** (decibels / 20) / rms : 0;
}

/**
 * Plays a sound `speed` times as fast, its pitch with it, by cubic interpolation
 * (Catmull and Rom 1974); shape (samples / speed).
 */
export function stretch(samples: Float32Array, speed: number): Float32Array {
  const out = new Float32Array(Math.max(1, Math.floor(samples.length / speed)));
  const last = samples.length - 1;
  for (let n = 0; n < out.length; n++) {
    const position = n * speed;
    const i = Math.floor(position);
    const t = position - i;
    const a = samples[Math.max(0, i - 1)];
    const b = samples[i];
    const c = samples[Math.min(last, i + 1)];
    const d = samples[Math.min(last, i + 2)];
    out[n] = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
  return out;
}

/** Ramps both ends over `length` samples, in place, so that a cut makes no click. */
export function fadeEdges(samples: Float32Array, length: number): void {
  const ramp = Math.min(length, samples.length >> 1);
  for (let i = 0; i < ramp; i++) {
    samples[i] *= i / ramp;
    samples[samples.length - 1 - i] *= i / ramp;
  }
}

/** Where to begin a random stretch of `length` samples, of a sound of `available`. */
export function cropStart(available: number, length: number, random: Random): number {
  return random.integer(available > length ? available - length + 1 : available);
}

/** A stretch of a sound, which starts over where it is too short; shape (length). */
export function cropOf(samples: Float32Array, from: number, length: number): Float32Array {
  const out = new Float32Array(length);
  for (let at = 0; at < length; from = 0) {
    const part = samples.subarray(from, from + length - at);
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/**
 * Adds white, pink-like or brown noise of a level in dB of full scale, in place.
 * @returns the pole of the filter y[n] = pole y[n-1] + x[n] that colours it
 */
export function addNoise(samples: Float32Array, decibels: number, random: Random): number {
  // A one-pole low-pass: 0 leaves the noise white, 0.98 makes it fall by 6 dB an octave from 50 Hz on.
  const pole = random.choice([0, 0.7, 0.98]);
  const noise = new Float32Array(samples.length);
  let state = 0;
  for (let i = 0; i < noise.length; i++) {
    // The bits of one draw, centred: white is white whatever the distribution of a sample.
    state = pole * state + (random.bits() - 2147483648) / 2147483648;
    noise[i] = state;
  }
  const gain = gainFor(rmsOf(noise), decibels);
  for (let i = 0; i < samples.length; i++) samples[i] += gain * noise[i];
  return pole;
}

/**
 * SpecAugment (Park et al. 2019): up to two stretches of time and two of frequency set to 0,
 * which is the mean of normalized features.
 *
 * @param features shape (frames, bands), changed in place
 */
export function maskFeatures(
  features: Float32Array,
  bands: number,
  options: { maxFrames: number; maxBands: number },
  random: Random,
): void {
  const frames = features.length / bands;
  for (let mask = random.integer(3); mask > 0; mask--) {
    const width = random.integer(options.maxFrames + 1);
    const from = random.integer(Math.max(1, frames - width));
    features.fill(0, from * bands, (from + width) * bands);
  }
  for (let mask = random.integer(3); mask > 0; mask--) {
    const width = random.integer(options.maxBands + 1);
    const from = random.integer(Math.max(1, bands - width));
    for (let k = 0; k < frames; k++) features.fill(0, k * bands + from, k * bands + from + width);
  }
}
