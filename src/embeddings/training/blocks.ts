import { SeqkitError } from '../../base/errors.js';
import type { ByteChunks } from '../../base/encoding/byte-chunks.js';
import { lineFeeds } from '../../base/encoding/text-place.js';

/** The most bytes of a block: about ten thousand words. */
export const BLOCK_BYTES = 1 << 16;

// Bytes that UTF-8 never has. They stand between the words and after the sentences of a corpus
// whose words were given one by one, since such a word may hold spaces.
const WORD_MARK = 0xff;
const SENTENCE_MARK = 0xfe;
const LINE_FEED = 0x0a;

/** A block of a corpus, at most `BLOCK_BYTES`: whole sentences where they are not longer than that. */
export interface CorpusBlock {
  readonly bytes: Uint8Array;
  /** Whether white space separates words and line feeds sentences; else only the marks do. */
  readonly spaces: boolean;
  /** Where it is of a text: the number of the line that it begins in, from 1. */
  readonly line?: number;
}

/**
 * Cuts text into blocks at the ends of lines, or within a longer line at a space.
 * @param clean what is done with each block first
 * @throws SeqkitError `bad-file` for text that is not UTF-8; `bad-value` for a word longer than a block
 */
export async function* cutAtLines(
  chunks: ByteChunks,
  name: string,
  clean?: (text: string) => string,
): AsyncGenerator<CorpusBlock> {
  let rest: Uint8Array = new Uint8Array(0);
  let first = true;
  let line = 1;
  for await (const chunk of chunks) {
    let bytes = rest.length === 0 ? chunk : joined(rest, chunk);
    if (first && bytes.length >= 3) {
      // A byte order mark is no part of the first word.
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
      first = false;
    }
    while (bytes.length > BLOCK_BYTES) {
      const end = lastBreak(bytes, name);
      yield* blocksOf(bytes.subarray(0, end), name, line, clean);
      line += lineFeeds(bytes.subarray(0, end));
      bytes = bytes.subarray(end);
    }
    rest = bytes;
  }
  if (rest.length > 0) yield* blocksOf(rest, name, line, clean);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

/** Where to cut the first block: after its last line, else at its last space. */
function lastBreak(bytes: Uint8Array, name: string): number {
  const line = bytes.lastIndexOf(LINE_FEED, BLOCK_BYTES - 1);
  if (line >= 0) return line + 1;
  const space = bytes.lastIndexOf(0x20, BLOCK_BYTES - 1);
  if (space >= 0) return space + 1;
  throw new SeqkitError(
    `${name} has ${BLOCK_BYTES} bytes without a space or a line's end: that is no text.`,
    {
      code: 'bad-value',
      hint: 'Give text in which spaces separate the words.',
    },
  );
}

function* blocksOf(
  bytes: Uint8Array,
  name: string,
  line: number,
  clean: ((text: string) => string) | undefined,
): Generator<CorpusBlock> {
  if (clean === undefined) {
    yield { bytes, spaces: true, line };
    return;
  }
  const cleaned = new TextEncoder().encode(clean(decodeText(bytes, name, line)));
  // Lower case can be longer than upper case, in bytes.
  for (let rest: Uint8Array = cleaned; rest.length > 0;) {
    const end = rest.length > BLOCK_BYTES ? lastBreak(rest, name) : rest.length;
    yield { bytes: rest.subarray(0, end), spaces: true };
    rest = rest.subarray(end);
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param line the number of the first line, from 1, where the bytes are of a text
 * @throws SeqkitError `bad-file` that names the line which is not UTF-8
 */
export function decodeText(bytes: Uint8Array, name: string, line?: number): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const place = line === undefined ? name : `${name}: line ${line + validLines(bytes)}`;
    throw new SeqkitError(`${place} is not valid UTF-8.`, {
      code: 'bad-file',
      hint: 'State its encoding, such as latin1.',
      cause,
    });
  }
}

/** How many lines come before the first that is not valid UTF-8. */
function validLines(bytes: Uint8Array): number {
  let count = 0;
  for (let start = 0; start < bytes.length; count++) {
    const end = bytes.indexOf(LINE_FEED, start) + 1 || bytes.length;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      break;
    }
    start = end;
  }
  return count;
}

/** Encodes words, of which most are short: memory of their own, taken by `encode`, would cost the most. */
function wordEncoder(): (word: string) => Uint8Array {
  const encoder = new TextEncoder();
  const room = new Uint8Array(300);
  // A character is three bytes at most.
  return (word) =>
    3 * word.length > room.length
      ? encoder.encode(word)
      : room.slice(0, encoder.encodeInto(word, room).written);
}

/** Packs sentences into blocks. @throws SeqkitError `bad-value` for what is no sentence */
export async function* collectBlocks(
  sentences: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
): AsyncGenerator<CorpusBlock> {
  const encoded = wordEncoder();
  let bytes = new Uint8Array(BLOCK_BYTES);
  let length = 0;
  for await (const sentence of sentences) {
    if (!Array.isArray(sentence) || !sentence.every((word) => typeof word === 'string')) {
      throw new SeqkitError('Each sentence of the corpus must be an array of words.', {
        code: 'bad-value',
        hint: 'For lines of text use textCorpus(lines), for a file fileCorpus(path).',
      });
    }
    const words = sentence as readonly string[];
    // As far as it takes to see whether the sentence fits into a block.
    const first: Uint8Array[] = [];
    let size = 0;
    while (first.length < words.length && size < BLOCK_BYTES) {
      const word = encoded(words[first.length]);
      first.push(word);
      size += word.length + 1;
    }
    for (let i = 0; i < words.length; i++) {
      const word = i < first.length ? first[i] : encoded(words[i]);
      if (word.length + 1 > BLOCK_BYTES) {
        throw new SeqkitError(`A word of ${word.length} bytes is longer than ${BLOCK_BYTES - 1}.`, {
          code: 'bad-value',
        });
      }
      // A sentence goes into the next block where it does not fit into this one whole.
      const needed = i === 0 ? Math.min(size, BLOCK_BYTES) : word.length + 1;
      if (length + needed > BLOCK_BYTES) {
        yield { bytes: bytes.subarray(0, length), spaces: false };
        bytes = new Uint8Array(BLOCK_BYTES);
        length = 0;
      }
      bytes.set(word, length);
      length += word.length;
      bytes[length++] = i === words.length - 1 ? SENTENCE_MARK : WORD_MARK;
    }
  }
  if (length > 0) yield { bytes: bytes.subarray(0, length), spaces: false };
}

/** What separates words in running text: the white space of Python's str.split, as the kernels have it. */
// eslint-disable-next-line no-control-regex
const WHITE_SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** The words of a block, in order. Of words given one by one, empty ones are left out. */
export function wordsOfBlock({ bytes, spaces, line }: CorpusBlock, name: string): string[] {
  if (spaces) return decodeText(bytes, name, line).split(WHITE_SPACE).filter(Boolean);
  const words: string[] = [];
  let start = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] < SENTENCE_MARK) continue;
    if (i > start) words.push(decoder.decode(bytes.subarray(start, i)));
    start = i + 1;
  }
  return words;
}
