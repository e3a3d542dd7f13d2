import { Random } from '../../../src/base/math/random.js';
import type { Tensor } from '../../../src/index.js';
import type { Numbers } from './onnx-runtime.js';

/** Numbers at random. */
export function normals(seed: number, ...shape: number[]): Tensor {
  const random = new Random(seed);
  const length = shape.reduce((a, b) => a * b, 1);
  return { data: Float32Array.from({ length }, () => 0.5 * random.normal()), shape };
}

/**
 * Numbers that a file lays out by axes N, T, D, or N, T, B and C in some order, as ours are: (N, T, B * C).
 * @param axes such as NCTB
 */
export function asOurs({ data, shape }: Numbers, axes: string): Tensor {
  const size = (axis: string): number => (axes.includes(axis) ? shape[axes.indexOf(axis)] : 1);
  const ours = ['N', 'T', 'B', 'C', 'D'].filter((axis) => axes.includes(axis));
  const features = ours.filter((axis) => 'BCD'.includes(axis)).reduce((count, axis) => count * size(axis), 1);
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    let rest = i;
    const at: Record<string, number> = {};
    for (const axis of [...axes].reverse()) {
      at[axis] = rest % size(axis);
      rest = Math.floor(rest / size(axis));
    }
    result[ours.reduce((place, axis) => place * size(axis) + at[axis], 0)] = data[i];
  }
  return { data: result, shape: [...ours.filter((axis) => 'NT'.includes(axis)).map(size), features] };
}
