import { SeqkitError } from '../rnn/errors.js';
import { checkKnownOptions } from '../rnn/known-options.js';
import type { Vectors } from '../rnn/vectors.js';
import {
  checkVector,
  queryVector,
  ratioVectors,
  wordsOf,
  type AnalogyMethod,
  type QueryTerm,
} from './analogies.js';
import { DEFAULT_VECTORS_PATH } from './default-vectors.js';
import type { AnalogyEvaluation, AnalogyEvaluationOptions } from './evaluation.js';
import type { Questions } from './questions.js';
import type { PairEvaluation, PairEvaluationOptions } from './word-pairs.js';
import type { VectorFormat, WriteOptions } from './formats/write-vectors.js';
import type { ReadOptions, ReadVectors } from './formats/read-vectors.js';
import { hostFiles } from './host-files.js';
import { openSearch, type SearchOptions } from './open-search.js';
import { quote } from './quote.js';
import { FloatRows, type Rows } from './rows.js';
import { RowSearch, type ScoredRow } from './search.js';
import type { Subwords } from './subwords.js';
import { dot, meanOf, unitVector } from './unit-vector.js';
import { wordListOf, type WordList } from './word-list.js';

/** A word and how well it answers. */
export interface ScoredWord {
  readonly word: string;
  /** The cosine with what was asked, from -1 to 1; for 3CosMul its ratio, from 0. */
  readonly score: number;
}

/** What `mostSimilar` looks for. */
export interface MostSimilarOptions {
  /** Words or vectors to be near to. */
  readonly positive?: readonly QueryTerm[];
  /** Words or vectors to be far from. */
  readonly negative?: readonly QueryTerm[];
  /** How many answers. @default 10 */
  readonly topn?: number;
  /** Look only among the first so many words, the most frequent. @default all */
  readonly restrictVocab?: number;
}

/** What `fromRows` takes beside words and rows. */
export interface FromRowsOptions {
  /** What to call the vectors in messages. @default 'the vectors' */
  readonly name?: string;
  /** What gives vectors to words that are not there. @default nothing does */
  readonly subwords?: Subwords | undefined;
}

/** How vectors are read and searched. */
export type LoadOptions = ReadOptions & SearchOptions;

const loadKeys: Record<keyof LoadOptions, true> = {
  limit: true,
  encoding: true,
  int8Search: true,
  threads: true,
};

const queryKeys: Record<keyof MostSimilarOptions, true> = {
  positive: true,
  negative: true,
  topn: true,
  restrictVocab: true,
};

/**
 * Words and their vectors, to be asked for a word's vector, its neighbours and analogies. Names
 * and meanings are gensim's. Words count as they are spelled, upper and lower case apart.
 */
export class KeyedVectors implements Vectors {
  /** How many words there are. */
  readonly size: number;
  /** How many numbers each vector has. */
  readonly vectorSize: number;
  /** The vectors, one a row, in the order of the words. */
  readonly rows: Rows;
  /** What gives vectors to words that are not there, in a model of fastText. */
  readonly subwords: Subwords | undefined;
  /** What the user should know about the file they came from. */
  readonly notes: readonly string[];
  readonly #words: WordList;
  readonly #search: RowSearch;

  /** @param source what the vectors are called in messages, such as their path */
  private constructor(
    vectors: Omit<ReadVectors, 'rows'>,
    search: RowSearch,
    readonly source: string,
  ) {
    this.rows = search.rows;
    this.size = this.rows.count;
    this.vectorSize = this.rows.width;
    this.subwords = vectors.subwords;
    this.notes = vectors.notes;
    this.#words = vectors.words;
    this.#search = search;
  }

