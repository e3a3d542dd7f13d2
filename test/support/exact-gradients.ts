import { expect } from 'vitest';
import type { GradientError } from '../../src/rnn/gradient-check/gradient-check.js';
import { recordComparison } from './conformance.js';

/** What a gradient may differ from finite differences by, relative, in float64. */
export const gradientLimit = 1e-7;

/** Holds gradients to finite differences, and notes their errors for docs/numerics.md. */
export function expectExactGradients(
  title: string,
  errors: readonly Pick<GradientError, 'name' | 'relativeError'>[],
): void {
  expect(errors.length).toBeGreaterThan(0);
  for (const { name, relativeError: error } of errors) {
    const about = { engine: 'reference', title, measure: 'relative' } as const;
    recordComparison({ source: 'finite differences', ...about, error, limit: gradientLimit });
    expect(error, `${title}: ${name}`).toBeLessThan(gradientLimit);
  }
}
