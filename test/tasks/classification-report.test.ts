import { expect, it } from 'vitest';
import { classificationReport } from '../../src/tasks/evaluation/classification-report.js';

it('counts as scikit-learn does', () => {
  // sklearn 1.2: classification_report([0,0,1,1,1,2,0], [0,1,1,1,0,0,0], zero_division=0), labels 0 to 2.
  const report = classificationReport(
    ['a', 'b', 'c', 'unseen'],
    [0, 0, 1, 1, 1, 2, 0],
    [0, 1, 1, 1, 0, 0, 0],
  );
  expect(report.confusion).toEqual([
    [2, 1, 0, 0],
    [1, 2, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(report.examples).toBe(7);
  expect(report.accuracy).toBeCloseTo(4 / 7, 12);
  // a: precision 2/4, recall 2/3, F1 4/7; b: 2/3 each; c: 0. The class that nobody has or got is not in the mean.
  const [a, b, c] = report.classes;
  expect(a.precision).toBe(0.5);
  expect(a.recall).toBeCloseTo(2 / 3, 12);
  expect(a.f1).toBeCloseTo(4 / 7, 12);
  expect([b.precision, b.recall, b.f1].map((x) => x.toFixed(12))).toEqual(Array(3).fill((2 / 3).toFixed(12)));
  expect(c).toEqual({ label: 'c', precision: 0, recall: 0, f1: 0, support: 1 });
  expect(report.macroF1).toBeCloseTo((4 / 7 + 2 / 3) / 3, 12);
});
