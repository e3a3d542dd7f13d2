import type { AbortSignalLike } from '../abort-signal.js';
import { SeqkitError } from '../errors.js';
import type { ByteChunks } from '../encoding/byte-chunks.js';
import { EventLoopYielder, showsPage } from './yield-to-event-loop.js';

/** Does all steps of a work at once. @returns its result */
export function finish<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * Does the steps of a work, and lets timers, input and signals have their turn between them.
 * @param what is said to be stopped where the signal says so, such as `The reading of the clips`
 * @throws SeqkitError `stopped`
 */
export async function finishInTurns<T>(
  steps: Iterator<unknown, T>,
  what: string,
  signal?: AbortSignalLike,
): Promise<T> {
  const eventLoop = new EventLoopYielder();
  for (;;) {
    if (signal?.aborted) throw new SeqkitError(`${what} was stopped.`, { code: 'stopped' });
    const step = steps.next();
    if (step.done) return step.value;
    await eventLoop.give();
  }
}

/** A reader has done with so many bytes within a frame. */
const PIECE_BYTES = 1 << 16;

/**
 * The same bytes, on the thread of a page in pieces, between which timers, input and frames have their turn: chunks that
 * have come already would follow each other without.
 */
export function chunksInTurns(chunks: ByteChunks): ByteChunks {
  return showsPage() ? piecesInTurns(chunks) : chunks;
}

async function* piecesInTurns(chunks: ByteChunks): ByteChunks {
  const eventLoop = new EventLoopYielder();
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES);
      await eventLoop.give();
    }
  }
}
