/** Recordings of a data folder, and noise under them: for the benches that measure wake words. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClips } from '../dist/audio/index.js';

/** Hz. */
export const RATE = 16_000;

/** The WAV files below a folder as clips of a kind, such as `activates`. */
export function clipsIn(kind, folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.wav'))
    .sort()
    .map((name) => ({
      path: `${kind}/${name.replaceAll(/[/\\]/g, '-')}`,
      bytes: readFileSync(join(folder, name)),
    }));
  return readClips(files, RATE)[kind].map((clip) => ({ ...clip, word: undefined }));
}

export const rms = (x) => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / x.length);

/**
 * A clip in noise from a random place of a random background.
 * @param around.before seconds of noise before it, and after it
 * @param around.db its speech over the noise
 */
export function inNoise({ samples, speech }, backgrounds, random, { before, after, db }) {
  const out = new Float32Array(samples.length + Math.round((before + after) * RATE));
  const { samples: noise } = random.choice(backgrounds);
  const from = random.integer(noise.length);
  for (let i = 0; i < out.length; i++) out[i] = noise[(from + i) % noise.length];
  const gain =
    (rms(samples.subarray(speech.start, speech.end)) / Math.max(rms(out), 1e-6)) * 10 ** (-db / 20);
  for (let i = 0; i < out.length; i++) out[i] *= gain;
  const start = Math.round(before * RATE);
  for (let i = 0; i < samples.length; i++) out[start + i] += samples[i];
  return out;
}
