import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  fieldsOf,
  flag,
  instanceOf,
  isNumberArray,
  listOf,
  optional,
  optionsSchema,
  shown,
  text as anyText,
  wholeNumber,
  wrongValue,
} from '../../base/schema/index.js';
import { CharacterCounts } from './character-counts.js';
import { Pieces, storedPieces, type StoredPieces } from './pieces.js';
import { byteTokenCounts, byteTokensName, Spelling, type ByteTokens } from './spelling.js';
import { unitsOf } from './units.js';
import { utf8Of } from './utf8.js';

export type { ByteTokens } from './spelling.js';
export type { StoredPieces } from './pieces.js';

/** What the tokens of a text are. */
export type TokenKind = 'characters' | 'bytes' | 'words' | 'bpe';

/** How tokens are numbered: the most frequent character first, or by Unicode code point. */
export type VocabularyOrder = 'frequency' | 'codePoint';

/** Tokens of a text, in the narrowest array that holds every number below V. */
export type Tokens = Uint8Array | Uint16Array | Uint32Array;

export interface VocabularyOptions {
  /** Tokens after those of the characters. @default 'none' */
  bytes?: ByteTokens;
  /**
   * Whether the text that a model is trained on holds characters spelled in bytes. If not, they are
   * read, but never written. @default true
   */
  spelled?: boolean;
  /** Tokens of several characters, words or byte pairs, between those of characters and bytes. @default none */
  pieces?: StoredPieces | undefined;
}

/** What a file keeps of a vocabulary. Its characters alone where there are no bytes. */
export type StoredVocabulary =
  | readonly string[]
  | {
      characters: readonly string[];
      bytes: ByteTokens;
      spelled: boolean;
      pieces?: StoredPieces | undefined;
    };

/** So many units of a text, at most, are kept with their tokens. */
const MAX_CACHED = 1 << 16;

const vocabularyOptions = optionsSchema<VocabularyOptions>('Vocabulary', {
  bytes: optional(byteTokensName),
  spelled: optional(flag),
  pieces: optional(storedPieces),
});
const characterList = listOf(anyText);
const storedObject = fieldsOf<Exclude<StoredVocabulary, readonly string[]>>('what toJSON gave', {
  characters: characterList,
  bytes: byteTokensName,
  spelled: flag,
  pieces: optional(storedPieces),
});
const orderOptions = optionsSchema<{ order?: VocabularyOrder }>('Vocabulary.of', {
  order: optional(choice(['frequency', 'codePoint'])),
});
const countsOptions = optionsSchema<{ minCount: number; bytes: 'none' | 'halves'; always?: string }>(
  'Vocabulary.ofCounts',
  { minCount: wholeNumber({ min: 1 }), bytes: choice(['none', 'halves']), always: optional(anyText) },
);
const characterCounts = instanceOf(CharacterCounts, 'CharacterCounts');

/**
 * Characters and their numbers, and byte tokens for all others. A character is one Unicode code
 * point: surrogate pairs stay whole, combining marks stand alone, line ends are kept as they are.
 * Words or byte pairs have tokens between these, where there are any.
 */
export class Vocabulary {
  /** The character of each token, without pieces and byte tokens, which come after. */
  readonly characters: readonly string[];
  /** The text of each token of several characters, which come after those of characters. */
  readonly pieces: readonly string[];
  readonly bytes: ByteTokens;
  readonly spelled: boolean;
  readonly #pieces: Pieces | undefined;
  /** Units of texts that were read, and their tokens. */
  readonly #cache = new Map<string, readonly number[]>();
  readonly #tokens: ReadonlyMap<number, number>;
  /** Token of each code point of the first plane, -1 where there is none; made for the first text. */
  #plane: Int32Array | undefined;

  /** @throws SeqkitError `bad-value` where a character comes twice, or is not one code point */
  constructor(characters: readonly string[], options: VocabularyOptions = {}) {
    characterList.parse(characters, 'Vocabulary: characters');
    const { bytes = 'none', spelled = bytes !== 'none', pieces } = vocabularyOptions.parse(options);
    if (pieces && bytes === 'whole') {
      throw new SeqkitError('A vocabulary of the 256 bytes has no pieces.', { code: 'usage' });
    }
    const tokens = new Map<number, number>();
    characters.forEach((character, token) => {
      const isOne = [...character].length === 1;
      if (!isOne || tokens.has(character.codePointAt(0)!)) {
        throw new SeqkitError(
          `A vocabulary holds single characters, each once; entry ${token} is ${JSON.stringify(character)}.`,
          { code: 'bad-value' },
        );
      }
      tokens.set(character.codePointAt(0)!, token);
    });
    this.characters = [...characters];
    this.bytes = bytes;
    this.spelled = spelled;
    this.#tokens = tokens;
    this.#pieces = pieces && new Pieces(pieces, this.characters);
    this.pieces = this.#pieces?.texts ?? [];
  }

