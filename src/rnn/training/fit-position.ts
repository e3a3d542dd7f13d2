import { SeqkitError } from '../../base/errors.js';
import {
  listOf,
  number,
  optional,
  optionsSchema,
  parseStored,
  wholeNumber,
} from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';
import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { toStored, type Checkpoint } from './checkpoint.js';
import type { BestEpoch, EarlyStopping } from './early-stopping.js';
import type { BatchLoss } from './batch-loss.js';
import type { MetricCourse } from './metric-course.js';
import type { TrainingState } from './training-state.js';

/** Losses by epoch. */
export interface History {
  loss: number[];
  validationLoss: number[];
  /** By epoch, by name, where `compile` was given any; of several outputs behind the name of the layer. */
  metrics?: Record<string, number[]>;
  validationMetrics?: Record<string, number[]>;
  /** Where there are several outputs, each one's own, by `<name of its layer>Loss`, without its weight. */
  outputLosses?: Record<string, number[]>;
  validationOutputLosses?: Record<string, number[]>;
  /** Whether the signal ended the training early. */
  stopped: boolean;
  /** The epoch that `earlyStopping` found best, from 1; 0 where no loss was a number. */
  bestEpoch?: number;
}

/** What a checkpoint's JSON keeps of a position. */
interface Written {
  epoch: number;
  batch: number;
  sum: number;
  /** Of several outputs; files of before lack it. */
  outputSums?: number[];
  random: number[];
  best?: BestEpoch | undefined;
}

const place = optionsSchema<Written>('position', {
  epoch: wholeNumber({ min: 1 }),
  batch: wholeNumber({ min: 0 }),
  sum: number(),
  outputSums: optional(listOf(number())),
  random: listOf(wholeNumber({ min: 0, max: 2 ** 32 - 1 }), { min: 4, max: 4 }),
  best: optional(optionsSchema<BestEpoch>('best', { epoch: wholeNumber({ min: 1 }), loss: number() })),
});

/** Whether each of so many examples stands in it once. */
function isOrder(order: Int32Array, examples: number): boolean {
  if (order.length !== examples) return false;
  const seen = new Uint8Array(examples);
  return order.every((example) => example >= 0 && example < examples && seen[example]++ === 0);
}

/** Where `fit` stands in its examples, and what it has seen: all but the numbers of the model. */
export class FitPosition {
  /** From 1. */
  epoch = 1;
  /** Batches done of this epoch. */
  batch = 0;
  /** The examples in the order of this epoch. */
  readonly order: Int32Array;
  readonly random: Random;
  readonly #stopping: EarlyStopping | undefined;
  readonly #metrics: MetricCourse | undefined;
  /** Losses of this epoch's examples so far, added up: the whole, and of each output where there are several. */
  #sum = 0;
  #outputSums: number[];
  /** By epoch. */
  readonly #losses: BatchLoss[] = [];
  readonly #validationLosses: BatchLoss[] = [];

  /** @param options.outputs how many losses are kept by themselves, 0 for one output */
  constructor({
    examples,
    outputs,
    random,
    stopping,
    metrics,
  }: {
    examples: number;
    outputs: number;
    random: Random;
    stopping: EarlyStopping | undefined;
    metrics: MetricCourse | undefined;
  }) {
    this.order = Int32Array.from({ length: examples }, (_, i) => i);
    this.#outputSums = new Array<number>(outputs).fill(0);
    this.random = random;
    this.#stopping = stopping;
    this.#metrics = metrics;
  }

