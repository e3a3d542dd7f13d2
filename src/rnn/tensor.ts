import { SeqkitError } from '../base/errors.js';

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

/**
 * A Tensor over `data`.
 * @throws SeqkitError `bad-shape` where the shape does not hold as many numbers as there are
 */
export function tensor(data: Tensor['data'] | readonly number[], shape: readonly number[]): Tensor {
  if (shape.some((size) => !Number.isInteger(size) || size < 0) || sizeOf(shape) !== data.length) {
    throw new SeqkitError(`The shape (${shape.join(', ')}) does not hold ${data.length} numbers.`, {
      code: 'bad-shape',
      hint: 'Give a shape whose product is the number of values.',
    });
  }
  return { data: Array.isArray(data) ? Float32Array.from(data) : (data as Tensor['data']), shape };
}

/**
 * A Tensor from nested arrays, or the Tensor itself.
 * @throws SeqkitError `bad-shape` where rows differ in length
 */
export function toTensor(values: TensorLike): Tensor {
  if (!Array.isArray(values)) return values as Tensor;
  const shape: number[] = [];
  for (let level: NestedNumbers = values; Array.isArray(level); level = level[0] as NestedNumbers) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const flat: unknown[] = (values as unknown[]).flat(shape.length - 1);
  const stray = flat.findIndex((value) => typeof value !== 'number');
  if (flat.length !== sizeOf(shape) || stray >= 0) {
    throw new SeqkitError(
      `The nested arrays are ragged: the first ones make a shape of (${shape.join(', ')}), the rest do not follow it.`,
      { code: 'bad-shape', hint: 'Pad shorter sequences to one length.' },
    );
  }
  return { data: Float32Array.from(flat as number[]), shape };
}
