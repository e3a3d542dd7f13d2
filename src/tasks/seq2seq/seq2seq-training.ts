import { Fingerprint } from '../../base/encoding/fingerprint.js';
import { Random } from '../../base/math/random.js';
import type { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import { fitInBuckets, type ModelBatch } from '../fitting/fit-in-buckets.js';
import type { SequenceHistory } from '../fitting/fit-schedule.js';
import type { PaddedBatch } from '../fitting/length-buckets.js';
import type { Seq2SeqFitOptions } from './seq2seq-options.js';
import { END, PADDING, START } from './token-table.js';

/** A pair as numbers, the target without its start and end. */
export interface EncodedPair {
  readonly source: readonly number[];
  readonly target: readonly number[];
}

const DEFAULTS = { epochs: 20, batchSize: 64, learningRate: 3e-3 } as const;

/** Trains with the true tokens before each (teacher forcing), or some of the model's own (scheduled sampling). */
export async function trainPairs(
  model: Model,
  pairs: readonly EncodedPair[],
  options: Seq2SeqFitOptions,
  { seed, isOver }: { seed: number; isOver: () => boolean },
): Promise<SequenceHistory> {
  const { scheduledSampling = 0, ...run } = options;
  const random = new Random(seed).fork('scheduled sampling');
  return fitInBuckets(
    {
      model,
      loss: 'sparseCategoricalCrossentropy',
      seed,
      isOver,
      lengths: pairs.map(({ source, target }) => [source.length, target.length + 1]),
      weight: (i) => pairs[i].target.length + 1,
      random,
      describe: () => ({ 'the pairs': fingerprintOf(pairs), scheduledSampling }),
      batch: async (batch, progress) => {
        const padded = paddedBatch(pairs, batch);
        const share = scheduledSampling * (progress ?? 0);
        if (share > 0) await mixOwn(model, padded, { share, random, batchSize: run.batchSize });
        return padded;
      },
    },
    run,
    DEFAULTS,
  );
}

function fingerprintOf(pairs: readonly EncodedPair[]): string {
  const all = new Fingerprint();
  for (const { source, target } of pairs) all.add(Int32Array.of(source.length, ...source, ...target));
  return all.toString();
}

interface PairBatch extends ModelBatch {
  readonly x: readonly [source: Tensor, before: Tensor];
  readonly y: Tensor;
}

/** Sources (N, S), what was written before (N, T), and what comes next (N, T), padded behind. */
function paddedBatch(pairs: readonly EncodedPair[], { examples, lengths: [S, T] }: PaddedBatch): PairBatch {
  const tensor = (time: number, rowOf: (pair: EncodedPair) => readonly number[]): Tensor => {
    const data = new Int32Array(examples.length * time).fill(PADDING);
    examples.forEach((i, n) => {
      data.set(rowOf(pairs[i]), n * time);
    });
    return { data, shape: [examples.length, time] };
  };
  return {
    x: [tensor(S, ({ source }) => source), tensor(T, ({ target }) => [START, ...target])],
    y: tensor(T, ({ target }) => [...target, END]),
  };
}

/** Puts what the model itself says in the place of some of the true tokens before. */
async function mixOwn(
  model: Model,
  { x }: PairBatch,
  { share, random, batchSize }: { share: number; random: Random; batchSize: number | undefined },
): Promise<void> {
  const [, { data: before, shape }] = x;
  const T = shape[1];
  const { data: logits, shape: outer } = await model.predict(x, {
    batchSize: batchSize ?? DEFAULTS.batchSize,
  });
  const V = outer[2];
  for (let row = 0; row < before.length; row++) {
    if (row % T === 0 || before[row] === PADDING || random.uniform() >= share) continue;
    // The step before says what this one should have seen.
    let best = END;
    for (let v = END; v < V; v++) {
      if (logits[(row - 1) * V + v] > logits[(row - 1) * V + best]) best = v;
    }
    before[row] = best;
  }
}
