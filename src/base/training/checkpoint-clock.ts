import { number, optional, wholeNumber, type OptionTable } from '../schema/index.js';

/** How often a run is saved. */
export interface CheckpointInterval {
  /** After so many steps. */
  everySteps?: number;
  /** After so many minutes. @default 5, or never where `everySteps` is given */
  everyMinutes?: number;
}

/** The schemas of `CheckpointInterval`. */
export const checkpointIntervalTable: OptionTable<CheckpointInterval> = {
  everySteps: optional(wholeNumber({ min: 1 })),
  everyMinutes: optional(number({ above: 0 })),
};

/** Says when a checkpoint is due. */
export class CheckpointClock {
  readonly #everySteps: number;
  readonly #everyMs: number;
  #step: number;
  #savedMs = performance.now();

  /** @param step where the run begins */
  constructor({ everySteps, everyMinutes }: CheckpointInterval, step: number) {
    this.#everySteps = everySteps ?? Infinity;
    this.#everyMs = (everyMinutes ?? (everySteps === undefined ? 5 : Infinity)) * 60_000;
    this.#step = step;
  }

  due(step: number): boolean {
    return step - this.#step >= this.#everySteps || performance.now() - this.#savedMs >= this.#everyMs;
  }

  saved(step: number): void {
    this.#step = step;
    this.#savedMs = performance.now();
  }
}
