import { SeqkitError } from '../../base/errors.js';
import { checkKnownOptions } from '../../base/options.js';

/** The learning rate at a step; steps count from 1. */
export type Schedule = (step: number) => number;

/** A linear climb to `peak` over `warmupSteps`, then half a cosine down to `floor` at `totalSteps`. */
export function cosineSchedule(options: {
  peak: number;
  totalSteps: number;
  /** @default 0 */
  warmupSteps?: number;
  /** @default 0 */
  floor?: number;
}): Schedule {
  checkKnownOptions(
    options,
    { peak: true, totalSteps: true, warmupSteps: true, floor: true },
    'cosineSchedule',
  );
  const { peak, totalSteps, warmupSteps = 0, floor = 0 } = options;
  if (!(totalSteps > warmupSteps)) {
    throw new SeqkitError(`A schedule of ${totalSteps} steps has no room for ${warmupSteps} of warm-up.`, {
      code: 'bad-value',
    });
  }
  return warmUp(
    warmupSteps,
    (step) => {
      const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
      return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    },
    peak,
  );
}

/** initial * factor^k after k times `every` steps: the rate drops at once. */
export function stepSchedule(options: { initial: number; every: number; factor: number }): Schedule {
  checkKnownOptions(options, { initial: true, every: true, factor: true }, 'stepSchedule');
  const { initial, every, factor } = positives(options);
  return (step) => initial * factor ** Math.floor((step - 1) / every);
}

/** initial * factor^((step - 1) / every): the same, smoothly. */
export function exponentialSchedule(options: { initial: number; every: number; factor: number }): Schedule {
  checkKnownOptions(options, { initial: true, every: true, factor: true }, 'exponentialSchedule');
  const { initial, every, factor } = positives(options);
  return (step) => initial * factor ** ((step - 1) / every);
}

/** initial / (1 + decay * (step - 1) / every). */
export function inverseTimeSchedule(options: { initial: number; every: number; decay: number }): Schedule {
  checkKnownOptions(options, { initial: true, every: true, decay: true }, 'inverseTimeSchedule');
  const { initial, every, decay } = positives(options);
  return (step) => initial / (1 + (decay * (step - 1)) / every);
}

/**
 * A linear climb over the first `steps`, then another schedule.
 * @param peak where the climb leads @default what the other gives at step `steps`
 */
export function warmUp(steps: number, after: Schedule, peak = after(steps)): Schedule {
  if (!(steps >= 0 && Number.isFinite(steps))) {
    throw new SeqkitError(`Warm-up takes a number of steps of at least 0, not ${steps}.`, {
      code: 'bad-value',
    });
  }
  return (step) => (step <= steps ? (peak * step) / steps : after(step));
}

function positives<Options extends Record<string, number>>(options: Options): Options {
  for (const [name, value] of Object.entries(options)) {
    if (value > 0 && Number.isFinite(value)) continue;
    throw new SeqkitError(`${name} must be a number above 0, not ${value}.`, { code: 'bad-value' });
  }
  return options;
}
