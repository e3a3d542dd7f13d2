import { afterEach, describe, expect, it } from 'vitest';
import { Activation } from '../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { OneHot } from '../../src/rnn/layers/one-hot.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { sizeOf, type Tensor } from '../../src/rnn/program/tensor.js';
import { relativeError } from '../../src/rnn/gradient-check/gradient-check.js';
import type { LossName } from '../../src/rnn/losses/loss-choice.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';
import { recordComparison } from '../support/conformance.js';
import { numbers, whole } from '../support/golden-numbers.js';
import { againstTorch, judgedEngines } from '../support/tolerances.js';
// Made by test/golden/torch-training.py, which says where PyTorch and Keras differ.
import golden from '../golden/torch-training.json' with { type: 'json' };

const [N, T, V, H, D] = [6, 7, 11, 9, 5];
const steps = 10;

/** Examples `start` to `start + count - 1`. */
function examples({ data, shape }: Tensor, start: number, count: number): Tensor {
  const size = sizeOf(shape.slice(1));
  return { data: data.slice(start * size, (start + count) * size), shape: [count, ...shape.slice(1)] };
}

/** Time steps `start` to `start + T - 1` of tokens (N, time). */
function window({ data, shape: [rows, time] }: Tensor, start: number): Tensor {
  const cut = Array.from({ length: rows * T }, (_, i) => data[Math.floor(i / T) * time + start + (i % T)]);
  return { data: Float64Array.from(cut), shape: [rows, T] };
}

interface Case {
  layers: Layer[];
  loss: LossName;
  clip: number;
  shape: number[];
  x: Tensor;
  y: Tensor;
  sampleWeight?: Tensor;
}

const textRows = whole(1, [N, steps * T + 1], V);
const [gruCount, beforeCount, rnnCount, convCount] = [4, 1, 2, 5].map((rest) => 4 * N + rest);
const convSteps = Math.ceil(T / 2);

const cases: Record<keyof typeof golden, () => Case> = {
  lstm: () => ({
    layers: [
      new OneHot({ depth: V }),
      new LSTM({ units: H, returnSequences: true, stateful: true }),
      new LSTM({ units: H - 1, returnSequences: true, stateful: true }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    clip: 0.24,
    shape: [T],
    x: window(textRows, 0),
    y: window(textRows, 1),
  }),
  gru: () => ({
    layers: [
      new Embedding({ inputDim: V, outputDim: D }),
      new GRU({ units: H, returnSequences: true }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    clip: 0.36,
    shape: [T],
    x: whole(2, [gruCount, T], V),
    y: whole(3, [gruCount, T], V),
  }),
  gru_reset_before: () => ({
    layers: [new GRU({ units: H, resetAfter: false }), new Dense({ units: 4 })],
    loss: 'meanSquaredError',
    clip: 1.8,
    shape: [T, D],
    x: numbers(4, [beforeCount, T, D], 4),
    y: numbers(5, [beforeCount, 4], 4),
  }),
  simple_rnn: () => ({
    layers: [new OneHot({ depth: V }), new SimpleRNN({ units: H }), new Dense({ units: D })],
    loss: 'sparseCategoricalCrossentropy',
    clip: 1.8,
    shape: [T],
    x: whole(6, [rnnCount, T], V),
    y: whole(7, [rnnCount], D),
  }),
  convolution: () => ({
    layers: [
      new Conv1D({ filters: 8, kernelSize: 3, strides: 2, padding: 'causal', useBias: false }),
      new BatchNormalization({ momentum: 0.9, epsilon: 1e-3 }),
      new Activation({ activation: 'relu' }),
      new Dense({ units: 2 }),
    ],
    loss: 'binaryCrossentropy',
    clip: 0.125,
    shape: [T, D],
    x: numbers(8, [convCount, T, D], 4),
    y: whole(9, [convCount, convSteps, 2], 2),
    sampleWeight: halved(whole(10, [convCount, convSteps], 4)),
  }),
};

function halved({ data, shape }: Tensor): Tensor {
  return { data: Float64Array.from(data, (value) => value / 2), shape };
}

/** All weights of one kind: those trained, or the running statistics. */
function weightsOf(model: Sequential, trainable: boolean): ArrayLike<number>[] {
  return model.layers
    .flatMap(({ weights }) => weights)
    .filter((weight) => weight.trainable === trainable)
    .map((weight) => weight.get().data);
}

describe.each(judgedEngines)('ten steps as PyTorch takes them, on %s', (engine) => {
  let model: Sequential | undefined;
  afterEach(() => model?.dispose());

  it.each(Object.keys(cases) as (keyof typeof golden)[])('%s', async (name) => {
    const { layers, loss, clip, shape, x, y, sampleWeight } = cases[name]();
    const expected = golden[name];
    model = new Sequential(layers, { engine });
    await model.build(shape);
    model.layers
      .flatMap(({ weights }) => weights)
      .filter(({ trainable }) => trainable)
      .forEach((weight, i) => weight.set(numbers(20 + i, [...weight.shape], 1.6).data));
    model.compile({ loss, optimizer: new Adam({ learningRate: 0.02, globalClipNorm: clip }) });

    const losses: number[] = [];
    if (name === 'lstm') {
      for (let step = 0; step < steps; step++) {
        losses.push(await model.trainOnBatch(window(textRows, step * T), window(textRows, step * T + 1)));
      }
      await model.resetStates();
    } else {
      await model.fit(x, y, {
        batchSize: N,
        epochs: 2,
        shuffle: false,
        onBatch: (report) => losses.push(report.loss),
        ...(sampleWeight && { sampleWeight }),
      });
    }
    const prediction = await model.predict(examples(x, 0, N));

    expect(losses).toHaveLength(steps);
    losses.forEach((value, step) => {
      const error = Math.abs(value - expected.losses[step]) / expected.losses[step];
      expect(error, `loss ${step + 1}`).toBeLessThan(againstTorch.losses[engine]);
    });
    const trained = weightsOf(model, true);
    expect(trained).toHaveLength(expected.weights.length);
    const found = 'running' in expected ? [...trained, ...weightsOf(model, false)] : trained;
    const wanted = 'running' in expected ? [...expected.weights, ...expected.running] : expected.weights;
    const record = (what: string, error: number, limit: number): void =>
      recordComparison({
        source: `PyTorch, ten steps: ${what}`,
        ...{ engine, title: name, measure: 'relative', error, limit },
      });
    losses.forEach((value, i) =>
      record('losses', Math.abs(value / expected.losses[i] - 1), againstTorch.losses[engine]),
    );
    found.forEach((values, i) =>
      record('weights', relativeError([values], [wanted[i]]), againstTorch.weights[engine]),
    );
    found.forEach((values, i) => {
      expect(relativeError([values], [wanted[i]]), `weight ${i}`).toBeLessThan(againstTorch.weights[engine]);
    });
    expect(relativeError([prediction.data], [expected.prediction])).toBeLessThan(
      againstTorch.predictions[engine],
    );
  });
});
