import { describe, expect, it } from 'vitest';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { classes, normals, times } from '../support/random-tensors.js';
import { judgedEngines, reordered } from '../support/tolerances.js';

const [N, T, D, H, V] = [3, 5, 4, 6, 7];

const models: { title: string; layers: () => Layer[]; x: Tensor }[] = [
  {
    title: 'tokens through an embedding, an LSTM and a GRU',
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new LSTM({ units: H, returnSequences: true }),
      new GRU({ units: H - 1, returnSequences: true }),
      new Dense({ units: V }),
    ],
    x: classes(1, V, N, T),
  },
  {
    title: 'one-hot tokens through a GRU, reset before',
    layers: () => [
      new OneHot({ depth: V }),
      new GRU({ units: H, resetAfter: false, returnSequences: true }),
      new Dense({ units: V }),
    ],
    x: classes(2, V, N, T),
  },
  {
    title: 'features through an LSTM with peepholes',
    layers: () => [new LSTM({ units: H, peepholes: true, returnSequences: true }), new Dense({ units: 2 })],
    x: normals(5, N, T, D),
  },
  {
    title: 'features through a SimpleRNN',
    layers: () => [new SimpleRNN({ units: H, returnSequences: true }), new Dense({ units: 2 })],
    x: normals(3, N, T, D),
  },
];

describe.each(judgedEngines)('Stepper on %s', (engine) => {
  it.each(models)('step by step equals predict: $title', async ({ layers, x }) => {
    const model = new Sequential(layers(), { engine, seed: 4 });
    const whole = await model.predict(x);
    const stepper = model.stepper({ batch: N });
    expect([stepper.batch, stepper.outputFeatures]).toEqual([N, whole.shape[2]]);
    const run = (): ArrayLike<number>[] =>
      Array.from({ length: T }, (_, t) => Float64Array.from(stepper.step(times(x, t, t + 1).data)));
    const expected = Array.from({ length: T }, (_, t) => times(whole, t, t + 1).data);
    const first = run();
    // `predict` answers in float32.
    first.forEach((row, t) => expect(relativeError([row], [expected[t]]), `step ${t}`).toBeLessThan(1e-6));
    stepper.reset();
    expect(run()).toEqual(first);
  });

  it('goes back to a saved moment', async () => {
    const [{ layers, x }] = models;
    const model = new Sequential(layers(), { engine, seed: 4 });
    await model.build([T]);
    const stepper = model.stepper({ batch: N });
    const at = (t: number): number[] => [...stepper.step(times(x, t, t + 1).data)];
    at(0);
    const moment = stepper.getState();
    // h and c of the LSTM, h of the GRU.
    expect(moment.map(({ length }) => length)).toEqual([N * H, N * H, N * (H - 1)]);
    const next = [at(1), at(2)];
    stepper.setState(moment);
    expect([at(1), at(2)]).toEqual(next);
  });

  it('keeps the weights it was made with', async () => {
    const [{ layers, x }] = models;
    const model = new Sequential(layers(), { engine, seed: 4 });
    model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam({ learningRate: 0.1 }) });
    await model.build([T]);
    const before = [...model.stepper({ batch: N }).step(times(x, 0, 1).data)];
    const stepper = model.stepper({ batch: N });
    await model.fit(x, x);
    expect([...stepper.step(times(x, 0, 1).data)]).toEqual(before);
    const after = [...model.stepper({ batch: N }).step(times(x, 0, 1).data)];
    expect(relativeError([after], [before])).toBeGreaterThan(0.1);
    const predicted = times(await model.predict(x), 0, 1).data;
    expect(relativeError([after], [predicted])).toBeLessThan(Math.max(reordered[engine], 1e-6));
  });

  it('refuses tokens outside the vocabulary and rows of the wrong size', async () => {
    const model = new Sequential(models[0].layers(), { engine });
    await model.build([T]);
    const stepper = model.stepper();
    expect(() => stepper.step([V])).toThrow('The token 7 is not a whole number from 0 to 6.');
    expect(() => stepper.step([0, 0])).toThrow(/takes 1 numbers; 2 were given/);
  });
});

it.each<[string, () => Layer[]]>([
  ['bidirectional', () => [new Bidirectional({ layer: new GRU({ units: H, returnSequences: true }) })]],
  ['gru', () => [new GRU({ units: H, returnSequences: true, goBackwards: true })]],
  ['conv1d', () => [new Conv1D({ filters: H, kernelSize: 3, padding: 'same' })]],
])('a model with %s, which needs the whole sequence, cannot be stepped', async (name, layers) => {
  const model = new Sequential(layers());
  await model.build([T, D]);
  expect(() => model.stepper()).toThrow(`"${name}" needs the whole sequence`);
});

it('a convolution of one tap can be stepped', async () => {
  const model = new Sequential([new Conv1D({ filters: H, kernelSize: 1 })]);
  const x = normals(5, 1, T, D);
  const whole = await model.predict(x);
  const stepper = model.stepper();
  for (let t = 0; t < T; t++) {
    expect([...stepper.step(times(x, t, t + 1).data)]).toEqual([...times(whole, t, t + 1).data]);
  }
});
