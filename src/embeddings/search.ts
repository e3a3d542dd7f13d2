import { SeqkitError } from '../rnn/errors.js';

/** A row of the vectors and how well it answers. */
export interface ScoredRow {
  row: number;
  score: number;
}

/**
 * The rows with the highest scores, best first; of equal scores the lower row, which is the more
 * frequent word, comes first.
 * @param scores one per row
 * @param topn how many
 * @param excluded rows that are no answer
 */
export function topRows(scores: Float64Array, topn: number, excluded: ReadonlySet<number>): ScoredRow[] {
  if (!Number.isSafeInteger(topn) || topn < 1) {
    throw new SeqkitError(`topn must be a whole number from 1, not ${topn}.`, { code: 'bad-value' });
  }
  // Candidates gather until there are twice as many as wanted, then the worse half goes.
  let candidates: ScoredRow[] = [];
  let bar = -Infinity;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row];
    if (score <= bar || excluded.has(row)) continue;
    candidates.push({ row, score });
    if (candidates.length === 2 * topn) {
      candidates = candidates.sort(bestFirst).slice(0, topn);
      bar = candidates[topn - 1].score;
    }
  }
  return candidates.sort(bestFirst).slice(0, topn);
}

function bestFirst(a: ScoredRow, b: ScoredRow): number {
  return b.score - a.score || a.row - b.row;
}