  /**
   * The characters of a text.
   * @param options.order @default 'frequency'; equally frequent ones go by code point
   */
  static of(text: string, options: { order?: VocabularyOrder } = {}): Vocabulary {
    anyText.parse(text, 'Vocabulary.of: text');
    const { order = 'frequency' } = orderOptions.parse(options);
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    return new Vocabulary(inOrder(counts, order));
  }

  /** The 256 bytes, and no characters: any text can be read and written. */
  static ofBytes(): Vocabulary {
    return new Vocabulary([], { bytes: 'whole' });
  }

  /**
   * The characters that were counted so often or more, the most frequent first; the others are
   * spelled in halves of bytes.
   * @param options.always a character that has a token whatever its count
   */
  static ofCounts(
    counts: CharacterCounts,
    options: { minCount: number; bytes: 'none' | 'halves'; always?: string },
  ): Vocabulary {
    characterCounts.parse(counts, 'Vocabulary.ofCounts: counts');
    const { minCount, bytes, always } = countsOptions.parse(options);
    const all = counts.entries();
    const kept = new Map([...all].filter(([, count]) => count >= minCount));
    if (always !== undefined && !kept.has(always)) kept.set(always, 0);
    const spelled = [...all.keys()].some((character) => !kept.has(character));
    return new Vocabulary(inOrder(kept, 'frequency'), { bytes, spelled });
  }

  /** From what `toJSON` gave. */
  static from(stored: StoredVocabulary): Vocabulary {
    if (Array.isArray(stored)) return new Vocabulary(stored as readonly string[]);
    const { characters, bytes, spelled, pieces } = storedObject.parse(stored, 'Vocabulary.from: stored');
    return new Vocabulary(characters, { bytes, spelled, pieces });
  }

