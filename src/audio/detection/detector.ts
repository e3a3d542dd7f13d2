import { SeqkitError } from '../../base/errors.js';

/** When a row of scores counts as hearing the word. */
export interface DetectorSettings {
  /** The smoothed score, 0 to 1, at which the detector fires. */
  threshold: number;
  /** How many scores the mean is taken over; those before the first count as 0. */
  smoothSteps: number;
  /** After firing it stays still for this many steps. */
  refractorySteps: number;
}

/** @throws SeqkitError `bad-value` for a threshold outside (0, 1] */
export function checkThreshold(threshold: number): void {
  if (typeof threshold === 'number' && threshold > 0 && threshold <= 1) return;
  throw new SeqkitError(`The threshold must lie above 0 and be 1 at most, not ${String(threshold)}.`, {
    code: 'bad-value',
  });
}

/**
 * Turns scores, one a step, into events: fires where the mean of the last scores reaches the
 * threshold, then stays still for the refractory time, and until the mean has fallen below
 * the threshold again.
 */
export class Detector {
  readonly settings: Readonly<DetectorSettings>;
  readonly #recent: Float64Array;
  #next = 0;
  #smoothed = 0;
  #still = 0;
  #armed = true;

  /** @throws SeqkitError `bad-value` for a threshold outside (0, 1] or counts that are not whole */
  constructor(settings: Readonly<DetectorSettings>) {
    const { threshold, smoothSteps, refractorySteps } = settings;
    checkThreshold(threshold);
    if (
      !Number.isInteger(smoothSteps) ||
      smoothSteps < 1 ||
      !Number.isInteger(refractorySteps) ||
      refractorySteps < 0
    ) {
      throw new SeqkitError(
        `smoothSteps must be a whole number from 1, refractorySteps from 0, not ${smoothSteps} and ${refractorySteps}.`,
        { code: 'bad-value' },
      );
    }
    this.settings = settings;
    this.#recent = new Float64Array(smoothSteps);
  }

  /**
   * @param score the model's output for the next step, 0 to 1
   * @returns the smoothed score where the detector fires at this step, otherwise undefined
   */
  push(score: number): number | undefined {
    this.#recent[this.#next] = score;
    this.#next = (this.#next + 1) % this.#recent.length;
    let sum = 0;
    for (let i = 0; i < this.#recent.length; i++) sum += this.#recent[i];
    const smoothed = sum / this.#recent.length;
    this.#smoothed = smoothed;
    const above = smoothed >= this.settings.threshold;
    const wasArmed = this.#armed;
    // A rise within the refractory time is used up by it, even where it lasts longer.
    this.#armed = !above;
    if (this.#still > 0) {
      this.#still--;
      return undefined;
    }
    if (!above || !wasArmed) return undefined;
    this.#still = this.settings.refractorySteps;
    return smoothed;
  }

  /** Whether the mean of the last scores was at the threshold or above. */
  get above(): boolean {
    return !this.#armed;
  }

  /** The mean of the last scores. */
  get smoothed(): number {
    return this.#smoothed;
  }

  /** Forgets what it has heard. */
  reset(): void {
    this.#recent.fill(0);
    this.#smoothed = 0;
    this.#still = 0;
    this.#armed = true;
  }
}
