import type { ByteChunks } from '../encoding/byte-chunks.js';
import { SeqkitError } from '../errors.js';
import { shown } from '../schema/index.js';

/**
 * Asks for what is at an address; its bytes come as they arrive.
 * @throws SeqkitError `file-access` where it cannot be fetched, or the answer is an error
 */
export async function fetchFile(address: string): Promise<{ name: string; chunks: ByteChunks }> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (cause) {
    throw new SeqkitError(`${shown(address)} cannot be fetched: ${reasonOf(cause)}.`, {
      code: 'file-access',
      hint: 'Check the address and the connection; a page may fetch from elsewhere only what allows it (CORS).',
      cause,
    });
  }
  if (!response.ok || response.body === null) {
    const status = `${response.status} ${response.statusText}`.trim();
    throw new SeqkitError(`${shown(address)} cannot be fetched: the answer is ${status}.`, {
      code: 'file-access',
      hint: 'Check the address: is the file served there?',
    });
  }
  return { name: address, chunks: ofStream(response.body, address) };
}

/** Of errors that say only that something failed the cause, which says what. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: unknown; cause?: { message?: unknown } };
  return String(cause?.message ?? message ?? error);
}

/** By its reader: not every browser lets a stream be iterated. */
async function* ofStream(stream: ReadableStream<Uint8Array>, address: string): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new SeqkitError(`${shown(address)} was cut off: ${reasonOf(cause)}.`, {
          code: 'file-access',
          hint: 'Try again.',
          cause,
        });
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Of one that was read to its end this does nothing.
    await reader.cancel().catch(() => undefined);
  }
}
