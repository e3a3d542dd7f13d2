import { SeqkitError } from '../rnn/errors.js';
import type { Vectors } from '../rnn/vectors.js';
import { analogyScores, type AnalogyMethod } from './analogies.js';
import { DEFAULT_VECTORS_PATH } from './default-vectors.js';
import { encodeVectors, openVectors, type WordsAndRows } from './formats/seqkit-file.js';
import type { ReadOptions, ReadVectors } from './formats/read-vectors.js';
import { quote } from './quote.js';
import { FloatRows, type Int8Rows, type Rows } from './rows.js';
import { topRows } from './search.js';
import { dot, unitVector } from './unit-vector.js';
import { wordListOf, type WordList } from './word-list.js';

/** A word and how well it answers. */
export interface ScoredWord {
  readonly word: string;
  /** The cosine with what was asked, from -1 to 1; for 3CosMul its ratio, from 0. */
  readonly score: number;
}

/** What `mostSimilar` looks for. */
export interface MostSimilarOptions {
  /** Words to be near to. */
  readonly positive?: readonly string[];
  /** Words to be far from. */
  readonly negative?: readonly string[];
  /** How many answers. @default 10 */
  readonly topn?: number;
}

/**
 * Words and their vectors, to be asked for a word's vector, its neighbours and analogies. Names
 * and meanings are gensim's. Words count as they are spelled, upper and lower case apart.
 */
export class KeyedVectors implements Vectors {
  /** How many words there are. */
  readonly size: number;
  /** How many numbers each vector has. */
  readonly vectorSize: number;
  readonly #words: WordList;
  readonly #rows: Rows;

  /**
   * @param source what the vectors are called in messages, such as their path
   * @param notes what the user should know about the file they came from
   * @param limit only the first so many words
   */
  private constructor(
    vectors: WordsAndRows,
    readonly source: string,
    readonly notes: readonly string[] = [],
    limit = Infinity,
  ) {
    this.size = Math.min(vectors.words.size, limit);
    this.vectorSize = vectors.rows.width;
    this.#words = vectors.words;
    this.#rows = this.size < vectors.rows.count ? vectors.rows.first(this.size) : vectors.rows;
  }

  /**
   * Opens a file of vectors: seqkit's own, GloVe's text or word2vec's text, plain or gzipped. The
   * format is told from the contents; text is streamed. Of a word that comes more than once the
   * first vector is kept, and `notes` says so.
   * @throws SeqkitError `file-access` where the file is not to be read; `bad-file` where it is
   *   damaged, with the line or byte
   */
  static async load(path: string, options: ReadOptions = {}): Promise<KeyedVectors> {
    const { openByteStream } = await hostFiles();
    const { readVectors } = await import('./formats/read-vectors.js');
    const { chunks } = await openByteStream(path, 'the vectors');
    return KeyedVectors.#of(await readVectors(chunks, path, options), path, options);
  }

  /** Opens vectors from a file's bytes, as `load` does from its path; for the browser. */
  static async fromBytes(
    bytes: Uint8Array,
    options: ReadOptions & { name?: string } = {},
  ): Promise<KeyedVectors> {
    const { readVectors } = await import('./formats/read-vectors.js');
    const { singleChunk } = await import('./formats/byte-chunks.js');
    const name = options.name ?? 'the vectors';
    return KeyedVectors.#of(await readVectors(singleChunk(bytes), name, options), name, options);
  }

  /**
   * Vectors that were made otherwise, such as trained.
   * @param words each once, the most frequent first
   * @param data shape `(words.length, vectorSize)`; it is kept, not copied
   * @throws SeqkitError `bad-shape`; `bad-value` where a word comes twice
   */
  static fromRows(words: readonly string[], data: Float32Array, name = 'the vectors'): KeyedVectors {
    const width = data.length / words.length;
    if (!Number.isSafeInteger(width) || width < 1) {
      throw new SeqkitError(`${data.length} numbers do not make vectors for ${words.length} words.`, {
        code: 'bad-shape',
      });
    }
    return new KeyedVectors({ words: wordListOf(words), rows: new FloatRows(data, width) }, name);
  }

