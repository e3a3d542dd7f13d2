import { wrongValue, type OptionalSchema, type Schema } from './schema.js';

/** A schema for each field; undefined may stand where it is `optional`. */
export type FieldTable<T> = {
  readonly [Key in keyof T]-?: object extends Pick<T, Key>
    ? OptionalSchema<Exclude<T[Key], undefined>>
    : Schema<T[Key]>;
};

/**
 * An object that has some fields, whatever else it has: of any class, and taken as it is. For options, where a key
 * that means nothing is a slip of the pen, see `optionsSchema`.
 * @param expected what it is, as it stands behind "must be"
 */
export function fieldsOf<T extends object>(expected: string, table: FieldTable<T>): Schema<T> {
  const fields = Object.entries(table) as [keyof T & string, Schema<unknown>][];
  return {
    expected,
    parse(value, name) {
      if (typeof value !== 'object' || value === null) throw wrongValue(name, expected, value);
      for (const [field, schema] of fields) {
        const item = (value as T)[field];
        if (item === undefined && 'optional' in schema) continue;
        schema.parse(item, `${name}.${field}`);
      }
      return value as T;
    },
  };
}
