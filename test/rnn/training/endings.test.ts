import { describe, expect, it } from 'vitest';
import { Activation } from '../../../src/rnn/layers/activation.js';
import { Bidirectional } from '../../../src/rnn/layers/bidirectional.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { input } from '../../../src/rnn/layers/input.js';
import type { Layer } from '../../../src/rnn/layers/layer.js';
import { Reshape } from '../../../src/rnn/layers/reshape.js';
import { SimpleRNN } from '../../../src/rnn/layers/simple-rnn.js';
import { TimeDistributed } from '../../../src/rnn/layers/time-distributed.js';
import { gradientCheck } from '../../../src/rnn/gradient-check/gradient-check.js';
import { Model } from '../../../src/rnn/model/model.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { LossChoice } from '../../../src/rnn/losses/loss-choice.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { expectExactGradients } from '../../support/exact-gradients.js';
import { numbers, whole } from '../../support/golden-numbers.js';

const [N, T, D, V] = [6, 2, 4, 5];
const x = numbers(1, [N, T, D], 2);
const classes = whole(2, [N, T], V);
const sparse = 'sparseCategoricalCrossentropy';
const oneHot = {
  data: Float64Array.from({ length: N * T * V }, (_, i) => +(classes.data[Math.floor(i / V)] === i % V)),
  shape: [N, T, V],
};
const bits = whole(5, [N, T, V], 2);
const targets = {
  sparseCategoricalCrossentropy: classes,
  categoricalCrossentropy: oneHot,
  binaryCrossentropy: bits,
};

const options = { epochs: 60, batchSize: 3, shuffle: false } as const;

/** Sixty epochs from the same weights: the loss of each. */
async function course(
  layers: Layer[],
  loss: LossChoice,
  more: object = {},
  engine: 'reference' | 'wasm' = 'reference',
) {
  const model = new Sequential(layers, { engine, seed: 4 });
  model.compile({ loss, optimizer: new Adam({ learningRate: 0.05 }) });
  const name = typeof loss === 'string' ? loss : loss.name;
  const { loss: losses } = await model.fit(x, targets[name as keyof typeof targets], { ...options, ...more });
  const measured = await model.evaluate(x, targets[name as keyof typeof targets]);
  await model.dispose();
  return [...losses, measured];
}

const body = (): Layer => new GRU({ units: 12, returnSequences: true });
const twin = (): Layer[] => [body(), new Dense({ units: V, name: 'out' })];

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((loss, i) => expect(Math.abs(loss - wanted[i]), `epoch ${i}`).toBeLessThan(1e-6));
}

const softmaxEnds: Record<string, () => Layer[]> = {
  'of Dense': () => [body(), new Dense({ units: V, activation: 'softmax', name: 'out' })],
  'as an Activation': () => [...twin(), new Activation({ activation: 'softmax' })],
  'as an Activation, then linear': () => [
    ...twin(),
    new Activation({ activation: 'softmax' }),
    new Activation({ activation: 'linear' }),
  ],
  'in a TimeDistributed Activation': () => [
    ...twin(),
    new TimeDistributed({ layer: new Activation({ activation: 'softmax' }) }),
  ],
  'then no dropout': () => [
    body(),
    new Dense({ units: V, activation: 'softmax', name: 'out' }),
    new Dropout({ rate: 0 }),
  ],
  'then in the same shape': () => [
    body(),
    new Dense({ units: V, activation: 'softmax', name: 'out' }),
    new Reshape({ targetShape: [T, V] }),
  ],
};

