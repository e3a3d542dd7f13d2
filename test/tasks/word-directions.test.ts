import { describe, expect, it } from 'vitest';
import { wordDirections } from '../../src/tasks/average/word-directions.js';

const rows = (...values: number[][]) => values.map((row) => Float32Array.from(row));

describe('wordDirections', () => {
  it('are the eigenvectors of the second moment, the greatest first', () => {
    // By hand: the moment of these is [[10, 6, 0], [6, 10, 0], [0, 0, 1]], of values 16, 4 and 1.
    const given = rows([3, 1, 0], [1, 3, 0], [0, 0, 1]);
    const found = wordDirections(given, 3, 3);
    const half = Math.SQRT1_2;
    const expected = [
      [half, half, 0],
      [half, -half, 0],
      [0, 0, 1],
    ];
    expect(found).toHaveLength(3);
    for (const [i, direction] of found.entries()) {
      const along = direction.reduce((sum, x, k) => sum + x * expected[i][k], 0);
      expect(Math.abs(along)).toBeCloseTo(1, 6);
    }
  });

  it('are no more than the rows have', () => {
    expect(wordDirections(rows([1, 2, 0], [2, 4, 0]), 3, 3)).toHaveLength(1);
    expect(wordDirections(rows([0, 0]), 2, 1)).toEqual([]);
    expect(wordDirections([], 2, 2)).toEqual([]);
  });
});
