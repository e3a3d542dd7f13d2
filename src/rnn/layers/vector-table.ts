import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';
import type { Vectors } from '../../base/math/vectors.js';
import {
  choice,
  flag,
  listOf,
  optional,
  optionsSchema,
  schemaOf,
  shown,
  text,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import { layerName, size } from './layer-options.js';

/** The word of each token in order, or the token of each word. */
export type WordTokens = readonly string[] | ReadonlyMap<string, number>;

export interface EmbeddingFromVectorsOptions {
  /** V; words whose token is this or more are left out. @default one more than the largest token */
  inputDim?: number;
  /** What a word without a vector starts at: zeros, or numbers from -0.05 to 0.05. @default 'zeros' */
  unknown?: 'zeros' | 'random';
  /** Whether training changes the vectors. @default false */
  trainable?: boolean;
  /** Token 0 is padding: its time steps are masked for the layers after. @default false */
  maskZero?: boolean;
  /** For `unknown: 'random'`. @default 0 */
  seed?: number;
  name?: string;
}

/** How many words of a vocabulary have a vector. */
export interface VectorCoverage {
  /** Words of the vocabulary that have a row. */
  readonly words: number;
  /** Those of them that have a vector. */
  readonly found: number;
  /** The others. */
  readonly missing: readonly string[];
}

const fromVectorsOptions = optionsSchema<EmbeddingFromVectorsOptions>('Embedding.fromVectors', {
  inputDim: optional(size),
  unknown: optional(choice(['zeros', 'random'])),
  trainable: optional(flag),
  maskZero: optional(flag),
  seed: optional(wholeNumber()),
  name: layerName,
});

const someVectors = schemaOf<Vectors>('word vectors, such as KeyedVectors', (value) => {
  if (typeof value !== 'object' || value === null) return false;
  const { vectorSize, has, get } = value as Partial<Vectors>;
  return (
    Number.isSafeInteger(vectorSize) &&
    vectorSize! >= 1 &&
    typeof has === 'function' &&
    typeof get === 'function'
  );
});

const token = wholeNumber({ min: 0, max: 2 ** 31 - 2 });

/** The table that an Embedding starts at, and the layer's other options. */
export function vectorTable(vectors: Vectors, vocabulary: WordTokens, options?: EmbeddingFromVectorsOptions) {
  const {
    unknown = 'zeros',
    trainable = false,
    maskZero,
    seed = 0,
    name,
    ...given
  } = fromVectorsOptions.parse(options);
  const { vectorSize: outputDim } = someVectors.parse(vectors, 'Embedding.fromVectors: vectors');
  const tokens = wordTokens(vocabulary);
  const { inputDim = [...tokens.values()].reduce((most, one) => Math.max(most, one), 0) + 1 } = given;
  const random = new Random(seed);
  const table = new Float64Array(inputDim * outputDim);
  const missing: string[] = [];
  let words = 0;
  for (const [word, row] of tokens) {
    if (row >= inputDim) continue;
    words++;
    if (vectors.has(word)) table.set(vectorOf(vectors, word), row * outputDim);
    else {
      missing.push(word);
      if (unknown === 'zeros') continue;
      for (let d = 0; d < outputDim; d++) table[row * outputDim + d] = random.uniform(-0.05, 0.05);
    }
  }
  return {
    ...{ table, inputDim, outputDim, trainable },
    coverage: { words, found: words - missing.length, missing },
    ...(maskZero !== undefined && { maskZero }),
    ...(name !== undefined && { name }),
  };
}

function vectorOf(vectors: Vectors, word: string): ArrayLike<number> {
  const vector = vectors.get(word);
  const fits =
    vector?.length === vectors.vectorSize && Array.from(vector).every((value) => Number.isFinite(value));
  if (fits) return vector;
  throw wrongValue(
    `Embedding.fromVectors: the vector of ${shown(word)}`,
    `an array of ${vectors.vectorSize} finite numbers`,
    vector,
  );
}

/** The token of each word, each given once. */
function wordTokens(vocabulary: WordTokens): ReadonlyMap<string, number> {
  const name = 'Embedding.fromVectors: vocabulary';
  let pairs: (readonly [string, number])[];
  if (vocabulary instanceof Map) {
    pairs = [...(vocabulary as ReadonlyMap<unknown, unknown>)].map(([word, index]) => {
      const known = text.parse(word, `${name}: a word`);
      return [known, token.parse(index, `${name}: the token of ${shown(known)}`)];
    });
  } else if (Array.isArray(vocabulary)) {
    pairs = listOf(text)
      .parse(vocabulary, name)
      .map((word, index) => [word, index] as const)
      .filter(([word]) => word !== '');
  } else {
    const hint = 'Give the word of each token in order, or the wordIndex of a Tokenizer.';
    throw wrongValue(name, 'an array of words, or a Map from words to tokens', vocabulary, hint);
  }
  if (pairs.length === 0) throw wrongValue(name, 'at least one word', vocabulary);
  for (const [what, count] of [
    ['word', new Set(pairs.map(([word]) => word)).size],
    ['token', new Set(pairs.map(([, index]) => index)).size],
  ] as const) {
    if (count === pairs.length) continue;
    throw new SeqkitError(`${name}: a ${what} comes twice.`, { code: 'bad-value' });
  }
  return new Map(pairs);
}
