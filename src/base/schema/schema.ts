import { SeqkitError, type ErrorCode } from '../errors.js';
import { shown } from './shown.js';

/** What a value from outside must be: an option, an argument, an entry of a file. */
export interface Schema<T> {
  /** What it takes, as it stands behind "must be": `a whole number of at least 1`. */
  readonly expected: string;
  /**
   * @param name whose value it is, as it stands in the error: `Dense: units`
   * @returns the value as seqkit uses it, a name in its own spelling for one
   * @throws SeqkitError that gives the name, what was expected and what came
   */
  parse(value: unknown, name: string): T;
}

/** The schema of an option that may be left out. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly optional: true;
}

/** Marks an option that may be left out; undefined counts as left out. */
export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return { expected: schema.expected, parse: (value, name) => schema.parse(value, name), optional: true };
}

/** The error of a value that is of the wrong kind or out of range. */
export function wrongValue(name: string, expected: string, value: unknown, hint?: string): SeqkitError {
  return new SeqkitError(`${name} must be ${expected}, not ${shown(value)}.`, {
    code: 'bad-value',
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A schema from a test alone: the value is taken as it is, or refused. */
export function schemaOf<T>(
  expected: string,
  takes: (value: unknown) => boolean,
  hint?: (value: unknown) => string | undefined,
): Schema<T> {
  return {
    expected,
    parse(value, name) {
      if (takes(value)) return value as T;
      throw wrongValue(name, expected, value, hint?.(value));
    },
  };
}

/**
 * Parses what stands in a file: what the schema refuses is the file's fault.
 * @param file where it stands, such as its path, before the error
 * @throws SeqkitError `bad-file` (or `code`)
 */
export function parseStored<T>(
  schema: Schema<T>,
  value: unknown,
  name: string,
  file: string,
  code: ErrorCode = 'bad-file',
): T {
  try {
    return schema.parse(value, name);
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    throw new SeqkitError(`${file}: ${error.message}`, { code, cause: error });
  }
}
