import { SeqkitError } from '../../base/errors.js';
import { isTypedNumbers, schemaOf, wrongValue, type Schema } from '../../base/schema/index.js';

/** Numbers with a shape, row-major: the last dimension varies fastest. */
export interface Tensor {
  readonly data: Float32Array | Float64Array | Int32Array;
  readonly shape: readonly number[];
}

export type NestedNumbers = number | readonly NestedNumbers[];
/** What models take: a Tensor, or numbers in nested arrays. */
export type TensorLike = Tensor | readonly NestedNumbers[];

/** How many numbers a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The most dimensions that nested arrays may have. */
const MAX_DIMENSIONS = 8;

/** A run of numbers: a typed array, or an array that holds nothing else. */
export const numbers: Schema<ArrayLike<number>> = schemaOf(
  'an array of numbers',
  (value) =>
    isTypedNumbers(value) ||
    (Array.isArray(value) && Array.from(value as unknown[]).every((item) => typeof item === 'number')),
);

/** Sizes of dimensions. */
export const sizes: Schema<readonly number[]> = schemaOf(
  'an array of sizes, whole numbers',
  (value) =>
    Array.isArray(value) &&
    Array.from(value as unknown[]).every((size) => Number.isSafeInteger(size) && (size as number) >= 0),
);

/**
 * A Tensor over `data`.
 * @throws SeqkitError `bad-shape` where the shape does not hold as many numbers as there are; `bad-value` for
 *   what is no array of numbers, or no shape
 */
export function tensor(data: Tensor['data'] | readonly number[], shape: readonly number[]): Tensor {
  numbers.parse(data, 'data');
  sizes.parse(shape, 'shape');
  checkSize(data.length, shape);
  return { data: Array.isArray(data) ? Float32Array.from(data) : (data as Tensor['data']), shape };
}

function checkSize(count: number, shape: readonly number[]): void {
  if (sizeOf(shape) === count) return;
  throw new SeqkitError(`The shape (${shape.slice(0, 10).join(', ')}) does not hold ${count} numbers.`, {
    code: 'bad-shape',
    hint: 'Give a shape whose product is the number of values.',
  });
}

/**
 * A Tensor from nested arrays, or the Tensor itself.
 * @param name what it is, in errors @default 'A Tensor'
 * @throws SeqkitError `bad-shape` where rows differ in length, or a shape does not fit; `bad-value` for what is neither
 */
export function toTensor(values: TensorLike, name = 'A Tensor'): Tensor {
  if (!Array.isArray(values)) return checkedTensor(values, name);
  const shape: number[] = [];
  for (let level: NestedNumbers = values; Array.isArray(level); level = level[0] as NestedNumbers) {
    shape.push(level.length);
    if (level.length === 0) break;
    if (shape.length > MAX_DIMENSIONS) {
      throw new SeqkitError(`The nested arrays have more than ${MAX_DIMENSIONS} dimensions.`, {
        code: 'bad-shape',
      });
    }
  }
  const flat: unknown[] = (values as unknown[]).flat(shape.length - 1);
  const stray = flat.findIndex((value) => typeof value !== 'number');
  if (flat.length !== sizeOf(shape) || stray >= 0) {
    if (stray >= 0 && !Array.isArray(flat[stray]) && flat.length === sizeOf(shape)) {
      throw wrongValue(`${name}: number ${stray}`, 'a number', flat[stray]);
    }
    throw new SeqkitError(
      `The nested arrays are ragged: the first ones make a shape of (${shape.join(', ')}), the rest do not follow it.`,
      { code: 'bad-shape', hint: 'Pad shorter sequences to one length.' },
    );
  }
  return { data: Float32Array.from(flat as number[]), shape };
}

function checkedTensor(value: unknown, name: string): Tensor {
  const isObject = typeof value === 'object' && value !== null;
  const { data, shape } = isObject ? (value as Partial<Tensor>) : {};
  if (!isObject || data === undefined || shape === undefined) {
    throw wrongValue(name, 'nested arrays of numbers, or a Tensor { data, shape }', value, tensorHint(value));
  }
  if (!isTypedNumbers(data)) {
    const hint = Array.isArray(data) ? 'tensor(data, shape) makes one of plain numbers.' : undefined;
    throw wrongValue(`${name}: data`, 'a typed array of numbers', data, hint);
  }
  sizes.parse(shape, `${name}: shape`);
  checkSize(data.length, shape);
  return value as Tensor;
}

function tensorHint(value: unknown): string | undefined {
  return isTypedNumbers(value) ? 'Give its shape too: tensor(data, [examples, time, features]).' : undefined;
}
