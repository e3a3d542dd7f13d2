import { SeqkitError } from '../../base/errors.js';
import { number, optional, optionsSchema, wholeNumber } from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';

export interface SamplingOptions {
  /**
   * Divides the logits: below 1 the likely grows likelier, above 1 less so; 0 always takes
   * the likeliest. @default 1
   */
  temperature?: number;
  /** Only the k likeliest tokens come; 0 rules none out. @default 0 */
  topK?: number;
  /**
   * Only the likeliest tokens that together hold this share of the probability come: the nucleus of
   * Holtzman et al. 2020, its last token included. Above 0 up to 1. @default 1
   */
  topP?: number;
  /**
   * Above 1, tokens that came lately grow less likely: their logits are divided by this where they
   * are positive and multiplied where they are negative (Keskar et al. 2019, with the sign minded).
   * @default 1
   */
  repetitionPenalty?: number;
  /** How many of the last tokens the penalty looks at. @default 64 */
  repetitionWindow?: number;
}

/** The schemas of `SamplingOptions`, for others that take these options too. */
export const samplingTable = {
  temperature: optional(number({ min: 0 })),
  topK: optional(wholeNumber({ min: 0 })),
  topP: optional(number({ above: 0, max: 1 })),
  repetitionPenalty: optional(number({ above: 0 })),
  repetitionWindow: optional(wholeNumber({ min: 1 })),
} as const;

export const samplingOptions = optionsSchema<SamplingOptions>('Sampling', samplingTable);

/**
 * Draws a token.
 * @param logits (V), unnormalized log-probabilities; negative infinity rules a token out
 * @param before the tokens so far, which `repetitionPenalty` looks at @default none
 * @throws SeqkitError `bad-value` for an option out of range; `diverged` where the logits hold NaN
 *   or rule everything out
 */
export function sampleToken(
  logits: ArrayLike<number>,
  random: Random,
  options: SamplingOptions = {},
  before: ArrayLike<number> = [],
): number {
  const { temperature = 1, topK = 0, topP = 1 } = options;
  const penalized = penalize(logits, before, options);
  if (temperature === 0) return likeliest(penalized);
  return draw(nucleus(distribution(penalized, temperature), { topK, topP }), random);
}

/** The logits with the repetition penalty; the same array where there is none. */
export function penalize(
  logits: ArrayLike<number>,
  before: ArrayLike<number>,
  options: Pick<SamplingOptions, 'repetitionPenalty' | 'repetitionWindow'>,
): ArrayLike<number> {
  const { repetitionPenalty: penalty = 1, repetitionWindow: window = 64 } = options;
  if (penalty === 1 || before.length === 0) return logits;
  const penalized = Float64Array.from(logits);
  const recent = new Set(Array.from(before).slice(-window));
  for (const token of recent) {
    const logit = logits[token];
    penalized[token] = logit > 0 ? logit / penalty : logit * penalty;
  }
  return penalized;
}

/**
 * The distribution cut to its likeliest tokens, and normalized again: to `topK` of them, then to those
 * that hold `topP` of what is left. Of equally likely ones the first stay.
 */
export function nucleus(
  probabilities: Float64Array,
  { topK = 0, topP = 1 }: Pick<SamplingOptions, 'topK' | 'topP'>,
): Float64Array {
  if ((topK === 0 || topK >= probabilities.length) && topP === 1) return probabilities;
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b] - probabilities[a] || a - b);
  const max = topK === 0 ? order : order.slice(0, topK);
  const share = topP * max.reduce((sum, token) => sum + probabilities[token], 0);
  const kept: number[] = [];
  let total = 0;
  for (const token of max) {
    if (kept.length > 0 && topP < 1 && total >= share) break;
    kept.push(token);
    total += probabilities[token];
  }
  const cut = new Float64Array(probabilities.length);
  for (const token of kept) cut[token] = probabilities[token] / total;
  return cut;
}

/** The number of the greatest logit, the first of equals. */
export function likeliest(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 0; i < logits.length; i++) {
    if (Number.isNaN(logits[i])) throw notNumbers();
    if (logits[i] > logits[best]) best = i;
  }
  if (!Number.isFinite(logits[best])) throw notNumbers();
  return best;
}

/** softmax(logits / temperature), from the greatest down so that no exponential overflows. */
export function distribution(logits: ArrayLike<number>, temperature = 1): Float64Array {
  if (!(temperature > 0 && Number.isFinite(temperature))) throw badTemperature(temperature);
  const greatest = logits[likeliest(logits)];
  // Plain loops: this runs once a character, and with callbacks took a quarter of its time.
  const probabilities = new Float64Array(logits.length);
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    probabilities[i] = Math.exp((logits[i] - greatest) / temperature);
    total += probabilities[i];
  }
  for (let i = 0; i < probabilities.length; i++) probabilities[i] /= total;
  return probabilities;
}

/** A number below the length, each as likely as its probability says. */
export function draw(probabilities: ArrayLike<number>, random: Random): number {
  let left = random.uniform();
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] === 0) continue;
    last = i;
    left -= probabilities[i];
    if (left < 0) return i;
  }
  // Rounding may leave a rest above the sum: it belongs to the last that can come at all.
  return last;
}

function badTemperature(temperature: number): SeqkitError {
  return new SeqkitError(`The temperature must be a number of at least 0, not ${temperature}.`, {
    code: 'bad-value',
    hint: 'Take 0 for the likeliest character each time, 0.5 to 1 for text.',
  });
}

function notNumbers(): SeqkitError {
  return new SeqkitError('The model gives no probabilities: its outputs are not finite numbers.', {
    code: 'diverged',
    hint: 'Train again with a lower learning rate.',
  });
}
