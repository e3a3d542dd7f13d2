import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { looksLikeSafetensors } from '../../base/encoding/safetensors.js';
import { VectorMemory } from '../scan/vector-memory.js';
import { peek } from '../../base/encoding/byte-chunks.js';
import { looksZipped } from '../../base/encoding/packed-start.js';
import type { ReadOptions } from './read-options.js';
import type { ReadVectors } from './read-result.js';
import { readVectors, refuseEncoding } from './read-vectors.js';
import { openVectors } from './seqkit-file.js';
import { looksLikeTraining, TRAINING_START_BYTES } from './training-start.js';

type Files = typeof import('../../base/host/files.js');

/**
 * As `readVectors`, from a path: seqkit's own file goes into memory as it lies, in large chunks; of a zip archive,
 * as GloVe's come, the one file that it holds is read.
 */
export async function loadVectors(files: Files, path: string, options: ReadOptions): Promise<ReadVectors> {
  const { chunks } = await files.openByteStream(path, 'the vectors', { reuse: true });
  const first = await peek(chunks, TRAINING_START_BYTES);
  try {
    if (!looksLikeSafetensors(first.start) && !looksZipped(first.start)) {
      return await readVectors(first.chunks, path, options);
    }
  } finally {
    // Also where a reader gave up before it asked for anything.
    await first.close();
  }
  if (looksZipped(first.start)) {
    const { openZip } = await import('../../base/host/zip-file.js');
    const { name, chunks } = await openZip(path);
    return readVectors(chunks, `${path} (${name})`, options);
  }
  refuseEncoding(options, path);
  if (looksLikeTraining(first.start)) {
    const { openTraining } = await import('./training-vectors.js');
    return { ...openTraining(files.readFileBytes(path, 'the training'), path, options), notes: [] };
  }
  return loadSeqkitFile(files, path, 'the vectors', options);
}

/** Opens a file that seqkit wrote. */
export async function loadSeqkitFile(files: Files, path: string, what: string, options: VerifyOptions = {}) {
  const memory = new VectorMemory();
  const bytes = await files.readFileInto(path, what, (size) => {
    const start = memory.allocate(size);
    // A scanner needs less than a file has; see GrowingRows.
    memory.reserve(size + (1 << 16));
    return memory.bytes(start, size);
  });
  return { ...openVectors(bytes, path, options), memory };
}
