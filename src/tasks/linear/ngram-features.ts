import { SeqkitError } from '../../base/errors.js';
import { decodeUtf8, encodeUtf8 } from '../../base/encoding/utf8.js';
import { listOf, parseStored, text as anyText, wholeNumber, wrongValue } from '../../base/schema/index.js';
import { countGrams } from './gram-count.js';
import { CHARACTER_SEED, GramTable, hashOn, WORD_SEED } from './gram-table.js';
import { plainSpelling, visitCharacterGrams, visitWordGrams, type GramVisitor } from './n-grams.js';
import { ngramSettings, type NgramOptions, type NgramSettings } from './ngram-options.js';
import type { SparseRow } from './sparse-row.js';

/** What a file keeps of `NgramFeatures`. */
export interface NgramState {
  /** Plain JSON. */
  readonly settings: NgramSettings & { readonly wordTerms: number };
  readonly arrays: {
    /** The n-grams in UTF-8, a line each. */
    readonly terms: Uint8Array;
    /** The weight of each, shape `(size)`. */
    readonly idf: Float32Array;
  };
}

/** Counts up to this have their logarithm at hand. */
const KNOWN_LOGARITHMS = 256;
const LOGARITHMS = Float64Array.from({ length: KNOWN_LOGARITHMS }, (_, count) => 1 + Math.log(count || 1));

/**
 * A text as weights of its n-grams, of words and of characters (TF-IDF, Salton and Buckley 1988): an n-gram that
 * comes c times weighs (1 + ln c) (1 + ln((1 + n) / (1 + d))), where d of the n texts of training have it. The n-grams of
 * words are scaled to length 1, so are those of characters, and then all of them together. These are the numbers of
 * scikit-learn's `TfidfVectorizer(sublinear_tf=True)`, of words and `char_wb`, but for what a word is: `can't` and an
 * emoji are words, and so is a single letter.
 *
 * @example
 * const features = NgramFeatures.fit(['turn on the light', 'turn off the fan']);
 * features.transform('turn on the fan'); // { indices, values }
 */
export class NgramFeatures {
  /** The n-grams: first those of words, then those of characters. */
  readonly terms: readonly string[];
  /** How many of them are of words. */
  readonly wordTerms: number;
  readonly settings: NgramSettings;
  readonly #idf: Float32Array;
  readonly #table = new GramTable();
  /** How often each n-gram has come in the text at hand; zeros in between. */
  readonly #counts: Int32Array;
  #found: Int32Array = new Int32Array(256);

  private constructor(
    terms: readonly string[],
    wordTerms: number,
    idf: Float32Array,
    settings: NgramSettings,
  ) {
    this.terms = terms;
    this.wordTerms = wordTerms;
    this.settings = settings;
    this.#idf = idf;
    this.#counts = new Int32Array(terms.length);
    const hash = { low: 0, high: 0 };
    for (const [i, term] of terms.entries()) {
      Object.assign(hash, i < wordTerms ? WORD_SEED : CHARACTER_SEED);
      for (let at = 0; at < term.length; at++) hashOn(hash, term.charCodeAt(at));
      this.#table.add(hash.low, hash.high);
    }
  }

  /**
   * Finds the n-grams of texts and their weights.
   * @throws SeqkitError `bad-value`; `too-little-data` where no n-gram is left
   */
  static fit(texts: readonly string[], options: NgramOptions = {}): NgramFeatures {
    const settings = ngramSettings(options);
    if (!settings.words && !settings.characters) {
      throw new SeqkitError('NgramFeatures.fit counts neither words nor characters.', {
        code: 'usage',
        hint: 'Leave out words: false or characters: false.',
      });
    }
    const given = textList.parse(texts, 'NgramFeatures.fit: texts');
    const { terms, wordTerms, documents } = countGrams(given, settings);
    if (terms.length === 0) {
      throw new SeqkitError(`There is no n-gram in the ${given.length} texts that counts.`, {
        code: 'too-little-data',
        hint: 'Give texts with words in them, or a smaller minDocuments.',
      });
    }
    const idf = Float32Array.from(documents, (count) => Math.log((1 + given.length) / (1 + count)) + 1);
    return new NgramFeatures(terms, wordTerms, idf, settings);
  }

