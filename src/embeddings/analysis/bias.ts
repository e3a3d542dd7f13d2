import { SeqkitError } from '../../base/errors.js';
import { listOf, optional, optionsSchema, wrongValue, type Schema } from '../../base/schema/index.js';
import { KeyedVectors } from '../keyed-vectors/keyed-vectors.js';
import { keyedVectors } from './vectors-argument.js';
import { vectorOfSize, wordPair, words as wordArray } from '../vectors/word-arguments.js';
import { dot, unitVector } from '../vectors/unit-vector.js';

/**
 * A direction of meaning, as a unit vector, from pairs of words that differ in it, such as she and
 * he: the first principal component of the pairs, each about its own mean (Bolukbasi et al. 2016,
 * section 5.1). With one pair, the unit vector along the difference of its unit vectors. It points
 * from the second words to the first.
 * @returns shape `(vectorSize)`
 * @throws SeqkitError `unknown-word`; `bad-value` with no pair, or where words do not differ
 */
export function biasDirection(
  vectors: KeyedVectors,
  pairs: readonly (readonly [string, string])[],
): Float64Array {
  keyedVectors.parse(vectors, 'biasDirection: vectors');
  listOf(wordPair).parse(pairs, 'biasDirection: pairs');
  if (pairs.length === 0) {
    throw new SeqkitError('A direction needs at least one pair of words.', { code: 'bad-value' });
  }
  const halves = pairs.map(([a, b]) => {
    const [unitA, unitB] = [unitVector(vectors.get(a)), unitVector(vectors.get(b))];
    return unitA.map((value, i) => (value - unitB[i]) / 2);
  });
  const sum = new Float64Array(vectors.vectorSize);
  for (const half of halves) half.forEach((value, i) => (sum[i] += value));
  const direction = firstComponent(halves);
  if (!direction.some((value) => value !== 0)) {
    throw new SeqkitError('The words of the pairs have the same vectors, so they give no direction.', {
      code: 'bad-value',
    });
  }
  return dot(direction, sum) < 0 ? direction.map((value) => -value) : direction;
}

/**
 * The first principal component of points that come in pairs x and -x, by powers of their small
 * Gram matrix: with G = X X^T and its first eigenvector u, the component is X^T u.
 */
function firstComponent(points: readonly Float64Array[]): Float64Array {
  const gram = points.map((a) => points.map((b) => dot(a, b)));
  // The longest point's column: the diagonal is orthogonal to the answer where a pair comes both ways round.
  const longest = gram.reduce((best, row, i) => (row[i] > gram[best][best] ? i : best), 0);
  let weights: Float64Array = Float64Array.from(gram[longest]);
  for (let round = 0; round < 10_000; round++) {
    const next = unitVector(
      gram.map((row) => row.reduce((total, value, i) => total + value * weights[i], 0)),
    );
    const change = next.reduce((max, value, i) => Math.max(max, Math.abs(value - weights[i])), 0);
    weights = next;
    if (change < 1e-15) break;
  }
  const component = new Float64Array(points[0].length);
  points.forEach((point, i) => point.forEach((value, j) => (component[j] += weights[i] * value)));
  return unitVector(component);
}

/** What `debias` mends. */
export interface DebiasOptions {
  /** The direction, a unit vector, shape `(vectorSize)`: see `biasDirection`. */
  readonly direction: Float64Array;
  /** Words that should have nothing of the direction. @default all words but those of `equalize` */
  readonly neutral?: readonly string[];
  /** Pairs that should differ in the direction alone, such as grandmother and grandfather. */
  readonly equalize?: readonly (readonly [string, string])[];
}

/** A direction as it is given; its size goes by the vectors. */
const givenDirection: Schema<Float64Array> = {
  expected: 'a unit vector, as biasDirection gives it',
  parse: (value) => value as Float64Array,
};

const debiasOptions = optionsSchema<DebiasOptions>('debias', {
  direction: givenDirection,
  neutral: optional(wordArray),
  equalize: optional(listOf(wordPair)),
});

/** How far the length of a direction may be from 1, by the roundings of a vector of 32-bit floats. */
const LENGTH_TOLERANCE = 1e-5;

function directionOf(value: unknown, { vectorSize }: KeyedVectors): Float64Array {
  const direction = Float64Array.from(vectorOfSize(value, vectorSize, 'debias: direction'));
  const length = Math.sqrt(dot(direction, direction));
  if (Math.abs(length - 1) <= LENGTH_TOLERANCE) return direction;
  throw wrongValue(
    'debias: direction',
    givenDirection.expected,
    value,
    `Its length is ${length}: divide it by that, or take the direction that biasDirection gives.`,
  );
}

