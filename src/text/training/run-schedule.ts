import { cosineSchedule, warmUp, type Schedule } from '../../rnn/training/optimizers/schedules.js';

/** How the learning rate goes on once it is at its highest: down to a fiftieth of that, or not at all. */
export const scheduleShapes = ['cosine', 'cosine-restarts', 'linear', 'exponential', 'constant'] as const;
export type ScheduleShape = (typeof scheduleShapes)[number];

/** Share of the highest rate that is left at the end. */
const FLOOR = 0.02;

/** Where the cosines of warm restarts begin and the last one ends: each is twice as long as the one before. */
const CYCLES = [0, 1 / 7, 3 / 7, 1];

/** What of the highest rate is left after a share of the way down, 0 to 1. */
const falls: Readonly<Record<Exclude<ScheduleShape, 'cosine'>, (share: number) => number>> = {
  // Loshchilov and Hutter 2017, with T_mult = 2.
  'cosine-restarts'(share) {
    const start = CYCLES.findLast((begin) => share >= begin && begin < 1)!;
    const end = CYCLES[CYCLES.indexOf(start) + 1];
    return FLOOR + (1 - FLOOR) * 0.5 * (1 + Math.cos((Math.PI * (share - start)) / (end - start)));
  },
  linear: (share) => 1 - (1 - FLOOR) * share,
  exponential: (share) => FLOOR ** share,
  constant: () => 1,
};

export interface RunScheduleOptions {
  /** All steps of the run, or Infinity. */
  steps: number;
  /** Its time from now on, or Infinity. */
  minutes: number;
  /** The highest rate. */
  peak: number;
  schedule: ScheduleShape;
  /** The share of the run in which the rate climbs to its highest. */
  warmup: number;
  /** What of its time was used before now, in milliseconds. @default 0 */
  elapsedMs?: number;
}

/** How far a run of so many steps, or of so much time, has come, and how fast it learns there. */
export class RunSchedule {
  readonly #steps: number;
  readonly #minutes: number;
  readonly #rateAt: Schedule;
  readonly #startMs: number;

  constructor({ steps, minutes, peak, schedule, warmup, elapsedMs = 0 }: RunScheduleOptions) {
    this.#startMs = performance.now() - elapsedMs;
    this.#steps = steps;
    this.#minutes = minutes;
    this.#rateAt = rates(schedule, peak, warmup);
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

/** The rate by the share of the run that is done. */
function rates(schedule: ScheduleShape, peak: number, warmup: number): Schedule {
  if (schedule === 'cosine') {
    return cosineSchedule({ peak, totalSteps: 1, warmupSteps: warmup, floor: peak * FLOOR });
  }
  const fall = falls[schedule];
  return warmUp(warmup, (progress) => peak * fall((progress - warmup) / (1 - warmup)), peak);
}
