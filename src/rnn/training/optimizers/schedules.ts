import { SeqkitError } from '../../../base/errors.js';
import { callback, number, optional, optionsSchema, type OptionsSchema } from '../../../base/schema/index.js';

/** The learning rate at a step; steps count from 1. */
export type Schedule = (step: number) => number;

export interface CosineOptions {
  peak: number;
  totalSteps: number;
  /** @default 0 */
  warmupSteps?: number;
  /** @default 0 */
  floor?: number;
}

const aboveZero = number({ above: 0 });
const atLeastZero = number({ min: 0 });
const cosineOptions = optionsSchema<CosineOptions>('cosineSchedule', {
  peak: aboveZero,
  totalSteps: aboveZero,
  warmupSteps: optional(atLeastZero),
  floor: optional(atLeastZero),
});

/** A linear climb to `peak` over `warmupSteps`, then half a cosine down to `floor` at `totalSteps`. */
export function cosineSchedule(options: CosineOptions): Schedule {
  const { peak, totalSteps, warmupSteps = 0, floor = 0 } = cosineOptions.parse(options);
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

export interface FactorOptions {
  initial: number;
  every: number;
  factor: number;
}

const factorOptions = (where: string): OptionsSchema<FactorOptions> =>
  optionsSchema(where, { initial: aboveZero, every: aboveZero, factor: aboveZero });
const stepOptions = factorOptions('stepSchedule');
const exponentialOptions = factorOptions('exponentialSchedule');

/** initial * factor^k after k times `every` steps: the rate drops at once. */
export function stepSchedule(options: FactorOptions): Schedule {
  const { initial, every, factor } = stepOptions.parse(options);
  return (step) => initial * factor ** Math.floor((step - 1) / every);
}

/** initial * factor^((step - 1) / every): the same, smoothly. */
export function exponentialSchedule(options: FactorOptions): Schedule {
  const { initial, every, factor } = exponentialOptions.parse(options);
  return (step) => initial * factor ** ((step - 1) / every);
}

export interface InverseTimeOptions {
  initial: number;
  every: number;
  decay: number;
}

const inverseTimeOptions = optionsSchema<InverseTimeOptions>('inverseTimeSchedule', {
  initial: aboveZero,
  every: aboveZero,
  decay: aboveZero,
});

/** initial / (1 + decay * (step - 1) / every). */
export function inverseTimeSchedule(options: InverseTimeOptions): Schedule {
  const { initial, every, decay } = inverseTimeOptions.parse(options);
  return (step) => initial / (1 + (decay * (step - 1)) / every);
}

/**
 * A linear climb over the first `steps`, then another schedule.
 * @param peak where the climb leads @default what the other gives at step `steps`
 */
export function warmUp(steps: number, after: Schedule, peak?: number): Schedule {
  atLeastZero.parse(steps, 'warmUp: steps');
  schedule.parse(after, 'warmUp: after');
  if (peak !== undefined) atLeastZero.parse(peak, 'warmUp: peak');
  if (steps === 0) return after;
  const top = peak ?? atLeastZero.parse(after(steps), `warmUp: what after gives at step ${steps}`);
  return (step) => (step <= steps ? (top * step) / steps : after(step));
}

const schedule = callback<Schedule>();
