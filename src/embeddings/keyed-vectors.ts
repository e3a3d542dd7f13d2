import { SeqkitError } from '../base/errors.js';
import type { Vectors } from '../base/vectors.js';
import { checkVector, queryVector, ratioVectors, type AnalogyMethod } from './analogies.js';
import { groupSimilarity, leastFitting, wordDistance, type DistanceMetric } from './compare-words.js';
import type { AnalogyEvaluation, AnalogyEvaluationOptions } from './evaluation.js';
import type { VectorFormat, WriteOptions } from './formats/write-vectors.js';
import { checkQuery, restrictedCount, wantedRows, type MostSimilarOptions } from './most-similar-query.js';
import {
  openBytes,
  openDefault,
  openFile,
  openRows,
  openStream,
  type FromRowsOptions,
  type LoadOptions,
  type OpenedVectors,
} from './opened-vectors.js';
import type { Questions } from './questions.js';
import { quote } from './quote.js';
import type { Rows } from './rows.js';
import type { RowSearch, ScoredRow } from './search.js';
import type { Subwords } from './subwords.js';
import { dot, unitVector } from './unit-vector.js';
import type { WordList } from './word-list.js';
import type { PairEvaluation, PairEvaluationOptions } from './word-pairs.js';

/** A word and how well it answers. */
export interface ScoredWord {
  readonly word: string;
  /** The cosine with what was asked, from -1 to 1; for 3CosMul its ratio, from 0. */
  readonly score: number;
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
  /** The vectors, one a row, in the order of the words. */
  readonly rows: Rows;
  /** What gives vectors to words that are not there, in a model of fastText. */
  readonly subwords: Subwords | undefined;
  /** What the user should know about the file they came from. */
  readonly notes: readonly string[];
  /** What the vectors are called in messages, such as their path. */
  readonly source: string;
  readonly #words: WordList;
  readonly #search: RowSearch;

  private constructor({ words, search, subwords, notes, source }: OpenedVectors) {
    this.rows = search.rows;
    this.size = this.rows.count;
    this.vectorSize = this.rows.width;
    this.subwords = subwords;
    this.notes = notes;
    this.source = source;
    this.#words = words;
    this.#search = search;
  }

  /**
   * Opens a file of vectors: seqkit's own, GloVe's text, word2vec's text or binary format, or
   * fastText's text or model, a training that was saved; plain, gzipped or alone in a zip archive. The format is told from the contents, which are
   * streamed. Of a word that comes more than once the first vector is kept, and `notes` says so.
   * @throws SeqkitError `file-access` where the file is not to be read; `bad-file` where it is
   *   damaged, with the line or byte
   */
  static async load(path: string, options: LoadOptions = {}): Promise<KeyedVectors> {
    return new KeyedVectors(await openFile(path, options));
  }

  /** Opens vectors from a file's bytes, as `load` does from its path; for the browser. */
  static async fromBytes(
    bytes: Uint8Array,
    options: LoadOptions & { name?: string } = {},
  ): Promise<KeyedVectors> {
    return new KeyedVectors(await openBytes(bytes, options));
  }

  /**
   * Opens vectors from bytes that come a piece at a time, such as the body of a fetched file, as `load` does from
   * a path.
   * @example KeyedVectors.fromStream((await fetch('vectors.txt.gz')).body)
   */
  static async fromStream(
    chunks: AsyncIterable<Uint8Array>,
    options: LoadOptions & { name?: string } = {},
  ): Promise<KeyedVectors> {
    return new KeyedVectors(await openStream(chunks, options));
  }

  /**
   * Vectors that were made otherwise, such as trained.
   * @param words each once, the most frequent first
   * @param data shape `(words.length, vectorSize)`; it is kept, not copied
   * @throws SeqkitError `bad-shape`; `bad-value` where a word comes twice
   */
  static fromRows(words: readonly string[], data: Float32Array, options: FromRowsOptions = {}): KeyedVectors {
    return new KeyedVectors(openRows(words, data, options));
  }

  /**
   * Opens the vectors that come with seqkit: the 100,000 most frequent words of GloVe 6B, 100
   * numbers each, kept as 8-bit numbers (Pennington et al. 2014).
   * @throws SeqkitError `file-access` where they have not been built, or in a browser
   */
  static async default(): Promise<KeyedVectors> {
    return new KeyedVectors(await openDefault());
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
    const wanted = wantedRows(this, options, 'mostSimilar');
    const { positive = [], negative = [] } = options;
    return this.#answers(this.#search.nearest(queryVector(this, positive, negative), wanted));
  }

  /** As `mostSimilar`, by the ratio of products (3CosMul, Levy and Goldberg 2014). */
  mostSimilarCosmul(options: MostSimilarOptions): ScoredWord[] {
    const wanted = wantedRows(this, options, 'mostSimilarCosmul');
    const { positive = [], negative = [] } = options;
    return this.#answers(this.#search.nearestByRatio(...ratioVectors(this, positive, negative), wanted));
  }

  /**
   * The places, from 1, that words would have among the answers to a query if none were left out.
   * @param query its `topn` and `restrictVocab` do not count
   */
  places(words: readonly string[], query: MostSimilarOptions, method: AnalogyMethod = '3cosadd'): number[] {
    checkQuery(query, 'places');
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
    const count = restrictedCount(this.size, restrictVocab);
    return this.#answers(this.#search.nearest(unitVector(vector), { topn, count }));
  }

  /** The cosine of two words' vectors, from -1 to 1; 0 where one of them is all zeros. */
  similarity(a: string, b: string): number {
    return dot(unitVector(this.get(a)), unitVector(this.get(b)));
  }

  /** The cosine of the mean vectors of two groups of words. */
  nSimilarity(a: readonly string[], b: readonly string[]): number {
    return groupSimilarity(this, a, b);
  }

  /**
   * How far two words' vectors are from each other: 1 less their cosine, or the length of their
   * difference.
   */
  distance(a: string, b: string, metric: DistanceMetric = 'cosine'): number {
    return wordDistance(this, a, b, metric);
  }

  /**
   * The word that fits least with the others: the one farthest, by cosine, from the mean of their
   * unit vectors; of several, the first.
   * @throws SeqkitError `bad-value` with no words
   */
  doesntMatch(words: readonly string[]): string {
    return leastFitting(this, words);
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