  /** Counts a batch of `count` examples. */
  add({ loss, outputs }: BatchLoss, count: number): void {
    this.#sum += loss * count;
    outputs.forEach((own, i) => (this.#outputSums[i] += own * count));
    this.batch++;
  }

  /** The mean losses of this epoch's examples. */
  mean(examples: number): BatchLoss {
    return { loss: this.#sum / examples, outputs: this.#outputSums.map((sum) => sum / examples) };
  }

  /** What has been seen. @param outputs the names of several outputs, or none */
  history(outputs: readonly string[]): History {
    const each = (losses: readonly BatchLoss[]): Record<string, number[]> =>
      Object.fromEntries(outputs.map((name, i) => [`${name}Loss`, losses.map((loss) => loss.outputs[i])]));
    const whole = (losses: readonly BatchLoss[]): number[] => losses.map(({ loss }) => loss);
    const best = this.#stopping && this.#losses.length > 0 && { bestEpoch: this.#stopping.best.epoch };
    const validated = this.#validationLosses.length > 0;
    return {
      loss: whole(this.#losses),
      validationLoss: whole(this.#validationLosses),
      ...(outputs.length > 0 && { outputLosses: each(this.#losses) }),
      ...(outputs.length > 0 && validated && { validationOutputLosses: each(this.#validationLosses) }),
      ...this.#metrics?.history(),
      stopped: false,
      ...best,
    };
  }

  /** @param getState the trainer's, asked for where it is to be put back later */
  endEpoch(losses: BatchLoss, validation: BatchLoss | undefined, getState: () => TrainingState): void {
    this.#losses.push(losses);
    if (validation) this.#validationLosses.push(validation);
    const stopping = this.#stopping;
    if (!stopping) return;
    const { monitor } = stopping.options;
    const metric = this.#metrics?.watched(monitor);
    const watched = monitor === 'loss' ? losses : validation;
    stopping.see(this.epoch, metric ?? watched?.loss ?? NaN, getState);
  }

  nextEpoch(): void {
    this.epoch++;
    this.batch = 0;
    this.#sum = 0;
    this.#outputSums.fill(0);
    this.#metrics?.pass.restart();
  }

  save(): Pick<Checkpoint, 'position' | 'arrays'> {
    const { epoch, batch } = this;
    const stopping = this.#stopping?.save();
    const several = this.#outputSums.length > 0;
    const written: Written = {
      ...{ epoch, batch, sum: this.#sum, random: this.random.getState(), best: stopping?.best },
      ...(several && { outputSums: this.#outputSums }),
    };
    const kept = (losses: readonly BatchLoss[]): StoredTensor =>
      toStored(Float64Array.from(losses, ({ loss }) => loss));
    const keptOutputs = (losses: readonly BatchLoss[]): StoredTensor =>
      toStored(Float64Array.from(losses.flatMap(({ outputs }) => outputs)));
    const arrays: Checkpoint['arrays'] = {
      order: { dtype: 'I32', shape: [this.order.length], data: this.order },
      loss: kept(this.#losses),
      validationLoss: kept(this.#validationLosses),
      ...(several && {
        outputLosses: keptOutputs(this.#losses),
        validationOutputLosses: keptOutputs(this.#validationLosses),
      }),
      ...this.#metrics?.save(),
      ...stopping?.arrays,
    };
    return { position: { ...written }, arrays };
  }

  /** @throws SeqkitError `bad-file` where the checkpoint is of another kind or not whole */
  restore({ position, arrays }: Checkpoint, source: string): void {
    const refuse = (): never => {
      throw new SeqkitError(`${source} is no checkpoint of fit, or not a whole one.`, { code: 'bad-file' });
    };
    const stored: Partial<Record<keyof Written, unknown>> = position;
    const written = {
      ...{ epoch: stored.epoch, batch: stored.batch, sum: stored.sum, random: stored.random },
      ...{ outputSums: stored.outputSums, best: stored.best },
    };
    const {
      epoch,
      batch,
      sum,
      outputSums = [],
      random,
      best,
    } = parseStored(place, written, 'position', source);
    const { order, loss, validationLoss } = arrays;
    const outputs = this.#outputSums.length;
    const read = (losses: StoredTensor, each: StoredTensor | undefined): BatchLoss[] =>
      Array.from(losses.data as Float64Array, (total, i) => ({
        loss: total,
        outputs: Array.from((each?.data ?? []) as Float64Array).slice(i * outputs, (i + 1) * outputs),
      }));
    if (order?.dtype !== 'I32' || !isOrder(order.data, this.order.length)) return refuse();
    if (loss?.dtype !== 'F64' || validationLoss?.dtype !== 'F64' || outputSums.length !== outputs)
      return refuse();
    this.epoch = epoch;
    this.batch = batch;
    this.#sum = sum;
    this.#outputSums = [...outputSums];
    this.random.setState(random);
    this.order.set(order.data);
    this.#losses.push(...read(loss, arrays['outputLosses']));
    this.#validationLosses.push(...read(validationLoss, arrays['validationOutputLosses']));
    if (this.#metrics && !this.#metrics.restore(arrays)) return refuse();
    this.#stopping?.restore(best, arrays, this.#losses.length);
  }
}
