import type { Floats } from '../program/engine.js';
import {
  flag,
  number,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  type Schema,
} from '../../base/schema/index.js';
import type { StoredTensor } from '../../base/encoding/safetensors.js';
import { toStored } from './checkpoint.js';
import type { TrainingState } from './training-state.js';

export interface EarlyStoppingOptions {
  /**
   * The loss that is to go on falling, or a metric of `compile` that is to go on getting better, such as `auc`, or
   * `validationAuc` for the examples held back. @default 'validationLoss'
   */
  monitor?: string;
  /** So many epochs in a row without a better loss end the training. @default 1 */
  patience?: number;
  /** A loss counts as better where it is lower by more than this. @default 0 */
  minDelta?: number;
  /** Put the weights of the best epoch back when training is over. @default false */
  restoreBest?: boolean;
}

type Buffers = TrainingState['buffers'];

/** The best epoch so far, as a checkpoint keeps it. */
export interface BestEpoch {
  /** From 1; 0 where there was none. */
  epoch: number;
  loss: number;
}

/** Before the names of the best epoch's arrays in a checkpoint. */
const PREFIX = 'best/';

/** Which metrics there are, `fit` says; Keras's `val_accuracy` is our `validationAccuracy`. */
const monitorName: Schema<string> = {
  expected: 'text that is not empty',
  parse(value, name) {
    const given = someText.parse(value, name);
    return given
      .replace(/^val_/, 'validation_')
      .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  },
};

/** The schema of `EarlyStoppingOptions`. */
export const earlyStoppingOptions = optionsSchema<EarlyStoppingOptions>('earlyStopping', {
  monitor: optional(monitorName),
  patience: optional(wholeNumber({ min: 1 })),
  minDelta: optional(number({ min: 0 })),
  restoreBest: optional(flag),
});

/** Ends a training whose loss no longer falls (Prechelt 1998), as Keras's EarlyStopping does. */
export class EarlyStopping {
  readonly options: Required<EarlyStoppingOptions>;
  best: BestEpoch = { epoch: 0, loss: Infinity };
  #latest = 0;
  /** The numbers of the best epoch, where they are to be put back. */
  #buffers: Buffers | undefined;

  /** @throws SeqkitError `usage` or `bad-value` for an option that is none, or out of range */
  constructor(options?: EarlyStoppingOptions) {
    const checked = earlyStoppingOptions.parse(options);
    const { monitor = 'validationLoss', patience = 1, minDelta = 0, restoreBest = false } = checked;
    this.options = { monitor, patience, minDelta, restoreBest };
  }

  /**
   * Takes an epoch's loss.
   * @param epoch from 1
   * @param state the model's after it, asked for where it may be put back later
   */
  see(epoch: number, loss: number, state: () => TrainingState): void {
    this.#latest = epoch;
    if (!(loss < this.best.loss - this.options.minDelta)) return;
    this.best = { epoch, loss };
    if (this.options.restoreBest) this.#buffers = state().buffers;
  }

  /** Weights and all other state after the best epoch, where `restoreBest` asks for them. */
  get bestBuffers(): Buffers | undefined {
    return this.#buffers;
  }

  /** For a checkpoint. Where no loss was a number yet, the best is infinite, which JSON does not know. */
  save(): { best: BestEpoch | undefined; arrays: Record<string, StoredTensor> } {
    const entries = [...(this.#buffers ?? [])].map(([name, data]) => [PREFIX + name, toStored(data)]);
    const arrays = Object.fromEntries(entries) as Record<string, StoredTensor>;
    return { best: this.best.epoch > 0 ? this.best : undefined, arrays };
  }

  /** Goes on from what `save` gave. */
  restore(
    best: BestEpoch | undefined,
    arrays: Readonly<Record<string, StoredTensor>>,
    latestEpoch: number,
  ): void {
    if (best) this.best = { ...best };
    this.#latest = latestEpoch;
    const stored = Object.entries(arrays).filter(([name]) => name.startsWith(PREFIX));
    if (stored.length === 0) return;
    this.#buffers = new Map(stored.map(([name, { data }]) => [name.slice(PREFIX.length), data as Floats]));
  }

  /** Whether patience is at an end. */
  get over(): boolean {
    return this.#latest - this.best.epoch >= this.options.patience;
  }
}
