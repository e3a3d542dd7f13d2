import { expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import { viterbi } from '../../../src/tasks/tagger/viterbi.js';

it('finds the best of all sequences of labels', () => {
  const [T, K] = [5, 3];
  for (let seed = 0; seed < 30; seed++) {
    const random = new Random(seed);
    const drawn = (count: number) => Array.from({ length: count }, () => random.normal());
    const [scores, transitions, start, end] = [T * K, K * K, K, K].map(drawn);
    let best = { score: -Infinity, labels: [] as number[] };
    for (let n = 0; n < K ** T; n++) {
      const labels = Array.from({ length: T }, (_, t) => Math.floor(n / K ** t) % K);
      const score = labels.reduce(
        (sum, label, t) =>
          sum + scores[t * K + label] + (t > 0 ? transitions[labels[t - 1] * K + label] : start[label]),
        end[labels[T - 1]],
      );
      if (score > best.score) best = { score, labels };
    }
    const found = viterbi(scores, { transitions, start, end });
    expect(found.labels).toEqual(best.labels);
    expect(found.score).toBeCloseTo(best.score, 10);
  }
});

it('takes no steps, and refuses sizes that do not fit', () => {
  const chain = { transitions: [0, 0, 0, 0], start: [0, 0], end: [0, 0] };
  expect(viterbi([], chain)).toEqual({ labels: [], score: 0 });
  expect(() => viterbi([1, 2, 3], chain)).toThrow(/viterbi takes scores/);
});
