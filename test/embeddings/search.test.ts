import { describe, expect, it } from 'vitest';
import { halveRows, quantizeRows } from '../../src/embeddings/vectors/rounded-rows.js';
import { FloatRows, measureRows, HalfRows, Int8Rows, type Rows } from '../../src/embeddings/vectors/rows.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { compileScanKernels, instantiateScanKernels } from '../../src/embeddings/scan/scan-kernels.js';
import { ScanPool } from '../../src/embeddings/scan/scan-pool.js';
import { Scanner } from '../../src/embeddings/scan/scanner.js';
import { VectorMemory } from '../../src/embeddings/scan/vector-memory.js';
import { RowSearch } from '../../src/embeddings/search/search.js';
import { unitVector } from '../../src/embeddings/vectors/unit-vector.js';
import { Random } from '../../src/base/math/random.js';

/** Random rows, some of them all zeros, some the same as others, one far longer and one far shorter. */
function randomFloats(count: number, width: number, seed: number): Float32Array {
  const random = new Random(seed);
  const data = Float32Array.from({ length: count * width }, () => random.normal());
  data.fill(0, 5 * width, 6 * width);
  for (const [from, to] of [
    [1, count - 1],
    [1, 64],
    [70, 3],
  ]) {
    data.copyWithin(to * width, from * width, (from + 1) * width);
  }
  for (let i = 9 * width; i < 10 * width; i++) data[i] *= 1e4;
  for (let i = 11 * width; i < 12 * width; i++) data[i] *= 1e-25;
  return data;
}

/** All rows by a full sort: the definition. */
function sorted(rows: Rows, unit: Float64Array, count: number, excluded: ReadonlySet<number>) {
  return Array.from({ length: count }, (_, row) => ({ row, score: rows.cosine(row, unit) }))
    .filter(({ row }) => !excluded.has(row))
    .sort((a, b) => b.score - a.score || a.row - b.row);
}

const kinds = ['float32', 'float16', 'int8', 'float32 with int8 beside'] as const;

