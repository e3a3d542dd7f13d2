/// <reference lib="esnext.disposable" preserve="true" />
import type { FromRowsOptions, VectorsLoadOptions } from './load-options.js';
import type { FileSource } from '../../base/source/file-source.js';
import { SeqkitError } from '../../base/errors.js';
import { endByUsing } from '../../base/disposal.js';
import { Lifetime } from '../../base/lifetime.js';
import { choice, wholeNumber } from '../../base/schema/index.js';
import type { Vectors } from '../../base/math/vectors.js';
import { analogyMethods, queryVector, ratioVectors, type AnalogyMethod } from '../search/analogies.js';
import {
  distanceMetrics,
  groupSimilarity,
  leastFitting,
  wordDistance,
  type DistanceMetric,
} from '../search/compare-words.js';
import type { AnalogyEvaluation, AnalogyEvaluationOptions } from '../evaluation/evaluation.js';
import type { VectorFormat, WriteOptions } from '../formats/write-vectors.js';
import { atLeastOne, queryOf, wantedRows, type MostSimilarOptions } from '../search/most-similar-query.js';
import { openRows, type OpenedVectors } from './opened-vectors.js';
import type { DefaultVectorsOptions } from './default-vectors.js';
import type { Questions } from '../evaluation/questions.js';
import { quote } from '../vectors/quote.js';
import type { Rows } from '../vectors/rows.js';
import type { ScoredRow } from '../search/search.js';
import type { Subwords } from '../vectors/subwords.js';
import { dot, unitVector } from '../vectors/unit-vector.js';
import { vectorOfSize, word as wordArgument, words as wordArguments } from '../vectors/word-arguments.js';
import type { PairEvaluation, PairEvaluationOptions } from '../evaluation/word-pairs.js';
import { groupDigits } from '../../base/math/group-digits.js';

/** A word and how well it answers. */
export interface ScoredWord {
  readonly word: string;
  /** The cosine with what was asked, from -1 to 1; for 3CosMul its ratio, from 0. */
  readonly score: number;
}

const analogyMethod = choice(analogyMethods);
const distanceMetric = choice(distanceMetrics);

/**
 * Words and their vectors, to be asked for a word's vector, its neighbours and analogies. Names
 * and meanings are gensim's. Words count as they are spelled, upper and lower case apart.
 *
 * After `dispose`, which frees their memory and ends their threads, every method throws `usage`.
 */
export class KeyedVectors implements Vectors {
  /** How many words there are. */
  readonly size: number;
  /** How many numbers each vector has. */
  readonly vectorSize: number;
  /** What the user should know about the file they came from. */
  readonly notes: readonly string[];
  /** What the vectors are called in messages, such as their path. */
  readonly source: string;
  /** Disposes of them at the end of a block that has them by `using`, where the platform knows of that. */
  declare readonly [Symbol.dispose]: () => void;
  readonly #lifetime: Lifetime;
  /** Frees what no others use. */
  readonly #free: (() => void) | undefined;
  #opened: OpenedVectors | undefined;

  private constructor(opened: OpenedVectors, { shared = false }: { shared?: boolean } = {}) {
    const { search, notes, source } = opened;
    this.size = search.rows.count;
    this.vectorSize = search.rows.width;
    this.notes = notes;
    this.source = source;
    this.#lifetime = new Lifetime(`The set of vectors ${source}`);
    this.#opened = opened;
    this.#free = shared ? undefined : () => search.scanner?.end();
  }

  /** The vectors, one a row, in the order of the words. */
  get rows(): Rows {
    return this.#use().search.rows;
  }

  /** What gives vectors to words that are not there, in a model of fastText. */
  get subwords(): Subwords | undefined {
    return this.#use().subwords;
  }

  /**
   * Opens a file of vectors: seqkit's own, GloVe's text, word2vec's text or binary format, or
   * fastText's text or model, a training that was saved; plain, gzipped or alone in a zip archive. The format is told from the contents, which are
   * streamed. Of a word that comes more than once the first vector is kept, and `notes` says so.
   * @param from its path, a URL, a Blob, or its bytes
   * @throws SeqkitError `file-access` where the file is not to be read; `bad-file` where it is
   *   damaged, with the line or byte
   */
  static async load(from: FileSource, options: VectorsLoadOptions = {}): Promise<KeyedVectors> {
    const { openFile } = await import('./open-vectors.js');
    return new KeyedVectors(await openFile(from, options));
  }

  /** Opens vectors from a file's bytes, as `load` does from its path; for the browser. */
  static async fromBytes(
    bytes: Uint8Array,
    options: VectorsLoadOptions & { name?: string } = {},
  ): Promise<KeyedVectors> {
    const { openBytes } = await import('./open-vectors.js');
    return new KeyedVectors(await openBytes(bytes, options));
  }

