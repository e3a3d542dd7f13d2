import { SeqkitError } from '../../base/errors.js';
import { fieldsOf, numbersOf } from '../../base/schema/index.js';

/** The scores of a chain of K labels, as the layer `CRF` holds them. */
export interface ChainScores {
  /** (K, K): of label j right after label i, at i * K + j. */
  readonly transitions: ArrayLike<number>;
  /** (K) */
  readonly start: ArrayLike<number>;
  /** (K) */
  readonly end: ArrayLike<number>;
}

const scoreNumbers = numbersOf({
  expected: 'a finite number or -Infinity',
  takes: (value) => value < Infinity,
});

const chainScores = fieldsOf<ChainScores>('{ transitions, start, end }', {
  transitions: scoreNumbers,
  start: scoreNumbers,
  end: scoreNumbers,
});

/**
 * The best sequence of labels of a linear chain (Viterbi 1967; Forney 1973): the largest sum of the scores of the
 * labels (T, K), of what follows what, and of where they begin and end. It runs on the host: a path is a chain of
 * choices, which the kernels of the core cannot keep, and costs T K^2 sums.
 * @param scores -Infinity where a label, or in the chain a step, is forbidden
 * @throws SeqkitError `bad-shape` where the sizes do not fit; `bad-value` for what is no score
 */
export function viterbi(scores: ArrayLike<number>, chain: ChainScores): { labels: number[]; score: number } {
  scoreNumbers.parse(scores, 'viterbi: scores');
  const { transitions, start, end } = chainScores.parse(chain, 'viterbi: chain');
  const K = start.length;
  const T = scores.length / K;
  if (K === 0 || !Number.isInteger(T) || transitions.length !== K * K || end.length !== K) {
    throw new SeqkitError(
      `viterbi takes scores (T, K), transitions (K, K), start and end (K); there are ${scores.length}, ${transitions.length}, ${K} and ${end.length} numbers.`,
      { code: 'bad-shape' },
    );
  }
  if (T === 0) return { labels: [], score: 0 };
  const from = new Int32Array(T * K);
  let best = Float64Array.from({ length: K }, (_, k) => start[k] + scores[k]);
  for (let t = 1; t < T; t++) {
    const next = new Float64Array(K);
    for (let j = 0; j < K; j++) {
      let chosen = 0;
      for (let i = 1; i < K; i++) {
        if (best[i] + transitions[i * K + j] > best[chosen] + transitions[chosen * K + j]) chosen = i;
      }
      from[t * K + j] = chosen;
      next[j] = best[chosen] + transitions[chosen * K + j] + scores[t * K + j];
    }
    best = next;
  }
  let label = 0;
  for (let k = 1; k < K; k++) if (best[k] + end[k] > best[label] + end[label]) label = k;
  const score = best[label] + end[label];
  const labels = [label];
  for (let t = T - 1; t > 0; t--) {
    label = from[t * K + label];
    labels.unshift(label);
  }
  return { labels, score };
}
