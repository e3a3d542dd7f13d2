import { SeqkitError } from '../errors.js';
import { nearestName } from './nearest-name.js';
import { isPlainObject } from './plain-object.js';
import { quoted, shown } from './shown.js';
import type { OptionalSchema, Schema } from './schema.js';

/** A schema for each option: the compiler asks for those that are left out, and for `optional` where it belongs. */
export type OptionTable<Options> = {
  readonly [Key in keyof Options]-?: object extends Pick<Options, Key>
    ? OptionalSchema<Exclude<Options[Key], undefined>>
    : Schema<Options[Key]>;
};

/** The schema of an options object. */
export interface OptionsSchema<Options> extends Schema<Options> {
  readonly table: OptionTable<Options>;
  /** @param where whose options they are, in errors. @default as the schema was made with */
  parse(value: unknown, where?: string): Options;
}

/**
 * The one place where an options object is checked: that it is an object, has no key that means nothing, has all that
 * must be there, and that each value is of its kind and in its range.
 * @param where whose options they are, such as `Dense` or `fit`
 * @returns a schema whose `parse` gives a new object with the values as seqkit uses them, in the order given; options
 * that are undefined are not in it. `parse(undefined)` is `parse({})`.
 */
export function optionsSchema<Options extends object>(
  where: string,
  table: OptionTable<Options>,
): OptionsSchema<Options> {
  const names = Object.keys(table) as (keyof Options & string)[];
  return {
    table,
    expected: 'an object of options',
    parse(value, place = where) {
      const given: unknown = value === undefined ? {} : value;
      if (!isPlainObject(given)) throw noOptions(given, place, table);
      for (const key of Object.keys(given)) {
        if (Object.hasOwn(table, key)) continue;
        throw isLiteral(given) ? unknownOption(place, key, names) : noOptions(given, place, table);
      }
      const parsed: Partial<Record<string, unknown>> = {};
      // In the order given, which files keep: a run is told from another by what its file says of it.
      for (const name of new Set([...(Object.keys(given) as (keyof Options & string)[]), ...names])) {
        const [option, schema] = [given[name], table[name] as Schema<unknown>];
        if (option !== undefined) parsed[name] = schema.parse(option, `${place}: ${name}`);
        else if (!('optional' in schema)) throw missingOption(place, name, schema);
      }
      return parsed as Options;
    },
  };
}

/** Whether an object is of no class: what a class has besides options is no misspelt option. */
function isLiteral(value: object): boolean {
  return ['Object', undefined].includes(
    (Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null)?.constructor?.name,
  );
}

/** Something stands where the options should: perhaps the value of one of them. */
function noOptions(value: unknown, where: string, table: Readonly<Record<string, unknown>>): SeqkitError {
  const names = Object.keys(table);
  const meant = names.find((name) => name !== 'name' && accepts(table[name] as Schema<unknown>, value));
  const list = `The options are ${names.join(', ')}.`;
  return new SeqkitError(`The options of ${where} must be an object, not ${shown(value)}.`, {
    code: 'usage',
    hint: meant === undefined ? list : `If it is the ${meant}, write { ${meant}: ... }. ${list}`,
  });
}

function accepts(schema: Schema<unknown>, value: unknown): boolean {
  try {
    schema.parse(value, '');
    return true;
  } catch {
    return false;
  }
}

function unknownOption(where: string, key: string, names: readonly string[]): SeqkitError {
  const near = nearestName(key, names);
  const list = names.length === 0 ? 'It takes none.' : `The options are ${names.join(', ')}.`;
  return new SeqkitError(`${where} has no option ${quoted(key)}.`, {
    code: 'usage',
    hint: near === undefined ? list : `Did you mean "${near}"? ${list}`,
  });
}

function missingOption(where: string, name: string, schema: Schema<unknown>): SeqkitError {
  return new SeqkitError(`${where} needs the option "${name}".`, {
    code: 'usage',
    hint: `Give ${name}: ${schema.expected}.`,
  });
}