  /** Writes seqkit's file, whole or not at all. @throws SeqkitError `file-exists` without `force` */
  async save(path: string, options: { force?: boolean } = {}): Promise<void> {
    const { writeFileAtomic } = await hostFiles();
    const rows = this.#rows as FloatRows | Int8Rows;
    await writeFileAtomic(path, encodeVectors({ words: this.#words, rows }), options);
  }

  /**
   * Opens the vectors that come with seqkit: the 100,000 most frequent words of GloVe 6B, 100
   * numbers each, kept as 8-bit numbers (Pennington et al. 2014).
   * @throws SeqkitError `file-access` where they have not been built, or in a browser
   */
  static async default(): Promise<KeyedVectors> {
    const { readFileBytes } = await hostFiles();
    const { packageFile } = await import('../rnn/host/package-file.js');
    const path = packageFile(DEFAULT_VECTORS_PATH);
    try {
      return new KeyedVectors(openVectors(readFileBytes(path, 'the default vectors'), path), path);
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      throw new SeqkitError(error.message, {
        code: error.code,
        hint: 'They are built by `npm run build:vectors` in a clone and come with the package: build or install it again.',
        cause: error,
      });
    }
  }

  static #of(read: ReadVectors, source: string, options: ReadOptions): KeyedVectors {
    return new KeyedVectors(read, source, read.notes, options.limit);
  }

  /** Whether the word has a vector. */
  has(word: string): boolean {
    return this.#find(word) >= 0;
  }

  /**
   * The word's vector, shape `(vectorSize)`.
   * @throws SeqkitError `unknown-word`
   */
  get(word: string): Float32Array {
    return this.#rows.copy(this.#row(word));
  }

  /** The words in their order, the most frequent first. */
  *words(): Generator<string> {
    for (let row = 0; row < this.size; row++) yield this.#words.at(row);
  }

  /**
   * The words nearest to the sum of the positive words' unit vectors less the negative ones', by
   * cosine (3CosAdd, Mikolov et al. 2013). The words asked about are no answers.
   * @throws SeqkitError `unknown-word`; `bad-value` where nothing is asked
   */
  mostSimilar(options: MostSimilarOptions): ScoredWord[] {
    return this.#analogy(options, '3cosadd');
  }

  /** As `mostSimilar`, by the ratio of products (3CosMul, Levy and Goldberg 2014). */
  mostSimilarCosmul(options: MostSimilarOptions): ScoredWord[] {
    return this.#analogy(options, '3cosmul');
  }

  /**
   * The words whose vectors are nearest to a vector, by cosine.
   * @param vector shape `(vectorSize)`
   * @param topn how many answers
   */
  similarByVector(vector: ArrayLike<number>, topn = 10): ScoredWord[] {
    if (vector.length !== this.vectorSize) {
      throw new SeqkitError(
        `The vector has ${vector.length} numbers, and these vectors ${this.vectorSize}.`,
        {
          code: 'bad-shape',
        },
      );
    }
    const unit = unitVector(vector);
    if (!unit.every(Number.isFinite)) {
      throw new SeqkitError('The vector holds a number that is not finite.', { code: 'bad-value' });
    }
    return this.#best(this.#rows.cosines(unit), topn, new Set());
  }

  /** The cosine of two words' vectors, from -1 to 1; 0 where one of them is all zeros. */
  similarity(a: string, b: string): number {
    return dot(unitVector(this.get(a)), unitVector(this.get(b)));
  }

  /**
   * The word that fits least with the others: the one farthest, by cosine, from the mean of their
   * unit vectors; of several, the first.
   * @throws SeqkitError `bad-value` with no words
   */
  doesntMatch(words: readonly string[]): string {
    const units = words.map((word) => unitVector(this.get(word)));
    if (units.length === 0) throw new SeqkitError('There are no words to compare.', { code: 'bad-value' });
    const mean = new Float64Array(this.vectorSize);
    for (const unit of units) unit.forEach((value, i) => (mean[i] += value));
    const center = unitVector(mean);
    const fits = units.map((unit) => dot(unit, center));
    return words[fits.indexOf(Math.min(...fits))];
  }

  /**
   * Words spelled like one that is not there, nearest first, then the more frequent.
   * @param count how many at most
   */
  async nearSpellings(typed: string, count = 5): Promise<string[]> {
    const { nearSpellings } = await import('./near-spellings.js');
    return nearSpellings(this.#words, this.size, typed, count).map(({ word }) => word);
  }

  #analogy(options: MostSimilarOptions, method: AnalogyMethod): ScoredWord[] {
    const { positive = [], negative = [], topn = 10 } = options;
    if (positive.length + negative.length === 0) {
      throw new SeqkitError('There is no word to be similar to: give positive or negative words.', {
        code: 'bad-value',
      });
    }
    const added = positive.map((word) => this.#row(word));
    const taken = negative.map((word) => this.#row(word));
    return this.#best(analogyScores(this.#rows, added, taken, method), topn, new Set([...added, ...taken]));
  }

  #best(scores: Float64Array, topn: number, excluded: ReadonlySet<number>): ScoredWord[] {
    return topRows(scores, topn, excluded).map(({ row, score }) => ({ word: this.#words.at(row), score }));
  }

  #find(word: string): number {
    const row = this.#words.find(word);
    return row < this.size ? row : -1;
  }

  #row(word: string): number {
    const row = this.#find(word);
    if (row >= 0) return row;
    const count = this.size.toLocaleString('en-US');
    throw new SeqkitError(`${quote(word)} is not among the ${count} words of ${this.source}.`, {
      code: 'unknown-word',
    });
  }
}

/** The files of the platform; a browser has none. */
async function hostFiles(): Promise<typeof import('../rnn/host/files.js')> {
  try {
    return await import('../rnn/host/files.js');
  } catch (error) {
    throw new SeqkitError('Files cannot be opened by their path here.', {
      code: 'file-access',
      hint: 'In a browser, fetch the file and give its bytes to KeyedVectors.fromBytes.',
      cause: error,
    });
  }
}
