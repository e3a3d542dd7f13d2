import { describe, expect, it } from 'vitest';
import { openVectors } from '../../src/embeddings/formats/seqkit-file.js';
import { encodeVectors } from '../../src/embeddings/formats/write-seqkit-file.js';
import { GrowingRows } from '../../src/embeddings/formats/growing-rows.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { halveRows, quantizeRows } from '../../src/embeddings/vectors/rounded-rows.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
} from '../../src/base/encoding/safetensors.js';

const words = ['the', 'of', 'ö', '浴室', 'a b', 'thee', 'th'];
const numbers = words.map((_, row) => [row - 2.5, row * row * 0.37 + 0.1, -1 / (row + 1)]);

function build(names: readonly string[] = words) {
  const rows = new GrowingRows(3);
  names.forEach((word, row) => {
    rows.next().set(numbers[row % numbers.length]);
    rows.add(new TextEncoder().encode(word));
  });
  const built = rows.finish();
  return { words: built.words, rows: built.rows };
}

const open = (bytes: Uint8Array) => KeyedVectors.fromBytes(bytes, { name: 'it' });

describe("seqkit's file of vectors", () => {
  it('keeps 32-bit rows as they are', async () => {
    const vectors = await open(encodeVectors(build()));
    expect([...vectors.words()]).toEqual(words);
    words.forEach((word, row) => expect(vectors.get(word)).toEqual(Float32Array.from(numbers[row])));
    for (const absent of ['', 'a', 't', 'thes', 'zzz', '浴']) expect(vectors.has(absent)).toBe(false);
  });

  it('keeps 8-bit rows to half a step, with the same answers', async () => {
    const built = build();
    const exact = await open(encodeVectors(built));
    const small = await open(
      encodeVectors({ words: built.words, rows: quantizeRows(built.rows.data, built.rows.width) }),
    );
    words.forEach((word, row) => {
      const step = Math.max(...numbers[row].map(Math.abs)) / 127;
      small.get(word).forEach((value, i) => {
        expect(Math.abs(value - numbers[row][i])).toBeLessThanOrEqual(step / 2 + 1e-6);
      });
    });
    const query = { positive: ['the', 'ö'], negative: ['of'] };
    const answers = small.mostSimilar(query);
    expect(answers.map(({ word }) => word)).toEqual(exact.mostSimilar(query).map(({ word }) => word));
    // The score is the cosine of the rounded rows themselves.
    expect(small.mostSimilar({ positive: ['the'], topn: 1 })[0].score).toBeCloseTo(
      small.similarity('the', small.mostSimilar({ positive: ['the'], topn: 1 })[0].word),
      6,
    );
  });

  it('keeps 16-bit rows to half a step', async () => {
    const built = build();
    const bytes = encodeVectors({ words: built.words, rows: halveRows(built.rows.data, built.rows.width) });
    const small = await open(bytes);
    words.forEach((word, row) => {
      small.get(word).forEach((value, i) => {
        const step = 2 ** (Math.floor(Math.log2(Math.abs(numbers[row][i]))) - 10);
        expect(Math.abs(value - numbers[row][i])).toBeLessThanOrEqual(step / 2);
      });
    });
    expect(() => halveRows(Float32Array.of(1, 7e4), 2)).toThrow(/Row 0 holds 70000/);
  });

  it('rounds a row of zeros and of tiny numbers', () => {
    const { data, scales, norms } = quantizeRows(Float32Array.of(0, 0, 1e-44, 0, 3, -3), 2);
    expect(Array.from(data)).toEqual([0, 0, expect.any(Number), 0, 127, -127]);
    expect(scales[0]).toBe(0);
    expect(norms[2]).toBeCloseTo(Math.hypot(3, 3), 5);
    expect([...norms, ...scales].every(Number.isFinite)).toBe(true);
  });

  it('holds words longer than a byte can count', async () => {
    const long = 'x'.repeat(300);
    const vectors = await open(encodeVectors(build(['the', long, 'of'])));
    expect(Array.from(vectors.get(long))).toEqual(Array.from(Float32Array.from(numbers[1])));
    expect(vectors.get('of')).toEqual(Float32Array.from(numbers[2]));
  });

  it('carries a version and what it is told to say', () => {
    const { metadata } = decodeSafetensors(encodeVectors(build(), { licence: 'MIT' }), 'x');
    expect(metadata).toEqual({ format: 'seqkit-vectors', formatVersion: '3', licence: 'MIT' });
  });
});

describe('a damaged file of vectors', () => {
  type Tensors = Record<string, StoredTensor>;

  /** The file with its parts changed. */
  function changed(change: (tensors: Tensors, metadata: Record<string, string>) => void): Uint8Array {
    const built = build();
    const bytes = encodeVectors({ words: built.words, rows: quantizeRows(built.rows.data, 3) });
    const { tensors, metadata } = decodeSafetensors(bytes, 'x');
    const parts: Tensors = Object.fromEntries(tensors);
    change(parts, metadata);
    return encodeSafetensors(parts, metadata);
  }

  it.each<[string, (tensors: Tensors, metadata: Record<string, string>) => void, RegExp]>([
    ['of another kind', (_, metadata) => (metadata['format'] = 'pt'), /but not word vectors/],
    ['of no version', (_, metadata) => delete metadata['formatVersion'], /states no format version/],
    [
      'of a later version',
      (_, metadata) => (metadata['formatVersion'] = '4'),
      /format version 4; .* version 3/,
    ],
    ['without rows', (tensors) => delete tensors['rows'], /no rows of vectors/],
    [
      'without scales',
      (tensors) => delete tensors['scales'],
      /needs a tensor scales of F32 \(7\) and has none/,
    ],
    [
      'with too few norms',
      (tensors) => (tensors['norms'] = { dtype: 'F32', shape: [6], data: new Float32Array(6) }),
      /norms of F32 \(7\) and has F32 \(6\)/,
    ],
    [
      'with a norm of NaN',
      (tensors) => (tensors['norms'].data[3] = NaN),
      /tensor "norms" holds NaN at place 3/,
    ],
    [
      'with an infinite scale',
      (tensors) => (tensors['scales'].data[3] = Infinity),
      /tensor "scales" holds Infinity at place 3/,
    ],
    ['with a word too long', (tensors) => tensors['words.lengths'].data[0]++, /should take 23 bytes, and 22/],
    ['naming a row too many', (tensors) => (tensors['words.order'].data[4] = 1), /names row \d+ of 7/],
  ])('%s is refused', (_, change, message) => {
    const bytes = changed(change);
    expect(() => openVectors(bytes, 'some/file')).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(message) }),
    );
    expect(() => openVectors(bytes, 'some/file')).toThrow(/^some\/file/);
  });

  it('is opened where nothing was changed', () => {
    expect(
      openVectors(
        changed(() => undefined),
        'x',
      ).rows.count,
    ).toBe(7);
  });

  it('cut short anywhere is refused', async () => {
    const whole = changed(() => undefined);
    for (let length = 0; length < whole.length; length += 7) {
      await expect(open(whole.subarray(0, length)), `${length} bytes`).rejects.toHaveProperty(
        'code',
        'bad-file',
      );
    }
  });
});
