import { describe, expect, it } from 'vitest';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Conv2D } from '../../src/rnn/layers/conv2d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LeakyReLU } from '../../src/rnn/layers/leaky-relu.js';
import { input } from '../../src/rnn/layers/input.js';
import { AveragePooling1D, MaxPooling1D } from '../../src/rnn/layers/pooling.js';
import { MaxPooling2D } from '../../src/rnn/layers/pooling-2d.js';
import { Model } from '../../src/rnn/model/model.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { normals, times } from '../support/random-tensors.js';
import { judgedEngines } from '../support/tolerances.js';

const [N, T, D] = [3, 24, 6];

/** Layers whose strides over time multiply to `strides`. */
const models: { title: string; strides: number; layers: () => Layer[] }[] = [
  {
    title: 'Conv1D, dilated, in groups, a GRU',
    strides: 1,
    layers: () => [
      new Conv1D({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'causal', activation: 'tanh' }),
      new Conv1D({ filters: 8, kernelSize: 2, groups: 2, padding: 'causal' }),
      new Conv1D({ filters: 5, kernelSize: 1 }),
      new GRU({ units: 4, returnSequences: true }),
    ],
  },
  {
    title: 'Conv1D with strides, poolings over time',
    strides: 8,
    layers: () => [
      new Conv1D({ filters: 4, kernelSize: 5, strides: 2, padding: 'causal' }),
      new MaxPooling1D(),
      new AveragePooling1D({ poolSize: 2 }),
      new Dense({ units: 3 }),
    ],
  },
  {
    title: 'convolutions and poolings over time and bands',
    strides: 4,
    layers: () => [
      new Conv2D({ filters: 4, kernelSize: 3, padding: 'causal' }),
      new LeakyReLU({ negativeSlope: 0.2, minValue: -0.4 }),
      new MaxPooling2D({ channels: 4 }),
      new Conv2D({ filters: 5, kernelSize: [3, 1], channels: 4, padding: 'causal' }),
      new MaxPooling2D({ poolSize: [1, 3], channels: 5 }),
      new Conv2D({ filters: 2, kernelSize: [2, 1], channels: 5, strides: [2, 1], padding: 'causal' }),
    ],
  },
];

describe.each(judgedEngines)('Stepper of convolutions on %s', (engine) => {
  it.each(models)('piece by piece equals predict: $title', async ({ layers, strides }) => {
    const x = normals(3, N, T, D);
    const model = new Sequential(layers(), { engine, seed: 4 });
    const whole = await model.predict(x);
    for (const steps of [strides, 2 * strides, T]) {
      const stepper = model.stepper({ batch: N, steps });
      expect(stepper.steps).toBe(steps);
      const run = (): number[][] =>
        Array.from({ length: T / steps }, (_, i) => [
          ...stepper.step(timeMajor(times(x, i * steps, (i + 1) * steps).data, steps)),
        ]);
      const first = run();
      first.forEach((piece, i) => {
        const out = steps / strides;
        const expected = timeMajor(times(whole, i * out, (i + 1) * out).data, out);
        expect(relativeError([piece], [expected]), `piece ${i} of ${steps}`).toBeLessThan(1e-6);
      });
      stepper.reset();
      expect(run()).toEqual(first);
      stepper.dispose();
    }
  });
});

/** (N, T, F) to (T, N, F). */
function timeMajor(data: ArrayLike<number>, steps: number): number[] {
  const features = data.length / N / steps;
  return Array.from({ length: data.length }, (_, i) => {
    const [t, n, f] = [Math.floor(i / (N * features)), Math.floor(i / features) % N, i % features];
    return data[(n * steps + t) * features + f];
  });
}

describe('a Stepper refuses', () => {
  const built = async (...layers: Layer[]): Promise<Sequential> => {
    const model = new Sequential(layers, { engine: 'reference' });
    await model.build([T, D]);
    return model;
  };

  it('what sees later steps, or overlaps', async () => {
    const whole = [
      new Conv2D({ filters: 2, kernelSize: 3 }),
      new Conv2D({ filters: 2, kernelSize: 3, padding: 'same' }),
      new MaxPooling2D({ poolSize: 3, strides: 2 }),
      new MaxPooling1D({ padding: 'same' }),
    ];
    for (const layer of whole) {
      const model = await built(layer);
      expect(() => model.stepper({ steps: 4 })).toThrow(/needs the whole sequence/);
    }
  });

  it('pieces that end between two strides', async () => {
    const model = await built(new MaxPooling2D({ poolSize: [4, 1] }));
    expect(() => model.stepper({ steps: 6 })).toThrow(
      'moves by 4 time steps; 6 at a call are no multiple of that.',
    );
    expect(model.stepper({ steps: 8 }).step(new Float32Array(8 * D))).toHaveLength(2 * D);
  });

  it('a convolution in two places', async () => {
    const conv = new Conv1D({ filters: D, kernelSize: 2, padding: 'causal' });
    const x = input({ shape: [null, D] });
    const model = new Model({ inputs: x, outputs: conv.apply(conv.apply(x)) }, { engine: 'reference' });
    await model.predict(normals(1, 1, T, D));
    expect(() => model.stepper()).toThrow(/is used twice/);
  });
});
