import { cosineSchedule } from '../rnn/training/schedules.js';

/** Shares of the run, and of the highest rate. */
const warmup = 0.02;
const floor = 0.02;

/** How far a run of so many steps, or of so much time, has come, and how fast it learns there. */
export class Pace {
  readonly #steps: number;
  readonly #minutes: number;
  readonly #rateAt: (progress: number) => number;
  readonly #startMs: number;

  /**
   * @param options.steps all steps of the run, or Infinity
   * @param options.minutes its time from now on, or Infinity
   * @param options.peak the highest rate: the climb there takes a fiftieth of the run, then it
   *   falls along half a cosine to a fiftieth of itself
   * @param options.elapsedMs what of its time was used before now @default 0
   */
  constructor(options: { steps: number; minutes: number; peak: number; elapsedMs?: number }) {
    const { steps, minutes, peak, elapsedMs = 0 } = options;
    this.#startMs = performance.now() - elapsedMs;
    this.#steps = steps;
    this.#minutes = minutes;
    this.#rateAt = cosineSchedule({ peak, totalSteps: 1, warmupSteps: warmup, floor: peak * floor });
  }

  /** How much of its time the run has had, in milliseconds. */
  get elapsedMs(): number {
    return performance.now() - this.#startMs;
  }

  /** The share of the run that is done, 0 to 1: of its steps or of its time, whichever is more. */
  progress(step: number): number {
    return Math.min(1, Math.max(step / this.#steps, this.elapsedMs / 60_000 / this.#minutes));
  }

  /** The learning rate of a step, from 1. */
  rate(step: number): number {
    return this.#rateAt(this.progress(step));
  }
}
