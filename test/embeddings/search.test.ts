import { describe, expect, it } from 'vitest';
import { topRows } from '../../src/embeddings/search.js';
import { Random } from '../../src/rnn/random.js';

describe('topRows', () => {
  it.each([1, 2, 7, 100, 499, 500, 501, 5000])('finds the %i best as a full sort does', (topn) => {
    const random = new Random(topn);
    // Few distinct scores, so that many are equal.
    const scores = Float64Array.from({ length: 500 }, () => random.integer(40) / 40);
    const excluded = new Set([0, 3, 499]);
    const sorted = Array.from(scores, (score, row) => ({ row, score }))
      .filter(({ row }) => !excluded.has(row))
      .sort((a, b) => b.score - a.score || a.row - b.row);
    expect(topRows(scores, topn, excluded)).toEqual(sorted.slice(0, topn));
  });
});
