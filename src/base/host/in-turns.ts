import type { AbortSignalLike } from '../abort-signal.js';
import { SeqkitError } from '../errors.js';
import { EventLoopYielder } from './yield-to-event-loop.js';

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
