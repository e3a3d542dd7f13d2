import { describe, expect, it } from 'vitest';
import { collect } from '../../src/base/encoding/byte-chunks.js';
import { qdrantCollection, toPgvector, toQdrant } from '../../src/exchange/index.js';
import { KeyedVectors, Random } from '../../src/index.js';

const words = ['tab\there', '"', ...Array.from({ length: 198 }, (_, i) => `word${i}`)];
const width = 12;
const random = new Random(8);
const data = Float32Array.from({ length: words.length * width }, () => random.normal());
const vectors = KeyedVectors.fromRows(words, data);
const text = async (chunks: AsyncIterable<Uint8Array>) => Buffer.from(await collect(chunks)).toString();

describe('toPgvector', () => {
  it('escapes what ends fields and lines', async () => {
    const few = KeyedVectors.fromRows(['a\tb', 'c\nd', '\\.', 'e\rf'], Float32Array.of(1, 0.5, -2e-8, 3));
    const rows = (await text(toPgvector(few, { table: 'a "b"' })))
      .split('stdin;\n')[1]
      .split('\n')
      .slice(0, 5);
    expect(rows).toEqual(['0\ta\\tb\t[1]', '1\tc\\nd\t[0.5]', '2\t\\\\.\t[-2e-8]', '3\te\\rf\t[3]', '\\.']);
  });

  it('leaves out the index where vectors are too long for it', async () => {
    const long = KeyedVectors.fromRows(['a'], new Float32Array(3_000));
    expect(await text(toPgvector(long))).toContain('-- No index of neighbours');
    expect(await text(toPgvector(long, { type: 'halfvec' }))).toContain('halfvec_cosine_ops');
  });

  it('refuses what PostgreSQL does not keep', async () => {
    const zero = KeyedVectors.fromRows(['a\0b'], new Float32Array(2));
    await expect(text(toPgvector(zero))).rejects.toMatchObject({ code: 'bad-value' });
    const large = KeyedVectors.fromRows(['a'], Float32Array.of(70_000, 1));
    await expect(text(toPgvector(large, { type: 'halfvec' }))).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('65504') as string,
    });
    expect(await text(toPgvector(large))).toContain('[70000,1]');
    for (const table of ['', 'x'.repeat(64), 'a\0b']) {
      expect(() => toPgvector(vectors, { table })).toThrow(/toPgvector: table/);
    }
    const wide = KeyedVectors.fromRows(['a'], new Float32Array(16_001));
    expect(() => toPgvector(wide)).toThrow(/16000 at most/);
    expect(() => toPgvector({} as KeyedVectors)).toThrow(/a KeyedVectors/);
  });
});

describe('toQdrant', () => {
  it('gives bodies of requests with all words and vectors', async () => {
    const lines = (await text(toQdrant(vectors, { batchSize: 64 }))).trimEnd().split('\n');
    const points = lines.map(
      (line) =>
        (JSON.parse(line) as { points: { id: number; vector: number[]; payload: { word: string } }[] })
          .points,
    );
    expect(points.map((batch) => batch.length)).toEqual([64, 64, 64, 8]);
    const all = points.flat();
    expect(all.map(({ id }) => id)).toEqual(words.map((_, i) => i));
    expect(all.map(({ payload }) => payload)).toEqual(words.map((word) => ({ word })));
    expect(Float32Array.from(all.flatMap((point) => point.vector))).toEqual(data);
    expect(qdrantCollection(vectors)).toEqual({ vectors: { size: width, distance: 'Cosine' } });
  });

  it('refuses other batches', () => {
    expect(() => toQdrant(vectors, { batchSize: 0 })).toThrow(/batchSize/);
    expect(() => toQdrant(null as unknown as KeyedVectors)).toThrow(/a KeyedVectors/);
    expect(() => qdrantCollection(undefined as unknown as KeyedVectors)).toThrow(/a KeyedVectors/);
  });
});
