import { SeqkitError } from '../../base/errors.js';
import {
  exactly,
  fieldsOf,
  flag,
  listOf,
  optional,
  optionsSchema,
  schemaOf,
  someText,
  text as anyText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import { DEFAULT_FILTERS, spelledAlike, splitCharacters, splitWords } from './split-words.js';

export interface TokenizerOptions {
  /** Words whose index is this or more are left out, so that numWords - 1 words stay. @default all */
  numWords?: number;
  /** Characters that part words and are dropped. @default Keras's: `Tokenizer.defaultFilters` */
  filters?: string;
  /** Make all letters small. @default true */
  lower?: boolean;
  /** What parts words; a space stands for white space of any kind. @default ' ' */
  split?: string;
  /** Every character is a word. `filters` and `split` have no part in it. @default false */
  charLevel?: boolean;
  /** What stands for words that are not known, with the index 1. @default such words are left out */
  oovToken?: string;
}

/** What `toJSON` gives. */
export interface StoredTokenizer {
  readonly formatVersion: 1;
  readonly options: TokenizerOptions;
  readonly documentCount: number;
  /** Words with how often they came and in how many texts, in the order in which they came first. */
  readonly words: readonly (readonly [word: string, count: number, documents: number])[];
}

/** A text, or its words. */
export type WordText = string | readonly string[];

const tokenizerOptions = optionsSchema<TokenizerOptions>('Tokenizer', {
  numWords: optional(wholeNumber({ min: 1 })),
  filters: optional(anyText),
  lower: optional(flag),
  split: optional(someText),
  charLevel: optional(flag),
  oovToken: optional(someText),
});

const count = wholeNumber({ min: 0 });
type StoredWord = StoredTokenizer['words'][number];
const storedTokenizer = fieldsOf<StoredTokenizer>('what toJSON gave', {
  formatVersion: exactly(1),
  options: tokenizerOptions,
  documentCount: count,
  words: listOf(
    schemaOf<StoredWord>(
      'a word, its count and how many texts have it',
      (value) =>
        Array.isArray(value) &&
        value.length === 3 &&
        typeof value[0] === 'string' &&
        value[0] !== '' &&
        value.slice(1).every((number) => Number.isSafeInteger(number) && (number as number) >= 1),
    ),
  ),
});

const wordList = listOf(anyText);
const indexList = schemaOf<ArrayLike<number>>(
  'an array of indices, whole numbers of at least 0',
  (value) =>
    (Array.isArray(value) || ArrayBuffer.isView(value)) &&
    Array.from(value as unknown as ArrayLike<unknown>).every(
      (index) => Number.isSafeInteger(index) && (index as number) >= 0,
    ),
);

/**
 * Words and their indices, as Keras's `Tokenizer` numbers them: 0 is padding, 1 the `oovToken` where there is one,
 * then the most frequent word first, of equally frequent ones the one that came first. Words are compared in
 * Unicode's composed form (NFC), so that one word written in two ways is one word; marks stay with their letters.
 *
 * @example
 * const tokenizer = new Tokenizer({ oovToken: '<unknown>' });
 * tokenizer.fitOnTexts(['the cat sat', 'the dog']);
 * tokenizer.textsToSequences(['the bird']); // [[2, 1]]
 */
export class Tokenizer {
  static readonly defaultFilters = DEFAULT_FILTERS;
  readonly #options: TokenizerOptions;
  readonly #counts = new Map<string, number>();
  readonly #documents = new Map<string, number>();
  #documentCount = 0;
  #wordIndex: ReadonlyMap<string, number> | undefined;
  #indexWord: readonly string[] = [];

  /** @throws SeqkitError `usage` for `filters` or `split` with `charLevel` */
  constructor(options?: TokenizerOptions) {
    this.#options = tokenizerOptions.parse(options);
    const { charLevel = false, filters, split } = this.#options;
    if (charLevel && (filters !== undefined || split !== undefined)) {
      throw new SeqkitError('A Tokenizer of characters has neither filters nor split.', {
        code: 'usage',
        hint: 'Leave them out, or charLevel.',
      });
    }
  }

  /** From what `toJSON` gave. @throws SeqkitError `bad-value` for anything else */
  static from(stored: StoredTokenizer): Tokenizer {
    const { options, documentCount, words } = storedTokenizer.parse(stored, 'Tokenizer.from: stored');
    const tokenizer = new Tokenizer(options);
    tokenizer.#documentCount = documentCount;
    for (const [word, times, documents] of words) {
      if (tokenizer.#counts.has(word)) {
        throw wrongValue('Tokenizer.from: words', 'a list with each word once', word);
      }
      tokenizer.#counts.set(word, times);
      tokenizer.#documents.set(word, documents);
    }
    return tokenizer;
  }

  /** Counts the words of texts, on top of those of earlier calls. */
  fitOnTexts(texts: readonly WordText[]): void {
    const split = textList(texts, 'fitOnTexts').map((text) => this.#wordsOf(text));
    this.#wordIndex = undefined;
    for (const words of split) {
      this.#documentCount++;
      for (const word of words) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
      for (const word of new Set(words)) this.#documents.set(word, (this.#documents.get(word) ?? 0) + 1);
    }
  }

  /** The index of each word, whatever `numWords` is. */
  get wordIndex(): ReadonlyMap<string, number> {
    if (this.#wordIndex) return this.#wordIndex;
    const { oovToken } = this.#options;
    // Sorting keeps equally frequent ones in the order in which they came.
    const known = [...this.#counts].sort(([, a], [, b]) => b - a).map(([word]) => word);
    const words = oovToken === undefined ? known : [oovToken, ...known.filter((word) => word !== oovToken)];
    this.#indexWord = words;
    this.#wordIndex = new Map(words.map((word, i) => [word, i + 1]));
    return this.#wordIndex;
  }

  /** The word of each index, from 1 on; undefined for 0, which is padding. */
  wordOf(index: number): string | undefined {
    count.parse(index, 'wordOf: index');
    void this.wordIndex;
    return this.#indexWord[index - 1];
  }

  /** How often each word came. */
  get wordCounts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** In how many texts each word came. */
  get wordDocs(): ReadonlyMap<string, number> {
    return this.#documents;
  }

  /** How many texts were counted. */
  get documentCount(): number {
    return this.#documentCount;
  }

  /** How many indices sequences may hold, 0 included: `inputDim` of an Embedding. */
  get size(): number {
    const all = this.wordIndex.size + 1;
    return Math.min(this.#options.numWords ?? all, all);
  }

  /**
   * The indices of the words of each text. What is not known, or beyond `numWords`, is the oovToken's 1, or left out.
   * @throws SeqkitError `usage` before `fitOnTexts`
   */
  textsToSequences(texts: readonly WordText[]): number[][] {
    const { numWords = Infinity } = this.#options;
    const indices = this.#fitted();
    const unknown = this.#unknown();
    return textList(texts, 'textsToSequences').map((text) =>
      this.#wordsOf(text).flatMap((word) => {
        const index = indices.get(word);
        return index !== undefined && index < numWords ? [index] : unknown;
      }),
    );
  }

  /**
   * The words of each sequence with a space between them, or with nothing between characters. Padding is left out; an
   * index that is not known, or beyond `numWords`, is the oovToken, or left out.
   * @throws SeqkitError `usage` before `fitOnTexts`
   */
  sequencesToTexts(sequences: readonly ArrayLike<number>[]): string[] {
    const { numWords = Infinity, oovToken, charLevel } = this.#options;
    this.#fitted();
    const unknown = oovToken === undefined ? [] : [oovToken];
    return listOf(indexList)
      .parse(sequences, 'sequencesToTexts: sequences')
      .map((indices) =>
        Array.from(indices)
          .filter((index) => index !== 0)
          .flatMap((index) => {
            const word = index < numWords ? this.#indexWord[index - 1] : undefined;
            return word === undefined ? unknown : [word];
          })
          .join(charLevel ? '' : ' '),
      );
  }

  /** For a file: `JSON.stringify(tokenizer)`, and `Tokenizer.from(JSON.parse(text))` back. */
  toJSON(): StoredTokenizer {
    const words = [...this.#counts].map(
      ([word, times]) => [word, times, this.#documents.get(word)!] as const,
    );
    return { formatVersion: 1, options: { ...this.#options }, documentCount: this.#documentCount, words };
  }

  #wordsOf(text: WordText): string[] {
    const { filters = DEFAULT_FILTERS, lower = true, split = ' ', charLevel = false } = this.#options;
    if (typeof text !== 'string') return text.map((word) => spelledAlike(word, lower));
    return charLevel ? splitCharacters(text, lower) : splitWords(text, { filters, lower, split });
  }

  /** What stands in a sequence for a word that is not known. */
  #unknown(): number[] {
    return this.#options.oovToken === undefined ? [] : [1];
  }

  #fitted(): ReadonlyMap<string, number> {
    if (this.#documentCount > 0) return this.wordIndex;
    throw new SeqkitError('The Tokenizer has not seen any text yet.', {
      code: 'usage',
      hint: 'Call fitOnTexts first.',
    });
  }
}

/** Texts as they are given: a text alone would pass for a list of its characters. */
function textList(texts: readonly WordText[], method: string): readonly WordText[] {
  const name = `${method}: texts`;
  if (!Array.isArray(texts)) {
    const hint = typeof texts === 'string' ? `Put it into an array: ${method}([text]).` : undefined;
    throw wrongValue(name, 'an array of texts, or of arrays of words', texts, hint);
  }
  return Array.from(texts as readonly unknown[], (text, i) => {
    if (typeof text === 'string') return text;
    if (Array.isArray(text)) return wordList.parse(text, `${name}[${i}]`);
    throw wrongValue(`${name}[${i}]`, 'text, or an array of words', text);
  });
}
