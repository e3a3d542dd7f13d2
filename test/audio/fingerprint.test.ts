import { describe, expect, it } from 'vitest';
import { soundFingerprint, textFingerprint } from '../../src/audio/signal/fingerprint.js';

describe('textFingerprint', () => {
  // The published 32-bit test vectors of FNV-1a.
  it.each([
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
  ])('of %j begins with its FNV-1a', (text, hash) => {
    expect(textFingerprint(text).slice(0, 8)).toBe(hash);
    expect(textFingerprint(text)).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('soundFingerprint', () => {
  it('is what it should be, in whole numbers without end', () => {
    const samples = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i));
    const mask = 0xffffffffn;
    let [a, b] = [0x811c9dc5n, 0x9e3779b9n];
    for (const word of new Uint32Array(samples.buffer)) {
      a = ((a ^ BigInt(word)) * 0x01000193n) & mask;
      a ^= a >> 15n;
      b = ((b ^ BigInt(word)) * 0x85ebca6bn) & mask;
      b ^= b >> 13n;
    }
    expect(soundFingerprint({ samples, sampleRate: 16_000 })).toBe(`16000 50 ${a} ${b}`);
  });
});
