import type { ReadOptions } from './read-options.js';
import { SeqkitError } from '../../base/errors.js';
import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { looksLikeSafetensors, safetensorsSize } from '../../base/encoding/safetensors.js';
import { VectorMemory } from '../scan/vector-memory.js';
import type { Subwords } from '../vectors/subwords.js';
import { peek, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import { utf8Chunks } from '../../base/encoding/text-file.js';
import { gunzip, looksGzipped, looksZipped } from '../../base/encoding/gzip.js';
import { looksLikeFastText, readFastTextBinary } from './fasttext-binary.js';
import type { GrowingRows } from './growing-rows.js';
import { openVectors, type WordsAndRows } from './seqkit-file.js';
import { holdsControlBytes } from '../../base/encoding/control-bytes.js';
import { LAYOUT_BYTES, startsWord2vecText, textLayout } from './text-layout.js';
import { readTextVectors } from './text-vectors.js';
import { looksLikeTraining, openTraining, TRAINING_START_BYTES } from './training-vectors.js';
import { readWord2vecBinary, WORD2VEC_HEADER } from './word2vec-binary.js';

/** Vectors as read, and what the user should know about them. */
export interface ReadVectors extends WordsAndRows {
  readonly notes: readonly string[];
  /** What gives vectors to other words, in a model of fastText. */
  readonly subwords?: Subwords | undefined;
}

/**
 * Reads vectors in whichever of the known formats they come: seqkit's own file, GloVe's text,
 * word2vec's text or binary format, or fastText's model, each plain or gzipped, a chunk at a time.
 * @param source what to call the file in errors and notes
 * @param isUnpacked whether the bytes came out of a gzipped file, and may not be one again
 */
export async function readVectors(
  chunks: ByteChunks,
  source: string,
  options: ReadOptions = {},
  isUnpacked = false,
): Promise<ReadVectors> {
  const limit = options.limit ?? Infinity;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new SeqkitError(`limit must be a whole number from 1, not ${limit}.`, { code: 'bad-value' });
  }
  const first = await peek(chunks, 64);
  if (looksZipped(first.start)) {
    throw new SeqkitError(`${source} is a zip archive, which is read from a file alone.`, {
      code: 'bad-file',
      hint: 'Unpack it first, for example with: unzip -p vectors.zip > vectors.txt',
    });
  }
  if (looksGzipped(first.start)) {
    if (isUnpacked) {
      throw new SeqkitError(`${source} is gzipped twice over.`, {
        code: 'bad-file',
        hint: 'Unpack it once: gunzip.',
      });
    }
    return readVectors(gunzip(first.chunks, source), source, options, true);
  }
  if (looksLikeSafetensors(first.start)) {
    refuseEncoding(options, source);
    return collectVectors(first.chunks, source, options);
  }
  if (looksLikeFastText(first.start)) {
    const { rows, subwords } = await readFastTextBinary(first.chunks, limit, options.encoding, source);
    return finished(rows, 'word', source, subwords);
  }
  const sample = await peek(first.chunks, LAYOUT_BYTES);
  if (startsWord2vecBinary(sample.start)) {
    return finished(await readWord2vecBinary(sample.chunks, limit, options.encoding, source), 'word', source);
  }
  const text = utf8Chunks(sample.chunks, source, options);
  const beginning = await peek(text, LAYOUT_BYTES);
  const layout = textLayout(beginning.start, beginning.complete, source);
  const { rows, notes } = await readTextVectors(beginning.chunks, layout, limit, source);
  const read = finished(rows, 'line', source);
  return { ...read, notes: [...notes, ...read.notes] };
}

/** @throws SeqkitError `bad-value` where an encoding is stated of a file that says its own */
export function refuseEncoding({ encoding }: ReadOptions, source: string): void {
  if (encoding === undefined || isUtf8(encoding)) return;
  throw new SeqkitError(`${source} is a file of seqkit's, whose words are UTF-8, not ${encoding}.`, {
    code: 'bad-value',
    hint: 'Leave the encoding out.',
  });
}

function isUtf8(encoding: string): boolean {
  return /^utf-?8$/i.test(encoding);
}

/** Text has the same first line, and after it control bytes in words alone. */
function startsWord2vecBinary(start: Uint8Array): boolean {
  const line = new TextDecoder('latin1').decode(start.subarray(0, 64));
  return WORD2VEC_HEADER.test(line) && holdsControlBytes(start) && !startsWord2vecText(start);
}

/** Opens seqkit's own file, or a training, from chunks, in memory that a scanner reaches. */
async function collectVectors(
  chunks: ByteChunks,
  source: string,
  options: VerifyOptions,
): Promise<ReadVectors> {
  const memory = new VectorMemory();
  const start = memory.allocate(0);
  let length = 0;
  let max = Infinity;
  for await (const chunk of chunks) {
    if (max === Infinity) max = safetensorsSize(memory.bytes(start, length), source) ?? Infinity;
    if (length + chunk.length > max) {
      throw new SeqkitError(
        `${source} is damaged: more follows than the ${max} bytes that its header names.`,
        {
          code: 'bad-file',
          hint: 'Make it or copy it again.',
        },
      );
    }
    memory.extend(start, length + chunk.length);
    memory.bytes(start + length, chunk.length).set(chunk);
    length += chunk.length;
  }
  if (looksLikeTraining(memory.bytes(start, Math.min(length, TRAINING_START_BYTES)))) {
    return { ...openTraining(memory.bytes(start, length), source, options), notes: [] };
  }
  // A scanner needs less than a file has; see GrowingRows.
  memory.reserve(length + (1 << 16));
  return { ...openVectors(memory.bytes(start, length), source, options), memory };
}

function finished(
  rows: GrowingRows,
  unit: 'word' | 'line',
  source: string,
  subwords?: Subwords,
): ReadVectors {
  const { repeated, ...vectors } = rows.finish();
  return { ...vectors, subwords, notes: repeatedNotes(repeated, unit, source) };
}

function repeatedNotes(repeated: readonly string[], unit: 'word' | 'line', source: string): string[] {
  if (repeated.length === 0) return [];
  const few = repeated.slice(0, 3).map((word) => JSON.stringify(word));
  const more = repeated.length > few.length ? ', ...' : '';
  const one = repeated.length === 1;
  const what =
    unit === 'line'
      ? `${one ? '1 line names' : `${repeated.length} lines name`} a word`
      : `${one ? '1 vector is of a word' : `${repeated.length} vectors are of words`}`;
  return [
    `${source}: ${what} that came before (${few.join(', ')}${more}); the first vector of each is kept.`,
  ];
}
