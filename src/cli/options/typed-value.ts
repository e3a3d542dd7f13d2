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
    if (!(error instanceof SeqkitError) || !['usage', 'bad-value'].includes(error.code)) throw error;
    throw new SeqkitError(flag === undefined ? error.message : `${flag}: ${error.message}`, {
      code: 'usage',
      cause: error,
      ...(error.hint !== undefined && { hint: error.hint }),
    });
  }
}
