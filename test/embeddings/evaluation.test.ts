import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { Random } from '../../src/base/math/random.js';
import { vectorsFrom } from '../support/vectors-text.js';

describe('analogies by the mean offset of their section (3CosAvg)', () => {
  const [size, width] = [40, 6];
  const random = new Random(5);
  const words = Array.from({ length: size }, (_, i) => `w${i}`);
  const data = Float32Array.from({ length: size * width }, () => random.uniform(-1, 1));
  const vectors = KeyedVectors.fromRows(words, data);
  // Pairs of every other word and the next; the first questions come twice, which must not count twice.
  const pair = (i: number) => `w${2 * i} w${2 * i + 1}`;
  const asked = Array.from({ length: 30 }, (_, i) => `${pair(i % 7)} ${pair((3 * i + 1) % 9)}`).filter(
    (line) => line.split(' ')[0] !== line.split(' ')[2],
  );

  it('have the answers of the formula written out', async () => {
    const { sections } = await vectors.evaluateWordAnalogies(
      { text: `: one\n${asked.join('\n')}\n: two\nw0 w1 w2 w3\nw2 w3 w0 w1\n` },
      { method: 'pairs' },
    );
    expect(sections.map(({ total }) => total)).toEqual([asked.length, 2]);
    expect(sections[0].asked.map(({ predicted }) => predicted)).toEqual(answers(asked));
    expect(sections[1].asked.map(({ predicted }) => predicted)).toEqual(
      answers(['w0 w1 w2 w3', 'w2 w3 w0 w1']),
    );
    // The offset of one pair alone gives other answers, so the mean is seen to be taken.
    const single = await vectors.evaluateWordAnalogies({ text: `: one\n${asked.join('\n')}\n` });
    const other = single.sections[0].asked.filter(
      ({ predicted }, i) => predicted !== sections[0].asked[i].predicted,
    );
    expect(other.length).toBeGreaterThan(5);
  });

  /** argmax over x of cos(x, c + the mean of t - s over all other pairs (s, t)), of unit vectors. */
  function answers(lines: string[]): string[] {
    const units = words.map((_, row) => {
      const numbers = Array.from(data.subarray(row * width, (row + 1) * width));
      const length = Math.hypot(...numbers);
      return numbers.map((value) => value / length);
    });
    const rowsOf = (line: string) => line.split(' ').map((word) => words.indexOf(word));
    const pairs = new Set(lines.map(rowsOf).flatMap(([a, b, c, d]) => [`${a}:${b}`, `${c}:${d}`]));
    return lines.map((line) => {
      const [a, b, c, d] = rowsOf(line);
      const others = [...pairs]
        .filter((name) => name !== `${c}:${d}`)
        .map((name) => name.split(':').map(Number));
      const target = units[c].map((value, i) => {
        const total = others.reduce((sum, [from, to]) => sum + units[to][i] - units[from][i], 0);
        return value + total / others.length;
      });
      const scores = units.map((unit) => unit.reduce((sum, value, i) => sum + value * target[i], 0));
      const allowed = words.filter((_, row) => ![a, b, c].includes(row));
      return allowed.reduce((best, word) =>
        scores[words.indexOf(word)] > scores[words.indexOf(best)] ? word : best,
      );
    });
  }
});

