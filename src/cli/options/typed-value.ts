import { SeqkitError } from '../../base/errors.js';

/**
 * What the library makes of what was typed for an option, or of several options together.
 * @param flag the option, for the error; undefined for several, which the library's error names
 * @throws SeqkitError `usage` where the library refuses the value
 */
export function typedValue<Value>(flag: string | undefined, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw asUsage(flag, error);
  }
}

/** The same of what takes time. */
export async function typedValueOf<Value>(
  flag: string | undefined,
  read: () => Promise<Value>,
): Promise<Value> {
  try {
    return await read();
  } catch (error) {
    throw asUsage(flag, error);
  }
}

function asUsage(flag: string | undefined, error: unknown): unknown {
  if (!(error instanceof SeqkitError) || !['usage', 'bad-value'].includes(error.code)) return error;
  return new SeqkitError(flag === undefined ? error.message : `${flag}: ${error.message}`, {
    code: 'usage',
    cause: error,
    ...(error.hint !== undefined && { hint: error.hint }),
  });
}
