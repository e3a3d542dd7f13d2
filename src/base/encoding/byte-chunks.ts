/** Bytes that come a chunk at a time; a chunk may be gone when the next one is asked for. */
export type ByteChunks = AsyncIterable<Uint8Array>;

/** One chunk, as chunks. */
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

/** Chunks that stay as they are when the next one is asked for. */
export async function* ownChunks(chunks: ByteChunks): ByteChunks {
  for await (const chunk of chunks) yield chunk.slice();
}

/** All the bytes in one array, of chunks that each have memory of their own. */
export async function collect(chunks: ByteChunks): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return parts.length === 1 ? parts[0] : concatenate(parts);
}

/** All parts one after the other, in memory of their own. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
