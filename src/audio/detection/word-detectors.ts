import { SeqkitError } from '../../base/errors.js';
import { listOf, objectWith, optional, wholeNumber, wrongValue } from '../../base/schema/index.js';
import { Detector, detectorEntries, thresholdScore, type DetectorSettings } from './detector.js';

/** One detector for each of several words. */
export interface WordDetectorSettings extends DetectorSettings {
  /** How long a word that fires waits for a better one; with one word it does not wait. */
  waitSteps: number;
  /** After the word that was believed fired, the others are not for so long. */
  rivalSteps: number;
  /** Of each word, in place of `threshold`. */
  thresholds?: readonly number[];
}

/** A word that was heard. */
export interface WordFiring {
  /** Its index. */
  word: number;
  /** The smoothed score, 0 to 1: where it fired, or the highest while it waited. */
  score: number;
  /** How many steps ago it fired. */
  stepsAgo: number;
}

/** A word that fired and waits. */
interface Candidate {
  word: number;
  score: number;
  step: number;
}

/** How many words one model may listen for. */
export const wordCount = wholeNumber({ min: 1, max: 1000 });
const stepCount = wholeNumber({ min: 0, max: 1e9 });
const place = wholeNumber({ min: 0 });
const thresholdList = listOf(thresholdScore);
const settingsShape = objectWith<WordDetectorSettings>('the settings of detectors', {
  ...detectorEntries,
  waitSteps: stepCount,
  rivalSteps: stepCount,
  thresholds: optional(thresholdList),
});

/**
 * Detectors side by side, of which one at a time is believed: where several words fire within a short
 * while, the one whose smoothed score stands furthest above its threshold, in log odds, which is the highest where all
 * have the same (non-maximum suppression, as far as it can be done without the future).
 */
export class WordDetectors {
  readonly #settings: WordDetectorSettings;
  readonly #detectors: readonly Detector[];
  #candidates: Candidate[] = [];
  #step = 0;
  #quietUntil = -Infinity;

  /** @throws SeqkitError `bad-value` as `Detector` does */
  constructor(words: number, settings: WordDetectorSettings) {
    wordCount.parse(words, 'WordDetectors: words');
    this.#settings = { ...settingsShape.parse(settings, 'WordDetectors: settings') };
    this.#detectors = Array.from({ length: words }, (_, word) => {
      const threshold = settings.thresholds?.[word] ?? settings.threshold;
      return new Detector({ ...settings, threshold });
    });
  }

  /**
   * @param scores of the next step, 0 to 1, one for each word, from `at` on
   * @returns the word that is believed at this step to have been heard, if any
   * @throws SeqkitError `bad-value` where one is no number from 0 to 1, `bad-shape` where there are too few; none is
   *   taken then
   */
  push(scores: ArrayLike<number>, at = 0): WordFiring | undefined {
    this.#checkScores(scores, at);
    const step = this.#step++;
    for (let word = 0; word < this.#detectors.length; word++) {
      const score = this.#detectors[word].push(scores[at + word]);
      if (score !== undefined && step >= this.#quietUntil) this.#candidates.push({ word, score, step });
    }
    if (this.#candidates.length === 0) return undefined;
    for (const candidate of this.#candidates) {
      candidate.score = Math.max(candidate.score, this.#detectors[candidate.word].smoothed);
    }
    const wait = this.#detectors.length === 1 ? 0 : this.#settings.waitSteps;
    return step - this.#candidates[0].step >= wait ? this.#believe(step) : undefined;
  }

  /**
   * Goes by other thresholds from the next scores on.
   * @param thresholds one for each word
   * @throws SeqkitError `bad-value` for one outside (0, 1], `bad-shape` for another number of them
   */
  setThresholds(thresholds: readonly number[]): void {
    thresholdList.parse(thresholds, 'setThresholds');
    if (thresholds.length !== this.#detectors.length) {
      throw new SeqkitError(
        `There are ${thresholds.length} thresholds, expected one for each of ${this.#detectors.length} words.`,
        { code: 'bad-shape' },
      );
    }
    this.#detectors.forEach((detector, word) => detector.setThreshold(thresholds[word]));
  }

  /** The mean of the last scores; of several words the highest. */
  get smoothed(): number {
    let highest = 0;
    for (const detector of this.#detectors) highest = Math.max(highest, detector.smoothed);
    return highest;
  }

  /** Ends the waiting: the sound is over. */
  flush(): WordFiring | undefined {
    return this.#candidates.length > 0 ? this.#believe(this.#step - 1) : undefined;
  }

  /** Whether the smoothed score of a word was at the threshold or above. */
  above(word: number): boolean {
    if (!(Number.isInteger(word) && word >= 0 && word < this.#detectors.length)) {
      throw wrongValue('above: word', `a whole number from 0 to ${this.#detectors.length - 1}`, word);
    }
    return this.#detectors[word].above;
  }

  /** Forgets what it has heard. */
  reset(): void {
    for (const detector of this.#detectors) detector.reset();
    this.#candidates = [];
    this.#step = 0;
    this.#quietUntil = -Infinity;
  }

  #checkScores(scores: ArrayLike<number>, at: number): void {
    if (!Array.isArray(scores) && !ArrayBuffer.isView(scores)) {
      throw wrongValue('push: scores', 'an array of numbers', scores);
    }
    place.parse(at, 'push: at');
    const words = this.#detectors.length;
    if (at + words > scores.length) {
      throw new SeqkitError(`There are ${scores.length} scores, expected ${words} from ${at} on.`, {
        code: 'bad-shape',
      });
    }
    for (let word = 0; word < words; word++) {
      const score: unknown = scores[at + word];
      if (typeof score === 'number' && score >= 0 && score <= 1) continue;
      throw wrongValue(`push: scores[${at + word}]`, 'a number from 0 to 1', score);
    }
  }

  #isSurer(a: Candidate, b: Candidate): boolean {
    const [above, other] = [a, b].map(({ word }) => this.#detectors[word].settings.threshold);
    if (above === other) return a.score > b.score;
    return logOdds(a.score) - logOdds(above) > logOdds(b.score) - logOdds(other);
  }

  /** Of those that wait, the best; the others are dropped. */
  #believe(step: number): WordFiring {
    const best = this.#candidates.reduce((a, b) => (this.#isSurer(b, a) ? b : a));
    this.#candidates = [];
    if (this.#detectors.length > 1) this.#quietUntil = best.step + this.#settings.rivalSteps;
    return { word: best.word, score: best.score, stepsAgo: step - best.step };
  }
}

/** Of a score, which is kept off 0 and 1. */
function logOdds(score: number): number {
  const p = Math.min(1 - 1e-6, Math.max(1e-6, score));
  return Math.log(p / (1 - p));
}