  /**
   * Opens a file of vectors: seqkit's own, GloVe's text, word2vec's text or binary format, or
   * fastText's text or model, plain or gzipped. The format is told from the contents, which are
   * streamed. Of a word that comes more than once the first vector is kept, and `notes` says so.
   * @throws SeqkitError `file-access` where the file is not to be read; `bad-file` where it is
   *   damaged, with the line or byte
   */
  static async load(path: string, options: LoadOptions = {}): Promise<KeyedVectors> {
    checkKnownOptions(options, loadKeys, 'load');
    const files = await hostFiles('give its bytes to KeyedVectors.fromBytes');
    const { loadVectors } = await import('./formats/load-vectors.js');
    return KeyedVectors.#open(await loadVectors(files, path, options), path, options);
  }

  /** Opens vectors from a file's bytes, as `load` does from its path; for the browser. */
  static async fromBytes(
    bytes: Uint8Array,
    options: LoadOptions & { name?: string } = {},
  ): Promise<KeyedVectors> {
    checkKnownOptions(options, { ...loadKeys, name: true }, 'fromBytes');
    const { readVectors } = await import('./formats/read-vectors.js');
    const { singleChunk } = await import('./formats/byte-chunks.js');
    const name = options.name ?? 'the vectors';
    return KeyedVectors.#open(await readVectors(singleChunk(bytes), name, options), name, options);
  }

  /**
   * Vectors that were made otherwise, such as trained.
   * @param words each once, the most frequent first
   * @param data shape `(words.length, vectorSize)`; it is kept, not copied
   * @throws SeqkitError `bad-shape`; `bad-value` where a word comes twice
   */
  static fromRows(
    words: readonly string[],
    data: Float32Array,
    options: FromRowsOptions = {},
  ): KeyedVectors {
    checkKnownOptions(options, { name: true, subwords: true }, 'fromRows');
    const { name = 'the vectors', subwords } = options;
    const width = data.length / words.length;
    if (!Number.isSafeInteger(width) || width < 1) {
      throw new SeqkitError(`${data.length} numbers do not make vectors for ${words.length} words.`, {
        code: 'bad-shape',
      });
    }
    const rows = new FloatRows(data, width);
    return new KeyedVectors({ words: wordListOf(words), subwords, notes: [] }, new RowSearch(rows), name);
  }

  /**
   * Opens the vectors that come with seqkit: the 100,000 most frequent words of GloVe 6B, 100
   * numbers each, kept as 8-bit numbers (Pennington et al. 2014).
   * @throws SeqkitError `file-access` where they have not been built, or in a browser
   */
  static async default(): Promise<KeyedVectors> {
    const files = await hostFiles('give its bytes to KeyedVectors.fromBytes');
    const { packageFile } = await import('../rnn/host/package-file.js');
    const { loadSeqkitFile } = await import('./formats/load-vectors.js');
    const path = packageFile(DEFAULT_VECTORS_PATH);
    try {
      const read = await loadSeqkitFile(files, path, 'the default vectors');
      return await KeyedVectors.#open({ ...read, notes: [] }, path, {});
    } catch (error) {
      if (!(error instanceof SeqkitError)) throw error;
      throw new SeqkitError(error.message, {
        code: error.code,
        hint: 'They are built by `npm run build:vectors` in a clone and come with the package: build or install it again.',
        cause: error,
      });
    }
  }

