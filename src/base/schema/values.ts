import { SeqkitError } from '../errors.js';
import { nearestName } from './nearest-name.js';
import { isPlainObject } from './plain-object.js';
import { quoted, shown } from './shown.js';
import { schemaOf, wrongValue, type Schema } from './schema.js';

/** Where a number must lie; a bound that is left out does not bind. */
export interface Bounds {
  /** It may be this and more. */
  min?: number;
  /** It may be this and less. */
  max?: number;
  /** It must be more than this. */
  above?: number;
  /** It must be less than this. */
  below?: number;
}

function within(value: number, { min, max, above, below }: Bounds): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

function boundsInWords({ min, max, above, below }: Bounds): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const words: string[] = [];
  if (min !== undefined) words.push(`of at least ${min}`);
  if (above !== undefined) words.push(`above ${above}`);
  if (max !== undefined) words.push(`of at most ${max}`);
  if (below !== undefined) words.push(`below ${below}`);
  return words.length === 0 ? '' : ` ${words.join(' and ')}`;
}

/** A whole number that a double holds exactly. */
export function wholeNumber(bounds: Bounds = {}): Schema<number> {
  return schemaOf(
    `a whole number${boundsInWords(bounds)}`,
    (value) => Number.isSafeInteger(value) && within(value as number, bounds),
    numberHint,
  );
}

/** A finite number. */
export function number(bounds: Bounds = {}): Schema<number> {
  return schemaOf(
    `a number${boundsInWords(bounds)}`,
    (value) => Number.isFinite(value) && within(value as number, bounds),
    numberHint,
  );
}

/** A number, or Infinity where that means "without end". */
export function numberOrInfinity(bounds: Bounds = {}): Schema<number> {
  return schemaOf(
    `a number${boundsInWords(bounds)}, or Infinity`,
    (value) => typeof value === 'number' && !Number.isNaN(value) && within(value, bounds),
    numberHint,
  );
}

/** Numbers often come as text, from a form or a command line. */
function numberHint(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.trim() === '' || !Number.isFinite(Number(value))) return undefined;
  return `${quoted(value)} is text: give the number itself.`;
}

/** True or false, and nothing that merely counts as either. */
export const flag: Schema<boolean> = schemaOf('true or false', (value) => typeof value === 'boolean');

/** Text of any length. */
export const text: Schema<string> = schemaOf('text', (value) => typeof value === 'string');

/** Text of at least one character. */
export const someText: Schema<string> = schemaOf(
  'text that is not empty',
  (value) => typeof value === 'string' && value !== '',
);

/** A function of any kind; what it takes and gives cannot be told beforehand. */
export function callback<F extends (...args: never[]) => unknown>(): Schema<F> {
  return schemaOf('a function', (value) => typeof value === 'function');
}

/** Anything at all: what others check. */
export function anything<T = unknown>(): Schema<T> {
  return { expected: 'anything', parse: (value) => value as T };
}

/**
 * One of a few names. `snake_case`, as Keras spells its own, is taken for our `camelCase`.
 * @param also other spellings that people know, by the name that each stands for: `{ mse: 'meanSquaredError' }`
 */
export function choice<const Name extends string>(
  names: readonly Name[],
  also: Readonly<Record<string, NoInfer<Name>>> = {},
): Schema<Name> {
  const expected =
    names.length === 1 ? `"${names[0]}"` : `one of ${names.map((name) => `"${name}"`).join(', ')}`;
  const isOne = (name: string): name is Name => (names as readonly string[]).includes(name);
  return {
    expected,
    parse(value, name) {
      if (typeof value === 'string') {
        if (isOne(value)) return value;
        if (Object.hasOwn(also, value)) return also[value];
        const camel = value.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
        if (isOne(camel)) return camel;
        const near = nearestName(value, [...names, ...Object.keys(also)]);
        if (near !== undefined) throw wrongValue(name, expected, value, `Did you mean "${near}"?`);
      }
      throw wrongValue(name, expected, value);
    },
  };
}

/** Exactly this value, such as false where an option is on unless it is false. */
export function exactly<const T extends string | number | boolean | null>(wanted: T): Schema<T> {
  return schemaOf(shown(wanted), (value) => value === wanted);
}

/** An object of a class. @param kind as in the sentence "must be a Layer" */
export function instanceOf<T>(
  maker: abstract new (...args: never[]) => T,
  kind: string,
  hint?: (value: unknown) => string | undefined,
): Schema<T> {
  return schemaOf(kind, (value) => value instanceof maker, hint);
}

/** An array whose items all fit; its error names the first that does not, as `layers[2]`. */
export function listOf<T>(
  item: Schema<T>,
  { min = 0, max = Infinity }: Pick<Bounds, 'min' | 'max'> = {},
): Schema<T[]> {
  const size = min === 0 ? '' : ` with at least ${min}`;
  const expected = `an array${size}, each ${item.expected}`;
  return {
    expected,
    parse(value, name) {
      if (!Array.isArray(value)) throw wrongValue(name, expected, value);
      if (value.length < min || value.length > max) {
        const sizes = min === max ? `${min}` : `${min} to ${max}`;
        throw wrongValue(name, max === Infinity ? expected : `an array of ${sizes}`, value);
      }
      // Array.from visits holes too, which `map` would pass over.
      return Array.from(value as unknown[], (entry, i) => item.parse(entry, `${name}[${i}]`));
    },
  };
}

/** An object whose values all fit, under any keys. */
export function recordOf<T>(
  item: Schema<T>,
  { min = 0 }: Pick<Bounds, 'min'> = {},
): Schema<Record<string, T>> {
  const expected = `an object${min === 0 ? '' : ` with at least ${min}`}, each value ${item.expected}`;
  return {
    expected,
    parse(value, name) {
      if (!isPlainObject(value) || Object.keys(value).length < min) throw wrongValue(name, expected, value);
      return Object.fromEntries(
        Object.entries(value).map(([key, entry]) => [key, item.parse(entry, `${name}[${quoted(key)}]`)]),
      );
    },
  };
}

/**
 * The first of several schemas that takes the value; the error names them all, or, of an object that is of the right
 * kind but for something in it, what that is.
 */
export function either<T extends readonly unknown[]>(
  ...schemas: { readonly [K in keyof T]: Schema<T[K]> }
): Schema<T[number]> {
  const expected = schemas.map((schema) => schema.expected).join(', or ');
  return {
    expected,
    parse(value, name) {
      let nearest: string | undefined;
      for (const schema of schemas) {
        try {
          return schema.parse(value, name);
        } catch (error) {
          if (!(error instanceof SeqkitError)) throw error;
          const isDeeper =
            typeof value === 'object' && value !== null && !error.message.startsWith(`${name} must be`);
          if (isDeeper) throw error;
          nearest ??= error.hint;
        }
      }
      throw wrongValue(name, expected, value, nearest);
    },
  };
}