  /**
   * Opens vectors from bytes that come a chunk at a time, such as the body of a fetched file, as `load` does from
   * a path.
   * @example KeyedVectors.fromStream(response.body)
   */
  static async fromStream(
    chunks: AsyncIterable<Uint8Array>,
    options: VectorsLoadOptions & { name?: string } = {},
  ): Promise<KeyedVectors> {
    const { openStream } = await import('./open-vectors.js');
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
   * Opens the vectors that come with seqkit: the 100,000, 30,000 or 10,000 most frequent words of GloVe 6B, 100
   * numbers each, kept as 8-bit numbers (Pennington et al. 2014). They are read once a process: each call gives
   * an object of its own over the same memory and threads. A page says where it serves them.
   * @throws SeqkitError `file-access` where they have not been built or cannot be fetched; `usage` in a page without
   *   `from`; `bad-file` where another set than that of `words` is there
   *
   * @example
   * import url from 'seqkit/data/vectors/glove-6b-100d-10k.js';
   * const vectors = await KeyedVectors.default({ from: url });
   */
  static async default(options?: DefaultVectorsOptions): Promise<KeyedVectors> {
    const { openDefault } = await import('./open-default.js');
    return new KeyedVectors(await openDefault(options), { shared: true });
  }

  /**
   * Ends the threads that search, and lets go of the memory. Of the default vectors, which all that asked for them
   * share, only these are ended: the others, and those who ask later, go on.
   */
  dispose(): void {
    this.#lifetime.endNow();
    if (this.#opened) this.#free?.();
    this.#opened = undefined;
  }

  /** Whether the word has a vector: it is there, or a model of fastText makes one from its subwords. */
  has(word: string): boolean {
    const { subwords } = this.#use();
    return this.#find(wordArgument.parse(word, 'has: word')) >= 0 || subwords?.reaches(word) === true;
  }

  /** The word's row, or -1 where it is not there. */
  indexOf(word: string): number {
    this.#use();
    return this.#find(wordArgument.parse(word, 'indexOf: word'));
  }

  /** The word of a row. @throws SeqkitError `bad-value` for what is no row */
  wordAt(row: number): string {
    const { words } = this.#use();
    return words.at(this.#rowNumber.parse(row, 'wordAt: row'));
  }

  /**
   * The word's vector, shape `(vectorSize)`.
   * @throws SeqkitError `unknown-word`
   */
  get(word: string): Float32Array {
    const { search, subwords } = this.#use();
    const row = this.#find(wordArgument.parse(word, 'A word'));
    if (row >= 0) return search.rows.copy(row);
    if (subwords?.reaches(word) !== true) throw this.#unknown(word);
    const vector = new Float32Array(this.vectorSize);
    subwords.average(word, vector, 0);
    return vector;
  }

  /** The words in their order, the most frequent first. */
  words(): Generator<string> {
    this.#use();
    return this.#eachWord();
  }

  *#eachWord(): Generator<string> {
    for (let row = 0; row < this.size; row++) yield this.#use().words.at(row);
  }

  /**
   * The words nearest to the sum of the positive words' unit vectors less the negative ones', by
   * cosine (3CosAdd, Mikolov et al. 2013). The words asked about are no answers. A word alone may stand for a list
   * of one, as in gensim: `mostSimilar({ positive: 'king' })`.
   * @throws SeqkitError `unknown-word`; `bad-value` where nothing is asked
   */
  mostSimilar(options: MostSimilarOptions): ScoredWord[] {
    const { search } = this.#use();
    const query = queryOf(options, 'mostSimilar');
    const unit = queryVector(this, query.positive, query.negative);
    return this.#answers(search.nearest(unit, wantedRows(this, query)));
  }

  /** As `mostSimilar`, by the ratio of products (3CosMul, Levy and Goldberg 2014). */
  mostSimilarCosmul(options: MostSimilarOptions): ScoredWord[] {
    const { search } = this.#use();
    const query = queryOf(options, 'mostSimilarCosmul');
    const units = ratioVectors(this, query.positive, query.negative);
    return this.#answers(search.nearestByRatio(...units, wantedRows(this, query)));
  }

  /**
   * The places, from 1, that words would have among the answers to a query if none were left out.
   * @param query its `topn` and `restrictVocab` do not count
   */
  places(words: readonly string[], query: MostSimilarOptions, method: AnalogyMethod = '3cosadd'): number[] {
    const { search } = this.#use();
    const { positive, negative } = queryOf(query, 'places');
    const rows = wordArguments.parse(words, 'places: words').map((word) => this.#row(word));
    if (analogyMethod.parse(method, 'places: method') === '3cosmul') {
      const [near, far] = ratioVectors(this, positive, negative);
      const place = (row: number) => search.aboveByRatio(near, far, search.ratio(row, near, far)).length + 1;
      return rows.map(place);
    }
    const unit = queryVector(this, positive, negative);
    return rows.map((row) => search.above(unit, search.rows.cosine(row, unit)).length + 1);
  }

  /** The words nearest to a word, itself left out. */
  similarByWord(word: string, topn = 10, restrictVocab?: number): ScoredWord[] {
    this.#use();
    return this.mostSimilar({
      positive: [wordArgument.parse(word, 'similarByWord: word')],
      topn: atLeastOne.parse(topn, 'similarByWord: topn'),
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
    const { search } = this.#use();
    const unit = unitVector(vectorOfSize(vector, this.vectorSize, 'similarByVector: vector'));
    const max = atLeastOne.parse(
      restrictVocab === undefined ? this.size : restrictVocab,
      'similarByVector: restrictVocab',
    );
    const wanted = {
      topn: atLeastOne.parse(topn, 'similarByVector: topn'),
      count: Math.min(max, this.size),
    };
    return this.#answers(search.nearest(unit, wanted));
  }

  /** The cosine of two words' vectors, from -1 to 1; 0 where one of them is all zeros. */
  similarity(a: string, b: string): number {
    return dot(unitVector(this.get(a)), unitVector(this.get(b)));
  }

  /** The cosine of the mean vectors of two groups of words. */
  nSimilarity(a: readonly string[], b: readonly string[]): number {
    this.#use();
    const [one, other] = [wordArguments.parse(a, 'nSimilarity: a'), wordArguments.parse(b, 'nSimilarity: b')];
    return groupSimilarity(this, one, other);
  }

  /**
   * How far two words' vectors are from each other: 1 less their cosine, or the length of their
   * difference.
   */
  distance(a: string, b: string, metric: DistanceMetric = 'cosine'): number {
    return wordDistance(this, a, b, distanceMetric.parse(metric, 'distance: metric'));
  }

  /**
   * The word that fits least with the others: the one farthest, by cosine, from the mean of their
   * unit vectors; of several, the first.
   * @throws SeqkitError `bad-value` with no words
   */
  doesntMatch(words: readonly string[]): string {
    this.#use();
    return leastFitting(this, wordArguments.parse(words, 'doesntMatch: words'));
  }

  /** The words nearer to one word than another is, in the order of the words. */
  closerThan(word: string, other: string): string[] {
    const { search, words } = this.#use();
    const unit = unitVector(this.get(word));
    const bar = search.rows.cosine(this.#row(wordArgument.parse(other, 'A word')), unit);
    const self = this.#find(word);
    return search
      .above(unit, bar)
      .filter((row) => row !== self)
      .map((row) => words.at(row));
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
    const { search } = this.#use();
    const { evaluateWordAnalogies } = await import('../evaluation/evaluation.js');
    return evaluateWordAnalogies(this, search, questions, options);
  }

  /** Compares similarities with people's judgements in a file, such as wordsim353.tsv. */
  async evaluateWordPairs(pairs: Questions, options: PairEvaluationOptions = {}): Promise<PairEvaluation> {
    this.#use();
    const { evaluateWordPairs } = await import('../evaluation/word-pairs.js');
    return evaluateWordPairs(this, pairs, options);
  }

  /**
   * Writes the vectors to a file, whole or not at all.
   * @throws SeqkitError `file-exists`, `file-access`; `bad-value` where the format cannot hold a word
   */
  async save(path: string, options: WriteOptions = {}): Promise<void> {
    this.#use();
    const { saveVectors } = await import('../formats/write-vectors.js');
    await saveVectors(this, path, options);
  }

  /** The bytes of a file of these vectors, for the browser. */
  async toBytes(format: VectorFormat, options: WriteOptions = {}): Promise<Uint8Array> {
    this.#use();
    const { vectorBytes } = await import('../formats/write-vectors.js');
    return vectorBytes(this, format, options);
  }

  /**
   * Words spelled like one that is not there, nearest first, then the more frequent.
   * @param count how many at most
   */
  async nearSpellings(typed: string, count = 5): Promise<string[]> {
    const { words } = this.#use();
    const [wanted, max] = [
      wordArgument.parse(typed, 'nearSpellings: typed'),
      wholeNumber({ min: 0 }).parse(count, 'nearSpellings: count'),
    ];
    const { nearSpellings } = await import('../search/near-spellings.js');
    return nearSpellings(words, this.size, wanted, max).map(({ word }) => word);
  }

  /** What they are made of. @throws SeqkitError `usage` after `dispose` */
  #use(): OpenedVectors {
    this.#lifetime.check();
    return this.#opened!;
  }

  get #rowNumber() {
    return wholeNumber({ min: 0, max: this.size - 1 });
  }

  #find(word: string): number {
    const row = this.#use().words.find(word);
    return row < this.size ? row : -1;
  }

  #answers(rows: readonly ScoredRow[]): ScoredWord[] {
    const { words } = this.#use();
    return rows.map(({ row, score }) => ({ word: words.at(row), score }));
  }

  #row(word: string): number {
    const row = this.#find(word);
    if (row >= 0) return row;
    throw this.#unknown(word);
  }

  #unknown(word: string): SeqkitError {
    const count = groupDigits(this.size);
    return new SeqkitError(`${quote(word)} is not among the ${count} words of ${this.source}.`, {
      code: 'unknown-word',
    });
  }
}

endByUsing(KeyedVectors);
