import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inflate } from '../../../src/base/encoding/inflate.js';
import { unpack, unpackVariant } from '../../../src/base/host/packed-bytes.js';
import { hasRelaxedSimd } from '../../../src/base/host/wasm-flags.js';
import { Random } from '../../../src/base/math/random.js';
import { kernels as variants } from '../../../src/rnn/engine/wasm/binary.js';
import { kernels } from '../../../src/rnn/engine/wasm/forward/simd/binary.js';

const random = new Random(3);
const noise = Uint8Array.from({ length: 5000 }, () => random.integer(256));
const few = Uint8Array.from({ length: 70_000 }, (_, i) => (i % 1000 < 990 ? random.integer(3) : i & 255));

/** What zlib packs, each in all of the ways that it has: stored, by the fixed codes, by codes of its own. */
const contents: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  'one byte': Uint8Array.of(7),
  'no two alike': noise,
  'few bytes, many times': few,
  'one byte 100,000 times': new Uint8Array(100_000).fill(9),
  'the bytes in their order, far apart': Uint8Array.from({ length: 66_000 }, (_, i) => (i * 7) >> 5),
};

describe('inflate', () => {
  for (const [name, bytes] of Object.entries(contents)) {
    it.each([
      ['stored', { level: 0 }],
      ['fixed codes', { level: 9, strategy: constants.Z_FIXED }],
      ['codes of its own', { level: 9 }],
      ['no repeats', { level: 9, strategy: constants.Z_HUFFMAN_ONLY }],
    ])(`gives back ${name}: %s`, (_, options) => {
      const packed = deflateRawSync(bytes, options).toString('base64');
      expect(Buffer.from(inflate({ bytes: bytes.length, packed })).equals(bytes)).toBe(true);
    });
  }

  it('gives back the kernels, and so does Node', async () => {
    const bytes = inflate(kernels);
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(await unpack(kernels)).toEqual(bytes);
  });

  it('gives back each of the variants that are packed as one, and so does Node', async () => {
    const hasRelaxed = await hasRelaxedSimd();
    for (const variant of ['simd', 'relaxed-simd'] as const) {
      const bytes = (await unpackVariant(variants, variant)) as Uint8Array<ArrayBuffer>;
      expect(bytes.length).toBe(variants.lengths[variant]);
      if (hasRelaxed || variant === 'simd') expect(WebAssembly.validate(bytes)).toBe(true);
    }
    expect(await unpack(variants)).toEqual(inflate(variants));
  });

  it.each([1, 3, 4, 7])('takes a variant out of %i parts', async (parts) => {
    // Numbered bytes, with lengths that the parts do not divide.
    const a = Uint8Array.from({ length: 101 }, (_, i) => i);
    const b = Uint8Array.from({ length: 57 }, (_, i) => 150 + i);
    const cut = (bytes: Uint8Array, part: number): Uint8Array =>
      bytes.subarray(
        Math.floor((part * bytes.length) / parts),
        Math.floor(((part + 1) * bytes.length) / parts),
      );
    const turns = Array.from({ length: parts }, (_, part) => [cut(a, part), cut(b, part)]).flat();
    const packed = deflateRawSync(Buffer.concat(turns)).toString('base64');
    const kernelsOf = { bytes: 158, lengths: { a: 101, b: 57 }, parts, packed };
    expect(await unpackVariant(kernelsOf, 'a')).toEqual(a);
    expect(await unpackVariant(kernelsOf, 'b')).toEqual(b);
  });
});
