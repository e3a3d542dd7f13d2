import { expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { calibrationReport } from '../../src/tasks/evaluation/calibration-report.js';
import { softmaxRows } from '../../src/tasks/evaluation/softmax.js';
import { fitTemperature } from '../../src/tasks/evaluation/temperature.js';

it('the expected calibration error is the mean gap of the bins', () => {
  // By hand: bin (0.5, 0.6] has 0.6 and 0.6, one right: gap 0.1; bin (0.9, 1] has 0.95, right: gap 0.05.
  const { expectedError, bins } = calibrationReport([0.6, 0.6, 0.95], [true, false, true]);
  expect(expectedError).toBeCloseTo((2 * 0.1 + 0.05) / 3, 12);
  expect(bins[5]).toMatchObject({ examples: 2, accuracy: 0.5 });
  expect(bins[9]).toMatchObject({ examples: 1, accuracy: 1 });
});

it('the temperature makes the loss least', () => {
  const random = new Random(3);
  const [N, C, truth] = [400, 3, new Int32Array(400)];
  const logits = Float32Array.from({ length: N * C }, () => random.normal(0, 6));
  // Labels are drawn by the logits at a temperature of 2.5.
  const p = softmaxRows(logits.slice(), C, 2.5);
  for (let n = 0; n < N; n++) {
    let u = random.uniform();
    while (truth[n] < C - 1 && (u -= p[n * C + truth[n]]) > 0) truth[n]++;
  }
  const loss = (t: number) => {
    const q = softmaxRows(logits.slice(), C, t);
    return truth.reduce((sum, c, n) => sum - Math.log(q[n * C + c]), 0);
  };
  const best = fitTemperature(logits, truth, C);
  expect(best).toBeGreaterThan(2);
  expect(best).toBeLessThan(3.2);
  for (const other of [best * 0.9, best * 1.1, 1, 5]) expect(loss(best)).toBeLessThan(loss(other));
});

it('a few right answers do not make it certain', () => {
  const temperature = fitTemperature(Float32Array.from([2, 0, 0, 2, 3, 0]), [0, 1, 0], 2);
  expect(Math.max(...softmaxRows(Float32Array.from([2, 0]), 2, temperature))).toBeLessThan(0.95);
});
