import { Random } from '../../base/math/random.js';
import { runTrainingLoop } from '../../base/training/training-loop.js';
import { EventLoopYielder } from '../../base/host/yield-to-event-loop.js';
import type { LossChoice } from '../../rnn/losses/loss-choice.js';
import type { Model } from '../../rnn/model/model.js';
import type { Several } from '../../rnn/training/examples.js';
import { Adam } from '../../rnn/training/optimizers/index.js';
import { cosineSchedule } from '../../rnn/training/optimizers/schedules.js';
import type { BucketPosition, BucketRandoms, CarriedArrays } from './bucket-checkpoint.js';
import type { ResumableFitOptions, SequenceFitOptions, SequenceHistory } from './fit-schedule.js';
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
  /** What `batch` draws from. */
  readonly random?: Random;
  /** What the run depends on besides the options, for its checkpoint. */
  readonly describe?: () => Readonly<Record<string, unknown>>;
  /**
   * What its checkpoint holds of the training that it follows upon, in whose place it is saved.
   * @param isBegun whether what is saved there is of this training already
   */
  readonly follows?: { readonly carried: CarriedArrays; readonly isBegun: boolean } | undefined;
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
  options: ResumableFitOptions,
  defaults: Defaults,
): Promise<SequenceHistory> {
  const { checkpoint } = options;
  if (!checkpoint || 'store' in checkpoint) return fitAlone(training, options, defaults);
  const { whileLocked } = await import('../../base/host/lock-file.js');
  return whileLocked(checkpoint.path, () => fitAlone(training, options, defaults));
}

async function fitAlone(
  training: BucketTraining,
  options: ResumableFitOptions,
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
  const at: BucketPosition = { step: 0, inEpoch: 0, sum: 0, loss: [], heldOutLoss: [], best: undefined };
  const randoms: BucketRandoms = { epoch: random.getState(), drawn: training.random };
  const { checkpoint, resume = false } = options;
  const saver =
    checkpoint &&
    (await (
      await import('./bucket-checkpoint.js')
    ).BucketSaver.open(
      model,
      { checkpoint, resume },
      {
        ...{ at, randoms, follows: training.follows },
        run: {
          ...{ loop: 'buckets', ...model.describe(), ...training.describe?.() },
          ...{ seed, epochs, batchSize, learningRate, heldOut, patience: options.patience ?? null },
        },
      },
    ));
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
    checkpoint: saver,
    isStopped: () => options.signal?.aborted === true || training.isOver(),
    hasEpoch: () => at.loss.length < epochs && !(at.best && at.loss.length - at.best.epoch >= patience),
    batches: () => {
      // An epoch that was begun is drawn again, and what was done of it left out.
      random.setState([...randoms.epoch]);
      return shuffledBatches(buckets, batchSize, random).slice(at.inEpoch);
    },
    step: async (padded) => {
      const { x, y, lengths: own } = await training.batch(padded, at.step / steps);
      const loss = await model.trainOnBatch(x, y, { batchSize, ...(own && { lengths: own }) });
      at.step++;
      at.sum += loss;
      at.inEpoch++;
      options.onStep?.({ step: at.step, steps, loss });
    },
    endEpoch: async () => {
      const loss = at.sum / at.inEpoch;
      const measured = await heldOutLoss();
      at.loss.push(loss);
      const epoch = at.loss.length;
      if (measured !== undefined) {
        at.heldOutLoss.push(measured);
        if (!at.best || measured < at.best.loss) {
          const weights = model.layers.map((layer) => layer.getWeights());
          at.best = { epoch, loss: measured, weights };
        }
      }
      Object.assign(at, { sum: 0, inEpoch: 0 });
      randoms.epoch = random.getState();
      options.onEpoch?.({ epoch, loss, heldOutLoss: measured });
    },
  });
  // What is saved goes on from the weights themselves.
  if (!stopped) await saver?.save();
  const { best } = at;
  if (best) model.layers.forEach((layer, i) => layer.setWeights(best.weights[i]));
  return {
    ...{ loss: at.loss, heldOutLoss: at.heldOutLoss },
    bestEpoch: best?.epoch ?? at.loss.length,
    steps: at.step,
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
