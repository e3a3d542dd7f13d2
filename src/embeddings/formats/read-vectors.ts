import { SeqkitError } from '../../rnn/errors.js';
import { looksLikeSafetensors } from '../../rnn/safetensors.js';
import { collect, gunzip, looksGzipped, peek, toUtf8, type ByteChunks } from './byte-chunks.js';
import { openVectors, type WordsAndRows } from './seqkit-file.js';
import { LAYOUT_BYTES, textLayout } from './text-layout.js';
import { readTextVectors } from './text-vectors.js';

/** What a caller may say about a file of vectors. */
export interface ReadOptions {
  /** Only the first so many words, which are the most frequent ones. @default all */
  readonly limit?: number;
  /** The encoding of a text file, as the Encoding Standard calls it. @default 'utf-8' */
  readonly encoding?: string;
}

/** Vectors as read, and what the user should know about them. */
export interface ReadVectors extends WordsAndRows {
  readonly notes: readonly string[];
}

/**
 * Reads vectors in whichever of the known formats they come: seqkit's own file, GloVe's text or
 * word2vec's text, each plain or gzipped. Text is streamed.
 * @param source what to call the file in errors and notes
 */
export async function readVectors(
  chunks: ByteChunks,
  source: string,
  options: ReadOptions = {},
): Promise<ReadVectors> {
  const limit = options.limit ?? Infinity;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new SeqkitError(`limit must be a whole number from 1, not ${limit}.`, { code: 'bad-value' });
  }
  const first = await peek(chunks, 16);
  if (looksGzipped(first.start)) return readVectors(gunzip(first.chunks, source), source, options);
  if (looksLikeSafetensors(first.start)) {
    return { ...openVectors(await collect(first.chunks), source), notes: [] };
  }
  const text =
    options.encoding === undefined || /^utf-?8$/i.test(options.encoding)
      ? first.chunks
      : toUtf8(first.chunks, options.encoding, source);
  const beginning = await peek(text, LAYOUT_BYTES);
  const layout = textLayout(beginning.start, beginning.complete, source);
  const rows = await readTextVectors(beginning.chunks, layout, limit, source);
  const { repeated, ...vectors } = rows.finish();
  return { ...vectors, notes: repeatedNotes(repeated, source) };
}

function repeatedNotes(repeated: readonly string[], source: string): string[] {
  if (repeated.length === 0) return [];
  const few = repeated.slice(0, 3).map((word) => JSON.stringify(word));
  const more = repeated.length > few.length ? ', ...' : '';
  const lines = repeated.length === 1 ? '1 line names a word' : `${repeated.length} lines name a word`;
  return [
    `${source}: ${lines} that came before (${few.join(', ')}${more}); the first vector of each is kept.`,
  ];
}
