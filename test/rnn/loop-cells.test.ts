import { describe, expect, it } from 'vitest';
import { GRU } from '../../src/rnn/layers/gru.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { GRUStep, LSTMStep, SimpleRNNStep } from '../../src/rnn/cells/step-cells.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { normals } from '../support/random-tensors.js';
import { expectExactGradients } from '../support/exact-gradients.js';

const [N, T, D, H] = [3, 4, 5, 6];
const options = { units: H, inputDim: D, seed: 3 };
const units = { units: H };
const cells = {
  SimpleRNN: { cell: () => new SimpleRNNStep(options), layer: () => new SimpleRNN(units) },
  GRU: { cell: () => new GRUStep(options), layer: () => new GRU(units) },
  'GRU, reset before': {
    cell: () => new GRUStep({ ...options, resetAfter: false }),
    layer: () => new GRU({ ...units, resetAfter: false }),
  },
  LSTM: { cell: () => new LSTMStep(options), layer: () => new LSTM(units) },
  'LSTM, peepholes': {
    cell: () => new LSTMStep({ ...options, peepholes: true }),
    layer: () => new LSTM({ ...units, peepholes: true }),
  },
};
type Name = keyof typeof cells;
const names = Object.keys(cells) as Name[];

/** Rows of time step t of (N, T, D). */
const { data: sequence } = normals(1, N, T, D);
const rowsAt = (t: number): Float64Array =>
  Float64Array.from({ length: N * D }, (_, i) => sequence[(Math.floor(i / D) * T + t) * D + (i % D)]);
const { data: target } = normals(2, N, H);

/** Runs a cell over all steps. */
function walk(cell: SimpleRNNStep, first?: readonly ArrayLike<number>[]) {
  const caches = [];
  let states = first;
  for (let t = 0; t < T; t++) {
    const step = cell.forward(rowsAt(t), states);
    states = step.states;
    caches.push(step.cache);
  }
  return { states: states!, caches };
}

/** Half the squared distance of the last output from a target. */
const lossOf = (states: readonly ArrayLike<number>[]): number =>
  Array.from(states[0]).reduce((sum, value, i) => sum + (value - target[i]) ** 2 / 2, 0);

describe('a loop over a cell', () => {
  it.each(names)('%s ends where the layer does', async (name) => {
    const cell = cells[name].cell();
    const layer = cells[name].layer();
    const model = new Sequential([layer], { engine: 'reference' });
    await model.build([T, D]);
    layer.setWeights(cell.getWeights());
    const { data } = await model.predict({ data: sequence, shape: [N, T, D] });
    // predict answers in float32.
    expect(relativeError([walk(cell).states[0]], [data])).toBeLessThan(1e-7);
    await model.dispose();
  });

  it.each(names)('%s has the gradients of finite differences', (name) => {
    const cell = cells[name].cell();
    const count = walk(cell).states.length;
    const first = Array.from({ length: count }, (_, i) => Float64Array.from(normals(5 + i, N, H).data));
    const { states, caches } = walk(cell, first);
    let dStates: readonly Float64Array[] = states.map((state, i) =>
      Float64Array.from(state, (value, j) => (i === 0 ? value - target[j] : 0)),
    );
    const weights = cell.getWeights().map(({ data }) => Float64Array.from(data));
    const sums = weights.map(({ length }) => new Float64Array(length));
    for (let t = T - 1; t >= 0; t--) {
      const step = cell.backward(dStates, caches[t]);
      step.gradients.forEach((gradient, i) => gradient.forEach((value, j) => (sums[i][j] += value)));
      dStates = step.dStates;
    }
    const numeric = (values: Float64Array, loss: () => number): Float64Array =>
      values.map((value, i) => {
        const at = (x: number): number => ((values[i] = x), loss());
        const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
        values[i] = value;
        return slope;
      });
    weights.forEach((values, i) => {
      const found = numeric(values, () => (cell.setWeights(weights), lossOf(walk(cell, first).states)));
      expectExactGradients(`a loop over a cell: ${name}`, [
        { name: `weight ${i}`, relativeError: relativeError([sums[i]], [found]) },
      ]);
    });
    cell.setWeights(weights);
    first.forEach((values, i) => {
      const found = numeric(values, () => lossOf(walk(cell, first).states));
      expectExactGradients(`a loop over a cell: ${name}`, [
        { name: `state ${i}`, relativeError: relativeError([dStates[i]], [found]) },
      ]);
    });
  });

  it('gives the gradient of x, and leaves its cache as it was', () => {
    const cell = cells.LSTM.cell();
    const x = rowsAt(0);
    const { states, cache } = cell.forward(x);
    const dStates = states.map((_, i) =>
      i === 0 ? states[0].map((v, j) => v - target[j]) : new Float64Array(N * H),
    );
    const { dx } = cell.backward(dStates, cache);
    const found = x.map((value, i) => {
      const at = (moved: number): number => lossOf(cell.forward(x.with(i, moved)).states);
      return (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
    });
    expectExactGradients('a loop over a cell: LSTM', [
      { name: 'x', relativeError: relativeError([dx], [found]) },
    ]);
    expect(cell.backward(dStates, cache).dx).toEqual(dx);
  });

  it('refuses rows that are not whole', () => {
    expect(() => cells.GRU.cell().forward(new Float64Array(D + 1))).toThrow('no whole rows of 5');
  });
});
