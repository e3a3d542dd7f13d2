import { SeqkitError } from '../errors.js';
import { Random } from '../random.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';
import type { Examples } from './batch-feeder.js';
import type { ProgramSize } from './model-programs.js';
import type { Trainer } from './trainer.js';

/** How `fit` stands after a batch. */
export interface BatchReport {
  /** From 1. */
  epoch: number;
  /** Batch of the epoch, from 1. */
  batch: number;
  batches: number;
  loss: number;
}

/** How `fit` stands after an epoch. */
export interface EpochReport {
  /** From 1. */
  epoch: number;
  /** The mean over the epoch's examples, each as its batch found it. */
  loss: number;
  validationLoss?: number;
}

export interface FitOptions {
  /** @default 32 */
  batchSize?: number;
  /** @default 1 */
  epochs?: number;
  /** New order each epoch. @default true, false with stateful layers */
  shuffle?: boolean;
  /** The last share of the examples is held back, from 0 up to but without 1. @default 0 */
  validationSplit?: number;
  validationData?: { x: TensorLike; y: TensorLike };
  /** A weight for each example (N) or each of its output rows (N, T). */
  sampleWeight?: TensorLike;
  onBatch?: (report: BatchReport) => void;
  onEpoch?: (report: EpochReport) => void;
  /** Stops after the batch in hand. */
  signal?: AbortSignal;
}

/** Losses by epoch. */
export interface History {
  loss: number[];
  validationLoss: number[];
  /** Whether the signal ended the training early. */
  stopped: boolean;
}

/** The loop of `Sequential.fit`. */
export async function fitExamples(
  trainer: Trainer,
  examples: Examples,
  seed: number,
  stateful: boolean,
  options: FitOptions,
  sizeOfBatch: (x: Tensor) => ProgramSize,
): Promise<History> {
  const { epochs = 1, shuffle = !stateful, validationSplit = 0, signal } = options;
  checkOptions(options, stateful);
  const size = sizeOfBatch(examples.x);
  const total = examples.x.shape[0];
  const heldBack = options.validationData ? 0 : Math.floor(total * validationSplit);
  const trained = total - heldBack;
  if (trained < 1) {
    throw new SeqkitError(`Of ${total} examples, ${heldBack} are held back: none is left to train on.`, {
      code: 'too-little-data',
    });
  }
  if (validationSplit > 0 && heldBack === 0) {
    throw new SeqkitError(`A validationSplit of ${validationSplit} holds back none of ${total} examples.`, {
      code: 'too-little-data',
      hint: 'Give more examples, a larger share, or validationData.',
    });
  }
  const validation = validationExamples(examples, trained, heldBack, options);
  const random = new Random(seed).fork('shuffle');
  const order = Int32Array.from({ length: trained }, (_, i) => i);
  const batches = Math.ceil(trained / size.batch);
  const history: History = { loss: [], validationLoss: [], stopped: false };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    if (shuffle) random.shuffle(order);
    let sum = 0;
    for (let batch = 1; batch <= batches; batch++) {
      if (signal?.aborted) return { ...history, stopped: true };
      const start = (batch - 1) * size.batch;
      const count = Math.min(size.batch, trained - start);
      const loss = await trainer.train(size, examples, order, start, count);
      sum += loss * count;
      options.onBatch?.({ epoch, batch, batches, loss });
    }
    const report: EpochReport = { epoch, loss: sum / trained };
    if (validation) report.validationLoss = await meanLoss(trainer, size, validation);
    history.loss.push(report.loss);
    if (report.validationLoss !== undefined) history.validationLoss.push(report.validationLoss);
    options.onEpoch?.(report);
  }
  return history;
}

/** Examples with the numbers of those to use. */
interface Selection {
  examples: Examples;
  indices: Int32Array;
}

function validationExamples(
  examples: Examples,
  trained: number,
  heldBack: number,
  { validationData }: FitOptions,
): Selection | undefined {
  if (validationData) {
    const x = toTensor(validationData.x);
    const indices = Int32Array.from({ length: x.shape[0] }, (_, i) => i);
    return { examples: { x, y: toTensor(validationData.y) }, indices };
  }
  if (heldBack === 0) return undefined;
  return { examples, indices: Int32Array.from({ length: heldBack }, (_, i) => trained + i) };
}

async function meanLoss(
  trainer: Trainer,
  size: ProgramSize,
  { examples, indices }: Selection,
): Promise<number> {
  let sum = 0;
  for (let start = 0; start < indices.length; start += size.batch) {
    const count = Math.min(size.batch, indices.length - start);
    sum += (await trainer.evaluate(size, examples, indices, start, count)) * count;
  }
  return sum / indices.length;
}

function checkOptions(
  { epochs = 1, validationSplit = 0, validationData, shuffle }: FitOptions,
  stateful: boolean,
): void {
  if (!Number.isInteger(epochs) || epochs < 1) {
    throw new SeqkitError(`epochs must be a whole number of at least 1, not ${epochs}.`, {
      code: 'bad-value',
    });
  }
  if (!(validationSplit >= 0 && validationSplit < 1)) {
    throw new SeqkitError(`validationSplit must be at least 0 and below 1, not ${validationSplit}.`, {
      code: 'bad-value',
    });
  }
  if (validationData && validationSplit > 0) {
    throw new SeqkitError('Give validationData or validationSplit, not both.', { code: 'usage' });
  }
  if (shuffle && stateful) {
    throw new SeqkitError(
      'Stateful layers carry state from batch to batch, so the batches cannot be shuffled.',
      {
        code: 'usage',
        hint: 'Leave shuffle out.',
      },
    );
  }
}
