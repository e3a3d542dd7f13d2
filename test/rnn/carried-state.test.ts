import { describe, expect, it } from 'vitest';
import { GRU } from '../../src/rnn/index.js';
import { carriedOfName, nameOfCarried, type CarriedState } from '../../src/rnn/program/carried-state.js';
import { ProgramBuilder } from '../../src/rnn/program/program.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { normals } from '../support/random-tensors.js';

describe('the name of a carried state', () => {
  it('is the one that checkpoints of the first release hold', () => {
    expect(nameOfCarried({ layer: 'lstm_1', state: 'c', program: 'train', batch: 32 })).toBe(
      'lstm_1/c carried by train of 32',
    );
  });

  it.each([
    { layer: 'gru', state: 'h', program: 'evaluate', batch: 1 },
    { layer: 'residual/gru_0', state: 'h', program: 'gradients', batch: 128 },
    { layer: 'a layer of mine\n', state: 'my state', program: 'predict', batch: 7 },
    { layer: 'x/h carried by train of 2', state: 'h', program: 'train', batch: 3 },
  ] satisfies CarriedState[])('tells whose it is: $layer, $state', (carried) => {
    expect(carriedOfName(nameOfCarried(carried))).toEqual(carried);
  });

  it.each(['gru/kernel', 'gru/kernel/m', 'carried by train of 3', 'gru/h carried by train', ''])(
    'is not %j',
    (name) => {
      expect(carriedOfName(name)).toBeUndefined();
    },
  );
});

it('a program says of its buffers which are carried, and for whom', () => {
  const builder = new ProgramBuilder('train');
  const carried = builder.declareCarried({ layer: 'gru', state: 'h', batch: 4 }, 3);
  builder.declare('state', 'gru/kernel/m', 2, 9);
  expect(carried).toMatchObject({ rows: 4, cols: 3 });
  expect(builder.finish().buffers).toEqual([
    {
      ...{ name: 'gru/h carried by train of 4', kind: 'state', size: 12 },
      carried: { layer: 'gru', state: 'h', program: 'train', batch: 4 },
    },
    { name: 'gru/kernel/m', kind: 'state', size: 18 },
  ]);
  expect(() => builder.declareCarried({ layer: 'gru', state: 'h', batch: 4 }, 5)).toThrow(/twice/);
});

it('resetStates by training leaves the state of evaluation, after the training was put back as well', async () => {
  const model = new Sequential([new GRU({ units: 3, stateful: true, returnSequences: true })], {
    ...{ engine: 'reference', seed: 1 },
  });
  model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
  const [x, y] = [normals(1, 2, 4, 5), normals(2, 2, 4, 3)];
  await model.trainOnBatch(x, y, { batchSize: 2 });
  await model.evaluate(x, y, { batchSize: 2 });
  await model.setTrainingState(await model.getTrainingState());
  const carried = async (by: string): Promise<number[]> => {
    const { buffers } = await model.getTrainingState();
    return Array.from(buffers.get(`${model.layers[0].name}/h carried by ${by} of 2`)!);
  };
  const before = await carried('evaluate');
  expect(before.some((value) => value !== 0)).toBe(true);
  expect((await carried('train')).some((value) => value !== 0)).toBe(true);
  await model.resetStates('train');
  expect((await carried('train')).every((value) => value === 0)).toBe(true);
  expect(await carried('evaluate')).toEqual(before);
  await model.dispose();
});
