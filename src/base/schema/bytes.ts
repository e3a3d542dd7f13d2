import { wrongValue, type Schema } from './schema.js';

const EXPECTED = 'the bytes of a file, as a Uint8Array or an ArrayBuffer';

/** The bytes of a file: an array of bytes, or the buffer that `fetch` and file inputs give. */
export const fileBytes: Schema<Uint8Array> = {
  expected: EXPECTED,
  parse(value, name) {
    if (value instanceof Uint8Array) return value;
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
    const hint =
      typeof value === 'string' ? 'For a path use load, or encode the text with TextEncoder.' : undefined;
    throw wrongValue(name, EXPECTED, value, hint);
  },
};
