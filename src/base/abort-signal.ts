import { SeqkitError } from './errors.js';

/**
 * What ends work early: the signal of an AbortController, by the part of it that is used, so that one of any realm
 * will do (a page's frames and some test runners have classes of their own) and no platform's types are needed.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
}

/**
 * What to throw where a signal has ended a work: its reason, as the platform does it, or where it has none an error that
 * says so.
 * @param what is said to be stopped, such as `The training`
 */
export function abortReason({ reason }: AbortSignalLike, what: string): unknown {
  return reason ?? new SeqkitError(`${what} was stopped.`, { code: 'stopped' });
}
