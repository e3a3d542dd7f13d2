import * as ort from 'onnxruntime-web';
import { expect, it } from 'vitest';
import { checkOnnx, toOnnx, toPyTorch } from '../../src/exchange/index.js';
import { slidingSteps } from '../../src/exchange/source/sample-steps.js';
import {
  AveragePooling1D,
  Conv1D,
  Conv2D,
  Dense,
  GRU,
  MaxPooling1D,
  MaxPooling2D,
  Sequential,
  type Layer,
} from '../../src/rnn/index.js';

const FEATURES = 8;
const stacks: Record<string, () => Layer[]> = {
  'one long window': () => [new Conv1D({ filters: 3, kernelSize: 40, strides: 3 }), new GRU({ units: 2 })],
  'dilation, and poolings that take their own strides': () => [
    new Conv1D({ filters: 3, kernelSize: 9, dilationRate: 4 }),
    new MaxPooling1D({ poolSize: 5 }),
    new AveragePooling1D(),
    new Conv1D({ filters: 2, kernelSize: 3 }),
  ],
  'windows over bands': () => [
    new Conv2D({ filters: 2, kernelSize: [30, 3] }),
    new MaxPooling2D({ poolSize: [4, 2], channels: 2 }),
  ],
  'padding, which needs nothing': () => [
    new Conv1D({ filters: 3, kernelSize: 9, padding: 'causal' }),
    new Dense({ units: 2 }),
  ],
};

const built = async (layers: Layer[], time: number): Promise<Sequential> => {
  const model = new Sequential(layers, { engine: 'wasm', threads: 1 });
  await model.build([time, FEATURES]);
  return model;
};

it.each(Object.keys(stacks))('%s: a sample has as many time steps as the windows need', async (name) => {
  const layers = stacks[name]();
  const { least } = slidingSteps({ layers });
  const model = await built(layers, least);
  if (least > 1) await expect(built(stacks[name](), least - 1)).rejects.toMatchObject({ code: 'bad-shape' });
  const { largest } = await checkOnnx(ort, model, await toOnnx(model));
  expect(largest).toBeLessThan(1e-5);
  if (name !== 'windows over bands') expect(await toPyTorch(model)).toHaveProperty('model.py');
  await model.dispose();
});
