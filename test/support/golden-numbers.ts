import { sizeOf, type Tensor } from '../../src/rnn/program/tensor.js';

/** Between -0.5 and 0.5: `number` of the scripts in test/golden, so that what goes in need not stand in their files. */
export const number = (key: number, i: number): number =>
  (((key + 2) * (i + 7 * key) ** 3) % 1013) / 1013 - 0.5;

export function numbers(key: number, shape: readonly number[], scale = 1): Tensor {
  return { data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => scale * number(key, i)), shape };
}

/** Whole numbers from 0 to count - 1. */
export function whole(key: number, shape: readonly number[], count: number): Tensor {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
    Math.floor((number(key, i) + 0.5) * count),
  );
  return { data, shape };
}