/** The same vectors in a memory of the kernels. */
async function scannedSearch(
  kind: (typeof kinds)[number],
  data: Float32Array,
  width: number,
  options: { shared: boolean; threads: number },
): Promise<RowSearch> {
  const memory = new VectorMemory(options.shared);
  const count = data.length / width;
  const place = <Kind extends Float32Array | Uint16Array | Int8Array>(array: Kind): (() => Kind) => {
    const start = memory.allocate(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    memory.bytes(start, bytes.length).set(bytes);
    const ArrayKind = array.constructor as new (buffer: ArrayBuffer, at: number, length: number) => Kind;
    return () => new ArrayKind(memory.bytes(start, bytes.length).buffer, start, array.length);
  };
  const floats = new FloatRows(data, width);
  const halves = kind === 'float16' ? halveRows(data, width) : undefined;
  const ints = kind === 'int8' ? quantizeRows(data, width) : undefined;
  const norms = place((halves ?? ints ?? floats).norms);
  const kept = halves ? place(halves.data) : ints ? place(ints.data) : place(data);
  const scales = ints && place(ints.scales);
  memory.reserve(count * (width + 16) + width * 64 + (1 << 16));
  const rows = halves
    ? new HalfRows(kept() as Uint16Array, width, norms())
    : ints
      ? new Int8Rows(kept() as Int8Array, width, scales!(), norms())
      : new FloatRows(kept() as Float32Array, width, norms());
  const module = await compileScanKernels(memory.shared);
  const kernels = instantiateScanKernels(module, memory.memory);
  const startPool =
    options.threads > 1 ? () => new ScanPool(memory, module, kernels, options.threads) : undefined;
  const scanner =
    kind === 'float32 with int8 beside'
      ? Scanner.beside(rows as FloatRows, memory, kernels, startPool)
      : Scanner.of(rows, memory, kernels, startPool);
  return new RowSearch(rows, scanner);
}

describe.each(kinds)('a scan of rows of %s', (kind) => {
  // Widths with every kind of rest; counts with whole and broken blocks.
  it.each([
    [1, 80],
    [3, 128],
    [16, 200],
    [29, 391],
    [50, 1000],
    [117, 300],
  ])('of width %i finds what a full sort finds', async (width, count) => {
    const data = randomFloats(count, width, width);
    const search = await scannedSearch(kind, data, width, { shared: true, threads: 1 });
    const random = new Random(count);
    for (const query of [1, 9, 5, -1]) {
      const vector =
        query < 0 ? Array.from({ length: width }, () => random.normal()) : search.rows.copy(query);
      const unit = unitVector(vector);
      for (const topn of [1, 2, 10, count, 2 * count]) {
        const excluded = new Set([0, query, count - 1]);
        const expected = sorted(search.rows, unit, count, excluded);
        expect(search.nearest(unit, { topn, excluded })).toEqual(expected.slice(0, topn));
        const few = Math.ceil(count / 3);
        expect(search.nearest(unit, { topn, count: few })).toEqual(
          sorted(search.rows, unit, few, new Set()).slice(0, topn),
        );
      }
    }
  });

  it('finds the same by the ratio of cosines, and the same rows above a score', async () => {
    const [width, count] = [29, 391];
    const data = randomFloats(count, width, 2);
    const scanned = await scannedSearch(kind, data, width, { shared: true, threads: 1 });
    const plain = new RowSearch(scanned.rows);
    const units = [1, 2, 11].map((row) => unitVector(plain.rows.copy(row)));
    const wanted = { topn: 7, excluded: new Set([1, 2]) };
    expect(scanned.nearestByRatio(units.slice(0, 2), units.slice(2), wanted)).toEqual(
      plain.nearestByRatio(units.slice(0, 2), units.slice(2), wanted),
    );
    for (const row of [3, 64, 200]) {
      const score = plain.rows.cosine(row, units[0]);
      expect(scanned.above(units[0], score)).toEqual(plain.above(units[0], score));
    }
  });

  it('does without shared memory, and with several threads', async () => {
    // Enough bytes for threads in each kind.
    const [width, count] = [100, { float32: 21_000, float16: 42_000 }[kind as string] ?? 84_000];
    let state = 3;
    const uniform = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
    const data = Float32Array.from({ length: count * width }, uniform);
    const alone = await scannedSearch(kind, data, width, { shared: false, threads: 3 });
    const team = await scannedSearch(kind, data, width, { shared: true, threads: 3 });
    const random = new Random(4);
    for (let query = 0; query < 30; query++) {
      const unit = unitVector(Array.from({ length: width }, () => random.normal()));
      const answers = alone.nearest(unit, { topn: 10 });
      if (query === 0) expect(answers).toEqual(sorted(alone.rows, unit, count, new Set()).slice(0, 10));
      expect(team.nearest(unit, { topn: 10 })).toEqual(answers);
      // The helpers come up meanwhile.
      if (query % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }
    team.scanner!.end();
  });
});

describe('a search', () => {
  it('without a scanner finds what a full sort finds, equal scores by row', () => {
    const random = new Random(6);
    // Few distinct numbers, so that many scores are equal.
    const data = Float32Array.from({ length: 500 * 2 }, () => random.integer(5) - 2);
    const rows = new FloatRows(data, 2, measureRows(data, 2, new Float32Array(500)));
    const unit = unitVector([1, 2]);
    const excluded = new Set([0, 3, 499]);
    for (const topn of [1, 2, 7, 100, 499, 500, 501, 5000]) {
      const expected = sorted(rows, unit, 500, excluded).slice(0, topn);
      expect(new RowSearch(rows).nearest(unit, { topn, excluded })).toEqual(expected);
    }
  });

  it.each([0, -1, 1.5, NaN])('refuses topn %d', (topn) => {
    const vectors = KeyedVectors.fromRows(['a'], Float32Array.of(1, 2));
    expect(() => vectors.mostSimilar({ positive: 'a', topn })).toThrow(/topn must be a whole number/);
    expect(() => vectors.similarByVector([1, 2], topn)).toThrow(/topn must be a whole number/);
  });
});
