/**
 * Every error that seqkit raises on purpose: what was given, what was expected,
 * and what to do next, with a code that stays the same between releases.
 */
export type ErrorCode =
  /** Wrong usage: an unknown option, a contradiction, a missing argument. */
  | 'usage'
  /** A value outside its range or of the wrong kind. */
  | 'bad-value'
  /** Arrays whose shapes do not fit each other. */
  | 'bad-shape'
  /** A file that is missing, or may not be read or written. */
  | 'file-access'
  /** A file that is there already and would be overwritten. */
  | 'file-exists'
  /** A file whose contents are damaged or of another kind. */
  | 'bad-file'
  /** A word that the vocabulary does not hold. */
  | 'unknown-word'
  /** The machine has not enough memory, open files or threads. */
  | 'resources'
  /** Too little data for what was asked. */
  | 'too-little-data'
  /** The loss became NaN or infinite. */
  | 'diverged'
  /** Ended on request before it was done, its state saved. */
  | 'stopped'
  /** The user or the browser does not allow it, such as the microphone. */
  | 'permission'
  /** An engine or device that cannot do what was asked. */
  | 'engine';

/** An error for the user to read: `message` says what is wrong, `hint` what to do. */
export class SeqkitError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  /**
   * @param message what was given and what was expected
   * @param options.code stable, for programs to test
   * @param options.hint the next step, as a sentence
   */
  constructor(message: string, options: { code: ErrorCode; hint?: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SeqkitError';
    this.code = options.code;
    this.hint = options.hint;
  }
}