  /** How many n-grams there are: indices of `transform` are below it. */
  get size(): number {
    return this.terms.length;
  }

  /**
   * The weights of a text's n-grams; none where it has none that is known.
   * @returns a row of length 1, its n-grams in the order in which they come
   */
  transform(text: string): SparseRow {
    const { words, characters, lower } = this.settings;
    const plain = plainSpelling(anyText.parse(text, 'transform: text'), lower);
    this.#count = 0;
    if (words) visitWordGrams(plain, words, this.#visit);
    const ofWords = this.#count;
    if (characters) visitCharacterGrams(plain, characters, this.#visit);
    const indices = this.#found.slice(0, this.#count);
    const values = new Float32Array(indices.length);
    const isBoth = ofWords > 0 && ofWords < indices.length;
    const length = isBoth ? Math.SQRT2 : 1;
    this.#weigh(indices, values, 0, ofWords, length);
    this.#weigh(indices, values, ofWords, indices.length, length);
    return { indices, values };
  }

  #count = 0;

  readonly #visit: GramVisitor = (low, high) => {
    const number = this.#table.find(low, high);
    if (number < 0 || this.#counts[number]++ > 0) return;
    if (this.#count === this.#found.length) {
      const larger = new Int32Array(2 * this.#found.length);
      larger.set(this.#found);
      this.#found = larger;
    }
    this.#found[this.#count++] = number;
  };

  /** Weighs the n-grams of one kind, and clears their counts. */
  #weigh(indices: Int32Array, values: Float32Array, start: number, end: number, length: number): void {
    const { sublinear } = this.settings;
    let squares = 0;
    for (let i = start; i < end; i++) {
      const index = indices[i];
      const times = this.#counts[index];
      this.#counts[index] = 0;
      const frequency = !sublinear
        ? times
        : times < KNOWN_LOGARITHMS
          ? LOGARITHMS[times]
          : 1 + Math.log(times);
      const weight = frequency * this.#idf[index];
      values[i] = weight;
      squares += weight * weight;
    }
    const scale = 1 / (Math.sqrt(squares) * length);
    for (let i = start; i < end; i++) values[i] *= scale;
  }

  /** What a file keeps: `NgramFeatures.from` makes the same of it. */
  toState(): NgramState {
    return {
      settings: { ...this.settings, wordTerms: this.wordTerms },
      arrays: { terms: encodeUtf8(this.terms.join('\n')), idf: this.#idf.slice() },
    };
  }

  /**
   * The features of a state, such as a file holds.
   * @param source what to call it in errors, such as the file's path
   * @throws SeqkitError `bad-file`
   */
  static from(state: NgramState, source = 'the state'): NgramFeatures {
    const { wordTerms, ...options } = state.settings;
    const { idf } = state.arrays;
    const settings = parseStored({ ...SETTINGS, parse: storedSettings }, options, 'its n-grams', source);
    const terms = storedText(state.arrays.terms, source).split('\n');
    const ofWords = wholeNumber({ min: 0, max: terms.length });
    const stored = parseStored(ofWords, wordTerms, 'its number of word n-grams', source);
    const features = new NgramFeatures(terms, stored, idf, settings);
    if (!idf.every(Number.isFinite)) {
      throw new SeqkitError(`${source} has a weight of an n-gram that is no number.`, { code: 'bad-file' });
    }
    if (terms.length === idf.length && features.#table.size === terms.length) return features;
    throw new SeqkitError(
      `${source} has ${terms.length} n-grams, ${features.#table.size} of them apart, and ${idf.length} weights.`,
      { code: 'bad-file' },
    );
  }
}

const textList = listOf(anyText, { min: 1 });
const SETTINGS = { expected: 'the options of NgramFeatures' };

function storedSettings(value: unknown, name: string): NgramSettings {
  if (typeof value !== 'object' || value === null) throw wrongValue(name, SETTINGS.expected, value);
  return ngramSettings(value, name);
}

function storedText(bytes: Uint8Array, source: string): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new SeqkitError(`${source} has n-grams that are not UTF-8.`, { code: 'bad-file', cause });
  }
}
