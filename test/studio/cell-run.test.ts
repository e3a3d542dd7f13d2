import { describe, expect, it } from 'vitest';
import { GRU } from '../../src/rnn/layers/gru.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import {
  ALPHABET,
  checkGradients,
  gradientsBack,
  makeCell,
  partsOf,
  unroll,
} from '../../src/studio/inside/cell-run.js';

const letters = [...'gates'];
const kinds = ['SimpleRNN', 'GRU', 'LSTM'] as const;
const layers = { SimpleRNN, GRU, LSTM };
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

describe('a cell that is looked into', () => {
  it('shows the gates and states of an LSTM as its formulas make them', async () => {
    const units = 3;
    const cell = await makeCell('LSTM', { units, seed: 5, forgetBias: 2 });
    const [kernel, recurrent, bias] = cell.getWeights().map(({ data }) => data);
    const parts = partsOf('LSTM', units, unroll(cell, letters));
    expect(parts.map(({ name }) => name.at(-1))).toEqual(['i', 'f', 'g', 'o', 'c', 'h']);
    let [h, c] = [new Array<number>(units).fill(0), new Array<number>(units).fill(0)];
    for (const [step, letter] of letters.entries()) {
      const row = letter.charCodeAt(0) - 97;
      const z = Array.from({ length: 4 * units }, (_, k) =>
        h.reduce(
          (sum, x, j) => sum + x * recurrent[j * 4 * units + k],
          kernel[row * 4 * units + k] + bias[k],
        ),
      );
      const gate = (n: number, of: (z: number) => number) => z.slice(n * units, (n + 1) * units).map(of);
      const [i, f, g, o] = [gate(0, sigmoid), gate(1, sigmoid), gate(2, Math.tanh), gate(3, sigmoid)];
      c = c.map((x, k) => f[k] * x + i[k] * g[k]);
      h = c.map((x, k) => o[k] * Math.tanh(x));
      for (const [n, expected] of [i, f, g, o, c, h].entries()) {
        expected.forEach((x, k) => expect(parts[n].values[step][k]).toBeCloseTo(x, 12));
      }
    }
  });

  it('shows the gates and states of a GRU as its formulas make them', async () => {
    const units = 3;
    const cell = await makeCell('GRU', { units, seed: 5 });
    // Both biases begin at 0: others show which is added where.
    const first = cell.getWeights().map(({ data }) => Float64Array.from(data));
    first[2].forEach((_, i) => (first[2][i] = Math.sin(i + 1)));
    cell.setWeights(first);
    const [kernel, recurrent, bias] = first;
    const parts = partsOf('GRU', units, unroll(cell, letters));
    expect(parts.map(({ name }) => name.split(' ').at(-1))).toEqual(['z', 'r', 'h̃', 'h']);
    let h = new Array<number>(units).fill(0);
    for (const [step, letter] of letters.entries()) {
      const row = letter.charCodeAt(0) - 97;
      const width = 3 * units;
      const x = Array.from({ length: width }, (_, k) => kernel[row * width + k] + bias[k]);
      const u = x.map((_, k) =>
        h.reduce((sum, value, j) => sum + value * recurrent[j * width + k], bias[width + k]),
      );
      const z = h.map((_, k) => sigmoid(x[k] + u[k]));
      const r = h.map((_, k) => sigmoid(x[units + k] + u[units + k]));
      const candidate = h.map((_, k) => Math.tanh(x[2 * units + k] + r[k] * u[2 * units + k]));
      h = h.map((value, k) => z[k] * value + (1 - z[k]) * candidate[k]);
      for (const [n, expected] of [z, r, candidate, h].entries()) {
        expected.forEach((value, k) => expect(parts[n].values[step][k]).toBeCloseTo(value, 12));
      }
    }
  });

  it.each(kinds)('shows the states that a layer has with the same weights: %s', async (kind) => {
    const units = 4;
    const cell = await makeCell(kind, { units, seed: 3, forgetBias: 2, recurrentScale: 0.7 });
    const layer = new layers[kind]({ units, returnSequences: true });
    const model = new Sequential([layer], { engine: 'reference' });
    await model.build([letters.length, ALPHABET]);
    layer.setWeights(cell.getWeights());
    const rows = letters.flatMap((letter) =>
      Array.from({ length: ALPHABET }, (_, i) => Number(i === letter.charCodeAt(0) - 97)),
    );
    const { data } = await model.predict({
      data: Float32Array.from(rows),
      shape: [1, letters.length, ALPHABET],
    });
    const shown = partsOf(kind, units, unroll(cell, letters))
      .at(-1)!
      .values.flatMap((step) => [...step]);
    expect(shown).toHaveLength(data.length);
    // predict answers in float32.
    shown.forEach((value, i) => expect(value).toBeCloseTo(data[i], 6));
    await model.dispose();
  });

  it.each(kinds)('has lengths of the gradient that moved states agree with: %s', async (kind) => {
    const units = 4;
    const cell = await makeCell(kind, { units, seed: 4 });
    const steps = unroll(cell, letters);
    const rest = (from: number, states: readonly Float64Array[]): number => {
      let now = states;
      for (const letter of letters.slice(from + 1)) {
        const x = Float64Array.from({ length: ALPHABET }, (_, i) => Number(i === letter.charCodeAt(0) - 97));
        now = cell.forward(x, now).states;
      }
      return now[0].reduce((sum, value) => sum + value, 0);
    };
    const lengths = steps.map(({ states }, at) => {
      const slopes = states.flatMap((state, s) =>
        Array.from(state, (value, i) => {
          const moved = (by: number) => rest(at, states.with(s, state.with(i, value + by)));
          return (moved(1e-5) - moved(-1e-5)) / 2e-5;
        }),
      );
      return Math.hypot(...slopes) / Math.sqrt(units);
    });
    const shown = gradientsBack(cell, steps);
    expect(shown).toHaveLength(letters.length);
    lengths.reverse().forEach((length, i) => expect(shown[i]).toBeCloseTo(length, 8));
  });

  it('has gradients that stay or vanish with the forget gate, and with the recurrent weights', async () => {
    const word = Array.from({ length: 30 }, (_, i) => letters[i % letters.length]);
    const left = async (...[kind, choice]: Parameters<typeof makeCell>): Promise<number> => {
      const cell = await makeCell(kind, choice);
      const shares = gradientsBack(cell, unroll(cell, word));
      expect(shares[0]).toBe(1);
      return shares.at(-1)!;
    };
    const of = { units: 8, seed: 1 };
    // Along the memory the gradient is a product of forget gates: of sigmoid(6) each, or of about sigmoid(0).
    expect(await left('LSTM', { ...of, forgetBias: 6 })).toBeGreaterThan(0.1);
    expect(await left('LSTM', { ...of, forgetBias: 0 })).toBeLessThan(1e-5);
    // An orthogonal kernel times 0.5 halves it at each of 29 steps, and the slope of tanh is 1 at most.
    expect(await left('SimpleRNN', { ...of, recurrentScale: 0.5 })).toBeLessThan(0.5 ** 29 * (1 + 1e-9));
  });

  it('has gradients that differences agree with, in each cell', async () => {
    for (const kind of kinds) {
      const cell = await makeCell(kind, { units: 4, seed: 2 });
      const before = cell.getWeights().map(({ data }) => [...data]);
      const checked = checkGradients(cell, letters);
      expect(checked.map(({ name }) => name)).toEqual(['kernel', 'recurrent kernel', 'bias']);
      for (const { error } of checked) expect(error).toBeLessThan(1e-7);
      expect(cell.getWeights().map(({ data }) => [...data])).toEqual(before);
    }
  });
});
