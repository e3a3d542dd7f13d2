import { describe, expect, it } from 'vitest';
import {
  Accuracy,
  BinaryAccuracy,
  CategoricalAccuracy,
  F1Score,
  Precision,
  Recall,
  TopKCategoricalAccuracy,
  type Metric,
  type MetricRows,
} from '../../../src/rnn/index.js';

/** Rows of outputs and of classes as their targets. */
function rowsOf(outputs: number[][], classes: number[]): MetricRows {
  const features = outputs[0].length;
  const all = Float64Array.from(outputs.flat());
  return {
    ...{ features, columns: 1, targets: 'classes', kind: undefined, count: outputs.length },
    ...{ outputs: all, probabilities: all, logProbabilities: all },
    targetRows: Float64Array.from(classes),
    weights: Float64Array.from(classes, () => 1),
    targetClass: (row) => classes[row],
    target: (row, c) => +(classes[row] === c),
  };
}

describe('an output that is no number', () => {
  const metrics: Metric[] = [
    new Accuracy(),
    new BinaryAccuracy(),
    new CategoricalAccuracy(),
    new TopKCategoricalAccuracy({ k: 2 }),
    new Precision(),
    new Recall(),
    new F1Score(),
  ];
  it.each(metrics.map((metric) => [metric.name, metric] as const))('is no %s', (_, metric) => {
    const right = [
      [0.9, 0, 0],
      [0, 0, 0.8],
    ];
    const whole = metric.copy();
    whole.update(rowsOf(right, [0, 2]));
    expect(whole.result()).toBeGreaterThan(0.6);
    // NaN in the place of the largest, which no comparison finds.
    const broken = metric.copy();
    broken.update(rowsOf([right[0], [NaN, NaN, NaN]], [0, 0]));
    broken.update(rowsOf(right, [0, 2]));
    expect(broken.result()).toBeNaN();
  });
});

it('topKCategoricalAccuracy refuses a k that every class is among', () => {
  const output = { features: 3, columns: 1, targets: 'classes', kind: 'softmax' } as const;
  expect(() => new TopKCategoricalAccuracy({ k: 3 }).check(output)).toThrow('3 largest of 3 outputs');
  expect(() => new TopKCategoricalAccuracy().check(output)).toThrow('it is always there');
  expect(() => new TopKCategoricalAccuracy({ k: 2 }).check(output)).not.toThrow();
});
