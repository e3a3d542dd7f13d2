import { SeqkitError } from '../errors.js';

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
  const { peak, totalSteps, warmupSteps = 0, floor = 0 } = options;
  if (!(totalSteps > warmupSteps)) {
    throw new SeqkitError(`A schedule of ${totalSteps} steps has no room for ${warmupSteps} of warm-up.`, {
      code: 'bad-value',
    });
  }
  return (step) => {
    if (step <= warmupSteps) return (peak * step) / warmupSteps;
    const progress = Math.min(1, (step - warmupSteps) / (totalSteps - warmupSteps));
    return floor + (peak - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
  };
}
