import { describe, expect, it } from 'vitest';
import { biasDirection, debias, FastText, KeyedVectors, weat } from '../../src/embeddings/index.js';
import { dot, unitVector } from '../../src/embeddings/vectors/unit-vector.js';
import golden from '../golden/bias.json' with { type: 'json' };

const vectors = KeyedVectors.fromRows(golden.words, Float32Array.from(golden.vectors.flat()));
type Pairs = [string, string][];

it('debias refuses words that have a vector by their pieces alone', async () => {
  const model = new FastText({ vectorSize: 4, minCount: 1, bucket: 20, workers: 1, epochs: 1, sample: 0 });
  await model.fit([['she', 'he', 'nurse', 'doctor']]);
  const direction = biasDirection(model.wv, [['she', 'he']]);
  expect(() => debias(model.wv, { direction, neutral: ['nurses'] })).toThrow(/"nurses" is no word of/);
});

describe('biasDirection', () => {
  it.each(golden.directions)("is numpy's first principal component, $pairs", ({ pairs, direction }) => {
    const found = biasDirection(vectors, pairs as Pairs);
    found.forEach((value, i) => expect(value).toBeCloseTo(direction[i], 9));
    expect(dot(found, found)).toBeCloseTo(1, 12);
  });

  it('is the same for a pair given both ways round', () => {
    const [a, b] = ['she', 'he'];
    const once = biasDirection(vectors, [[a, b]]);
    const twice = biasDirection(vectors, [
      [a, b],
      [b, a],
    ]);
    // A direction has no sign.
    const along = dot(once, twice);
    expect(Math.abs(along)).toBeCloseTo(1, 9);
  });

  it('refuses pairs that give none', () => {
    expect(() => biasDirection(vectors, [])).toThrow(/at least one pair/);
    expect(() => biasDirection(vectors, [['she', 'she']])).toThrow(/same vectors/);
    expect(() => biasDirection(vectors, [['she', 'nobody']])).toThrow(/nobody/);
  });
});

describe('debias, by the definitions of Bolukbasi et al.', () => {
  const direction = biasDirection(vectors, golden.directions[1].pairs as Pairs);
  const equalize: Pairs = [
    ['aunt', 'uncle'],
    ['nurse', 'doctor'],
  ];
  const neutral = ['art', 'math', 'poem', 'proof'];
  const mended = debias(vectors, { direction, equalize, neutral });
  const along = (word: string) => dot(mended.get(word), direction);
  const distance = (a: string, b: string) =>
    Math.hypot(...mended.get(a).map((value, i) => value - mended.get(b)[i]));

  // Vectors are kept as float32, whose rounding is 6e-8.
  it('leaves neutral words nothing of the direction, and all of the rest in proportion', () => {
    for (const word of neutral) {
      expect(Math.abs(along(word))).toBeLessThan(1e-7);
      const before = unitVector(vectors.get(word));
      const part = dot(before, direction);
      const rest = before.map((value, i) => value - part * direction[i]);
      expect(dot(unitVector(rest), mended.get(word))).toBeCloseTo(1, 6);
      expect(Math.abs(part)).toBeGreaterThan(0.01);
    }
  });

  it('makes the words of a pair equally far from every neutral word, and different along the direction alone', () => {
    for (const [a, b] of equalize) {
      for (const word of neutral) {
        expect(Math.abs(distance(a, word) - distance(b, word))).toBeLessThan(3e-7);
        expect(Math.abs(mended.similarity(a, word) - mended.similarity(b, word))).toBeLessThan(3e-7);
      }
      expect(along(a)).toBeCloseTo(-along(b), 6);
      expect(Math.sign(along(a) - along(b))).toBe(
        Math.sign(dot(unitVector(vectors.get(a)), direction) - dot(unitVector(vectors.get(b)), direction)),
      );
      const difference = mended.get(a).map((value, i) => value - mended.get(b)[i]);
      expect(Math.abs(dot(unitVector(difference), direction))).toBeCloseTo(1, 6);
      // Before, they were not.
      expect(Math.abs(vectors.similarity(a, 'art') - vectors.similarity(b, 'art'))).toBeGreaterThan(0.01);
    }
  });

  it('gives unit vectors, and leaves other words and those it was given as they were', () => {
    for (const word of golden.words) expect(dot(mended.get(word), mended.get(word))).toBeCloseTo(1, 6);
    unitVector(vectors.get('logic')).forEach((value, i) =>
      expect(mended.get('logic')[i]).toBeCloseTo(value, 6),
    );
    expect(Array.from(vectors.get('art'))).toEqual(Array.from(Float32Array.from(golden.vectors[10])));
  });

  it('takes all words but the pairs for neutral where none are named', () => {
    const all = debias(vectors, { direction, equalize });
    for (const word of golden.words) {
      const part = Math.abs(dot(all.get(word), direction));
      if (equalize.flat().includes(word)) expect(part).toBeGreaterThan(0.01);
      else expect(part).toBeLessThan(1e-7);
    }
  });

  it('refuses a word that is neutral and of a pair, or lies along the direction', () => {
    expect(() => debias(vectors, { direction, equalize, neutral: ['aunt'] })).toThrow(/"aunt" cannot be/);
    const flat = KeyedVectors.fromRows(['up', 'down', 'side'], Float32Array.of(0, 2, 0, -1, 1, 0));
    const upwards = biasDirection(flat, [['up', 'down']]);
    expect(Array.from(upwards)).toEqual([0, 1]);
    expect(() => debias(flat, { direction: upwards })).toThrow(/"up" lies along the direction/);
    expect(() => debias(flat, { direction: upwards, neutral: [], equalize: [['side', 'side']] })).toThrow(
      /do not differ/,
    );
  });
});

