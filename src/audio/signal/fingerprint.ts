import { fnv1a } from '../../base/math/fnv1a.js';
import type { Waveform } from './wav.js';

// The hashes of the first release's models, checkpoints and records, whose values stay as they are. New uses take
// `Digest` or `Fingerprint` of src/base/encoding.

/** Of sound: equal for equal samples at an equal rate; unequal, but for one case in 2^64, otherwise. */
export function soundFingerprint({ samples, sampleRate }: Waveform): string {
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

/** Of text: sixteen hexadecimal digits, FNV-1a (Fowler, Noll and Vo) over UTF-16 from two starts. */
export function textFingerprint(text: string): string {
  return [0x811c9dc5, 0x1b873593]
    .map((start) => (fnv1a(text, start) >>> 0).toString(16).padStart(8, '0'))
    .join('');
}
