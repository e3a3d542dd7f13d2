import { describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  Conv1D,
  Dense,
  LayerNormalization,
  Sequential,
  UnitNormalization,
  type Layer,
} from '../../src/rnn/index.js';

const built = async (layer: Layer, shape: number[]): Promise<Sequential> => {
  const model = new Sequential([layer], { engine: 'reference' });
  await model.build(shape);
  return model;
};
const names = (layer: Layer): string[] => layer.weights.map(({ name }) => name.split('/')[1]);

describe('center and scale', () => {
  it.each([
    [{}, ['gamma', 'beta']],
    [{ center: false }, ['gamma']],
    [{ scale: false }, ['beta']],
    [{ center: false, scale: false }, []],
  ])('%o', async (options, own) => {
    const [layer, batch] = [new LayerNormalization(options), new BatchNormalization(options)];
    await built(layer, [3, 2]);
    const model = await built(batch, [3, 2]);
    expect(names(layer)).toEqual(own);
    expect(names(batch)).toEqual([...own, 'movingMean', 'movingVariance']);
    const again = await Sequential.load(model.toBytes(), { engine: 'reference' });
    expect(names(again.layers[0])).toEqual(names(batch));
  });

  it('false leave a batch normalization without weights to train that moves its statistics', async () => {
    const layer = new BatchNormalization({ center: false, scale: false, momentum: 0.5 });
    const model = new Sequential([layer, new Dense({ units: 1 })], { engine: 'reference' });
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    const x = [[2], [4]];
    await model.trainOnBatch(x, x);
    // Half of 0 and of the mean 3, half of 1 and of the variance 1.
    expect(layer.getWeights().map(({ data }) => data[0])).toEqual([1.5, 1]);
    layer.trainable = false;
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    await model.trainOnBatch(x, x);
    expect(layer.getWeights()[0].data[0]).toBe(1.5);
  });
});

describe('axis', () => {
  const makers = { BatchNormalization, LayerNormalization, UnitNormalization };
  it.each(Object.keys(makers) as (keyof typeof makers)[])('of %s is that of the features', async (kind) => {
    const make = (axis: number | [number]): Layer => new makers[kind]({ axis });
    const same = await (
      await built(make(-1), [2, 3])
    ).predict([
      [
        [1, 2, 4],
        [3, 5, 9],
      ],
    ]);
    const two = await (
      await built(make([2]), [2, 3])
    ).predict([
      [
        [1, 2, 4],
        [3, 5, 9],
      ],
    ]);
    expect([...two.data]).toEqual([...same.data]);
    await expect(built(make(1), [2])).resolves.toBeDefined();
    await expect(built(make(1), [2, 3])).rejects.toThrow(
      /goes by the features, axis -1 or 2 of \(batch, time, features\); axis 1 was asked for/,
    );
    await expect(built(make(2), [3])).rejects.toThrow(/axis -1 or 1 of \(batch, features\); axis 2/);
    expect(() => make(0)).toThrow('-1, 2 or 1, the axis of the features');
    expect(() => make([1, 2] as never)).toThrow('the axis of the features');
  });
});

describe('UnitNormalization', () => {
  it('makes rows of length 1, and leaves zeros as they are', async () => {
    const model = await built(new UnitNormalization(), [2, 2]);
    const { data } = await model.predict([
      [
        [3, -4],
        [0, 0],
      ],
    ]);
    expect([...data].map((y) => Number(y.toFixed(6)))).toEqual([0.6, -0.8, 0, 0]);
  });

  it('gives zeros no gradient that is no number', async () => {
    const model = new Sequential([new Conv1D({ filters: 2, kernelSize: 1 }), new UnitNormalization()], {
      engine: 'wasm',
    });
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    const zeros = [[[0, 0]], [[1, 2]]];
    await model.trainOnBatch(zeros, zeros);
    expect(await model.trainOnBatch(zeros, zeros)).toBeGreaterThan(0);
    await model.dispose();
  });
});

describe('groups', () => {
  it('convolve each group of features by itself, by hand', async () => {
    const layer = new Conv1D({ filters: 4, kernelSize: 1, groups: 2, useBias: false });
    const model = await built(layer, [1, 4]);
    expect(layer.weights[0].shape).toEqual([1, 2, 4]);
    // Filters 0 and 1 see features 0 and 1, filters 2 and 3 see 2 and 3.
    layer.setWeights([[1, 10, 100, 1000, 2, 20, 200, 2000]]);
    const { data } = await model.predict([[[1, 2, 3, 4]]]);
    expect([...data]).toEqual([1 + 4, 10 + 40, 300 + 800, 3000 + 8000]);
  });

  it('that do not come out even are refused', async () => {
    expect(() => new Conv1D({ filters: 3, kernelSize: 1, groups: 2 })).toThrow(
      '3 filters cannot be cut into 2 groups',
    );
    const layer = new Conv1D({ filters: 4, kernelSize: 1, groups: 2, name: 'conv' });
    await expect(built(layer, [2, 3])).rejects.toThrow(
      'The layer "conv" (Conv1D) cannot cut 3 input features into 2 groups',
    );
  });
});
