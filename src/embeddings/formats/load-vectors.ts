import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { looksLikeSafetensors } from '../../base/encoding/safetensors.js';
import { VectorMemory } from '../scan/vector-memory.js';
import { peek } from './byte-chunks.js';
import { readVectors, refuseEncoding, type ReadOptions, type ReadVectors } from './read-vectors.js';
import { openVectors } from './seqkit-file.js';

type Files = typeof import('../../base/host/files.js');

/** As `readVectors`, from a path: seqkit's own file goes into memory as it lies, in large pieces. */
export async function loadVectors(files: Files, path: string, options: ReadOptions): Promise<ReadVectors> {
  const { chunks } = await files.openByteStream(path, 'the vectors', { reuse: true });
  const first = await peek(chunks, 16);
  try {
    if (!looksLikeSafetensors(first.start)) return await readVectors(first.chunks, path, options);
  } finally {
    // Also where a reader gave up before it asked for anything.
    await first.close();
  }
  refuseEncoding(options, path);
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