/**
 * Hard debiasing (Bolukbasi et al. 2016, section 6): all vectors are made unit vectors; neutral
 * words lose their part along the direction and are made unit vectors again (neutralize); the
 * words of a pair keep what they have in common beside the direction, and differ along it alone,
 * equally far from it on both sides (equalize).
 * @returns new vectors; those given stay as they are
 * @throws SeqkitError `unknown-word`; `bad-value` for a word that would be nothing without the
 *   direction, that is to be both neutral and of a pair, or that is in two pairs
 */
export function debias(vectors: KeyedVectors, given: DebiasOptions): KeyedVectors {
  keyedVectors.parse(vectors, 'debias: vectors');
  const options = debiasOptions.parse(given);
  const { equalize = [] } = options;
  const direction = directionOf(options.direction, vectors);
  const words = [...vectors.words()];
  const row = new Map(words.map((word, i) => [word, i]));
  const paired = new Set(pairOfWord(equalize).keys());
  const neutral = options.neutral ?? words.filter((word) => !paired.has(word));
  for (const word of [...neutral, ...paired]) {
    vectors.get(word);
    if (row.has(word)) continue;
    throw new SeqkitError(`"${word}" is no word of ${vectors.source}: its vector is made of its subwords.`, {
      code: 'unknown-word',
      hint: 'Only words that are there can be mended.',
    });
  }
  const both = options.neutral?.find((word) => paired.has(word));
  if (both !== undefined) {
    throw new SeqkitError(`"${both}" cannot be neutral and of a pair to be equalized.`, {
      code: 'bad-value',
    });
  }
  const width = vectors.vectorSize;
  const data = new Float32Array(words.length * width);
  words.forEach((word, i) => data.set(unitVector(vectors.get(word)), i * width));
  for (const word of neutral) {
    data.set(neutralized(vectors.get(word), direction, word), row.get(word)! * width);
  }
  for (const [a, b] of equalize) {
    const [mendedA, mendedB] = equalized(vectors.get(a), vectors.get(b), direction, `${a}, ${b}`);
    data.set(mendedA, row.get(a)! * width);
    data.set(mendedB, row.get(b)! * width);
  }
  return KeyedVectors.fromRows(words, data, { name: `${vectors.source}, debiased` });
}

/** The pair of each word. A second pair would undo what the first made equal. */
function pairOfWord(pairs: readonly (readonly [string, string])[]): Map<string, readonly [string, string]> {
  const found = new Map<string, readonly [string, string]>();
  for (const pair of pairs) {
    for (const word of new Set(pair)) {
      const other = found.get(word);
      if (other !== undefined) {
        throw new SeqkitError(
          `"${word}" is in two pairs to be equalized, ${other.join(':')} and ${pair.join(':')}.`,
          { code: 'bad-value', hint: 'A word can be made equal to one other: leave one of the pairs out.' },
        );
      }
      found.set(word, pair);
    }
  }
  return found;
}

/** w - w_B over its length: a unit vector at right angles to the direction. */
function neutralized(vector: Float32Array, direction: Float64Array, word: string): Float64Array {
  const unit = unitVector(vector);
  const along = dot(unit, direction);
  const rest = unit.map((value, i) => value - along * direction[i]);
  // A word of zeros stays one.
  if (along !== 0 && Math.sqrt(dot(rest, rest)) < 1e-6) {
    throw new SeqkitError(`"${word}" lies along the direction, so nothing is left of it without.`, {
      code: 'bad-value',
      hint: 'Leave it out of the neutral words.',
    });
  }
  return unitVector(rest);
}

/**
 * mu = (a + b) / 2, nu = mu - mu_B; each word becomes nu + sqrt(1 - |nu|^2) (w_B - mu_B) / |w_B - mu_B|.
 */
function equalized(
  a: Float32Array,
  b: Float32Array,
  direction: Float64Array,
  pair: string,
): [Float64Array, Float64Array] {
  const [unitA, unitB] = [unitVector(a), unitVector(b)];
  const [alongA, alongB] = [dot(unitA, direction), dot(unitB, direction)];
  if (alongA === alongB) {
    throw new SeqkitError(`The words of the pair ${pair} do not differ along the direction.`, {
      code: 'bad-value',
      hint: 'Give another pair, or another direction.',
    });
  }
  const along = (alongA + alongB) / 2;
  const nu = unitA.map((value, i) => (value + unitB[i]) / 2 - along * direction[i]);
  const distance = Math.sqrt(Math.max(0, 1 - dot(nu, nu))) * Math.sign(alongA - alongB);
  return [
    nu.map((value, i) => value + distance * direction[i]),
    nu.map((value, i) => value - distance * direction[i]),
  ];
}
