import { isPlainObject } from './plain-object.js';
import { wrongValue, type Schema } from './schema.js';

/**
 * An object that holds at least these entries, such as a recording: data rather than options, so that it may hold
 * others and is taken as it is, not copied. Entries that are `optional` may be missing.
 * @param kind as in the sentence "must be a waveform"
 * @param rule what its entries must be to each other; it throws where they are not
 */
export function objectWith<T extends object>(
  kind: string,
  entries: Readonly<Record<string, Schema<unknown>>>,
  rule?: (value: T, name: string) => void,
): Schema<T> {
  const list = Object.entries(entries);
  const keys = list.map(([key]) => key).join(', ');
  const expected = keys === '' ? kind : `${kind}, an object with ${keys}`;
  return {
    expected,
    parse(value, name) {
      if (!isPlainObject(value)) throw wrongValue(name, expected, value);
      for (const [key, schema] of list) {
        const entry = value[key];
        if (entry === undefined && 'optional' in schema) continue;
        schema.parse(entry, `${name}.${key}`);
      }
      rule?.(value as T, name);
      return value as T;
    },
  };
}
