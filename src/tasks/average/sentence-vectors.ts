import { SeqkitError } from '../../base/errors.js';
import { choice, listOf, number, parseStored, text as anyText } from '../../base/schema/index.js';
import { defaultVectorsName } from '../../embeddings/keyed-vectors/default-vectors.js';
import { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { gramWords, plainSpelling } from '../linear/n-grams.js';
import { commonDirection } from './common-direction.js';
import { sentenceOptions, UNKNOWN_WORDS, type SentenceOptions } from './sentence-options.js';
import { SpellingIndex } from './spelling-index.js';
import { wordDirections } from './word-directions.js';
import { zipfShares } from './word-frequency.js';

/** What a file keeps of `SentenceVectors`. */
export interface SentenceState {
  /** Plain JSON. */
  readonly settings: {
    readonly a: number;
    readonly unknown: (typeof UNKNOWN_WORDS)[number];
    /** The name of the vectors that come with seqkit, or false for vectors of its own. */
    readonly defaultVectors: string | false;
  };
  readonly arrays: {
    /** The directions that are taken out, unit vectors at right angles, shape `(count, vectorSize)`; zeros take out none. */
    readonly common: Float32Array;
    /** The word vectors as a file of seqkit's; not where they are those that come with it. */
    readonly vectors?: Uint8Array;
  };
}

interface Parts {
  readonly vectors: KeyedVectors;
  readonly packed: Uint8Array | undefined;
  readonly a: number;
  readonly unknown: (typeof UNKNOWN_WORDS)[number];
  readonly common: Float32Array;
}

/** The set of default vectors that a file names. */
const DEFAULT_VECTORS_NAME = defaultVectorsName(100_000);

/** The words that tell the directions in which running text varies. */
const DIRECTION_WORDS = 10_000;

/** Words that have been asked for, with their vectors, are kept up to this many. */
const KEPT_WORDS = 20_000;

/**
 * A sentence as the mean of its words' vectors, each weighed by a / (a + p), where p is its share of running text, less
 * the direction that all sentences have in common (SIF: Arora, Liang and Ma 2017). The shares follow from the order of
 * the words by Zipf's law. Words count in small letters where the vectors have no other.
 *
 * @example
 * const sentences = await SentenceVectors.fit(['turn on the light', 'what is the weather']);
 * sentences.transform('switch the lamp on'); // Float32Array of 100
 */
export class SentenceVectors {
  readonly vectorSize: number;
  readonly #parts: Parts;
  readonly #shares: Float64Array;
  /** What each word adds, with its weight; undefined for a word that adds nothing. */
  readonly #words = new Map<string, Float32Array | undefined>();
  #spellings: SpellingIndex | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.vectorSize = parts.vectors.vectorSize;
    this.#shares = zipfShares(parts.vectors.size);
  }

  /**
   * Finds the direction that texts have in common.
   * @throws SeqkitError `bad-value`; `file-access` where the default vectors are not to be had
   */
  static async fit(texts: readonly string[], options: SentenceOptions = {}): Promise<SentenceVectors> {
    const {
      a = 1e-3,
      removeCommon = true,
      removeDirections = 0,
      unknown = 'characters',
      ...given
    } = sentenceOptions.parse(options);
    const sentences = textList.parse(texts, 'SentenceVectors.fit: texts');
    const isOwn = given.vectors !== undefined;
    if (isOwn && given.includeVectors === false) {
      throw new SeqkitError(
        'Vectors of your own are always held: includeVectors: false is for the default ones.',
        {
          code: 'usage',
          hint: 'Leave out includeVectors.',
        },
      );
    }
    const opened = given.vectors ?? (await KeyedVectors.default());
    const packed =
      isOwn || given.includeVectors === true
        ? await opened.toBytes('seqkit', { precision: 'int8' })
        : undefined;
    // Those that a file will hold, so that it answers as what was saved.
    const vectors = packed ? await KeyedVectors.fromBytes(packed, { name: opened.source }) : opened;
    const parts = { vectors, packed, a, unknown };
    const directions = directionsOf(vectors, a, removeDirections);
    const plain = new SentenceVectors({ ...parts, common: joined(directions, vectors.vectorSize) });
    if (!removeCommon) return plain;
    const rows = sentences.map((text) => plain.transform(text)).filter((row) => row.some((x) => x !== 0));
    if (rows.length === 0) return plain;
    const common = joined([...directions, commonDirection(rows)], vectors.vectorSize);
    return new SentenceVectors({ ...parts, common });
  }

  /**
   * The vector of a text, shape `(vectorSize)`: zeros where no word of it has a vector.
   */
  transform(text: string): Float32Array {
    return this.describe(text).vector;
  }

  /** The vector of a text, and how many of its words have one. */
  describe(text: string): { vector: Float32Array; words: number; known: number } {
    const words = gramWords(plainSpelling(anyText.parse(text, 'transform: text'), false));
    const sum = new Float64Array(this.vectorSize);
    let known = 0;
    for (const word of words) {
      const weighed = this.#weighed(word);
      if (!weighed) continue;
      known++;
      for (let i = 0; i < sum.length; i++) sum[i] += weighed[i];
    }
    const { common } = this.#parts;
    if (known > 0) for (let i = 0; i < sum.length; i++) sum[i] /= known;
    for (let from = 0; from < common.length; from += sum.length) {
      let along = 0;
      for (let i = 0; i < sum.length; i++) along += sum[i] * common[from + i];
      for (let i = 0; i < sum.length; i++) sum[i] -= along * common[from + i];
    }
    return { vector: Float32Array.from(sum), words: words.length, known };
  }

  #weighed(word: string): Float32Array | undefined {
    if (this.#words.has(word)) return this.#words.get(word);
    const vector = this.#vectorOf(word);
    if (this.#words.size >= KEPT_WORDS) this.#words.clear();
    this.#words.set(word, vector);
    return vector;
  }

  #vectorOf(word: string): Float32Array | undefined {
    const { vectors, unknown, a } = this.#parts;
    const small = word.toLowerCase();
    const written = this.#rowVector(word) ?? this.#rowVector(small);
    if (written) return written;
    const parts = contraction(small).flatMap((part) => this.#weighed(part) ?? []);
    if (parts.length > 0) {
      const once = parts.map(() => 1);
      return meanOf(parts, once, 1);
    }
    const unmarked = small.includes("'") ? this.#rowVector(small.replaceAll("'", '')) : undefined;
    if (unmarked) return unmarked;
    if (vectors.subwords && vectors.has(small)) return vectors.get(small);
    if (unknown === 'skip') return undefined;
    this.#spellings ??= new SpellingIndex(vectors.words());
    const like = this.#spellings.like(small);
    if (like.length === 0) return undefined;
    // The nearest spelling counts most: an eighth power leaves little to the others.
    const weights = like.map(({ likeness }) => Math.max(likeness, 0.1) ** 8);
    const rows = like.map(({ row }) => scaled(vectors.rows.copy(row), a / (a + this.#shares[row])));
    return meanOf(rows, weights, Math.min(1, Math.max(0.1, like[0].likeness)));
  }

  /** The weighed vector of a word that has one as it is spelled. */
  #rowVector(word: string): Float32Array | undefined {
    const { vectors, a } = this.#parts;
    const row = vectors.indexOf(word);
    return row < 0 ? undefined : scaled(vectors.rows.copy(row), a / (a + this.#shares[row]));
  }

  /** What a file keeps: `SentenceVectors.from` makes the same of it. */
  toState(): SentenceState {
    const { a, unknown, packed, common } = this.#parts;
    return {
      settings: { a, unknown, defaultVectors: packed ? false : DEFAULT_VECTORS_NAME },
      arrays: { common: common.slice(), ...(packed && { vectors: packed }) },
    };
  }

  /**
   * The sentence vectors of a state, such as a file holds.
   * @param source what to call it in errors, such as the file's path
   * @throws SeqkitError `bad-file`; `file-access` where it needs the default vectors and they are not to be had
   */
  static async from(state: SentenceState, source = 'the state'): Promise<SentenceVectors> {
    const stored = <T>(
      schema: { parse(value: unknown, name: string): T; expected: string },
      value: unknown,
    ) => parseStored(schema, value, 'its sentence vectors', source);
    const a = stored(number({ above: 0 }), state.settings.a);
    const unknown = stored(choice(UNKNOWN_WORDS), state.settings.unknown);
    const { vectors: packed, common } = state.arrays;
    const { defaultVectors } = state.settings;
    if (packed === undefined && defaultVectors !== DEFAULT_VECTORS_NAME) {
      throw new SeqkitError(
        `${source} needs the vectors ${JSON.stringify(defaultVectors)}, which are not here.`,
        {
          code: 'bad-file',
          hint: 'Train it again with this release.',
        },
      );
    }
    const vectors = packed
      ? await KeyedVectors.fromBytes(packed, { name: `${source}, its vectors` })
      : await KeyedVectors.default();
    const size = vectors.vectorSize;
    if (common.length === 0 || common.length % size !== 0 || common.length > size * size) {
      throw new SeqkitError(
        `${source} has common directions of ${common.length} numbers for vectors of ${size}.`,
        { code: 'bad-file' },
      );
    }
    if (!common.every(Number.isFinite)) {
      throw new SeqkitError(`${source} has a common direction that is no number.`, { code: 'bad-file' });
    }
    return new SentenceVectors({ vectors, packed, a, unknown, common });
  }

  /** Frees the word vectors. */
  dispose(): void {
    this.#parts.vectors.dispose();
  }
}

const textList = listOf(anyText, { min: 1 });

/** What words with an apostrophe stand for. */
const CONTRACTION = /^(.+?)(n't|'(?:s|m|d|ll|re|ve))$/;
const ENDINGS: Readonly<Record<string, string>> = {
  "n't": 'not',
  "'m": 'am',
  "'d": 'would',
  "'ll": 'will',
  "'re": 'are',
  "'ve": 'have',
};
const STEMS: Readonly<Record<string, string>> = { ca: 'can', wo: 'will', sha: 'shall' };

/** The words that a contraction such as "can't" stands for, in small letters; none for another word. */
function contraction(word: string): string[] {
  const match = CONTRACTION.exec(word);
  if (!match) return [];
  const [, stem, ending] = match;
  const whole = ending === "n't" ? (STEMS[stem] ?? stem) : stem;
  const second = Object.hasOwn(ENDINGS, ending) ? [ENDINGS[ending]] : [];
  return [whole, ...second];
}

/** The directions in which the words vary most, each word with its weight and as often as it comes. */
function directionsOf(vectors: KeyedVectors, a: number, count: number): Float64Array[] {
  if (count === 0) return [];
  const shares = zipfShares(vectors.size);
  function* rows() {
    for (let row = 0; row < Math.min(vectors.size, DIRECTION_WORDS); row++) {
      yield scaled(vectors.rows.copy(row), (Math.sqrt(shares[row]) * a) / (a + shares[row]));
    }
  }
  return wordDirections(rows(), vectors.vectorSize, Math.min(count, vectors.vectorSize));
}

/** Directions one after the other; zeros for none. */
function joined(directions: readonly Float64Array[], size: number): Float32Array {
  const all = new Float32Array(Math.max(1, directions.length) * size);
  for (const [i, direction] of directions.entries()) all.set(direction, i * size);
  return all;
}

function scaled(vector: Float32Array, scale: number): Float32Array {
  for (let i = 0; i < vector.length; i++) vector[i] *= scale;
  return vector;
}

/** The weighted mean of rows, times a scale. */
function meanOf(rows: readonly Float32Array[], weights: readonly number[], scale: number): Float32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float32Array(rows[0].length);
  for (const [r, row] of rows.entries()) {
    for (let i = 0; i < mean.length; i++) mean[i] += (row[i] * weights[r] * scale) / total;
  }
  return mean;
}
