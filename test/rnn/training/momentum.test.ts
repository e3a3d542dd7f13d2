import { describe, expect, it } from 'vitest';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import { Momentum, type MomentumOptions } from '../../../src/rnn/training/optimizers/index.js';
import { normals } from '../../support/random-tensors.js';
import { judgedEngines, reordered } from '../../support/tolerances.js';

const [N, D, V, steps] = [6, 5, 4, 8];
const [x, y, kernel, bias] = [normals(1, N, D), normals(2, N, V), normals(3, D, V), normals(4, V)];

/**
 * The formula written out: v = beta v + (1 - beta) g from v = 0, w -= rate * v, with the gradient of the mean
 * square of x W + b - y by hand.
 */
function byHand(beta: number, rate: (step: number) => number): number[][] {
  const w = [Array.from(kernel.data), Array.from(bias.data)];
  const v = w.map((values) => values.map(() => 0));
  for (let step = 1; step <= steps; step++) {
    const g = w.map((values) => values.map(() => 0));
    for (let n = 0; n < N; n++) {
      for (let c = 0; c < V; c++) {
        let output = w[1][c];
        for (let d = 0; d < D; d++) output += x.data[n * D + d] * w[0][d * V + c];
        const dOutput = (2 * (output - y.data[n * V + c])) / (N * V);
        g[1][c] += dOutput;
        for (let d = 0; d < D; d++) g[0][d * V + c] += x.data[n * D + d] * dOutput;
      }
    }
    w.forEach((values, k) =>
      values.forEach((_, i) => {
        v[k][i] = beta * v[k][i] + (1 - beta) * g[k][i];
        values[i] -= rate(step) * v[k][i];
      }),
    );
  }
  return w;
}

async function trained(
  engine: (typeof judgedEngines)[number],
  options: MomentumOptions,
): Promise<number[][]> {
  const dense = new Dense({ units: V });
  const model = new Sequential([dense], { engine });
  await model.build([D]);
  dense.setWeights([kernel, bias]);
  model.compile({ loss: 'meanSquaredError', optimizer: new Momentum(options) });
  for (let step = 0; step < steps; step++) await model.trainOnBatch(x, y);
  const weights = dense.getWeights().map(({ data }) => Array.from(data));
  await model.dispose();
  return weights;
}

describe.each(judgedEngines)('Momentum is the moving average of the gradients, on %s', (engine) => {
  it.each<[string, MomentumOptions, number, (step: number) => number]>([
    ['beta 0.9 where none is given', { learningRate: 0.5 }, 0.9, () => 0.5],
    ['beta 0.6', { learningRate: 0.5, beta: 0.6 }, 0.6, () => 0.5],
    ['beta 0: plain descent', { learningRate: 0.5, beta: 0 }, 0, () => 0.5],
    ['a schedule', { learningRate: (step) => 1 / step, beta: 0.8 }, 0.8, (step) => 1 / step],
  ])('%s', async (_title, options, beta, rate) => {
    const expected = byHand(beta, rate);
    const found = await trained(engine, options);
    const start = [Array.from(kernel.data), Array.from(bias.data)];
    expect(relativeError(expected, start)).toBeGreaterThan(0.05);
    expect(relativeError(found, expected)).toBeLessThan(reordered[engine]);
  });
});
