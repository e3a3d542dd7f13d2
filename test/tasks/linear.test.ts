import { describe, expect, it } from 'vitest';
import { minimize } from '../../src/tasks/linear/newton.js';
import {
  LogisticRegression,
  type LogisticRegressionOptions,
} from '../../src/tasks/linear/logistic-regression.js';
import { gramWords } from '../../src/tasks/linear/n-grams.js';
import { NgramFeatures, type NgramState } from '../../src/tasks/linear/ngram-features.js';
import { denseRow, sideBySide, type SparseRow } from '../../src/tasks/linear/sparse-row.js';
import golden from '../golden/sklearn-linear.json' with { type: 'json' };

const { texts, labels, asked } = golden;
type Range = [number, number];

describe('NgramFeatures', () => {
  it.each(golden.features)(
    "has scikit-learn's weights, words $words and characters $characters",
    ({ parts, words, characters, minDocuments, sublinear, lower, size }) => {
      const options = { minDocuments, sublinear, lower };
      const ranges = { words: words as Range | false, characters: characters as Range | false };
      const features = NgramFeatures.fit(texts, { ...options, ...ranges });
      expect(features.size).toBe(size);
      for (const [i, text] of asked.entries()) {
        const { indices, values } = features.transform(text);
        const pairs = [...indices].map((index, k) => ({
          isWord: index < features.wordTerms,
          pair: [features.terms[index], values[k]] as const,
        }));
        for (const [part, rows] of parts.entries()) {
          const expected = new Map(rows[i] as [string, number][]);
          const found = pairs.filter(({ isWord }) => parts.length === 1 || isWord === (part === 0));
          expect(new Set(found.map(({ pair }) => pair[0]))).toEqual(new Set(expected.keys()));
          for (const { pair } of found) expect(pair[1]).toBeCloseTo(expected.get(pair[0])!, 6);
        }
      }
    },
  );

  it('has no n-gram for a text without a known one, and none twice', () => {
    const features = NgramFeatures.fit(['ab ab', 'cd']);
    expect(features.transform('').indices.length).toBe(0);
    expect(features.transform('xyz').indices.length).toBe(0);
    const { indices } = features.transform('ab ab ab cd');
    expect(new Set(indices).size).toBe(indices.length);
    // The counts of one text do not reach into the next.
    expect(features.transform('cd')).toEqual(features.transform('cd'));
  });

  it('keeps the most frequent n-grams', () => {
    const features = NgramFeatures.fit(['b a a', 'c c a', 'b c'], {
      words: [1, 1],
      characters: false,
      maxFeatures: 2,
    });
    expect(features.terms).toEqual(['a', 'c']);
  });

  it('reads apostrophes, capitals and marks of any spelling alike', () => {
    const features = NgramFeatures.fit(["can't Café"]);
    expect(features.transform('CAN\u2019T CAFE\u0301')).toEqual(features.transform("can't caf\u00e9"));
    expect(gramWords("can't 👍🇩🇪 i o'clock 'quoted'")).toEqual([
      "can't",
      '👍',
      '🇩🇪',
      'i',
      "o'clock",
      'quoted',
    ]);
  });

  it('comes back from its state', () => {
    const features = NgramFeatures.fit([...texts, 'half \ud83d a pair']);
    const { settings, arrays } = features.toState();
    const again = NgramFeatures.from({ settings: JSON.parse(JSON.stringify(settings)), arrays });
    for (const text of [...texts, ...asked]) expect(again.transform(text)).toEqual(features.transform(text));
  });

  it('refuses a state that does not fit together', () => {
    const { settings, arrays } = NgramFeatures.fit(texts).toState();
    const refused = (state: NgramState) => () => NgramFeatures.from(state, 'the file');
    const fewer = { ...arrays, idf: arrays.idf.slice(1) };
    expect(refused({ settings, arrays: fewer })).toThrow(
      /the file has \d+ n-grams, \d+ of them apart, and \d+ weights/,
    );
    const terms = new TextEncoder().encode('a\na');
    const twice = { terms, idf: Float32Array.of(1, 1) };
    expect(refused({ settings: { ...settings, wordTerms: 2 }, arrays: twice })).toThrow(
      '2 n-grams, 1 of them apart',
    );
    expect(refused({ settings: { ...settings, wordTerms: -1 }, arrays })).toThrow('word n-grams');
    expect(refused({ settings: { ...settings, words: [0, 1] }, arrays })).toThrow(
      'the file: its n-grams: words',
    );
  });

  it('refuses what makes no features', () => {
    expect(() => NgramFeatures.fit([])).toThrow('at least 1');
    expect(() => NgramFeatures.fit(['', ' '])).toThrow('no n-gram');
    expect(() => NgramFeatures.fit(['a'], { words: false, characters: false })).toThrow('neither words nor');
    expect(() => NgramFeatures.fit(['a'], { words: [2, 1] })).toThrow('words must be');
  });
});

