import { describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import {
  callback,
  choice,
  either,
  flag,
  instanceOf,
  listOf,
  nearestName,
  number,
  numberOrInfinity,
  optional,
  optionsSchema,
  parseStored,
  recordOf,
  shown,
  someText,
  text,
  wholeNumber,
  type Schema,
} from '../../src/base/schema/index.js';
import { wrongValues } from '../support/wrong-values.js';

/** What `parse` throws, or a failed test. */
function refusal(parse: () => unknown): SeqkitError {
  try {
    parse();
  } catch (error) {
    if (error instanceof SeqkitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

interface ToyOptions {
  units: number;
  activation?: 'relu' | 'hardSigmoid';
  threads?: number | undefined;
}

const toy = optionsSchema<ToyOptions>('Toy', {
  units: wholeNumber({ min: 1 }),
  activation: optional(choice(['relu', 'hardSigmoid'])),
  threads: optional(wholeNumber({ min: 1, max: 64 })),
});

describe('optionsSchema', () => {
  it('gives the options as seqkit uses them, a new object without what is undefined', () => {
    const given = { units: 3, activation: 'hard_sigmoid', threads: undefined };
    expect(toy.parse(given)).toStrictEqual({ units: 3, activation: 'hardSigmoid' });
    expect(given.activation).toBe('hard_sigmoid');
  });

  it.each([
    [{}, 'usage', 'Toy needs the option "units".', 'Give units: a whole number of at least 1.'],
    [undefined, 'usage', 'Toy needs the option "units".', 'Give units'],
    [null, 'usage', 'The options of Toy must be an object, not null.', 'units, activation, threads'],
    [
      7,
      'usage',
      'The options of Toy must be an object, not 7.',
      'If it is the units, write { units: ... }. The',
    ],
    [
      'relu',
      'usage',
      'The options of Toy must be an object, not "relu".',
      'If it is the activation, write {',
    ],
    [0.5, 'usage', 'The options of Toy must be an object, not 0.5.', 'The options are units, activation'],
    // What looks like options, but is an object of a class.
    [
      new (class Other {
        kind = 1;
      })(),
      'usage',
      'The options of Toy must be an object, not an Other.',
      'The options are',
    ],
    [[1], 'usage', 'The options of Toy must be an object, not [1].', 'units'],
    [{ units: 3, unit: 4 }, 'usage', 'Toy has no option "unit".', 'Did you mean "units"?'],
    [{ units: 3, toString: 4 }, 'usage', 'Toy has no option "toString".', 'The options are'],
    [JSON.parse('{"units":3,"__proto__":4}'), 'usage', 'Toy has no option "__proto__".', 'The options are'],
    [{ units: '3' }, 'bad-value', 'Toy: units must be a whole number of at least 1, not "3".', 'is text'],
    [{ units: 0 }, 'bad-value', 'Toy: units must be a whole number of at least 1, not 0.', undefined],
    [{ units: 3, threads: 65 }, 'bad-value', 'a whole number from 1 to 64, not 65.', undefined],
    [{ units: 3, activation: 'ReLU' }, 'bad-value', 'one of "relu", "hardSigmoid", not "ReLU".', '"relu"'],
    [{ units: 3, activation: 'hardsigmod' }, 'bad-value', 'not "hardsigmod".', 'Did you mean "hardSigmoid"?'],
    [{ units: 3, activation: null }, 'bad-value', 'not null.', undefined],
  ])('refuses %o', (given, code, message, hint) => {
    const error = refusal(() => toy.parse(given));
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    if (hint === undefined) expect(error.hint).toBeUndefined();
    else expect(error.hint).toContain(hint);
  });
});

describe('schemas of values', () => {
  const all: Readonly<Record<string, Schema<unknown>>> = {
    number: number(),
    numberOrInfinity: numberOrInfinity({ min: 0 }),
    wholeNumber: wholeNumber(),
    flag,
    text,
    someText,
    callback: callback(),
    choice: choice(['a', 'b']),
    instance: instanceOf(RegExp, 'a RegExp'),
    list: listOf(number()),
    record: recordOf(text),
    either: either(number(), listOf(text, { min: 1 })),
    options: optionsSchema('Options', {}),
  };
  /** By hand: the titles in `wrongValues` that each schema takes. */
  const taken: Readonly<Record<string, readonly string[]>> = {
    number: ['0', '-1', '1.5', '2^53', '1e308'],
    numberOrInfinity: ['0', '1.5', 'Infinity', '2^53', '1e308'],
    wholeNumber: ['0', '-1'],
    flag: ['true', 'false'],
    text: ['an empty text', 'a text', 'a number as text', 'a text that names an object key', 'another'],
    someText: ['a text', 'a number as text', 'a text that names an object key', 'another'],
    callback: ['a function', 'a class'],
    choice: [],
    instance: [],
    list: ['an empty array', 'an array of numbers'],
    record: ['an object', 'an object without a prototype'],

    either: ['0', '-1', '1.5', '2^53', '1e308', 'an array of texts'],
    options: ['undefined', 'an object', 'an object without a prototype'],
  };

  it.each(Object.keys(all))('%s takes what it says and refuses the rest, naming it', (name) => {
    const found: string[] = [];
    for (const [title, value] of wrongValues) {
      try {
        all[name].parse(value, 'given');
        found.push(title);
      } catch (error) {
        expect(error).toBeInstanceOf(SeqkitError);
        expect((error as SeqkitError).message).toContain('given');
      }
    }
    expect(found).toEqual(taken[name]);
  });

  it('names the item of an array that does not fit', () => {
    expect(refusal(() => listOf(number()).parse([1, NaN], 'weights')).message).toBe(
      'weights[1] must be a number, not NaN.',
    );
  });

  it('says what is wrong inside an object that is one of several kinds', () => {
    const schema = either(flag, toy);
    expect(refusal(() => schema.parse({ units: -1 }, 'fit: toy')).message).toBe(
      'fit: toy: units must be a whole number of at least 1, not -1.',
    );
    expect(refusal(() => schema.parse('x', 'fit: toy')).message).toBe(
      'fit: toy must be true or false, or an object of options, not "x".',
    );
  });

  it('blames the file for what stands in it', () => {
    expect(refusal(() => parseStored(toy, { units: 0 }, 'layers[1]', 'm.safetensors'))).toMatchObject({
      code: 'bad-file',
      message: 'm.safetensors: layers[1]: units must be a whole number of at least 1, not 0.',
    });
  });
});

describe('nearestName', () => {
  const names = ['relu', 'hardSigmoid', 'sigmoid', 'leakyRelu'];
  it.each([
    ['hard_sigmoid', 'hardSigmoid'],
    ['RELU', 'relu'],
    ['sigmiod', 'sigmoid'],
    ['leakyReLU', 'leakyRelu'],
    ['hard', 'hardSigmoid'],
    ['xyz', undefined],
    ['', undefined],
    ['r'.repeat(1e6), undefined],
  ])('of %s is %s', (given, expected) => expect(nearestName(given, names)).toBe(expected));
});

describe('shown', () => {
  const hostile = (): object =>
    new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error('no');
        },
      },
    );
  it.each([
    ['a\u001b[31mb\u009b\n', String.raw`"a\u001b[31mb\u009b\n"`],
    ['x'.repeat(100), `"${'x'.repeat(60)}"...`],
    [new Float32Array(3), 'a Float32Array of 3'],
    [[1, 'a'], '[1, "a"]'],
    [new Map(), 'a Map'],
    [-0, '-0'],
  ])('%# is on one line', (value, expected) => expect(shown(value)).toBe(expected));

  it('survives an object that throws', () => expect(shown(hostile())).toBe('an object'));
});
