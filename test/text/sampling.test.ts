import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import {
  distribution,
  draw,
  likeliest,
  nucleus,
  penalize,
  sampleToken,
} from '../../src/text/sampling/sampling.js';

const logits = [1.2, -0.7, 3.1, 0, 2.4, -30];

/** softmax(logits / temperature) as written. */
function softmax(values: number[], temperature: number): number[] {
  const exponentials = values.map((value) => Math.exp(value / temperature));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  return exponentials.map((value) => value / total);
}

describe('distribution', () => {
  it.each([0.3, 1, 2.5])('is softmax of logits over temperature %d', (temperature) => {
    const expected = softmax(logits, temperature);
    distribution(logits, temperature).forEach((p, i) => expect(p).toBeCloseTo(expected[i], 14));
  });

  it('stands large logits and tiny temperatures', () => {
    expect([...distribution([1e30, 1e30, -1e30])]).toEqual([0.5, 0.5, 0]);
    expect([...distribution([5, 5.001], 1e-300)]).toEqual([0, 1]);
    expect([...distribution(Float32Array.of(88.9, -Infinity, 88.9))]).toEqual([0.5, 0, 0.5]);
  });

  it.each([-1, NaN, Infinity])('refuses the temperature %d', (temperature) => {
    expect(() => distribution(logits, temperature)).toThrow('The temperature must be');
  });

  it.each([[[1, NaN]], [[NaN, 1]], [[-Infinity, -Infinity]], [[Infinity, 0]]])(
    'refuses the logits %j',
    (values) => {
      expect(() => distribution(values)).toThrow('not finite numbers');
      expect(() => sampleToken(values, new Random(1), { temperature: 0 })).toThrow('not finite numbers');
    },
  );
});

describe('sampleToken', () => {
  // The critical value of chi-square with 4 degrees of freedom at p = 0.001.
  const critical = 18.47;

  it.each([0.5, 1, 2])('draws by the exact probabilities at temperature %d', (temperature) => {
    const draws = 50_000;
    const random = new Random(17);
    const counts = new Array<number>(logits.length).fill(0);
    for (let i = 0; i < draws; i++) counts[sampleToken(logits, random, { temperature })]++;
    const expected = softmax(logits, temperature).map((p) => p * draws);
    // The last is too rare to be counted on.
    expect(counts[5]).toBe(0);
    const chiSquare = counts
      .slice(0, 5)
      .reduce((sum, count, i) => sum + (count - expected[i]) ** 2 / expected[i], 0);
    expect(chiSquare).toBeLessThan(critical);
  });

  it('takes the likeliest at temperature 0, the first of equals, with no random number used', () => {
    const random = new Random(3);
    expect(sampleToken([1, 5, 5, 2], random, { temperature: 0 })).toBe(1);
    expect(random.bits()).toBe(new Random(3).bits());
    expect(likeliest(Float32Array.of(-3, -2, -9))).toBe(1);
  });

  it('never draws what is ruled out', () => {
    const random = new Random(5);
    for (let i = 0; i < 1_000; i++) expect(sampleToken([-Infinity, 0, -Infinity], random)).toBe(1);
  });
});

describe('draw', () => {
  it('gives a rest left by rounding to the last that can come', () => {
    const random = { uniform: () => 1 - 2 ** -53 } as Random;
    expect(draw([0.3, 0.3, 0.3999999, 0], random)).toBe(2);
  });
});

describe('nucleus', () => {
  const probabilities = Float64Array.of(0.1, 0.4, 0.05, 0.25, 0.2);

  it('keeps the k likeliest, renormalized', () => {
    const kept = nucleus(probabilities, { topK: 2 });
    [0, 0.4 / 0.65, 0, 0.25 / 0.65, 0].forEach((p, i) => expect(kept[i]).toBeCloseTo(p, 14));
    expect(nucleus(probabilities, { topK: 5 })).toEqual(probabilities);
    expect(nucleus(probabilities, { topK: 0 })).toEqual(probabilities);
  });

  // The smallest set whose probability is at least p (Holtzman et al. 2020, equation 2).
  it.each([
    [0.3, [1]],
    [0.4, [1]],
    [0.41, [1, 3]],
    [0.8, [1, 3, 4]],
    [0.96, [0, 1, 2, 3, 4]],
    [1e-9, [1]],
  ])('keeps the smallest set of at least %d', (topP, expected) => {
    const kept = nucleus(probabilities, { topP });
    expect([...kept.keys()].filter((i) => kept[i] > 0)).toEqual(expected);
    expect(kept.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14);
    for (const i of expected) expect(kept[i] / kept[1]).toBeCloseTo(probabilities[i] / 0.4, 12);
  });

  it('cuts to k first, then to the share of what is left', () => {
    // 0.4 of 0.65 is 0.615 of what is left: not enough for 0.62.
    expect([...nucleus(probabilities, { topK: 2, topP: 0.61 })].filter((p) => p > 0)).toHaveLength(1);
    expect([...nucleus(probabilities, { topK: 2, topP: 0.62 })].filter((p) => p > 0)).toHaveLength(2);
  });

  it('keeps the first of equals', () => {
    expect([...nucleus(Float64Array.of(0.25, 0.25, 0.25, 0.25), { topK: 2 })]).toEqual([0.5, 0.5, 0, 0]);
  });
});

describe('penalize', () => {
  it('divides what is above 0 and multiplies what is below, for the last tokens alone', () => {
    const penalized = penalize([2, -3, 4, 0.5], [3, 1, 0, 0], { repetitionPenalty: 2, repetitionWindow: 3 });
    expect([...(penalized as Float64Array)]).toEqual([1, -6, 4, 0.5]);
  });

  it('leaves the logits as they are without a penalty', () => {
    const given = [2, -3];
    expect(penalize(given, [0, 1], {})).toBe(given);
    expect(penalize(given, [], { repetitionPenalty: 2 })).toBe(given);
  });
});
