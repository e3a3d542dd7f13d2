import { Random } from '../../base/math/random.js';
import { runTrainingLoop } from '../../base/training/training-loop.js';
import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import type { LossChoice } from '../../rnn/losses/loss-choice.js';
import type { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import type { Several } from '../../rnn/training/examples.js';
import { Adam } from '../../rnn/training/optimizers/index.js';
import { cosineSchedule } from '../../rnn/training/optimizers/schedules.js';
import type { SequenceFitOptions, SequenceHistory } from './fit-schedule.js';
import { lengthBuckets, orderedBatches, shuffledBatches, type PaddedBatch } from './length-buckets.js';

/** A batch as the model takes it. */
export interface ModelBatch {
  readonly x: Several;
  readonly y: Several;
  readonly lengths?: readonly (ArrayLike<number> | undefined)[];
}

/** What is trained, and on what. */
export interface BucketTraining {
  readonly model: Model;
  readonly loss: LossChoice;
  readonly seed: number;
  /** Of each example how long its sequences are. */
  readonly lengths: readonly (readonly number[])[];
  /** Makes a batch; in training `progress` says how far the run is, from 0 to 1. */
  batch(batch: PaddedBatch, progress?: number): ModelBatch | Promise<ModelBatch>;
  /** How much the loss of an example counts among the others: its steps, where the loss is a mean over them. */
  weight(example: number): number;
  isOver(): boolean;
  /** Examples to choose the best epoch by, and none to train on. @default a share drawn at random */
  readonly heldBack?: readonly number[];
}

type Defaults = Required<Pick<SequenceFitOptions, 'epochs' | 'batchSize' | 'learningRate'>>;

/** The share of the steps in which the learning rate climbs. */
const WARM_UP = 0.05;

/** The largest norm of all gradients together. */
const CLIP_NORM = 5;

/** Fewer examples than this are all trained on, where nothing else is asked for. */
const LEAST_TO_HOLD_OUT = 50;

/**
 * Trains on sequences of unlike lengths, in batches of about one length each. Of the epochs the weights of the one with
 * the lowest held-out loss are kept.
 */
export async function fitInBuckets(
  training: BucketTraining,
  options: SequenceFitOptions,
  defaults: Defaults,
): Promise<SequenceHistory> {
  const { model, lengths, seed } = training;
  const { epochs, batchSize, learningRate } = { ...defaults, ...definedOf(options) };
  const { heldOut = lengths.length < LEAST_TO_HOLD_OUT ? 0 : 0.1, patience = Infinity } = options;
  const random = new Random(seed).fork('batches');
  const order = random.shuffle(lengths.map((_, i) => i));
  const [held, rest] = partsOf(order, training.heldBack, heldOut);
  const bucketsOf = (examples: readonly number[]) =>
    lengthBuckets(
      examples.map((i) => lengths[i]),
      batchSize,
    ).map((bucket) => ({ ...bucket, examples: bucket.examples.map((i) => examples[i]) }));
  const heldBack = held.length > 0 ? bucketsOf(held) : [];
  const buckets = bucketsOf(rest);
  const stepsPerEpoch = orderedBatches(buckets, batchSize).length;
  const steps = epochs * stepsPerEpoch;
  model.compile({
    loss: training.loss,
    optimizer: new Adam({
      learningRate:
        steps < 2
          ? learningRate
          : cosineSchedule({
              ...{ peak: learningRate, totalSteps: steps + 1 },
              warmupSteps: Math.floor(WARM_UP * steps),
            }),
      globalClipNorm: CLIP_NORM,
    }),
  });
  const began = performance.now();
  const history = { loss: [] as number[], heldOutLoss: [] as number[] };
  let best: { epoch: number; loss: number; weights: Tensor[][] } | undefined;
  let [step, sum, inEpoch] = [0, 0, 0];
  const heldOutLoss = async (): Promise<number | undefined> => {
    let [total, count] = [0, 0];
    for (const padded of orderedBatches(heldBack, batchSize)) {
      const { x, y, lengths: own } = await training.batch(padded);
      const weight = padded.examples.reduce((all, i) => all + training.weight(i), 0);
      const loss = await model.evaluate(x, y, { batchSize, ...(own && { lengths: own }) });
      [total, count] = [total + weight * loss, count + weight];
    }
    return count > 0 ? total / count : undefined;
  };
  const stopped = await runTrainingLoop<PaddedBatch>({
    stopsAt: 'before step',
    eventLoop: new EventLoopYielder(),
    isStopped: () => options.signal?.aborted === true || training.isOver(),
    hasEpoch: () => history.loss.length < epochs && !(best && history.loss.length - best.epoch >= patience),
    batches: () => shuffledBatches(buckets, batchSize, random),
    step: async (padded) => {
      const { x, y, lengths: own } = await training.batch(padded, step / steps);
      const loss = await model.trainOnBatch(x, y, { batchSize, ...(own && { lengths: own }) });
      [step, sum, inEpoch] = [step + 1, sum + loss, inEpoch + 1];
      options.onStep?.({ step, steps, loss });
    },
    endEpoch: async () => {
      const loss = sum / inEpoch;
      [sum, inEpoch] = [0, 0];
      history.loss.push(loss);
      const epoch = history.loss.length;
      const measured = await heldOutLoss();
      if (measured !== undefined) {
        history.heldOutLoss.push(measured);
        if (!best || measured < best.loss) {
          best = { epoch, loss: measured, weights: model.layers.map((layer) => layer.getWeights()) };
        }
      }
      options.onEpoch?.({ epoch, loss, heldOutLoss: measured });
    },
  });
  if (best) model.layers.forEach((layer, i) => layer.setWeights(best!.weights[i]));
  return {
    ...history,
    bestEpoch: best?.epoch ?? history.loss.length,
    steps: step,
    seconds: (performance.now() - began) / 1000,
    stopped,
  };
}

/** What is held out, and what is trained on. */
function partsOf(
  order: readonly number[],
  heldBack: readonly number[] | undefined,
  share: number,
): [readonly number[], readonly number[]] {
  if (heldBack === undefined) {
    const kept = Math.min(order.length - 1, Math.round(share * order.length));
    return [order.slice(0, kept), order.slice(kept)];
  }
  const isHeld = new Set(heldBack);
  return [heldBack, order.filter((i) => !isHeld.has(i))];
}

function definedOf({ epochs, batchSize, learningRate }: SequenceFitOptions): Partial<Defaults> {
  return {
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batchSize }),
    ...(learningRate !== undefined && { learningRate }),
  };
}
