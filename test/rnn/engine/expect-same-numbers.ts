import { expect } from 'vitest';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import type { JobNumbers } from './gpu-jobs.js';

/**
 * What a gpu backend may differ from `wasm` by: both are float32, and differ in the order of
 * sums and in their exponentials. Ten steps of Adam make little of it.
 */
const tolerance = 1e-4;

/** Every loss and every gradient within the tolerance, relative. */
export function expectSameNumbers(actual: JobNumbers, expected: JobNumbers): void {
  expect(actual.losses).toHaveLength(10);
  actual.losses.forEach((loss, step) => {
    const difference = Math.abs(loss - expected.losses[step]) / expected.losses[step];
    expect(difference, `loss of step ${step + 1}`).toBeLessThanOrEqual(tolerance);
  });
  expect(Object.keys(actual.gradients)).toEqual(Object.keys(expected.gradients));
  for (const [name, gradient] of Object.entries(expected.gradients)) {
    // Two tensors of zeros would agree about nothing.
    expect(Math.hypot(...gradient), name).toBeGreaterThan(1e-4);
    expect(relativeError([actual.gradients[name]], [gradient]), name).toBeLessThanOrEqual(tolerance);
  }
}