describe('what evaluations count', () => {
  // Angles in degrees; the cosine of two words is that of the angle between them.
  const degrees = { Cat: 0, cats: 30, dog: 90, dogs: 120, cat: 200, far: 290 };
  const data = Float32Array.from(
    Object.values(degrees).flatMap((angle) => [
      Math.cos((angle * Math.PI) / 180),
      Math.sin((angle * Math.PI) / 180),
    ]),
  );
  const vectors = KeyedVectors.fromRows(Object.keys(degrees), data);
  const questions = { text: ': s\nCAT cats dog dogs\nDog dogs Cat cats\nCat cats dog fish\n' };

  it('takes words of any case for the same, the first of several, or not', async () => {
    const folded = await vectors.evaluateWordAnalogies(questions);
    expect(folded).toMatchObject({ correct: 2, total: 2, oovRatio: 1 / 3 });
    const exact = await vectors.evaluateWordAnalogies(questions, { caseInsensitive: false });
    expect(exact).toMatchObject({ correct: 0, total: 0, oovRatio: 1 });
    const spelled = { text: ': s\nCat cats dog dogs\ncat cats dog dogs\n' };
    // By the second "cat", at 200 degrees, the answer is another.
    const asked = await vectors.evaluateWordAnalogies(spelled, { caseInsensitive: false });
    expect(asked.sections[0].asked.map(({ right }) => right)).toEqual([true, false]);
    expect(await vectors.evaluateWordAnalogies(spelled)).toMatchObject({ correct: 2, total: 2 });
  });

  it('counts questions with unknown words as wrong where that is asked', async () => {
    const counted = await vectors.evaluateWordAnalogies(questions, { dummyForUnknown: true });
    expect(counted).toMatchObject({ correct: 2, total: 3, score: 2 / 3, oovRatio: 1 / 3 });
    expect(counted.sections[0].asked[2]).toEqual({
      words: ['Cat', 'cats', 'dog', 'fish'],
      predicted: undefined,
      right: false,
      margin: 0,
    });
  });

  const pairs = (delimiter: string) => ({
    text: [
      ['Cat', 'cats', 9],
      ['cat', 'dog', 5],
      ['dogs', 'dog', 8],
      ['dog', 'fish', 7],
    ]
      .map((line) => line.join(delimiter))
      .join('\n'),
  });

  it('compares pairs with any delimiter', async () => {
    const expected = await vectors.evaluateWordPairs(pairs('\t'));
    expect(expected).toMatchObject({ pairs: 3, oovRatio: 1 / 4 });
    for (const delimiter of [',', ' ; ']) {
      expect(await vectors.evaluateWordPairs(pairs(delimiter), { delimiter })).toEqual(expected);
    }
    await expect(vectors.evaluateWordPairs(pairs(','))).rejects.toMatchObject({ code: 'bad-file' });
  });

  it('takes pairs that are equally near for tied, whichever word comes first', async () => {
    // Odd lengths, so that rounding would tell the two orders, and words with themselves, apart.
    const random = new Random(3);
    const row = () => Array.from({ length: 50 }, () => random.uniform(-3, 3));
    const table = await vectorsFrom(['a', 'b', 'c', 'd', 'e', 'f'].map((word) => [word, row()]));
    const same = 'a\ta\t1\nb\tb\t1\nc\tc\t2\nd\td\t3\ne\te\t3\nf\tf\t2\n';
    // One row does not vary: all six are 1.
    expect((await table.evaluateWordPairs({ text: same })).spearman.statistic).toBeNaN();
    const orders = ['ab', 'cd', 'ef', 'ad', 'be', 'cf'];
    const score = ([x, y]: string) => table.similarity(x, y);
    const judged = orders.flatMap(
      (pair, i) =>
        [
          [pair, i],
          [pair[1] + pair[0], 10 - i],
        ] as const,
    );
    const text = judged.map(([[x, y], judgement]) => `${x}\t${y}\t${judgement}\n`).join('');
    // By hand: each pair shares the mean of two ranks.
    const ranks = (values: number[]) =>
      values.map(
        (value) =>
          (values.filter((other) => other < value - 1e-9).length +
            1 +
            values.filter((other) => other <= value + 1e-9).length) /
          2,
      );
    const expected = correlation(
      ranks(judged.map(([, judgement]) => judgement)),
      ranks(judged.map(([pair]) => score(pair))),
    );
    expect((await table.evaluateWordPairs({ text })).spearman.statistic).toBeCloseTo(expected, 12);
  });

  it('names the delimiter that a line has', async () => {
    const refused = vectors.evaluateWordPairs({ text: 'a;b;3\n', name: 'pairs.csv' });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining('pairs.csv: line 1 should be') as string,
      hint: 'Mend the line, or give another delimiter, such as ";" here.',
    });
  });

  it('counts pairs with an unknown word as of similarity 0 where that is asked', async () => {
    const near = (angle: number) => Math.cos((angle * Math.PI) / 180);
    const left = await vectors.evaluateWordPairs(pairs('\t'));
    expect(left.pearson.statistic).toBeCloseTo(correlation([9, 5, 8], [near(30), near(90), near(30)]), 6);
    const counted = await vectors.evaluateWordPairs(pairs('\t'), { dummyForUnknown: true });
    expect(counted).toMatchObject({ pairs: 4, oovRatio: 1 / 4 });
    expect(counted.pearson.statistic).toBeCloseTo(
      correlation([9, 5, 8, 7], [near(30), near(90), near(30), 0]),
      6,
    );
    const exact = await vectors.evaluateWordPairs(pairs('\t'), { caseInsensitive: false });
    expect(exact.pearson.statistic).toBeCloseTo(correlation([9, 5, 8], [near(30), near(110), near(30)]), 6);
  });

  function correlation(a: number[], b: number[]): number {
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [x, y] = [a, b].map((values) => values.map((value) => value - mean(values)));
    const dot = (u: number[], v: number[]) => u.reduce((sum, value, i) => sum + value * v[i], 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  }
});
