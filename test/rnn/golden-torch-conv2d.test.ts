import { describe, expect, it } from 'vitest';
import { Conv2D, type Conv2DOptions } from '../../src/rnn/layers/conv2d.js';
import { LayerStack } from '../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LeakyReLU } from '../../src/rnn/layers/leaky-relu.js';
import { AveragePooling2D, MaxPooling2D } from '../../src/rnn/layers/pooling-2d.js';
import { numbers } from '../support/golden-numbers.js';
import { judgedEngines } from '../support/tolerances.js';
import { expectAsTorch } from './torch-run.js';
import golden from '../golden/torch-conv2d.json' with { type: 'json' };

// As in test/golden/torch-conv2d.py.
const [N, T, B, C, FILTERS] = [2, 9, 7, 3, 4];

const test = (layer: Layer, shape: number[]) => ({
  graph: new LayerStack([layer]),
  x: [numbers(1, [N, T, B * C], 4)],
  y: [numbers(10, shape, 4)],
  loss: 'meanSquaredError' as const,
});

describe.each(judgedEngines)('PyTorch gives what %s gives', (engine) => {
  it.each(golden.convolutions)(
    'Conv2D, $padding and $bandPadding, $kernelSize every $strides, dilation $dilationRate',
    async ({ shape, kernelSize, strides, dilationRate, padding, bandPadding, ...expected }) => {
      const sliding = { kernelSize, strides, dilationRate, padding, bandPadding } as unknown as Conv2DOptions;
      const layer = new Conv2D({ ...sliding, filters: FILTERS, channels: C });
      await expectAsTorch('Conv2D', { engine, title: `${padding}` }, test(layer, shape), expected);
    },
  );

  it.each(golden.poolings)(
    'pooling, $kind of $poolSize every $strides',
    async ({ kind, shape, poolSize, strides, ...expected }) => {
      const options = { poolSize, strides, channels: C } as unknown as { channels: number };
      const layer = kind === 'max' ? new MaxPooling2D(options) : new AveragePooling2D(options);
      await expectAsTorch('Pooling2D', { engine, title: kind }, test(layer, shape), expected);
    },
  );

  it('LeakyReLU', async () => {
    const { shape, ...expected } = golden.leaky;
    const layer = new LeakyReLU({ negativeSlope: 0.2, minValue: -0.1 });
    await expectAsTorch('LeakyReLU', { engine, title: 'clipped' }, test(layer, shape), expected);
    expect(expected.outputs[0].filter((y) => y === -0.1).length).toBeGreaterThan(10);
  });
});