  /** The same tokens, and whether bytes are written. */
  withSpelled(spelled: boolean): Vocabulary {
    const { characters, bytes } = this;
    flag.parse(spelled, 'withSpelled: spelled');
    return new Vocabulary(characters, { bytes, spelled, pieces: this.#pieces?.stored });
  }

  /** The same characters and bytes, with tokens for words or byte pairs of these between them. */
  withPieces(pieces: StoredPieces): Vocabulary {
    const { characters, bytes, spelled } = this;
    return new Vocabulary(characters, { bytes, spelled, pieces });
  }

  /** What its tokens are. */
  get tokens(): TokenKind {
    return this.#pieces?.kind ?? (this.bytes === 'whole' ? 'bytes' : 'characters');
  }

  /** V, how many tokens there are. */
  get size(): number {
    return this.#firstByte + byteTokenCounts[this.bytes];
  }

  get #firstByte(): number {
    return this.characters.length + this.pieces.length;
  }

  /** Whether a character has a token of its own. */
  has(character: string): boolean {
    anyText.parse(character, 'has: character');
    const codePoint = character.codePointAt(0) ?? 0;
    if (character.length !== (codePoint > 0xffff ? 2 : 1)) return false;
    return this.bytes === 'whole' ? codePoint < 0x80 : this.#tokens.has(codePoint);
  }

  /**
   * The characters of a text that a model of this vocabulary has not learnt as such, each once: those
   * without a token, where it was not trained on bytes throughout.
   */
  unknownIn(text: string): string[] {
    anyText.parse(text, 'unknownIn: text');
    if (this.bytes === 'whole') return [];
    return [...new Set(text)].filter((character) => !this.has(character));
  }

  /**
   * The tokens of a text: one for each character that has one, its bytes for each other. Where there are pieces, those
   * that the text is cut into, and of a word without a token its characters.
   * @throws SeqkitError `unknown-word` for a character that has none, where there are no bytes
   */
  encode(text: string): Tokens {
    anyText.parse(text, 'encode: text');
    return this.#pieces ? this.#encodeUnits(text, this.#pieces) : this.#encodeCharacters(text);
  }

  #encodeUnits(text: string, pieces: Pieces): Tokens {
    const all: number[] = [];
    let at = 0;
    for (const unit of unitsOf(text, pieces.kind)) {
      let tokens = this.#cache.get(unit);
      if (!tokens) {
        const start = at;
        tokens = pieces.tokensOf(unit, () => [
          ...this.#encodeCharacters(unit, () => [...text.slice(0, start)].length),
        ]);
        if (this.#cache.size >= MAX_CACHED) this.#cache.clear();
        this.#cache.set(unit, tokens);
      }
      for (const token of tokens) all.push(token);
      at += unit.length;
    }
    const tokens = this.room(all.length);
    tokens.set(all);
    return tokens;
  }

  /** @param before how many characters stand before the text, for errors */
  #encodeCharacters(text: string, before = (): number => 0): Tokens {
    const plane = (this.#plane ??= this.#planeTable());
    let count = 0;
    let characters = 0;
    for (let i = 0; i < text.length; i++) {
      const codePoint = text.codePointAt(i)!;
      if (codePoint > 0xffff) i++;
      if (this.#tokenOf(codePoint, plane) >= 0) count++;
      else if (this.bytes === 'none') throw unknownCharacter(codePoint, before() + characters);
      else count += utf8Of(codePoint).length * (this.bytes === 'halves' ? 2 : 1);
      characters++;
    }
    const tokens = this.room(count);
    let at = 0;
    for (let i = 0; i < text.length; i++) {
      const codePoint = text.codePointAt(i)!;
      if (codePoint > 0xffff) i++;
      const token = this.#tokenOf(codePoint, plane);
      if (token >= 0) tokens[at++] = token;
      else for (const spelling of this.#spell(codePoint)) tokens[at++] = spelling;
    }
    return tokens;
  }

  #planeTable(): Int32Array {
    const plane = new Int32Array(0x10000).fill(-1);
    for (const [codePoint, token] of this.#tokens) if (codePoint < 0x10000) plane[codePoint] = token;
    return plane;
  }

  #tokenOf(codePoint: number, plane: Int32Array): number {
    return codePoint < 0x10000 ? plane[codePoint] : (this.#tokens.get(codePoint) ?? -1);
  }

  #spell(codePoint: number): number[] {
    const first = this.#firstByte;
    const bytes = utf8Of(codePoint);
    if (this.bytes === 'whole') return bytes.map((byte) => first + byte);
    return bytes.flatMap((byte) => [first + (byte >> 4), first + (byte & 15)]);
  }

  /**
   * The text of tokens. Bytes that make no character become U+FFFD.
   * @throws SeqkitError `bad-value` for a token that is no whole number from 0 to V - 1
   */
  decode(tokens: ArrayLike<number>): string {
    if (!isNumberArray(tokens)) throw wrongValue('decode: tokens', 'an array of tokens', tokens);
    const spelling = new Spelling(this);
    let text = '';
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i];
      if (!(Number.isInteger(token) && token >= 0 && token < this.size)) {
        throw new SeqkitError(`The token ${shown(token)} is not a whole number from 0 to ${this.size - 1}.`, {
          code: 'bad-value',
        });
      }
      if (!spelling.allows(token)) text += spelling.end();
      text += spelling.allows(token) ? spelling.push(token) : '\ufffd';
    }
    return text + spelling.end();
  }

  /** What `JSON.stringify` keeps; `Vocabulary.from` takes it. */
  toJSON(): StoredVocabulary {
    const { characters, bytes, spelled } = this;
    if (this.#pieces) return { characters, bytes, spelled, pieces: this.#pieces.stored };
    return bytes === 'none' ? characters : { characters, bytes, spelled };
  }

  /** An array for so many tokens. */
  room(length: number): Tokens {
    wholeNumber({ min: 0, max: 2 ** 32 }).parse(length, 'room: length');
    if (this.size <= 2 ** 8) return new Uint8Array(length);
    return this.size <= 2 ** 16 ? new Uint16Array(length) : new Uint32Array(length);
  }
}

function inOrder(counts: ReadonlyMap<string, number>, order: VocabularyOrder): string[] {
  const byCodePoint = (a: string, b: string): number => a.codePointAt(0)! - b.codePointAt(0)!;
  const characters = [...counts.keys()].sort(byCodePoint);
  if (order === 'frequency') {
    characters.sort((a, b) => counts.get(b)! - counts.get(a)! || byCodePoint(a, b));
  }
  return characters;
}

function unknownCharacter(codePoint: number, position: number): SeqkitError {
  const character = String.fromCodePoint(codePoint);
  const digits = codePoint.toString(16).toUpperCase().padStart(4, '0');
  return new SeqkitError(
    `The character ${JSON.stringify(character)} (U+${digits}), number ${position + 1} of the text, is not in the vocabulary.`,
    {
      code: 'unknown-word',
      hint: 'The model knows the characters of the text it was trained on: leave this one out, or train on a text that has it.',
    },
  );
}
