import { SeqkitError } from '../rnn/errors.js';
import type { Random } from '../rnn/random.js';

export interface SamplingOptions {
  /**
   * Divides the logits: below 1 the likely grows likelier, above 1 less so; 0 always takes
   * the likeliest. @default 1
   */
  temperature?: number;
}

/**
 * Draws a token.
 * @param logits (V), unnormalized log-probabilities; negative infinity rules a token out
 * @throws SeqkitError `bad-value` for a temperature that is negative or not finite; `diverged`
 *   where the logits hold NaN or rule everything out
 */
export function sampleToken(
  logits: ArrayLike<number>,
  random: Random,
  options: SamplingOptions = {},
): number {
  const { temperature = 1 } = options;
  return temperature === 0 ? likeliest(logits) : draw(distribution(logits, temperature), random);
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
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new SeqkitError(`The temperature must be a number of at least 0, not ${temperature}.`, {
      code: 'bad-value',
      hint: 'Take 0 for the likeliest character each time, 0.5 to 1 for text.',
    });
  }
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

function notNumbers(): SeqkitError {
  return new SeqkitError('The model gives no probabilities: its outputs are not finite numbers.', {
    code: 'diverged',
    hint: 'Train again with a lower learning rate.',
  });
}
