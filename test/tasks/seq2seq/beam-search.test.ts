import { describe, expect, it } from 'vitest';
import { beamSearch, lengthPenalty } from '../../../src/tasks/seq2seq/beam-search.js';
import { END, FIRST, PADDING, START, UNKNOWN } from '../../../src/tasks/seq2seq/token-table.js';

const V = FIRST + 3;
const MAX = 4;

/** Logits of what comes after some tokens: any function of all of them. */
function logitsAfter(tokens: readonly number[], source: number): number[] {
  const hash = tokens.reduce((sum, token, i) => sum + (i + 1) * token * token, source + 1);
  return Array.from({ length: V }, (_, v) => 2 * Math.sin(hash * (v + 1.3) + v));
}

function logsAfter(tokens: readonly number[], source: number): number[] {
  const logits = logitsAfter(tokens, source).map((x, v) => (v === PADDING || v === START ? -Infinity : x));
  const log = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
  return logits.map((x) => x - log);
}

/** Every answer with its probability, by brute force. */
function everyAnswer(source: number, alpha: number) {
  const all: { tokens: number[]; logProbability: number; score: number }[] = [];
  const grow = (tokens: number[], before: number): void => {
    const logs = logsAfter([START, ...tokens], source);
    const logProbability = before + logs[END];
    const score = logProbability / ((5 + tokens.length + 1) / 6) ** alpha;
    all.push({ tokens, logProbability, score });
    if (tokens.length === MAX) return;
    for (const v of [UNKNOWN, FIRST, FIRST + 1, FIRST + 2]) grow([...tokens, v], before + logs[v]);
  };
  grow([], 0);
  return all.sort((a, b) => b.score - a.score);
}

/** A decoder whose state is all that it has written. */
function search(width: number, alpha: number, sources = 2) {
  let states = Array.from({ length: sources * width }, (): number[] => []);
  return beamSearch({
    ...{ sources, width, vocabulary: V, sourceLength: 3, maxLength: MAX, lengthPenalty: alpha },
    step: (tokens, parents) => {
      states = Array.from(tokens, (token, row) => [...states[parents[row]], token]);
      return {
        logits: states.flatMap((state, row) => logitsAfter(state, Math.floor(row / width))),
        attention: states.flatMap((state) => [state.length, 0, 0]),
      };
    },
  });
}

describe('beam search', () => {
  it.each([0, 0.6, 2])('finds the best answers where the beam holds all, with alpha %f', (alpha) => {
    // 4^4 answers of four tokens are the most that live side by side.
    const found = search(256, alpha);
    found.forEach((answers, source) => {
      const all = everyAnswer(source, alpha).slice(0, 20);
      answers.slice(0, 20).forEach(({ tokens, logProbability, score }, i) => {
        expect(tokens).toEqual(all[i].tokens);
        expect(logProbability).toBeCloseTo(all[i].logProbability, 10);
        expect(score).toBeCloseTo(all[i].score, 10);
      });
    });
  });

  it('of width 1 takes the likeliest token each time', () => {
    search(1, 0.6).forEach(([{ tokens, attention }], source) => {
      const greedy: number[] = [];
      for (;;) {
        const logs = logsAfter([START, ...greedy], source);
        const best = greedy.length === MAX ? END : logs.indexOf(Math.max(...logs));
        if (best === END) break;
        greedy.push(best);
      }
      expect(tokens).toEqual(greedy);
      // The first token was written after one, the start.
      expect(attention.map(([first]) => first)).toEqual(greedy.map((_, t) => t + 1));
    });
  });

  it('never gives a worse answer than a narrower one in these cases', () => {
    const best = (width: number): number[] => search(width, 0.6, 5).map(([{ score }]) => score);
    best(4).forEach((score, source) => {
      expect(score).toBeGreaterThanOrEqual(best(1)[source]);
    });
  });

  it('normalizes by length as Wu et al. do', () => {
    expect(lengthPenalty(1, 0.6)).toBe(1);
    expect(lengthPenalty(7, 0.6)).toBeCloseTo(2 ** 0.6, 12);
  });
});
