/**
 * What ends work early: the signal of an AbortController, by the part of it that is used, so that one of any realm
 * will do (a page's frames and some test runners have classes of their own) and no platform's types are needed.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
}
