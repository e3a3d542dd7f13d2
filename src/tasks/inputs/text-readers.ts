import { encodeUtf8 } from '../../base/encoding/utf8.js';
import { Tokenizer } from '../../text/words/tokenizer.js';
import type { SequenceInput } from '../examples/sequence-input.js';
import type { ReadSequence, SequenceReader } from './sequence-reader.js';

/** What stands for words that are not known. No word: what is filtered parts words. */
export const UNKNOWN_WORD = '<unknown>';

/** Texts as the tokens of words or of characters; what is not known is one token. */
export class TokenReader implements SequenceReader {
  readonly features = 1;
  readonly maxLength: number;
  readonly tokenizer: Tokenizer;
  readonly tokens: number;

  constructor(tokenizer: Tokenizer, maxLength: number) {
    this.tokenizer = tokenizer;
    this.maxLength = maxLength;
    this.tokens = Math.max(3, tokenizer.size);
  }

  /** Learns the words, or characters, that come twice or more. @param most of them that are kept */
  static fit(texts: readonly string[], unit: 'words' | 'characters', most: number): Tokenizer {
    const options = { charLevel: unit === 'characters', oovToken: UNKNOWN_WORD };
    const all = new Tokenizer(options);
    all.fitOnTexts(texts);
    const repeated = [...all.wordCounts.values()].filter((count) => count > 1).length;
    // 0 is padding, 1 what is not known.
    return Tokenizer.from({
      ...all.toJSON(),
      options: { ...options, numWords: Math.min(most, Math.max(1, repeated)) + 2 },
      words: all.toJSON().words.filter(([, count]) => count > 1 || repeated === 0),
    });
  }

  read(input: SequenceInput): ReadSequence {
    const [tokens] = this.tokenizer.textsToSequences([input as string]);
    const kept = tokens.slice(0, this.maxLength);
    // A text of what is filtered alone has one step too.
    const data = kept.length > 0 ? Int32Array.from(kept) : Int32Array.of(1);
    return { data, length: data.length };
  }

  toJSON(): Record<string, unknown> {
    return { tokenizer: this.tokenizer.toJSON(), maxLength: this.maxLength };
  }
}

/** Padding and what is not known come before the bytes. */
const FIRST_BYTE = 2;

/** Texts as the bytes of their UTF-8. */
export class ByteReader implements SequenceReader {
  readonly features = 1;
  readonly tokens = 256 + FIRST_BYTE;

  constructor(readonly maxLength: number) {}

  read(input: SequenceInput): ReadSequence {
    const bytes = encodeUtf8(input as string).subarray(0, this.maxLength);
    return { data: Int32Array.from(bytes, (byte) => byte + FIRST_BYTE), length: bytes.length };
  }

  toJSON(): Record<string, unknown> {
    return { maxLength: this.maxLength };
  }
}
