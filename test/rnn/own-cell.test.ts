import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Masking } from '../../src/rnn/layers/masking.js';
import type { Recurrent } from '../../src/rnn/layers/recurrent.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { gradientCheck, relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';
import { normals } from '../support/random-tensors.js';
// @ts-expect-error A file of JavaScript, as the page shows it.
import { MGU as Untyped } from './minimal-gated-unit.mjs';
import { expectExactGradients } from '../support/exact-gradients.js';

const MGU = Untyped as new (options: object) => Recurrent;
const [N, T, D, H] = [3, 4, 5, 6];
const x = normals(1, N, T, D);

it('docs/add-a-cell.md shows the file that is tested here', () => {
  const page = readFileSync(new URL('../../docs/add-a-cell.md', import.meta.url), 'utf8');
  const file = readFileSync(new URL('./minimal-gated-unit.mjs', import.meta.url), 'utf8');
  expect(page).toContain('```js\n' + file + '```');
});

const stacks = {
  'all steps': () => [new MGU({ units: H, returnSequences: true })],
  'both directions': () => [
    new Bidirectional({ layer: new MGU({ units: H, returnSequences: true }), mergeMode: 'sum' }),
  ],
  'under a mask with dropout': () => [
    new Masking(),
    new MGU({ units: H, returnSequences: true, recurrentDropout: 0.4, dropout: 0.2 }),
  ],
};

describe("a cell of one's own", () => {
  const padded = {
    ...x,
    data: Float64Array.from(x.data, (value, i) => (i >= 2 * T * D + 2 * D ? 0 : value)),
  };

  it.each(Object.keys(stacks) as (keyof typeof stacks)[])(
    'has the gradients of finite differences: %s',
    (title) => {
      const errors = gradientCheck(stacks[title](), {
        loss: 'meanSquaredError',
        x: padded,
        y: normals(2, N, T, H),
      });
      expect(errors.length).toBeGreaterThanOrEqual(6);
      expectExactGradients(`a cell of one's own: ${title}`, errors);
    },
  );

  it('computes the equations of Zhou et al.', async () => {
    const layer = new MGU({ units: H });
    const model = new Sequential([layer], { engine: 'reference' });
    await model.build([T, D]);
    const [W, U, b] = [normals(3, D, 2 * H), normals(4, H, 2 * H), normals(5, 2 * H)].map(({ data }) => data);
    layer.setWeights([W, U, b]);
    const found = await model.predict(x);
    const expected = [];
    for (let n = 0; n < N; n++) {
      let h = new Array<number>(H).fill(0);
      for (let t = 0; t < T; t++) {
        const input = (j: number): number =>
          b[j] +
          Array.from({ length: D }, (_, d) => x.data[(n * T + t) * D + d] * W[d * 2 * H + j]).reduce(
            (p, q) => p + q,
          );
        const times = (state: number[], j: number): number =>
          state.reduce((sum, value, k) => sum + value * U[k * 2 * H + j], 0);
        const f = h.map((_, j) => 1 / (1 + Math.exp(-input(j) - times(h, j))));
        const kept = h.map((value, j) => f[j] * value);
        const candidate = h.map((_, j) => Math.tanh(input(H + j) + times(kept, H + j)));
        h = h.map((value, j) => (1 - f[j]) * value + f[j] * candidate[j]);
      }
      expected.push(...h);
    }
    // predict answers in float32.
    expect(relativeError([found.data], [expected])).toBeLessThan(1e-7);
    await model.dispose();
  });

  it('trains alike on every engine, and opens from a file', async () => {
    const outcomes = [];
    for (const engine of ['reference', 'wasm', 'gpu:webasm'] as const) {
      const model = new Sequential([new MGU({ units: H })], { engine, seed: 2 });
      model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.3 }) });
      for (let step = 0; step < 3; step++) await model.trainOnBatch(x, normals(6, N, H));
      const { data } = await model.predict(x);
      const layers = { MGU: (options: object) => new MGU(options) };
      const loaded = await Sequential.load(model.toBytes(), { engine, layers });
      // Files hold float32.
      expect(relativeError([(await loaded.predict(x)).data], [data])).toBeLessThan(1e-6);
      outcomes.push(data);
      await expect(Sequential.load(model.toBytes())).rejects.toThrow('a layer "MGU"');
    }
    for (const data of outcomes.slice(1)) expect(relativeError([data], [outcomes[0]])).toBeLessThan(1e-5);
  });
});
