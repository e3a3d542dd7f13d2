import type { Fingerprint } from '../../base/encoding/fingerprint.js';
import type { ScratchFile } from '../../base/host/scratch-file.js';
import { fieldsOf, schemaOf, callback, wholeNumber } from '../../base/schema/index.js';
import { wholeUnits } from './units.js';
import type { Tokens, Vocabulary } from './vocabulary.js';

/** Tokens of a text, wherever they are. */
export interface TokenStore {
  readonly length: number;
  /** Tokens `start` to `end` - 1. Not to be changed. */
  read(start: number, end: number): Tokens;
}

/** The schema of a store, which others may make too. */
export const tokenStore = fieldsOf<TokenStore>('a store of tokens, as storeOf gives it', {
  length: wholeNumber({ min: 0 }),
  read: callback(),
});

const tokenArray = schemaOf<Tokens>(
  'tokens, as Vocabulary.encode gives them',
  (value) => value instanceof Uint8Array || value instanceof Uint16Array || value instanceof Uint32Array,
);

/** Tokens in memory as a store. */
export function storeOf(tokens: Tokens): TokenStore {
  tokenArray.parse(tokens, 'storeOf: tokens');
  return { length: tokens.length, read: (start, end) => tokens.subarray(start, end) };
}

/** Tokens `start` to `end` - 1 of a store, as one of their own. */
export function partOf(store: TokenStore, start: number, end: number): TokenStore {
  return { length: end - start, read: (from, to) => store.read(start + from, start + to) };
}

/** Tokens that are looked at together where a whole store is walked through. */
const WINDOW_LENGTH = 1 << 20;

/** A store's tokens from first to last, some at a time. */
export function* windowsOf(store: TokenStore): Generator<Tokens, void, void> {
  for (let start = 0; start < store.length; start += WINDOW_LENGTH) {
    yield store.read(start, Math.min(start + WINDOW_LENGTH, store.length));
  }
}

/** Adds all tokens of a store to a fingerprint, the same wherever they are. */
export function addTokens(fingerprint: Fingerprint, store: TokenStore): Fingerprint {
  for (const window of windowsOf(store)) fingerprint.add(window);
  return fingerprint;
}

/** A text as tokens, with what is known of it besides. */
export interface EncodedText extends TokenStore {
  /** Code points. */
  readonly characters: number;
  /** Of its UTF-8. */
  readonly bytes: number;
  /** Frees the disk space, where the tokens lie there. */
  dispose(): void;
}

/** Bytes of tokens that stay in memory; more go to disk. */
const MEMORY_BYTES = 1 << 24;

/**
 * Encodes a text that is read chunk by chunk. Beyond 16 MiB its tokens lie in a temporary file, so
 * that memory does not grow with the text.
 * @param folder for the temporary file, made where it is missing @default the system's
 * @throws SeqkitError `unknown-word` as `Vocabulary.encode`
 */
export async function encodeText(
  chunks: AsyncIterable<string> | Iterable<string>,
  vocabulary: Vocabulary,
  folder?: string,
): Promise<EncodedText> {
  const kept: Tokens[] = [];
  let length = 0;
  let characters = 0;
  let bytes = 0;
  let file: ScratchFile | undefined;
  const perToken = vocabulary.room(0).BYTES_PER_ELEMENT;
  try {
    for await (const chunk of vocabulary.pieces.length > 0 ? wholeUnits(chunks) : chunks) {
      const tokens = vocabulary.encode(chunk);
      length += tokens.length;
      const size = sizeOfText(chunk);
      characters += size.characters;
      bytes += size.bytes;
      if (!file && length * perToken > MEMORY_BYTES) {
        const { ScratchFile } = await import('../../base/host/scratch-file.js');
        const { makeFolder } = await import('../../base/host/folders.js');
        if (folder !== undefined) makeFolder(folder);
        file = new ScratchFile(folder);
        for (const part of kept.splice(0)) file.append(bytesOf(part));
      }
      if (file) file.append(bytesOf(tokens));
      else kept.push(tokens);
    }
  } catch (error) {
    file?.close();
    throw error;
  }
  const about = { length, characters, bytes };
  if (!file) {
    const tokens = vocabulary.room(length);
    let at = 0;
    for (const part of kept) {
      tokens.set(part, at);
      at += part.length;
    }
    return { ...about, read: (start, end) => tokens.subarray(start, end), dispose: () => undefined };
  }
  const disk = file;
  return {
    ...about,
    read(start, end) {
      const tokens = vocabulary.room(end - start);
      disk.read(start * perToken, bytesOf(tokens));
      return tokens;
    },
    dispose: () => disk.close(),
  };
}

function bytesOf(tokens: Tokens): Uint8Array {
  return new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength);
}

function sizeOfText(text: string): { characters: number; bytes: number } {
  let characters = 0;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const codePoint = text.codePointAt(i)!;
    if (codePoint > 0xffff) i++;
    characters++;
    bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return { characters, bytes };
}
