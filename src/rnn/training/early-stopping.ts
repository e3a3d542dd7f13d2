import { SeqkitError } from '../errors.js';
import { checkKnownOptions } from '../known-options.js';
import { wholeNumber } from '../layers/layer.js';

export interface EarlyStoppingOptions {
  /** The loss that is to go on falling. @default 'validationLoss' */
  monitor?: 'validationLoss' | 'loss';
  /** So many epochs in a row without a better loss end the training. @default 1 */
  patience?: number;
  /** A loss counts as better where it is lower by more than this. @default 0 */
  minDelta?: number;
  /** Put the weights of the best epoch back when training is over. @default false */
  restoreBest?: boolean;
}

/** The best so far, as a checkpoint keeps it. */
export interface BestEpoch {
  /** From 1; 0 where there was none. */
  epoch: number;
  loss: number;
}

const known: Record<keyof EarlyStoppingOptions, true> = {
  monitor: true,
  patience: true,
  minDelta: true,
  restoreBest: true,
};

/** Ends a training whose loss no longer falls (Prechelt 1998), as Keras's EarlyStopping does. */
export class EarlyStopping {
  readonly options: Required<EarlyStoppingOptions>;
  best: BestEpoch = { epoch: 0, loss: Infinity };
  #latest = 0;

  /** @throws SeqkitError `usage` or `bad-value` for an option that is none, or out of range */
  constructor(options: EarlyStoppingOptions) {
    checkKnownOptions(options, known, 'earlyStopping');
    const { monitor = 'validationLoss', patience = 1, minDelta = 0, restoreBest = false } = options;
    if (monitor !== 'validationLoss' && monitor !== 'loss') {
      throw new SeqkitError(`earlyStopping cannot watch "${String(monitor)}".`, {
        code: 'usage',
        hint: 'monitor is "validationLoss" or "loss".',
      });
    }
    wholeNumber(patience, 'patience', 1);
    if (!(minDelta >= 0 && Number.isFinite(minDelta))) {
      throw new SeqkitError(`minDelta must be a number of at least 0, not ${minDelta}.`, {
        code: 'bad-value',
      });
    }
    this.options = { monitor, patience, minDelta, restoreBest };
  }

  /**
   * Takes an epoch's loss.
   * @param epoch from 1
   * @returns whether it is the best so far
   */
  see(epoch: number, loss: number): boolean {
    this.#latest = epoch;
    if (!(loss < this.best.loss - this.options.minDelta)) return false;
    this.best = { epoch, loss };
    return true;
  }

  /** Goes on from a checkpoint. */
  restore(best: BestEpoch, latestEpoch: number): void {
    this.best = { ...best };
    this.#latest = latestEpoch;
  }

  /** Whether patience is at an end. */
  get over(): boolean {
    return this.#latest - this.best.epoch >= this.options.patience;
  }
}
