import { SeqkitError } from '../errors.js';
import { holdsControlBytes } from './control-bytes.js';
import type { ByteChunks } from './byte-chunks.js';
import { TextPlace } from './text-place.js';

/**
 * Unpacks gzip.
 * @throws SeqkitError `bad-file` for a file that is cut short or damaged, with the line and the byte of its
 *   content that were reached; of content that is no text, the byte
 */
export async function* gunzip(chunks: ByteChunks, source: string): ByteChunks {
  const place = new TextPlace();
  let isText = true;
  const unpacked = through(copies(chunks), new DecompressionStream('gzip'), (error) => {
    const reached = isText ? `line ${place.line}, byte ${place.bytes}` : `byte ${place.bytes}`;
    return new SeqkitError(
      `${source}: the gzip data is damaged or cut short (${error.message}); what it holds could be read as far as ${reached}.`,
      { code: 'bad-file', hint: 'Copy or download it again.', cause: error },
    );
  });
  for await (const chunk of unpacked) {
    if (place.bytes === 0) isText = !holdsControlBytes(chunk);
    place.pass(chunk);
    yield chunk;
  }
}

/** The stream that unpacks asks for the next chunk before it is done with the last. */
async function* copies(chunks: ByteChunks): ByteChunks {
  for await (const chunk of chunks) yield chunk.slice();
}

/** Packs as gzip; each chunk has memory of its own. */
export function gzip(chunks: ByteChunks): ByteChunks {
  return through(chunks, new CompressionStream('gzip'), (error) => error);
}

/** @param describe what an error of the transformation means */
async function* through(
  chunks: ByteChunks,
  transformation: ReadableWritablePair<Uint8Array, BufferSource>,
  describe: (error: Error) => Error,
): ByteChunks {
  // Chunks that cannot be read have an error of their own, which the stream would hand on as its.
  let readError: Error | undefined;
  const before = new ReadableStream<BufferSource>(pullFrom(chunks, (error) => (readError = error)));
  const reader = before.pipeThrough(transformation).getReader();
  try {
    for (;;) {
      const next = await reader.read();
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    throw readError ?? describe(error as Error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function pullFrom(
  chunks: ByteChunks,
  onError: (error: Error) => void,
): UnderlyingDefaultSource<BufferSource> {
  const iterator = chunks[Symbol.asyncIterator]();
  return {
    async pull(controller) {
      try {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value as BufferSource);
      } catch (error) {
        onError(error as Error);
        throw error;
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  };
}