it('debias refuses a word in two pairs, since the second would undo the first', () => {
  const direction = biasDirection(vectors, [['she', 'he']]);
  const pairs = [
    ['aunt', 'uncle'],
    ['nurse', 'doctor'],
    ['woman', 'uncle'],
  ] as const;
  expect(() => debias(vectors, { direction, equalize: pairs })).toThrow(
    '"uncle" is in two pairs to be equalized, aunt:uncle and woman:uncle.',
  );
  expect(() => debias(vectors, { direction, equalize: [pairs[0], pairs[0]] })).toThrow(
    /aunt:uncle and aunt:uncle/,
  );
});

describe('weat', () => {
  it.each(golden.weats)('agrees with its definition in numpy, $x', ({ x, y, a, b, ...expected }) => {
    const sets = { targetsX: x, targetsY: y, attributesA: a, attributesB: b };
    const exact = weat(vectors, sets);
    expect(exact).toMatchObject({ exact: true, permutations: expected.partitions });
    expect(exact.effectSize).toBeCloseTo(expected.effectSize, 9);
    expect(exact.statistic).toBeCloseTo(expected.statistic, 9);
    expect(exact.pValue).toBeCloseTo(expected.pValue, 12);

    // Drawn: within four standard errors of the exact share, and the same for the same seed.
    const draws = expected.partitions - 1;
    const drawn = weat(vectors, sets, { permutations: draws, seed: 5 });
    expect(drawn).toMatchObject({ exact: false, permutations: draws });
    expect(weat(vectors, sets, { permutations: draws, seed: 5 })).toEqual(drawn);
    const error = Math.sqrt((expected.pValue * (1 - expected.pValue)) / draws);
    expect(Math.abs(drawn.pValue - expected.pValue)).toBeLessThan(4 * error + 2 / draws);
  });

  it('turns with its sets', () => {
    const { x, y, a, b, effectSize } = golden.weats[0];
    const turned = weat(vectors, { targetsX: y, targetsY: x, attributesA: a, attributesB: b });
    expect(turned.effectSize).toBeCloseTo(-effectSize, 9);
  });

  it('refuses targets of unequal number, and empty sets', () => {
    const [she, he] = [['she'], ['he']];
    expect(() =>
      weat(vectors, { targetsX: ['art', 'poem'], targetsY: ['math'], attributesA: she, attributesB: he }),
    ).toThrow(/not 2 and 1/);
    expect(() => weat(vectors, { targetsX: she, targetsY: he, attributesA: [], attributesB: he })).toThrow(
      /attributes/,
    );
  });
});
