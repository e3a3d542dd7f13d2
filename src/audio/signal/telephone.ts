import { highPass } from './high-pass.js';
import { lowPass } from './low-pass.js';

/** The band of a telephone (ITU-T G.712). */
const BAND_HZ: readonly [number, number] = [300, 3_400];
const MU = 255;
/** Steps on each side of zero: eight bits with the sign. */
const STEPS = 127;

/**
 * What a telephone leaves of a sound, in place: its band, and 8 bits a sample on the mu-law curve (ITU-T G.711), in
 * which quiet parts keep finer steps than loud ones.
 *
 * @param sampleRate Hz
 */
export function telephone(samples: Float32Array, sampleRate: number): void {
  lowPass(samples, BAND_HZ[1], sampleRate);
  const filter = highPass(BAND_HZ[0], sampleRate);
  const scale = Math.log1p(MU);
  for (let i = 0; i < samples.length; i++) {
    const x = Math.max(-1, Math.min(1, filter(samples[i])));
    const level = Math.round((STEPS * Math.log1p(MU * Math.abs(x))) / scale) / STEPS;
    samples[i] = (Math.sign(x) * Math.expm1(level * scale)) / MU;
  }
}
