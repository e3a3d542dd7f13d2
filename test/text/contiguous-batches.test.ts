import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { splitCorpus, usualHeldOut } from '../../src/text/corpus/corpus.js';
import { ContiguousBatches } from '../../src/text/corpus/contiguous-batches.js';
import { storeOf, type TokenStore } from '../../src/text/corpus/token-store.js';

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);
const counted = (length: number): TokenStore => storeOf(counting(length));
const all = (store: TokenStore): number[] => [...store.read(0, store.length)];
const rows = ({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }): number[][] =>
  Array.from({ length: shape[0] }, (_, n) => Array.from(data).slice(n * shape[1], (n + 1) * shape[1]));

describe('ContiguousBatches', () => {
  it('go on from batch to batch, and fill up what is missing from the last', () => {
    // 14 predictions in 3 lanes: 4, 5 and 5 of them.
    const lanes = new ContiguousBatches(counted(15), { batchSize: 3, steps: 2 });
    expect(lanes).toMatchObject({ batches: 3, predictions: 14 });
    const [first, second, third] = [0, 1, 2].map((k) => lanes.batch(k));
    expect(rows(first.x)).toEqual([
      [0, 1],
      [4, 5],
      [9, 10],
    ]);
    expect(rows(first.y)).toEqual([
      [1, 2],
      [5, 6],
      [10, 11],
    ]);
    expect(first.sampleWeight).toBeUndefined();
    expect(rows(second.x)).toEqual([
      [2, 3],
      [6, 7],
      [11, 12],
    ]);
    expect(rows(third.x)).toEqual([
      [0, 0],
      [8, 0],
      [13, 0],
    ]);
    expect(rows(third.y)).toEqual([
      [0, 0],
      [9, 0],
      [14, 0],
    ]);
    expect(rows(third.sampleWeight!)).toEqual([
      [0, 0],
      [1, 0],
      [1, 0],
    ]);
    expect([first, second, third].map(({ predictions }) => predictions)).toEqual([6, 6, 2]);
    expect([first, second, third].map(({ anew }) => anew)).toEqual([true, false, false]);
    const fresh = new ContiguousBatches(counted(15), { batchSize: 3, steps: 1, freshEvery: 2 });
    expect([0, 1, 2, 3, 4].map((k) => fresh.batch(k).anew)).toEqual([true, false, true, false, true]);
  });

  it.each([
    [2, 1, 1],
    [101, 5, 20],
    [101, 7, 3],
    [64, 9, 4],
    [50, 49, 3],
  ])('predict each character but the first once: %i in %i lanes by %i', (length, count, steps) => {
    const lanes = new ContiguousBatches(counted(length), { batchSize: count, steps });
    const seen: number[] = [];
    for (let k = 0; k < lanes.batches; k++) {
      const { x, y, sampleWeight } = lanes.batch(k);
      for (let i = 0; i < x.data.length; i++) {
        if (sampleWeight?.data[i] === 0) continue;
        expect(y.data[i]).toBe(x.data[i] + 1);
        seen.push(y.data[i]);
      }
    }
    expect(seen.sort((a, b) => a - b)).toEqual([...counting(length)].slice(1));
  });

  it('refuse a text of fewer predictions than lanes', () => {
    expect(() => new ContiguousBatches(counted(4), { batchSize: 4, steps: 1 })).toThrow(SeqkitError);
  });
});

describe('splitCorpus', () => {
  const shape = { batchSize: 4, seqLength: 5 };

  it('holds the tail out', () => {
    const { training, heldOut } = splitCorpus(counted(200), { ...shape, heldOut: 0.1, test: 0 });
    expect(all(training)).toEqual([...counting(180)]);
    expect(all(heldOut)).toEqual([...counting(200)].slice(180));
  });

  it('keeps the end for the test', () => {
    const { training, heldOut, test } = splitCorpus(counted(200), { ...shape, heldOut: 0.1, test: 0.05 });
    expect(all(training)).toEqual([...counting(170)]);
    expect(all(heldOut)).toEqual([...counting(200)].slice(170, 190));
    expect(all(test)).toEqual([...counting(200)].slice(190));
    expect(() => splitCorpus(counted(200), { ...shape, heldOut: 0.5, test: 0.5 })).toThrow(
      'heldOut: 0.5 and test: 0.5 together leave nothing',
    );
  });

  it('holds a tenth out where nothing was asked, of large texts a million', () => {
    expect(usualHeldOut(1_115_394)).toBe(0.1);
    expect(usualHeldOut(1e9) * 1e9).toBeCloseTo(1e6, 6);
  });

  it('holds out at least one sequence', () => {
    expect(splitCorpus(counted(40), { ...shape, heldOut: 0.01, test: 0 }).heldOut).toHaveLength(6);
  });

  it('holds out nothing where the share is 0', () => {
    const { training, heldOut } = splitCorpus(counted(21), { ...shape, heldOut: 0, test: 0 });
    expect([training.length, heldOut.length]).toEqual([21, 0]);
  });

  it('says what does not fit, and what would', () => {
    const error = failure(() =>
      splitCorpus(counted(100), { batchSize: 32, seqLength: 64, heldOut: 0.1, test: 0 }),
    );
    expect(error.code).toBe('too-little-data');
    expect(error.message).toBe(
      'The text has 100 characters, 35 of them to train on; one batch of 32 rows of 64 characters needs 2049.',
    );
  });

  it.each([
    [1_000, 50, 50],
    [300, 4, 200],
    [2_500, 50, 50],
    [90, 64, 8],
  ])('proposes sizes that do: %i characters, not %i x %i', (length, batchSize, seqLength) => {
    const { hint } = failure(() =>
      splitCorpus(counted(length), { batchSize, seqLength, heldOut: 0.1, test: 0 }),
    );
    const [, batch, steps] = /batchSize: (\d+) and seqLength: (\d+)/.exec(hint!)!.map(Number);
    expect(() =>
      splitCorpus(counted(length), { batchSize: batch, seqLength: steps, heldOut: 0.1, test: 0 }),
    ).not.toThrow();
  });

  it.each([-0.1, 1, NaN])('refuses to hold out %d', (heldOut) => {
    expect(() => splitCorpus(counted(100), { ...shape, heldOut, test: 0 })).toThrow('at least 0 and below 1');
  });
});

function failure(action: () => unknown): SeqkitError {
  try {
    action();
  } catch (error) {
    if (error instanceof SeqkitError) return error;
  }
  throw new Error('no SeqkitError was thrown');
}
