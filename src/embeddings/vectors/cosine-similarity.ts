import { SeqkitError } from '../../base/errors.js';
import { finiteNumbers, wrongValue } from '../../base/schema/index.js';

/**
 * The cosine of the angle between two vectors, from -1 to 1: u . v / (|u| |v|). A number alone is a vector of one.
 * @throws SeqkitError `bad-shape` for vectors of different lengths; `bad-value` for a vector of zeros, which has no
 *   direction, and for what is no vector
 */
export function cosineSimilarity(u: ArrayLike<number> | number, v: ArrayLike<number> | number): number {
  const [a, b] = [directionOf(u, 'u'), directionOf(v, 'v')];
  if (a.length !== b.length) {
    throw new SeqkitError(`cosineSimilarity: u has ${a.length} numbers and v ${b.length}.`, {
      code: 'bad-shape',
      hint: 'Compare vectors of one space.',
    });
  }
  const dot = a.reduce((total, value, i) => total + value * b[i], 0);
  // Rounding may lead a little beyond.
  return Math.min(1, Math.max(-1, dot / (norm(a) * norm(b))));
}

const norm = (vector: Float64Array): number =>
  Math.sqrt(vector.reduce((total, value) => total + value * value, 0));

/** The vector over its largest number, so that no square overflows or vanishes. */
function directionOf(given: unknown, which: string): Float64Array {
  const name = `cosineSimilarity: ${which}`;
  const list = typeof given === 'number' ? [given] : given;
  const vector = Float64Array.from(finiteNumbers.parse(list, name));
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest > 0) return vector.map((value) => value / largest);
  throw wrongValue(name, 'a vector with a direction', vector, 'A vector of zeros has none: leave it out.');
}
