import { SeqkitError } from '../errors.js';
import type { Random } from '../random.js';
import { toStored, type Checkpoint } from './checkpoint.js';
import type { BestEpoch, EarlyStopping } from './early-stopping.js';
import type { EpochReport } from './fit-options.js';
import type { TrainingState } from './training-state.js';

/** Losses by epoch. */
export interface History {
  loss: number[];
  validationLoss: number[];
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
  random: number[];
  best?: BestEpoch | undefined;
}

/** Where `fit` stands in its examples, and what it has seen: all but the numbers of the model. */
export class FitPosition {
  /** From 1. */
  epoch = 1;
  /** Batches done of this epoch. */
  batch = 0;
  /** Losses of this epoch's examples so far, added up. */
  sum = 0;
  readonly history: History = { loss: [], validationLoss: [], stopped: false };
  /** The examples in the order of this epoch. */
  readonly order: Int32Array;
  readonly random: Random;
  readonly #stopping: EarlyStopping | undefined;

  constructor(examples: number, random: Random, stopping: EarlyStopping | undefined) {
    this.order = Int32Array.from({ length: examples }, (_, i) => i);
    this.random = random;
    this.#stopping = stopping;
  }

  /** @param getState the trainer's, asked for where it is to be put back later */
  endEpoch(report: EpochReport, getState: () => TrainingState): void {
    this.history.loss.push(report.loss);
    if (report.validationLoss !== undefined) this.history.validationLoss.push(report.validationLoss);
    const stopping = this.#stopping;
    if (!stopping) return;
    stopping.see(report.epoch, report[stopping.options.monitor] ?? NaN, getState);
    this.history.bestEpoch = stopping.best.epoch;
  }

  nextEpoch(): void {
    this.epoch++;
    this.batch = 0;
    this.sum = 0;
  }

  save(): Pick<Checkpoint, 'position' | 'arrays'> {
    const { epoch, batch, sum } = this;
    const stopping = this.#stopping?.save();
    const written: Written = { epoch, batch, sum, random: this.random.getState(), best: stopping?.best };
    const arrays: Checkpoint['arrays'] = {
      order: { dtype: 'I32', shape: [this.order.length], data: this.order },
      loss: toStored(Float64Array.from(this.history.loss)),
      validationLoss: toStored(Float64Array.from(this.history.validationLoss)),
      ...stopping?.arrays,
    };
    return { position: { ...written }, arrays };
  }

  /** @throws SeqkitError `bad-file` where the checkpoint is of another kind or not whole */
  restore({ position, arrays }: Checkpoint, source: string): void {
    const { epoch, batch, sum, random, best } = position as Partial<Written>;
    const { order, loss, validationLoss } = arrays;
    const whole = Number.isInteger(epoch) && Number.isInteger(batch) && Number.isFinite(sum);
    if (!whole || !Array.isArray(random) || order?.dtype !== 'I32' || !loss || !validationLoss) {
      throw new SeqkitError(`${source} is no checkpoint of fit, or not a whole one.`, { code: 'bad-file' });
    }
    this.epoch = epoch!;
    this.batch = batch!;
    this.sum = sum!;
    this.random.setState(random);
    this.order.set(order.data);
    this.history.loss = Array.from(loss.data);
    this.history.validationLoss = Array.from(validationLoss.data);
    if (!this.#stopping) return;
    this.#stopping.restore(best, arrays, this.history.loss.length);
    if (this.history.loss.length > 0) this.history.bestEpoch = this.#stopping.best.epoch;
  }
}
