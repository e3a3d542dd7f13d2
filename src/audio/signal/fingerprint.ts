import type { Waveform } from './wav.js';

/** Equal for equal samples at an equal rate; unequal, but for one case in 2^64, otherwise. */
export function fingerprint({ samples, sampleRate }: Waveform): string {
  const words = new Uint32Array(samples.buffer, samples.byteOffset, samples.length);
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (const word of words) {
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return `${sampleRate} ${samples.length} ${a >>> 0} ${b >>> 0}`;
}
