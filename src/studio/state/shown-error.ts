/** An error as a person reads it. */
export interface ShownError {
  readonly message: string;
  /** What to do. */
  readonly hint?: string | undefined;
}

/** What went wrong, as sentences. seqkit's own errors say what to do; of others the browser's words are all there is. */
export function shownError(error: unknown): ShownError {
  const { message, hint } = error as { message?: unknown; hint?: unknown };
  if (typeof message !== 'string') return { message: String(error) };
  if (typeof hint === 'string') return { message, hint };
  return { message };
}

/** Whether an error only says that the user stopped something. */
export const isStop = (error: unknown): boolean =>
  (error as { code?: unknown }).code === 'stopped' || (error as { name?: unknown }).name === 'AbortError';
