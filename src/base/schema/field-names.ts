import type { OptionsSchema } from './options-schema.js';
import { isPlainObject } from './plain-object.js';

/** The name in code of each field that files have under another. */
export type FieldNames = Readonly<Record<string, string>>;

/** An object's fields under the names that files have for them, in the same order. */
export function toStoredNames(value: object, names: FieldNames): Record<string, unknown> {
  const stored = new Map(Object.entries(names).map(([inFile, inCode]) => [inCode, inFile]));
  return renamed(value, (name) => stored.get(name) ?? name);
}

/** The schema of an object whose fields have other names in files. */
export function storedNames<Options>(
  schema: OptionsSchema<Options>,
  names: FieldNames,
): OptionsSchema<Options> {
  return {
    ...schema,
    parse: (value, where) =>
      schema.parse(
        isPlainObject(value)
          ? renamed(value, (name) => (Object.hasOwn(names, name) ? names[name] : name))
          : value,
        where,
      ),
  };
}

function renamed(value: object, nameOf: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [nameOf(name), field]));
}
