import { SeqkitError } from '../../base/errors.js';
import {
  exactly,
  fieldsOf,
  isPlainObject,
  listOf,
  schemaOf,
  someText,
  wrongValue,
  type Schema,
} from '../../base/schema/index.js';
import { MergedTexts, MergeTable, type Merge } from './byte-pairs.js';
import { LONGEST_UNIT, type PieceKind } from './units.js';

/** What a file keeps of tokens that stand for several characters. */
export type StoredPieces =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Pairs of tokens that become one, by number, the first learnt first: characters, then what pairs before made. */
  | { readonly kind: 'bpe'; readonly merges: readonly (readonly [number, number])[] };

const merge: Schema<Merge> = schemaOf(
  'two tokens',
  (value) =>
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(
      (token) => Number.isSafeInteger(token) && (token as number) >= 0 && (token as number) < 2 ** 21,
    ),
);

const storedWords = fieldsOf<Extract<StoredPieces, { kind: 'words' }>>('words', {
  kind: exactly('words'),
  words: listOf(someText, { max: 2 ** 20 }),
});
const storedMerges = fieldsOf<Extract<StoredPieces, { kind: 'bpe' }>>('byte pairs', {
  kind: exactly('bpe'),
  merges: listOf(merge, { max: 2 ** 20 }),
});

/** The schema of `StoredPieces`. */
export const storedPieces: Schema<StoredPieces> = {
  expected: "{ kind: 'words', words }, or { kind: 'bpe', merges }",
  parse(value, name) {
    if (isPlainObject(value) && value['kind'] === 'words') return storedWords.parse(value, name);
    if (isPlainObject(value) && value['kind'] === 'bpe') return storedMerges.parse(value, name);
    throw wrongValue(name, this.expected, value);
  },
};

/** Tokens of several characters, which come after those of single ones. */
export class Pieces {
  readonly stored: StoredPieces;
  /** The text of each. */
  readonly texts: readonly string[];
  readonly #words: ReadonlyMap<string, number> | undefined;
  readonly #merges: MergeTable | undefined;

  /**
   * @param characters what stands before them
   * @throws SeqkitError `bad-value` for a text that is a token already, or is too long, and for a pair of tokens that
   *   there are not
   */
  constructor(stored: StoredPieces, characters: readonly string[]) {
    this.stored = stored;
    if (stored.kind === 'words') {
      const words = new Map<string, number>();
      for (const word of stored.words) {
        checkPiece(word);
        if (words.has(word)) throw wrongPiece(`holds the word ${JSON.stringify(word)} twice`);
        words.set(word, characters.length + words.size);
      }
      this.texts = [...stored.words];
      this.#words = words;
      return;
    }
    const made = new MergedTexts(characters);
    const tokens = stored.merges.map(([first, second], rank) => {
      if (first >= made.length || second >= made.length) {
        throw wrongPiece(`joins a token in pair ${rank} that there is not yet`);
      }
      const token = made.merge(first, second);
      checkPiece(made.texts[token]);
      return token;
    });
    this.texts = made.texts.slice(characters.length);
    this.#merges = new MergeTable(stored.merges, tokens);
  }

  get kind(): PieceKind {
    return this.stored.kind;
  }

  /** @param spelled the tokens of a unit's characters, asked for where they are needed */
  tokensOf(unit: string, spelled: () => readonly number[]): readonly number[] {
    if (this.#merges) return this.#merges.apply(spelled());
    const word = this.#words!.get(unit);
    return word === undefined ? spelled() : [word];
  }
}

function checkPiece(text: string): void {
  if (text.length <= 2 * LONGEST_UNIT) {
    const { length } = [...text];
    if (length > 1 && length <= LONGEST_UNIT) return;
  }
  throw wrongPiece(
    `has ${JSON.stringify(text.slice(0, 20))} for a token of several characters, which are 2 to ${LONGEST_UNIT}`,
  );
}

function wrongPiece(what: string): SeqkitError {
  return new SeqkitError(`The vocabulary ${what}.`, { code: 'bad-value' });
}
