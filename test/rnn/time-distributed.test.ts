import { afterEach, describe, expect, it } from 'vitest';
import {
  Conv1D,
  Dense,
  Flatten,
  GlobalMaxPooling1D,
  GRU,
  input,
  LSTM,
  MaxPooling1D,
  Model,
  Sequential,
  SGD,
  TimeDistributed,
  type Layer,
} from '../../src/rnn/index.js';
import { gradientCheck, relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { normals } from '../support/random-tensors.js';
import { expectExactGradients } from '../support/exact-gradients.js';

const [N, T, S, D] = [3, 4, 5, 2];
const x = normals(1, N, T, S, D);
const opened: Model[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.dispose();
});
const keep = <Kind extends Model>(model: Kind): Kind => (opened.push(model), model);

describe('TimeDistributed of a layer of sequences', () => {
  // As Keras: each of the N * T sequences goes through the layer by itself.
  it.each<[string, () => Layer, readonly number[]]>([
    ['Conv1D', () => new Conv1D({ filters: 3, kernelSize: 2, strides: 2 }), [2, 3]],
    ['LSTM', () => new LSTM({ units: 3 }), [3]],
    ['GRU that gives sequences', () => new GRU({ units: 3, returnSequences: true }), [S, 3]],
    ['Flatten', () => new Flatten(), [S * D]],
    ['MaxPooling1D', () => new MaxPooling1D(), [2, D]],
    ['GlobalMaxPooling1D', () => new GlobalMaxPooling1D(), [D]],
    ['Dense', () => new Dense({ units: 3 }), [S, 3]],
  ])('runs it on each: %s', async (_name, make, shape) => {
    const wrapped = keep(new Sequential([new TimeDistributed({ layer: make() })], { engine: 'wasm' }));
    const found = await wrapped.predict(x, { batchSize: 2 });
    const plain = keep(new Sequential([make()], { engine: 'wasm' }));
    await plain.build([S, D]);
    plain.layers[0].setWeights(wrapped.layers[0].getWeights());
    const expected = await plain.predict({ data: x.data, shape: [N * T, S, D] });
    expect(found.shape).toEqual([N, T, ...shape]);
    expect(relativeError([found.data], [expected.data])).toBeLessThan(1e-6);
  });

  it('trains in a graph, is saved, and steps through time', async () => {
    const frames = input({ shape: [null, S, D] });
    const rows = new TimeDistributed({ layer: new LSTM({ units: 3 }) }).apply(frames);
    const outputs = new Dense({ units: 1 }).apply(new GRU({ units: 4, returnSequences: true }).apply(rows));
    const model = keep(new Model({ inputs: frames, outputs }, { engine: 'wasm', seed: 1 }));
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.2 }) });
    const { loss } = await model.fit(x, normals(2, N, T, 1), { epochs: 60, batchSize: 2 });
    expect(loss.at(-1)!).toBeLessThan(0.8 * loss[0]);
    const again = keep(await Model.load(model.toBytes(), { engine: 'wasm' }));
    const expected = await model.predict(x);
    expect((await again.predict(x)).data).toEqual(expected.data);
    // The inner LSTM begins anew at each time step, the GRU goes on.
    const stepper = again.stepper({ batch: 1 });
    for (let t = 0; t < T; t++) {
      const [y] = stepper.step(x.data.slice(t * S * D, (t + 1) * S * D));
      expect(y).toBeCloseTo(expected.data[t], 5);
    }
    stepper.dispose();
  });

  it('takes lengths of the outer sequences', () => {
    const layers = [new TimeDistributed({ layer: new Flatten() }), new GRU({ units: 2 })];
    const errors = gradientCheck(layers, {
      loss: 'meanSquaredError',
      ...{ x, y: normals(3, N, 2), lengths: [2, 4, 1] },
    });
    expectExactGradients('TimeDistributed with lengths', errors);
  });

  it('says what does not fit', async () => {
    expect(() => new TimeDistributed({ layer: new GRU({ units: 2, stateful: true }) })).toThrow('stateful');
    await expect(keep(new Sequential([new LSTM({ units: 2 })])).predict(x)).rejects.toMatchObject({
      code: 'bad-shape',
      message: 'The layer "lstm" would get (batch, 4, 5, 2), sequences of sequences.',
      hint: 'Put it inside TimeDistributed, to run on each of the 4 sequences.',
    });
    const rows = keep(new Sequential([new TimeDistributed({ layer: new LSTM({ units: 2 }) })]));
    await expect(rows.predict(normals(1, N, T, D))).rejects.toMatchObject({ code: 'bad-shape' });
    const softmax = keep(new Sequential([new TimeDistributed({ layer: new Dense({ units: 3 }) })]));
    softmax.compile({ loss: 'categoricalCrossentropy', optimizer: new SGD({ learningRate: 1 }) });
    await expect(softmax.fit(x, normals(2, N, T, S, 3))).rejects.toMatchObject({ code: 'bad-shape' });
    expect(() => input({ shape: [T, null, D] })).toThrow('cannot have the shape');
  });
});