describe('a loss takes probabilities where the output ends with softmax or sigmoid', () => {
  it.each(Object.entries(softmaxEnds))('softmax %s trains as its twin of logits does', async (_, layers) => {
    const wanted = await course(twin(), sparse);
    expect(wanted.at(-1)).toBeLessThan(0.01);
    expectClose(await course(layers(), sparse), wanted);
  });

  it.each<[string, LossChoice, LossChoice]>([
    ['shares of classes', 'categoricalCrossentropy', 'categoricalCrossentropy'],
    ['smoothed classes', { name: sparse, labelSmoothing: 0.1 }, { name: sparse, labelSmoothing: 0.1 }],
    [
      'smoothed shares',
      { name: 'categoricalCrossentropy', labelSmoothing: 0.2 },
      { name: 'categoricalCrossentropy', labelSmoothing: 0.2, fromLogits: true },
    ],
    ['fromLogits: false as given', { name: sparse, fromLogits: false }, sparse],
  ])('%s', async (_, loss, ofTwin) => {
    expectClose(await course(softmaxEnds['of Dense'](), loss), await course(twin(), ofTwin));
  });

  it.each([0, 10])('sigmoid and binary cross-entropy, smoothed by %s hundredths', async (hundredths) => {
    const loss = { name: 'binaryCrossentropy', labelSmoothing: hundredths / 100 } as const;
    for (const layers of [
      [body(), new Dense({ units: V, activation: 'sigmoid', name: 'out' })],
      [...twin(), new TimeDistributed({ layer: new Activation({ activation: 'sigmoid' }) })],
    ]) {
      expectClose(await course(layers, loss), await course(twin(), loss));
    }
  });

  it('with class weights', async () => {
    const classWeight = { 0: 3, 2: 0.25 };
    const found = await course(softmaxEnds['of Dense'](), sparse, { classWeight });
    expectClose(found, await course(twin(), sparse, { classWeight }));
  });

  it('in float32 too', async () => {
    const found = await course(softmaxEnds['of Dense'](), sparse, {}, 'wasm');
    expectClose(found, await course(twin(), sparse, {}, 'wasm'));
  });

  it('of a recurrent layer in both directions whose cell gives probabilities', async () => {
    const layer = () => new SimpleRNN({ units: 1, activation: 'sigmoid' as const });
    const y = { data: Float64Array.from({ length: N }, (_, n) => n % 2), shape: [N, 1] };
    for (const mergeMode of ['average', 'multiply'] as const) {
      const loss = async (given: LossChoice): Promise<number> => {
        const model = new Sequential([new Bidirectional({ layer: layer(), mergeMode })], {
          engine: 'reference',
        });
        model.compile({ loss: given, optimizer: new Adam({}) });
        const [p, found] = [await model.predict(x), await model.evaluate(x, y)];
        const byHand = [...p.data].map((share, n) => -Math.log(n % 2 === 1 ? share : 1 - share));
        expect(found).toBeCloseTo(byHand.reduce((a, b) => a + b) / N, 6);
        await model.dispose();
        return found;
      };
      expect(await loss('binaryCrossentropy')).toBe(
        await loss({ name: 'binaryCrossentropy', fromLogits: false }),
      );
    }
  });

  it('each output of several by its own', async () => {
    const build = (activation: 'softmax' | 'linear', second: 'sigmoid' | 'linear'): Model => {
      const from = input({ shape: [T, D] });
      const h = body().apply(from);
      return new Model(
        {
          inputs: from,
          outputs: [
            new Dense({ units: V, name: 'out', activation }).apply(h),
            new Dense({ units: V, name: 'bits', activation: second }).apply(h),
          ],
        },
        { engine: 'reference', seed: 4 },
      );
    };
    const runs = [];
    for (const model of [build('softmax', 'linear'), build('linear', 'sigmoid'), build('linear', 'linear')]) {
      model.compile({ loss: [sparse, 'binaryCrossentropy'], optimizer: new Adam({ learningRate: 0.05 }) });
      runs.push((await model.fit(x, [classes, bits], options)).loss);
      await model.dispose();
    }
    expectClose(runs[0], runs[2]);
    expectClose(runs[1], runs[2]);
  });

  it('after saving, loading and going on from a training state', async () => {
    const optimizer = new Adam({ learningRate: 0.05 });
    const first = new Sequential(softmaxEnds['of Dense'](), { engine: 'reference', seed: 4 });
    first.compile({ loss: sparse, optimizer });
    await first.fit(x, classes, { ...options, epochs: 30 });
    const second = await Sequential.load(first.toBytes(), { engine: 'reference' });
    second.compile({ loss: sparse, optimizer });
    await second.setTrainingState(await first.getTrainingState());
    const [a, b] = [await first.evaluate(x, classes), await second.evaluate(x, classes)];
    expect(b).toBe(a);
    const wanted = await course(twin(), sparse, { epochs: 30 });
    expect(Math.abs(b - wanted.at(-1)!)).toBeLessThan(1e-6);
    for (const model of [first, second]) await model.dispose();
  });

  it('in gradient checks', () => {
    expectExactGradients(
      'softmax, by itself',
      gradientCheck(softmaxEnds['of Dense'](), { loss: sparse, x, y: classes, samples: 10 }),
    );
  });
});

describe('a loss that contradicts its output is refused', () => {
  it.each<[string, () => Layer[], LossChoice, string]>([
    [
      'logits asked for after softmax',
      softmaxEnds['of Dense'],
      { name: sparse, fromLogits: true },
      'The output "out" ends with softmax, so it gives probabilities; sparseCategoricalCrossentropy with fromLogits: true would apply softmax to them.',
    ],
    [
      'logits asked for after sigmoid',
      () => [body(), new Dense({ units: V, activation: 'sigmoid', name: 'out' })],
      { name: 'binaryCrossentropy', fromLogits: true },
      'The output "out" ends with sigmoid, so it gives probabilities; binaryCrossentropy with fromLogits: true would apply sigmoid to them.',
    ],
    [
      'shares of classes from sigmoid',
      () => [body(), new Dense({ units: V, activation: 'hardSigmoid', name: 'out' })],
      'categoricalCrossentropy',
      'The output "out" ends with sigmoid, whose probabilities are each by itself; categoricalCrossentropy takes shares of classes, which add up to 1.',
    ],
    [
      'probabilities asked for without an activation',
      twin,
      { name: sparse, fromLogits: false },
      'The output "out" ends without an activation, so it gives logits; sparseCategoricalCrossentropy with fromLogits: false takes probabilities.',
    ],
  ])('%s', (_, layers, loss, message) => {
    const model = new Sequential(layers(), { engine: 'reference' });
    const compile = (): void => model.compile({ loss, optimizer: new Adam({}) });
    expect(compile).toThrow(expect.objectContaining({ code: 'usage', message }) as Error);
    const y = targets[(typeof loss === 'string' ? loss : loss.name) as keyof typeof targets];
    expect(() => gradientCheck(layers(), { loss, x, y })).toThrow(message);
  });
});
