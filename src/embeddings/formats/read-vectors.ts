import type { ReadOptions } from './read-options.js';
import { SeqkitError } from '../../base/errors.js';
import { chunksInTurns } from '../../base/host/in-turns.js';
import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { looksGzipped, looksZipped } from '../../base/encoding/packed-start.js';
import { looksLikeSafetensors, safetensorsSize } from '../../base/encoding/safetensors.js';
import { VectorMemory } from '../scan/vector-memory.js';
import { peek, type ByteChunks } from '../../base/encoding/byte-chunks.js';
import type { ReadVectors } from './read-result.js';
import type { OpenNeighbour } from './neighbour-files.js';
import { refuseEncoding } from './refused-options.js';
import { openVectors } from './seqkit-file.js';
import { looksLikeTraining, TRAINING_START_BYTES } from './training-start.js';

/**
 * Reads vectors in whichever of the known formats they come: seqkit's own file, GloVe's text,
 * word2vec's text or binary format, fastText's model, gensim's `save` or a matrix of NumPy, each plain or gzipped.
 * @param source what to call the file in errors and notes
 * @param openNeighbour opens what lies beside the file, where it has a path
 * @param isUnpacked whether the bytes came out of a gzipped file, and may not be one again
 */
export async function readVectors(
  chunks: ByteChunks,
  source: string,
  options: ReadOptions = {},
  isUnpacked = false,
  openNeighbour?: OpenNeighbour,
): Promise<ReadVectors> {
  const limit = options.limit ?? Infinity;
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new SeqkitError(`limit must be a whole number from 1, not ${limit}.`, { code: 'bad-value' });
  }
  const first = await peek(chunksInTurns(chunks), 64);
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
    const { gunzip } = await import('../../base/encoding/gzip.js');
    return readVectors(gunzip(first.chunks, source), source, options, true, openNeighbour);
  }
  if (looksLikeSafetensors(first.start)) {
    refuseEncoding(options, source);
    return collectVectors(first.chunks, source, options);
  }
  const { readForeignVectors } = await import('./foreign-vectors.js');
  return readForeignVectors(first.chunks, source, limit, options, openNeighbour);
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
    const { openTraining } = await import('./training-vectors.js');
    return { ...openTraining(memory.bytes(start, length), source, options), notes: [] };
  }
  // A scanner needs less than a file has; see GrowingRows.
  memory.reserve(length + (1 << 16));
  return { ...openVectors(memory.bytes(start, length), source, options), memory };
}
