import { number, objectWith, wholeNumber, wrongValue } from '../../base/schema/index.js';

/** When a row of scores counts as hearing the word. */
export interface DetectorSettings {
  /** The smoothed score, 0 to 1, at which the detector fires. */
  threshold: number;
  /** How many scores the mean is taken over; those before the first count as 0. */
  smoothSteps: number;
  /** After firing it stays still for this many steps. */
  refractorySteps: number;
}

/** A smoothed score to fire at. */
export const thresholdScore = number({ above: 0, max: 1 });
/** How many steps a mean is taken over: so many are added up at each. */
export const smoothing = wholeNumber({ min: 1, max: 10_000 });
const stepCount = wholeNumber({ min: 0, max: 1e9 });
const SCORE_KIND = 'a number from 0 to 1';
/** A schema for each of the settings. */
export const detectorEntries = {
  threshold: thresholdScore,
  smoothSteps: smoothing,
  refractorySteps: stepCount,
};
const detectorShape = objectWith<DetectorSettings>('the settings of a detector', detectorEntries);

/**
 * Turns scores, one a step, into events: fires where the mean of the last scores reaches the
 * threshold, then stays still for the refractory time, and until the mean has fallen below
 * the threshold again.
 */
export class Detector {
  #settings: Readonly<DetectorSettings>;
  readonly #recent: Float64Array;
  #next = 0;
  #smoothed = 0;
  #still = 0;
  #armed = true;

  /** @throws SeqkitError `bad-value` for a threshold outside (0, 1] or counts that are not whole */
  constructor(settings: Readonly<DetectorSettings>) {
    detectorShape.parse(settings, 'Detector: settings');
    const { threshold, smoothSteps, refractorySteps } = settings;
    this.#settings = { threshold, smoothSteps, refractorySteps };
    this.#recent = new Float64Array(smoothSteps);
  }

  get settings(): Readonly<DetectorSettings> {
    return this.#settings;
  }

  /** Goes by another threshold from the next score on. @throws SeqkitError `bad-value` for one outside (0, 1] */
  setThreshold(threshold: number): void {
    this.#settings = { ...this.#settings, threshold: thresholdScore.parse(threshold, 'setThreshold') };
  }

  /**
   * @param next the model's output for the next step, 0 to 1
   * @returns the smoothed score where the detector fires at this step, otherwise undefined
   * @throws SeqkitError `bad-value` where it is no number from 0 to 1; it is not taken then
   */
  push(next: number): number | undefined {
    // Asked here, not of the schema: this is called for every step of hours of sound, at many thresholds.
    if (!(typeof next === 'number' && next >= 0 && next <= 1))
      throw wrongValue('push: score', SCORE_KIND, next);
    this.#recent[this.#next] = next;
    this.#next = (this.#next + 1) % this.#recent.length;
    let sum = 0;
    for (let i = 0; i < this.#recent.length; i++) sum += this.#recent[i];
    const smoothed = sum / this.#recent.length;
    this.#smoothed = smoothed;
    const above = smoothed >= this.#settings.threshold;
    const wasArmed = this.#armed;
    // A rise within the refractory time is used up by it, even where it lasts longer.
    this.#armed = !above;
    if (this.#still > 0) {
      this.#still--;
      return undefined;
    }
    if (!above || !wasArmed) return undefined;
    this.#still = this.#settings.refractorySteps;
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
