import { describe, expect, it } from 'vitest';
import { Conv1D, GlobalMaxPooling1D, GRU, Masking, Model, Sequential, input } from '../../src/rnn/index.js';
import { Random } from '../../src/base/math/random.js';

const [T, D] = [6, 2];
const random = new Random(5);
const rows = [6, 2, 4].map((length) =>
  Array.from({ length }, () => Array.from({ length: D }, () => random.normal())),
);
const lengths = rows.map(({ length }) => length);
/** What stands beyond the lengths must not matter. */
const padded = (filling: number) =>
  rows.map((row) => [
    ...row,
    ...Array.from({ length: T - row.length }, () => Array(D).fill(filling) as number[]),
  ]);

describe('Conv1D under a mask', () => {
  it.each(['same', 'causal'] as const)(
    'gives each sequence what it gets alone, with %s padding',
    async (padding) => {
      const layers = () => [
        new Conv1D({ filters: 3, kernelSize: 3, padding, activation: 'relu' }),
        new Conv1D({ filters: 3, kernelSize: 3, dilationRate: 2, padding }),
        new GlobalMaxPooling1D(),
      ];
      const model = new Sequential(layers(), { seed: 3, engine: 'wasm' });
      const together = await model.predict(padded(7), { lengths });
      for (const [i, row] of rows.entries()) {
        const alone = await model.predict([row]);
        const own = Array.from(together.data).slice(3 * i, 3 * i + 3);
        own.forEach((value, k) => expect(value).toBeCloseTo(alone.data[k], 6));
      }
      await model.dispose();
    },
  );

  it('hands the mask on, so that what follows keeps its state', async () => {
    const model = new Sequential(
      [new Conv1D({ filters: 3, kernelSize: 3, padding: 'same' }), new GRU({ units: 2 })],
      { seed: 3, engine: 'wasm' },
    );
    const together = await model.predict(padded(-4), { lengths });
    const alone = await model.predict([rows[1]]);
    [0, 1].forEach((k) => expect(together.data[2 + k]).toBeCloseTo(alone.data[k], 6));
    await model.dispose();
  });

  it.each([
    { kernelSize: 3 },
    { kernelSize: 3, padding: 'valid' },
    { kernelSize: 3, padding: 'same', strides: 2 },
  ] as const)('is refused where steps would shift: %j', async (options) => {
    const x = input({ shape: [null, D] });
    const model = new Model({
      inputs: x,
      outputs: new Conv1D({ filters: 3, ...options }).apply(new Masking().apply(x)),
    });
    await expect(model.predict(padded(0))).rejects.toThrow('would mix masked time steps with the others');
    await model.dispose();
  });
});
