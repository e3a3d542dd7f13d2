import { SeqkitError } from '../../base/errors.js';
import { holdsControlBytes } from './text-layout.js';
import { lineFeeds, TextPlace } from './text-place.js';

/** Bytes that come a piece at a time; a piece may be gone when the next one is asked for. */
export type ByteChunks = AsyncIterable<Uint8Array>;

/** One piece, as chunks. */
export async function* singleChunk(bytes: Uint8Array): ByteChunks {
  yield bytes;
}

/**
 * Looks at the first bytes.
 * @param count how many to see; fewer come where there are no more
 * @returns the first bytes, whether they are all, chunks that begin with them again, and what
 *   closes the file where no chunks are wanted
 */
export async function peek(
  chunks: ByteChunks,
  count: number,
): Promise<{ start: Uint8Array; complete: boolean; chunks: ByteChunks; close(): Promise<void> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let length = 0;
  let complete = false;
  while (length < count && !complete) {
    const last = seen.length - 1;
    if (last >= 0) seen[last] = seen[last].slice();
    const next = await iterator.next();
    if (next.done === true) complete = true;
    else {
      seen.push(next.value);
      length += next.value.length;
    }
  }
  const whole = seen.length === 1 ? seen[0] : concatenate(seen);
  const start = whole.subarray(0, count);
  return {
    start,
    complete: complete && whole.length <= count,
    chunks: resume(whole, iterator),
    async close() {
      await iterator.return?.();
    },
  };
}

async function* resume(start: Uint8Array, iterator: AsyncIterator<Uint8Array>): ByteChunks {
  try {
    yield start;
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Closes the file where the reader stops before the end.
    await iterator.return?.();
  }
}

/** All the bytes in one array, of pieces that each have memory of their own. */
export async function collect(chunks: ByteChunks): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return concatenate(parts);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether bytes begin as a gzip file does. */
export function looksGzipped(start: Uint8Array): boolean {
  return start[0] === 0x1f && start[1] === 0x8b;
}

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

/** The stream that unpacks asks for the next piece before it is done with the last. */
async function* copies(chunks: ByteChunks): ByteChunks {
  for await (const chunk of chunks) yield chunk.slice();
}

/** Packs as gzip; each piece has memory of its own. */
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

/**
 * Turns text of another encoding into UTF-8.
 * @param encoding a label of the Encoding Standard, such as `latin1` or `utf-16le`
 * @throws SeqkitError `bad-value` for an unknown label; `bad-file` where the bytes do not fit it, with the line
 *   and the byte
 */
export async function* toUtf8(chunks: ByteChunks, encoding: string, source: string): ByteChunks {
  const decoder = fatalDecoder(encoding);
  // Decodes what the other has decoded: once that fails, this one stands before the fault.
  const follower = fatalDecoder(encoding);
  const encoder = new TextEncoder();
  let line = 1;
  let bytes = 0;
  const refused = (at: number): SeqkitError =>
    new SeqkitError(
      `${source}: line ${line} is not valid ${encoding}: byte ${at} of the file does not fit.`,
      {
        code: 'bad-file',
        hint: 'State its encoding, or mend that line.',
      },
    );
  for await (const chunk of chunks) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      for (let i = 0; i < chunk.length; i++) {
        try {
          if (follower.decode(chunk.subarray(i, i + 1), { stream: true }).includes('\n')) line++;
        } catch {
          throw refused(bytes + i);
        }
      }
      throw refused(bytes);
    }
    follower.decode(chunk, { stream: true });
    const utf8 = encoder.encode(text);
    line += lineFeeds(utf8);
    bytes += chunk.length;
    yield utf8;
  }
  try {
    decoder.decode();
  } catch {
    // The last character lacks a byte.
    throw refused(bytes - 1);
  }
}

function fatalDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw new SeqkitError(`There is no text encoding called "${encoding}".`, {
      code: 'bad-value',
      hint: 'Examples: utf-8, latin1, windows-1251, utf-16le, gb18030.',
    });
  }
}
