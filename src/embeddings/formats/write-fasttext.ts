import { SeqkitError } from '../../base/errors.js';
import { quote } from '../vectors/quote.js';
import { subwordBuckets } from '../vectors/subwords.js';
import type { ByteChunks } from '../../base/encoding/byte-chunks.js';
import { END_OF_SENTENCE, FASTTEXT_MAGIC, FASTTEXT_SETTINGS, FASTTEXT_VERSION } from './fasttext-binary.js';
import type { WritableVectors } from './writable-vectors.js';

/** Rows are handed on so many at a time. */
const ROWS_AT_ONCE = 256;

/**
 * Packs vectors as a model of fastText, to be asked, not trained on: it has no output layer.
 * Vectors of a model keep its subwords. A word's own vector is what its subwords leave of its mean, so
 * that the mean comes out again, but for rounding.
 */
export async function* fastTextBinary(
  vectors: WritableVectors,
  onProgress?: (done: number, total: number) => void,
): ByteChunks {
  const { size, vectorSize, subwords } = vectors;
  const { minn, maxn, bucket } = subwords?.shape ?? { minn: 0, maxn: 0, bucket: 0 };
  // Settings of training are what fastText has by default.
  const settings: Record<(typeof FASTTEXT_SETTINGS)[number], number> = {
    ...{ dim: vectorSize, ws: 5, epoch: 5, minCount: 1, neg: 5, wordNgrams: 1 },
    ...{ loss: 2, model: 2, bucket, minn, maxn, lrUpdateRate: 100 },
  };
  yield numbers([FASTTEXT_MAGIC, FASTTEXT_VERSION, ...FASTTEXT_SETTINGS.map((name) => settings[name])]);
  yield new Uint8Array(Float64Array.of(1e-4).buffer);
  yield numbers([size, size, 0]);
  yield longs([size, -1]);
  const encoder = new TextEncoder();
  for (const word of vectors.words()) {
    if (word === '' || word.includes('\0')) {
      throw new SeqkitError(`The word ${quote(word)} cannot be written in fastText's binary format.`, {
        code: 'bad-value',
        hint: "Write seqkit's own format.",
      });
    }
    // How often it was seen is not known, but once at least; and it is a word, no label.
    yield encoder.encode(`${word}\0`);
    yield longs([1]);
    yield Uint8Array.of(0);
  }
  yield Uint8Array.of(0);
  yield longs([size + bucket, vectorSize]);
  const words = vectors.words()[Symbol.iterator]();
  const ownRow = (row: number) => ownVector(vectors, words.next().value as string, row);
  for (const chunk of chunks(size, vectorSize, ownRow)) {
    yield chunk.bytes;
    onProgress?.(chunk.end, size);
  }
  if (subwords !== undefined) {
    for (const { bytes } of chunks(bucket, vectorSize, subwords.rowOf)) yield bytes;
  }
  yield Uint8Array.of(0);
  yield longs([0, vectorSize]);
}

/** Rows end to end, `ROWS_AT_ONCE` at a time. @param rowOf is asked for each in turn */
function* chunks(
  count: number,
  width: number,
  rowOf: (row: number) => Float32Array,
): Generator<{ bytes: Uint8Array; end: number }> {
  for (let begin = 0; begin < count; begin += ROWS_AT_ONCE) {
    const end = Math.min(count, begin + ROWS_AT_ONCE);
    const chunk = new Float32Array((end - begin) * width);
    for (let row = begin; row < end; row++) chunk.set(rowOf(row), (row - begin) * width);
    yield { bytes: new Uint8Array(chunk.buffer), end };
  }
}

function ownVector({ rows, subwords }: WritableVectors, word: string, row: number): Float32Array {
  const mean = rows.copy(row);
  if (subwords === undefined || word === END_OF_SENTENCE) return mean;
  const buckets = subwordBuckets(word, subwords.shape);
  const own = Float64Array.from(mean, (value) => value * (buckets.length + 1));
  for (const bucket of buckets) subwords.rowOf(bucket).forEach((value, i) => (own[i] -= value));
  return Float32Array.from(own);
}

function numbers(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

function longs(values: readonly number[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}
