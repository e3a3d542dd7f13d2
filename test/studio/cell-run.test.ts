import { describe, expect, it } from 'vitest';
import {
  checkGradients,
  gradientsBack,
  makeCell,
  partsOf,
  unroll,
} from '../../src/studio/inside/cell-run.js';

const letters = [...'gates'];
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
    for (const kind of ['SimpleRNN', 'GRU', 'LSTM'] as const) {
      const cell = await makeCell(kind, { units: 4, seed: 2 });
      const before = cell.getWeights().map(({ data }) => [...data]);
      const checked = checkGradients(cell, letters);
      expect(checked.map(({ name }) => name)).toEqual(['kernel', 'recurrent kernel', 'bias']);
      for (const { error } of checked) expect(error).toBeLessThan(1e-7);
      expect(cell.getWeights().map(({ data }) => [...data])).toEqual(before);
    }
  });
});
