import { SeqkitError } from '../../base/errors.js';
import { isNumberArray, listOf, wrongValue, type Schema } from '../../base/schema/index.js';

/** A word, as the vectors spell it. */
export const word: Schema<string> = {
  expected: 'a word, as text',
  parse(value, name) {
    if (typeof value === 'string') return value;
    const hint =
      typeof value === 'number'
        ? 'A word that is a number is text too: "1984".'
        : Array.isArray(value)
          ? 'Give one word, not a list.'
          : undefined;
    throw wrongValue(name, this.expected, value, hint);
  },
};

/** Words in an array. */
export const words: Schema<string[]> = {
  expected: 'an array of words',
  parse(value, name) {
    const hint = typeof value === 'string' ? `For one word give ["${value.slice(0, 40)}"].` : undefined;
    if (!Array.isArray(value)) throw wrongValue(name, this.expected, value, hint);
    return listOf(word).parse(value, name);
  },
};

/** Two words. */
export const wordPair: Schema<readonly [string, string]> = {
  expected: 'a pair of words',
  parse(value, name) {
    if (!Array.isArray(value) || value.length !== 2) throw wrongValue(name, this.expected, value);
    return words.parse(value, name) as [string, string];
  },
};

/** A vector: an array of finite numbers, plain or typed. How many there must be is for others to say. */
export const vector: Schema<ArrayLike<number>> = {
  expected: 'a vector, an array of finite numbers',
  parse(value, name) {
    if (!isNumberArray(value)) throw wrongValue(name, this.expected, value);
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (!Number.isFinite(item)) throw wrongValue(`${name}[${i}]`, 'a finite number', item);
    }
    return value;
  },
};

/**
 * A vector of vectors' size.
 * @throws SeqkitError `bad-shape` where it is of another size, `bad-value` where it is no vector
 */
export function vectorOfSize(value: unknown, vectorSize: number, name: string): ArrayLike<number> {
  const given = vector.parse(value, name);
  if (given.length === vectorSize) return given;
  throw new SeqkitError(`${name} has ${given.length} numbers, and these vectors ${vectorSize}.`, {
    code: 'bad-shape',
  });
}
