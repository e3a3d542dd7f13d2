import { describe, expect, it } from 'vitest';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { SimpleRNN } from '../../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { Tensor } from '../../../src/rnn/program/tensor.js';
import { Adam } from '../../../src/rnn/training/optimizers/index.js';
import { cosineSchedule } from '../../../src/rnn/training/optimizers/schedules.js';
import { normals, rows } from '../../support/random-tensors.js';

const [N, T, D] = [8, 3, 4];
const x = normals(1, N, T, D);
const y = normals(2, N, 2);

const withValue = ({ data, shape }: Tensor, at: number, value: number): Tensor => {
  const changed = data.slice();
  changed[at] = value;
  return { data: changed, shape };
};

function network(learningRate: number | ((step: number) => number) = 1e-3): Sequential {
  const model = new Sequential(
    [
      new Dense({ units: 5, name: 'first' }),
      new Dropout({ rate: 0.2 }),
      new GRU({ units: 6, name: 'middle', stateful: true }),
      new Dense({ units: 2, name: 'last' }),
    ],
    { seed: 1, engine: 'wasm' },
  );
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate }) });
  return model;
}

const says = (message: RegExp, hint: RegExp) => ({
  code: 'diverged',
  message: expect.stringMatching(message) as string,
  hint: expect.stringMatching(hint) as string,
});

describe('a loss that is no number', () => {
  it('names the example whose input is to blame', async () => {
    const model = network();
    await expect(model.fit(withValue(x, 5 * T * D + 2, NaN), y, { batchSize: 4 })).rejects.toMatchObject(
      says(
        /^The loss became NaN at step 2: the input of example 5 hold a number that is not finite\.$/,
        /example/,
      ),
    );
  });

  it('names the example whose target or weight is to blame', async () => {
    await expect(network().fit(x, withValue(y, 3, -Infinity), { batchSize: 4 })).rejects.toMatchObject(
      says(/at step 1: the targets of example 1 hold/, /example/),
    );
    const sampleWeight = withValue({ data: new Float32Array(N).fill(1), shape: [N] }, 6, NaN);
    await expect(network().fit(x, y, { batchSize: 4, sampleWeight })).rejects.toMatchObject(
      says(/at step 2: the sample weights of example 6 hold/, /example/),
    );
  });

  it('names the layer whose weights are to blame', async () => {
    const model = network();
    await model.build([T, D]);
    const [kernel, ...others] = model.layers[2].getWeights();
    model.layers[2].setWeights([withValue(kernel, 4, Infinity), ...others]);
    await expect(model.fit(x, y)).rejects.toMatchObject(
      says(/at step 1: the weights of the layer "middle" were not finite to begin with/, /setWeights/),
    );
  });

  it('names the first layer whose outputs are to blame', async () => {
    const model = new Sequential(
      [
        new Dense({ units: 5, name: 'first' }),
        new SimpleRNN({ units: 3, activation: 'relu', name: 'growing', useBias: false }),
        new Dense({ units: 2, name: 'last' }),
      ],
      { seed: 1, engine: 'wasm' },
    );
    model.compile({ loss: 'meanSquaredError', optimizer: new Adam() });
    await model.build([T, D]);
    model.layers[1].setWeights([new Float32Array(15).fill(1e18), new Float32Array(9).fill(1e18)]);
    await expect(model.fit(x, y)).rejects.toMatchObject(
      says(
        /at step 1: the outputs of the layer "growing" were the first to be not finite\.$/,
        /learning rate/,
      ),
    );
  });

  it('names the layer that an update spoilt, at whatever step, and goes back to before', async () => {
    // The rate is sane for 230 steps, past the first state that is kept; then one update overflows.
    const spoilAt = 231;
    const model = network((step) => (step === spoilAt ? 1e39 : 1e-3));
    const batch = (k: number): [Tensor, Tensor] => {
      const start = (k % 2) * 4;
      return [rows(x, start, start + 4), rows(y, start, start + 4)];
    };
    for (let k = 0; k < spoilAt - 1; k++) {
      if (k % 7 === 0) await model.resetStates();
      await model.trainOnBatch(...batch(k));
    }
    const before = model.toBytes();
    await model.trainOnBatch(...batch(spoilAt - 1));
    expect(() => model.toBytes()).toThrow('not worth saving');
    await expect(model.trainOnBatch(...batch(spoilAt))).rejects.toMatchObject(
      says(
        /^The loss became \S+ at step 232: the update in step 231 made the weights of the layer "first" not finite\.$/,
        /Lower the learning rate/,
      ),
    );
    expect(Buffer.from(model.toBytes()).equals(Buffer.from(before))).toBe(true);
  });

  it('says less where a batch was changed after it was given', async () => {
    const model = network();
    const shared = rows(x, 0, 4);
    await model.trainOnBatch(shared, rows(y, 0, 4));
    shared.data.fill(0.5);
    await model.trainOnBatch(rows(x, 4, 8), rows(y, 4, 8));
    const [kernel, bias] = model.layers[3].getWeights();
    model.layers[3].setWeights([withValue(kernel, 0, NaN), bias]);
    await expect(model.trainOnBatch(shared, rows(y, 0, 4))).rejects.toMatchObject(
      says(/^The loss became NaN at step 3\.$/, /learning rate/),
    );
  });

  it('does not stand in the way of what is finite: the same numbers as before', async () => {
    const [a, b] = [network(cosineSchedule({ peak: 0.01, totalSteps: 500 })), network()];
    b.compile({
      loss: 'meanSquaredError',
      optimizer: new Adam({ learningRate: cosineSchedule({ peak: 0.01, totalSteps: 500 }) }),
    });
    // One in one go, over two states that are kept; the other with its state taken out and put back.
    await a.fit(x, y, { batchSize: 4, epochs: 220 });
    await b.fit(x, y, { batchSize: 4, epochs: 110 });
    const state = await b.getTrainingState();
    await b.trainOnBatch(x, y);
    await b.setTrainingState(state);
    await b.fit(x, y, { batchSize: 4, epochs: 110 });
    expect(b.toBytes()).toEqual(a.toBytes());
  });
});