describe('LogisticRegression', () => {
  const features = NgramFeatures.fit(texts);
  const rows = texts.map((text) => features.transform(text));
  const others = asked.map((text) => features.transform(text));

  it.each(golden.regressions)(
    "has scikit-learn's probabilities, C $C, balanced $balanced, intercept $intercept",
    ({ C, balanced, count, intercept, probabilities }) => {
      const regression = LogisticRegression.fit(rows.slice(0, count), labels.slice(0, count), 4, {
        C,
        intercept,
        features: features.size,
        tolerance: 1e-8,
        ...(balanced && { classWeight: 'balanced' as const }),
      });
      for (const [i, expected] of probabilities.entries()) {
        const found = regression.probabilities(others[i]);
        for (const [k, p] of expected.entries()) expect(found[k]).toBeCloseTo(p, 5);
      }
    },
  );

  it("has scikit-learn's weights where features are few", () => {
    const { rows: numbers, labels: classes, C, weights, intercepts } = golden.dense;
    const regression = LogisticRegression.fit(
      numbers.map((row) => denseRow(row)),
      classes,
      3,
      { C },
    );
    for (const [feature, ofClasses] of weights.entries()) {
      for (const [k, weight] of ofClasses.entries())
        expect(regression.weight(feature, k)).toBeCloseTo(weight, 4);
    }
    const zeros = regression.logits(denseRow([]));
    for (const [k, intercept] of intercepts.entries())
      expect(zeros[k] - zeros[0]).toBeCloseTo(intercept - intercepts[0], 4);
  });

  it('finds the same weights in the span of the rows as in their features', () => {
    const { rows: numbers, labels: classes, C } = golden.dense;
    // Rows that come twice, and empty ones, leave a span of fewer numbers than rows.
    const own = [...numbers, ...numbers].map((row) => denseRow(row));
    const given = [[...own, denseRow([])], [...classes, ...classes, 2], 3] as const;
    const few = LogisticRegression.fit(...given, { C, tolerance: 1e-8 });
    // So many features that the span is the cheaper way.
    const many = LogisticRegression.fit(...given, { C, tolerance: 1e-8, features: 100_000 });
    expect(many.features).toBe(100_000);
    few.weights.subarray(0, 15).forEach((weight, i) => expect(many.weights[i]).toBeCloseTo(weight, 6));
    few.weights.subarray(-3).forEach((b, k) => expect(many.weights[300_000 + k]).toBeCloseTo(b, 6));
  });

  it('comes back from its state', () => {
    const regression = LogisticRegression.fit(rows, labels, 4);
    const { settings, arrays } = regression.toState();
    const again = LogisticRegression.from({ settings: JSON.parse(JSON.stringify(settings)), arrays });
    for (const row of rows) expect(again.logits(row)).toEqual(regression.logits(row));
    const short = { settings, arrays: { weights: arrays.weights.slice(1) } };
    expect(() => LogisticRegression.from(short, 'the file')).toThrow(/the file has \d+ weights/);
  });

  it('refuses what it cannot learn from', () => {
    const fit = LogisticRegression.fit.bind(LogisticRegression);
    expect(() => fit(rows, labels.slice(1), 4)).toThrow('12 rows and 11 labels');
    expect(() => fit(rows, labels, 5)).toThrow('no row of class 4');
    expect(() => fit(rows, labels, 3)).toThrow('labels[9] must be a whole number from 0 to 2');
    expect(() => fit(rows, labels, 4, { features: 10 })).toThrow('the features go from 0 to 9');
    expect(() => fit(rows, labels, 4, { classWeight: [1] })).toThrow('1 numbers in classWeight for 4');
    const bad = { indices: Int32Array.of(0, 1), values: Float32Array.of(1) } satisfies SparseRow;
    expect(() => fit([...rows, bad], [...labels, 0], 4)).toThrow('2 indices and 1 values');
    const regression = fit(rows, labels, 4);
    expect(() => regression.logits(denseRow(new Float32Array(100_000)))).toThrow('has the index');
  });
});

describe('rows', () => {
  it('stand side by side', () => {
    const row = sideBySide([denseRow([1, 2]), denseRow([3], 2)], [4, 1]);
    expect([...row.indices]).toEqual([0, 1, 4]);
    expect([...row.values]).toEqual([1, 2, 6]);
  });
});

it('minimize finds the minimum of a convex function whose whole Newton steps would lead astray', () => {
  // sqrt(1 + x^2) + y^4 + (x - y)^2 / 2: flat far out in x, and at the minimum in one direction nearly so.
  let at = [0, 0];
  const { point, converged, iterations } = minimize(
    {
      evaluate([x, y], gradient) {
        at = [x, y];
        gradient[0] = x / Math.hypot(1, x) + (x - y);
        gradient[1] = 4 * y ** 3 - (x - y);
        return Math.hypot(1, x) + y ** 4 + (x - y) ** 2 / 2;
      },
      curve([u, v], product) {
        const [x, y] = at;
        product[0] = (1 + (1 + x * x) ** -1.5) * u - v;
        product[1] = (1 + 12 * y * y) * v - u;
      },
    },
    Float64Array.of(50, -30),
    { tolerance: 1e-9, maxIterations: 100 },
  );
  expect(converged).toBe(true);
  expect(iterations).toBeLessThan(50);
  point.forEach((value) => expect(value).toBeCloseTo(0, 8));
});

describe('a regression that did not converge', () => {
  // One row of each class, at 1 and -1: the slopes are those of ln(1 + exp(-2w)) twice, and of w squared over 2.
  const rows = [1, -1].map((value) => denseRow([value]));
  const fit = (options: LogisticRegressionOptions) =>
    LogisticRegression.fit(rows, [1, 0], 2, { C: 100, intercept: false, ...options });

  it('says so, with the slope that is left', () => {
    const { notes, weights } = fit({ maxIterations: 1 });
    const w = weights[1];
    const slope = Math.abs(w - (2 * 100) / (1 + Math.exp(2 * w)));
    expect(slope).toBeGreaterThan(1);
    expect(notes).toHaveLength(1);
    const [, told] = /after 1 step its largest slope is (\S+), not 0\.00001 or less/.exec(notes[0])!;
    expect(Number(told) / slope).toBeCloseTo(1, 1);
  });

  it('says nothing where it did, or where rounding ends it', () => {
    expect(fit({}).notes).toEqual([]);
    expect(fit({ tolerance: 1e-300 }).notes).toEqual([]);
  });
});
