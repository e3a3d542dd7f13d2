import { describe, expect, it } from 'vitest';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { Random } from '../../src/base/math/random.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { sizeOf, type Tensor } from '../../src/rnn/program/tensor.js';
import { gradientCheck } from '../../src/rnn/gradient-check/gradient-check.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { expectExactGradients } from '../support/exact-gradients.js';

const random = new Random(5);
const normals = (...shape: number[]): Tensor => ({
  data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
  shape,
});

describe('frozen layers', () => {
  it('let gradients through, batch normalization at its running statistics', () => {
    const norm = new BatchNormalization({ name: 'norm' });
    norm.build(5, new Random(1));
    norm.setWeights([
      [1.5, 0.5, 2, -1, 0.75],
      [0.1, 0.2, 0.3, 0.4, 0.5],
      [1, -1, 0.5, 0, 2],
      [0.5, 2, 1, 4, 0.25],
    ]);
    norm.trainable = false;
    const errors = gradientCheck(
      [new Dense({ units: 5 }), norm, new GRU({ units: 4, returnSequences: true })],
      {
        loss: 'meanSquaredError',
        x: normals(3, 6, 2),
        y: normals(3, 6, 4),
      },
    );
    const names = errors.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['dense/kernel', 'gru/kernel', 'x']));
    expect(names).not.toContain('norm/gamma');
    expectExactGradients('a frozen layer between others', errors);
  });

  it.each(['reference', 'wasm'] as const)('keep their weights to the last bit on %s', async (engine) => {
    const front = new Conv1D({ filters: 5, kernelSize: 3, strides: 2 });
    const norm = new BatchNormalization();
    const model = new Sequential(
      [front, norm, new GRU({ units: 4, returnSequences: true }), new Dense({ units: 1 })],
      { engine, seed: 3 },
    );
    for (const layer of [front, norm]) layer.trainable = false;
    model.compile({ loss: 'binaryCrossentropy', optimizer: new Adam({ learningRate: 0.01 }) });
    const [x, y] = [normals(2, 9, 3), { data: Float32Array.of(0, 1, 0, 1, 1, 0, 0, 1), shape: [2, 4, 1] }];
    await model.build([9, 3]);
    expect(model.countParameters()).toBe(5 * 12 + 4 * 12 + 2 * 12 + 4 + 1);
    const weightsOf = () =>
      model.layers.map((layer) => layer.getWeights().map(({ data }) => Array.from(data)));
    const before = weightsOf();
    const losses: number[] = [];
    for (let step = 0; step < 5; step++) losses.push(await model.trainOnBatch(x, y));
    const after = weightsOf();
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    for (const layer of [2, 3]) expect(after[layer]).not.toEqual(before[layer]);
    expect(losses[4]).toBeLessThan(losses[0]);
    await model.dispose();
  });
});
