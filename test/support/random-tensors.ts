import { Random } from '../../src/base/math/random.js';
import { sizeOf, type Tensor } from '../../src/rnn/program/tensor.js';

/** Standard normal numbers, float32 as a caller would have them. */
export function normals(seed: number, ...shape: number[]): Tensor {
  const random = new Random(seed);
  return { data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()), shape };
}

/** Whole numbers from 0 to count - 1. */
export function classes(seed: number, count: number, ...shape: number[]): Tensor {
  const random = new Random(seed);
  return { data: Int32Array.from({ length: sizeOf(shape) }, () => random.integer(count)), shape };
}

/** Examples `start` to `end` - 1 along the first dimension. */
export function rows({ data, shape }: Tensor, start: number, end: number): Tensor {
  const size = sizeOf(shape.slice(1));
  return { data: data.slice(start * size, end * size), shape: [end - start, ...shape.slice(1)] };
}

/** Time steps `start` to `end` - 1 of (N, T) or (N, T, D). */
export function times({ data, shape }: Tensor, start: number, end: number): Tensor {
  const [batch, time, ...rest] = shape;
  const size = sizeOf(rest);
  const cut = new Float64Array(batch * (end - start) * size);
  for (let n = 0; n < batch; n++) {
    const from = (n * time + start) * size;
    cut.set(data.slice(from, from + (end - start) * size), n * (end - start) * size);
  }
  return { data: cut, shape: [batch, end - start, ...rest] };
}