  static async #open(read: ReadVectors, source: string, options: LoadOptions): Promise<KeyedVectors> {
    const { limit = Infinity } = options;
    const rows = limit < read.rows.count ? read.rows.first(limit) : read.rows;
    return new KeyedVectors(read, await openSearch({ ...read, rows }, options), source);
  }

  /** Whether the word has a vector: it is there, or a model of fastText makes one from its pieces. */
  has(word: string): boolean {
    return this.indexOf(word) >= 0 || this.subwords?.reaches(word) === true;
  }

  /** The word's row, or -1 where it is not there. */
  indexOf(word: string): number {
    const row = this.#words.find(word);
    return row < this.size ? row : -1;
  }

  /** The word of a row. */
  wordAt(row: number): string {
    return this.#words.at(row);
  }

  /**
   * The word's vector, shape `(vectorSize)`.
   * @throws SeqkitError `unknown-word`
   */
  get(word: string): Float32Array {
    const row = this.indexOf(word);
    if (row >= 0) return this.rows.copy(row);
    if (this.subwords?.reaches(word) !== true) throw this.#unknown(word);
    const vector = new Float32Array(this.vectorSize);
    this.subwords.average(word, vector, 0);
    return vector;
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
    const wanted = this.#wanted(options, 'mostSimilar');
    const { positive = [], negative = [] } = options;
    return this.#answers(this.#search.nearest(queryVector(this, positive, negative), wanted));
  }

  /** As `mostSimilar`, by the ratio of products (3CosMul, Levy and Goldberg 2014). */
  mostSimilarCosmul(options: MostSimilarOptions): ScoredWord[] {
    const wanted = this.#wanted(options, 'mostSimilarCosmul');
    const { positive = [], negative = [] } = options;
    return this.#answers(this.#search.nearestByRatio(...ratioVectors(this, positive, negative), wanted));
  }

  /**
   * The places, from 1, that words would have among the answers to a query if none were left out.
   * @param query its `topn` and `restrictVocab` do not count
   */
  places(words: readonly string[], query: MostSimilarOptions, method: AnalogyMethod = '3cosadd'): number[] {
    checkKnownOptions(query, queryKeys, 'places');
    const { positive = [], negative = [] } = query;
    const rows = words.map((word) => this.#row(word));
    if (method === '3cosmul') {
      const [near, far] = ratioVectors(this, positive, negative);
      const place = (row: number) =>
        this.#search.aboveByRatio(near, far, this.#search.ratio(row, near, far)).length + 1;
      return rows.map(place);
    }
    const unit = queryVector(this, positive, negative);
    return rows.map((row) => this.#search.above(unit, this.rows.cosine(row, unit)).length + 1);
  }

  /** The words nearest to a word, itself left out. */
  similarByWord(word: string, topn = 10, restrictVocab?: number): ScoredWord[] {
    return this.mostSimilar({
      positive: [word],
      topn,
      ...(restrictVocab === undefined ? {} : { restrictVocab }),
    });
  }

  /**
   * The words whose vectors are nearest to a vector, by cosine.
   * @param vector shape `(vectorSize)`
   * @param topn how many answers
   * @param restrictVocab look only among the first so many words
   */
  similarByVector(vector: ArrayLike<number>, topn = 10, restrictVocab?: number): ScoredWord[] {
    checkVector(vector, this.vectorSize);
    const count = this.#restricted(restrictVocab);
    return this.#answers(this.#search.nearest(unitVector(vector), { topn, count }));
  }

  /** The cosine of two words' vectors, from -1 to 1; 0 where one of them is all zeros. */
  similarity(a: string, b: string): number {
    return dot(unitVector(this.get(a)), unitVector(this.get(b)));
  }

  /** The cosine of the mean vectors of two groups of words. */
  nSimilarity(a: readonly string[], b: readonly string[]): number {
    if (a.length === 0 || b.length === 0) {
      throw new SeqkitError('Both groups need at least one word.', { code: 'bad-value' });
    }
    const mean = (words: readonly string[]) => unitVector(meanOf(words.map((word) => this.get(word))));
    return dot(mean(a), mean(b));
  }

  /**
   * How far two words' vectors are from each other: 1 less their cosine, or the length of their
   * difference.
   */
  distance(a: string, b: string, metric: 'cosine' | 'euclidean' = 'cosine'): number {
    if (metric === 'cosine') return 1 - this.similarity(a, b);
    const [from, to] = [this.get(a), this.get(b)];
    return Math.hypot(...from.map((value, i) => value - to[i]));
  }

  /**
   * The word that fits least with the others: the one farthest, by cosine, from the mean of their
   * unit vectors; of several, the first.
   * @throws SeqkitError `bad-value` with no words
   */
  doesntMatch(words: readonly string[]): string {
    const units = words.map((word) => unitVector(this.get(word)));
    if (units.length === 0) throw new SeqkitError('There are no words to compare.', { code: 'bad-value' });
    const center = unitVector(meanOf(units));
    const fits = units.map((unit) => dot(unit, center));
    return words[fits.indexOf(Math.min(...fits))];
  }

  /** The words nearer to one word than another is, in the order of the words. */
  closerThan(word: string, other: string): string[] {
    const unit = unitVector(this.get(word));
    const bar = this.rows.cosine(this.#row(other), unit);
    const self = this.indexOf(word);
    return this.#search
      .above(unit, bar)
      .filter((row) => row !== self)
      .map((row) => this.#words.at(row));
  }

  /** The place of another word among the neighbours of a word, from 1. */
  rank(word: string, other: string): number {
    return this.closerThan(word, other).length + 1;
  }

  /** Asks the questions of a file, such as questions-words.txt, and counts the right answers. */
  async evaluateWordAnalogies(
    questions: Questions,
    options: AnalogyEvaluationOptions = {},
  ): Promise<AnalogyEvaluation> {
    const { evaluateWordAnalogies } = await import('./evaluation.js');
    return evaluateWordAnalogies(this, this.#search, questions, options);
  }

  /** Compares similarities with people's judgements in a file, such as wordsim353.tsv. */
  async evaluateWordPairs(pairs: Questions, options: PairEvaluationOptions = {}): Promise<PairEvaluation> {
    const { evaluateWordPairs } = await import('./word-pairs.js');
    return evaluateWordPairs(this, pairs, options);
  }

  /**
   * Writes the vectors to a file, whole or not at all.
   * @throws SeqkitError `file-exists`, `file-access`; `bad-value` where the format cannot hold a word
   */
  async save(path: string, options: WriteOptions = {}): Promise<void> {
    const { saveVectors } = await import('./formats/write-vectors.js');
    await saveVectors(this, path, options);
  }

  /** The bytes of a file of these vectors, for the browser. */
  async toBytes(format: VectorFormat, options: WriteOptions = {}): Promise<Uint8Array> {
    const { vectorBytes } = await import('./formats/write-vectors.js');
    return vectorBytes(this, format, options);
  }

  /**
   * Words spelled like one that is not there, nearest first, then the more frequent.
   * @param count how many at most
   */
  async nearSpellings(typed: string, count = 5): Promise<string[]> {
    const { nearSpellings } = await import('./near-spellings.js');
    return nearSpellings(this.#words, this.size, typed, count).map(({ word }) => word);
  }

  #wanted(options: MostSimilarOptions, where: string) {
    checkKnownOptions(options, queryKeys, where);
    const { positive = [], negative = [], topn = 10, restrictVocab } = options;
    if (positive.length + negative.length === 0) {
      throw new SeqkitError('There is no word to be similar to: give positive or negative words.', {
        code: 'bad-value',
      });
    }
    const asked = [...wordsOf(positive), ...wordsOf(negative)].map((word) => this.indexOf(word));
    return { topn, excluded: new Set(asked), count: this.#restricted(restrictVocab) };
  }

  #restricted(count: number | undefined): number {
    if (count === undefined) return this.size;
    if (Number.isSafeInteger(count) && count >= 1) return Math.min(count, this.size);
    throw new SeqkitError(`restrictVocab must be a whole number from 1, not ${count}.`, {
      code: 'bad-value',
    });
  }

  #answers(rows: readonly ScoredRow[]): ScoredWord[] {
    return rows.map(({ row, score }) => ({ word: this.#words.at(row), score }));
  }

  #row(word: string): number {
    const row = this.indexOf(word);
    if (row >= 0) return row;
    throw this.#unknown(word);
  }

  #unknown(word: string): SeqkitError {
    const count = this.size.toLocaleString('en-US');
    return new SeqkitError(`${quote(word)} is not among the ${count} words of ${this.source}.`, {
      code: 'unknown-word',
    });
  }
}
