import { describe, expect, it } from 'vitest';
import { cosineSimilarity, KeyedVectors } from '../../src/embeddings/index.js';

describe('cosineSimilarity', () => {
  it('is the cosine of the angle', () => {
    expect(cosineSimilarity([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    expect(cosineSimilarity([1, 2, 3], Float32Array.of(-2, -4, -6))).toBe(-1);
    expect(cosineSimilarity([1, 0], [0, 5])).toBe(0);
    expect(cosineSimilarity(3, -2)).toBe(-1);
  });

  it('has no trouble with very large and very small numbers', () => {
    expect(cosineSimilarity([1e300, 1e300], [1e-300, 0])).toBeCloseTo(Math.SQRT1_2, 15);
  });

  it('is what KeyedVectors call similarity', () => {
    const vectors = KeyedVectors.fromRows(['a', 'b'], Float32Array.of(0.3, -1.2, 4, 2, 0.7, -0.1));
    expect(cosineSimilarity(vectors.get('a'), vectors.get('b'))).toBeCloseTo(vectors.similarity('a', 'b'), 6);
  });

  it.each([
    [[1, 2], [1], 'u has 2 numbers and v 1'],
    [[0, 0], [1, 1], 'u must be a vector with a direction'],
    [[1, 1], 0, 'v must be a vector with a direction'],
    [[], [], 'a vector with a direction'],
    [[1, NaN], [1, 1], 'u[1] must be a finite number'],
    ['ab', [1, 1], 'u must be an array of numbers'],
  ] as [never, never, string][])('refuses %o and %o', (u, v, message) => {
    expect(() => cosineSimilarity(u, v)).toThrow(message);
  });
});
