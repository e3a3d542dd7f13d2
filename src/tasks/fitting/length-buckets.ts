import type { Random } from '../../base/math/random.js';

/** Sequences of unlike lengths are padded to the longest of their bucket; each bucket is a program of its own. */
const MOST_BUCKETS = 4;

/** Examples of about one length, which are padded to one. */
export interface Bucket {
  readonly examples: readonly number[];
  /** The longest of each kind of sequence that an example has. */
  readonly lengths: readonly number[];
}

/**
 * Sorts examples by length into buckets of about as many, so that little is padding.
 * @param lengths of each example how long its sequences are
 * @param batchSize no bucket has fewer, but where there are fewer in all
 */
export function lengthBuckets(lengths: readonly (readonly number[])[], batchSize: number): Bucket[] {
  const total = (i: number): number => lengths[i].reduce((sum, length) => sum + length, 0);
  const order = lengths.map((_, i) => i).sort((a, b) => total(a) - total(b));
  const count = Math.max(1, Math.min(MOST_BUCKETS, Math.floor(order.length / batchSize)));
  return Array.from({ length: count }, (_, k) => {
    const examples = order.slice(
      Math.floor((k * order.length) / count),
      Math.floor(((k + 1) * order.length) / count),
    );
    const longest = lengths[0].map((_, side) => Math.max(1, ...examples.map((i) => lengths[i][side])));
    return { examples, lengths: longest };
  });
}

/** A batch: its examples, and what their sequences are padded to. */
export type PaddedBatch = Bucket;

/** The batches of one epoch, each from one bucket, in an order drawn anew. */
export function shuffledBatches(
  buckets: readonly Bucket[],
  batchSize: number,
  random: Random,
): PaddedBatch[] {
  return random.shuffle(
    buckets.flatMap(({ examples, lengths }) =>
      inBatches(random.shuffle([...examples]), batchSize).map((batch) => ({ examples: batch, lengths })),
    ),
  );
}

/** The batches in order, for measuring. */
export function orderedBatches(buckets: readonly Bucket[], batchSize: number): PaddedBatch[] {
  return buckets.flatMap(({ examples, lengths }) =>
    inBatches(examples, batchSize).map((batch) => ({ examples: batch, lengths })),
  );
}

function inBatches(examples: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(examples.length / size) }, (_, i) =>
    examples.slice(i * size, (i + 1) * size),
  );
}
