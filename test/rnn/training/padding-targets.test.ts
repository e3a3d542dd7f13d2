import { describe, expect, it } from 'vitest';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { Masking } from '../../../src/rnn/layers/masking.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { LossChoice } from '../../../src/rnn/losses/loss-choice.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { numbers, whole } from '../../support/golden-numbers.js';

const [N, T, D, V] = [3, 5, 2, 4];
const lengths = [5, 2, 3];
const padded = Float64Array.from({ length: N * T }, (_, row) => +(row % T >= lengths[Math.floor(row / T)]));
const x = numbers(1, [N, T, D]);
/** The same with zeros beyond each length, for Masking. */
const zeroed = { ...x, data: x.data.slice() as Float64Array };
padded.forEach((isPadded, row) => isPadded && zeroed.data.fill(0, row * D, (row + 1) * D));

const losses: Record<string, { loss: LossChoice; y: ReturnType<typeof numbers>; softmax?: boolean }> = {
  meanSquaredError: { loss: 'meanSquaredError', y: numbers(3, [N, T, V]) },
  binaryCrossentropy: { loss: 'binaryCrossentropy', y: whole(3, [N, T, V], 2) },
  categoricalCrossentropy: { loss: 'categoricalCrossentropy', y: numbers(3, [N, T, V]) },
  sparseCategoricalCrossentropy: { loss: 'sparseCategoricalCrossentropy', y: whole(3, [N, T], V) },
  'smoothed classes': {
    loss: { name: 'sparseCategoricalCrossentropy', labelSmoothing: 0.1 },
    y: whole(3, [N, T], V),
  },
  meanAbsoluteError: { loss: 'meanAbsoluteError', y: numbers(3, [N, T, V]) },
  huber: { loss: { name: 'huber', delta: 0.3 }, y: numbers(3, [N, T, V]) },
  cosineSimilarity: { loss: 'cosineSimilarity', y: numbers(3, [N, T, V]) },
  contrastiveLoss: { loss: 'contrastiveLoss', y: whole(3, [N, T, 1], 2) },
  probabilities: { loss: 'categoricalCrossentropy', y: numbers(3, [N, T, V]), softmax: true },
};

function filled(y: ReturnType<typeof numbers>, value: number): ReturnType<typeof numbers> {
  const data = (y.data as Float64Array).slice();
  const columns = data.length / padded.length;
  padded.forEach((isPadded, row) => isPadded && data.fill(value, row * columns, (row + 1) * columns));
  return { ...y, data };
}

const engines = ['reference', 'wasm', 'gpu:webasm'] as const;

describe.each(engines)('targets in padding on %s', (engine) => {
  async function train(name: string, value: number, how: 'lengths' | 'Masking' | 'sampleWeight') {
    const { loss, y, softmax } = losses[name];
    const model = new Sequential(
      [
        ...(how === 'Masking' ? [new Masking()] : []),
        new GRU({ units: 3, returnSequences: true }),
        new Dense({ units: V, ...(softmax && { activation: 'softmax' as const }) }),
      ],
      { engine, seed: 2 },
    );
    model.compile({ loss, optimizer: new Adam({ learningRate: 0.05 }) });
    const options = {
      ...(how === 'lengths' && { lengths }),
      ...(how === 'sampleWeight' && {
        sampleWeight: { data: padded.map((isPadded) => 1 - isPadded), shape: [N, T] },
      }),
    };
    const { loss: course } = await model.fit(how === 'Masking' ? zeroed : x, filled(y, value), {
      epochs: 3,
      ...options,
    });
    const measured = await model.evaluate(how === 'Masking' ? zeroed : x, filled(y, value), options);
    await model.dispose();
    return [...course, measured];
  }

  const ways = Object.keys(losses).flatMap((name) =>
    (['lengths', 'Masking', 'sampleWeight'] as const).map((how) => [name, how] as const),
  );
  it.each(ways.filter(([name, how]) => how !== 'Masking' || !/sparse|classes/.test(name)))(
    'may be NaN: %s by %s',
    async (name, how) => {
      const plain = await train(name, 0, how);
      expect(plain.every(Number.isFinite)).toBe(true);
      expect(await train(name, NaN, how)).toEqual(plain);
    },
  );

  it('a class in padding that only the values show is asked for', async () => {
    await expect(train('sparseCategoricalCrossentropy', NaN, 'Masking')).rejects.toMatchObject({
      code: 'bad-value',
      hint: expect.stringContaining('Padding needs a class too'),
    });
  });

  it('a target that counts is still found, by its example', async () => {
    const model = new Sequential([new GRU({ units: 3, returnSequences: true }), new Dense({ units: V })], {
      engine,
    });
    model.compile({ loss: 'meanSquaredError', optimizer: new Adam({}) });
    const y = filled(losses['meanSquaredError'].y, NaN);
    (y.data as Float64Array)[(2 * T + 1) * V] = NaN;
    await expect(model.fit(x, y, { lengths })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining('the targets of example 2 hold a number that is not finite'),
    });
    await model.dispose();
  });
});
