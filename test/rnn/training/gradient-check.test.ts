import { describe, expect, it } from 'vitest';
import { Activation } from '../../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../../src/rnn/layers/conv1d.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dot } from '../../../src/rnn/layers/dot.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { Embedding } from '../../../src/rnn/layers/embedding.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { input } from '../../../src/rnn/layers/input.js';
import { graphBetween } from '../../../src/rnn/graph/graph-between.js';
import type { LayerGraph } from '../../../src/rnn/graph/layer-graph.js';
import type { Layer } from '../../../src/rnn/layers/layer.js';
import type { Trace, Traced } from '../../../src/rnn/weights/trace.js';
import { LSTM } from '../../../src/rnn/layers/lstm.js';
import { OneHot } from '../../../src/rnn/layers/one-hot.js';
import { Flatten, Reshape } from '../../../src/rnn/layers/reshape.js';
import { SimpleRNN } from '../../../src/rnn/layers/simple-rnn.js';
import { Random } from '../../../src/base/math/random.js';
import { sizeOf, type Tensor } from '../../../src/rnn/program/tensor.js';
import {
  gradientCheck,
  relativeError,
  type GradientError,
} from '../../../src/rnn/gradient-check/gradient-check.js';
import { expectExactGradients, gradientLimit as limit } from '../../support/exact-gradients.js';
import type { LossName } from '../../../src/rnn/losses/loss-choice.js';

// All sizes differ, so that no transposed dimension can pass.
const [N, T, D, H, V] = [3, 4, 5, 6, 7];

const random = new Random(11);
const normals = (...shape: number[]): Tensor => ({
  data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()),
  shape,
});
const classes = (count: number, ...shape: number[]): Tensor => ({
  data: Float64Array.from({ length: sizeOf(shape) }, () => random.integer(count)),
  shape,
});
const sequences = normals(N, T, D);
const tokens = classes(V, N, T);
/** One weight a time step, some of them 0. */
const stepWeights: Tensor = {
  data: Float64Array.from({ length: N * T }, (_, i) => (i % 4) / 2),
  shape: [N, T],
};

interface Case {
  layers: () => Layer[];
  loss?: LossName;
  x?: Tensor;
  y?: Tensor;
  sampleWeight?: Tensor;
  batchSize?: number;
  names: string[];
}

/** A weight or state of a Bidirectional, in either direction. */
function bothWays(name: string): string[] {
  return [`bidirectional/forward/${name}`, `bidirectional/backward/${name}`];
}

const sequenceTargets = normals(N, T, H);

const cases: Record<string, Case> = {
  'SimpleRNN, all steps': {
    layers: () => [new SimpleRNN({ units: H, returnSequences: true, stateful: true })],
    names: ['simplernn/kernel', 'simplernn/recurrentKernel', 'simplernn/bias', 'simplernn/h', 'x'],
  },
  'SimpleRNN with sigmoid, last step, backwards': {
    layers: () => [new SimpleRNN({ units: H, goBackwards: true, activation: 'sigmoid' })],
    y: normals(N, H),
    names: ['simplernn/kernel', 'simplernn/recurrentKernel', 'simplernn/bias', 'simplernn/h', 'x'],
  },
  'LSTM, all steps': {
    layers: () => [new LSTM({ units: H, returnSequences: true })],
    names: ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/bias', 'lstm/h', 'lstm/c', 'x'],
  },
  'LSTM, last step, no bias': {
    layers: () => [new LSTM({ units: H, useBias: false })],
    y: normals(N, H),
    names: ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/h', 'lstm/c', 'x'],
  },
  'LSTM, backwards, all steps': {
    layers: () => [new LSTM({ units: H, goBackwards: true, returnSequences: true })],
    names: ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/bias', 'lstm/h', 'lstm/c', 'x'],
  },
  'LSTM with hard sigmoid': {
    layers: () => [new LSTM({ units: H, returnSequences: true, recurrentActivation: 'hardSigmoid' })],
    names: ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/bias', 'lstm/h', 'lstm/c', 'x'],
  },
  'GRU, reset after': {
    layers: () => [new GRU({ units: H, returnSequences: true })],
    names: ['gru/kernel', 'gru/recurrentKernel', 'gru/bias', 'gru/h', 'x'],
  },
  'GRU, reset before': {
    layers: () => [new GRU({ units: H, returnSequences: true, resetAfter: false })],
    names: ['gru/kernel', 'gru/recurrentKernel', 'gru/bias', 'gru/h', 'x'],
  },
  'GRU, reset before, last step, backwards': {
    layers: () => [new GRU({ units: H, resetAfter: false, goBackwards: true })],
    y: normals(N, H),
    names: ['gru/kernel', 'gru/recurrentKernel', 'gru/bias', 'gru/h', 'x'],
  },
  'stack of two with dropout between, softmax loss, a short batch': {
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new LSTM({ units: H, returnSequences: true }),
      new Dropout({ rate: 0.4 }),
      new GRU({ units: D, returnSequences: true }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    x: tokens,
    y: classes(V, N, T),
    sampleWeight: stepWeights,
    batchSize: N + 2,
    names: [
      'embedding/embeddings',
      'lstm/kernel',
      'lstm/recurrentKernel',
      'lstm/bias',
      'gru/kernel',
      'gru/recurrentKernel',
      'gru/bias',
      'dense/kernel',
      'dense/bias',
      'lstm/h',
      'lstm/c',
      'gru/h',
    ],
  },
  'Bidirectional LSTM, all steps, side by side': {
    layers: () => [new Bidirectional({ layer: new LSTM({ units: H, returnSequences: true }) })],
    y: normals(N, T, 2 * H),
    names: ['kernel', 'recurrentKernel', 'bias', 'h', 'c'].flatMap(bothWays).concat('x'),
  },
  'Bidirectional GRU, last steps, summed': {
    layers: () => [new Bidirectional({ layer: new GRU({ units: H }), mergeMode: 'sum' })],
    y: normals(N, H),
    names: ['kernel', 'recurrentKernel', 'bias', 'h'].flatMap(bothWays).concat('x'),
  },
  'Bidirectional GRU, reset before, all steps, multiplied': {
    layers: () => [
      new Bidirectional({
        layer: new GRU({ units: H, resetAfter: false, returnSequences: true }),
        mergeMode: 'multiply',
      }),
    ],
    names: ['kernel', 'recurrentKernel', 'bias', 'h'].flatMap(bothWays).concat('x'),
  },
  'Bidirectional SimpleRNN, averaged, between an Embedding and Dense, a short batch': {
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new Bidirectional({ layer: new SimpleRNN({ units: H, returnSequences: true }), mergeMode: 'average' }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    x: tokens,
    y: classes(V, N, T),
    batchSize: N + 1,
    names: ['kernel', 'recurrentKernel', 'bias', 'h']
      .flatMap(bothWays)
      .concat('embedding/embeddings', 'dense/kernel', 'dense/bias'),
  },
  'OneHot before a Bidirectional LSTM, last steps': {
    layers: () => [new OneHot({ depth: V }), new Bidirectional({ layer: new LSTM({ units: H }) })],
    x: tokens,
    y: normals(N, 2 * H),
    names: ['kernel', 'recurrentKernel', 'bias', 'h', 'c'].flatMap(bothWays),
  },
  'OneHot before an LSTM': {
    layers: () => [new OneHot({ depth: V }), new LSTM({ units: H, returnSequences: true })],
    x: tokens,
    names: ['lstm/kernel', 'lstm/recurrentKernel', 'lstm/bias', 'lstm/h', 'lstm/c'],
  },
  'Conv1D, batch normalization, sigmoid loss, a short batch': {
    layers: () => [
      new Conv1D({
        filters: H,
        kernelSize: 2,
        strides: 3,
        dilationRate: 2,
        padding: 'causal',
        useBias: false,
      }),
      new BatchNormalization(),
      new Activation({ activation: 'tanh' }),
      new Dense({ units: 1 }),
    ],
    loss: 'binaryCrossentropy',
    y: classes(2, N, 2, 1),
    batchSize: N + 1,
    // A bias before batch normalization has no effect, so no gradient to compare.
    names: [
      'conv1d/kernel',
      'batchnormalization/gamma',
      'batchnormalization/beta',
      'dense/kernel',
      'dense/bias',
      'x',
    ],
  },
  'Conv1D, same padding': {
    layers: () => [new Conv1D({ filters: H, kernelSize: 3, padding: 'same' })],
    names: ['conv1d/kernel', 'conv1d/bias', 'x'],
  },
  'Conv1D, valid, relu': {
    layers: () => [new Conv1D({ filters: H, kernelSize: 2, activation: 'relu' })],
    y: normals(N, T - 1, H),
    names: ['conv1d/kernel', 'conv1d/bias', 'x'],
  },
  'Dense with sigmoid, several outputs, binary cross-entropy': {
    layers: () => [
      new Dense({ units: H, activation: 'hardSigmoid' }),
      new Dense({ units: V, activation: 'sigmoid' }),
    ],
    loss: 'binaryCrossentropy',
    y: classes(2, N, T, V),
    names: ['dense/kernel', 'dense/bias', 'dense_1/kernel', 'dense_1/bias', 'x'],
  },
};

describe('finite differences in float64', () => {
  for (const [
    title,
    { layers, loss = 'meanSquaredError', x = sequences, y = sequenceTargets, names, ...rest },
  ] of Object.entries(cases)) {
    it(title, () => {
      const errors = gradientCheck(layers(), { loss, x, y, ...rest });
      const plain = (name: string): string => name.replace(/ carried by .*/, '');
      const expected = [...new Set([...names, 'overall'])].sort();
      const found = errors.map(({ name }) => plain(name)).filter((name) => expected.includes(name));
      expect(found.sort()).toEqual(expected);
      expect(errors.length).toBeGreaterThanOrEqual(expected.length);
      expectExactGradients(title, errors);
    });
  }

  it('finds a wrong gradient', () => {
    const dense = misled((traced, recorder) => (dy, wantsDx) => {
      recorder.builder.run('affine', { x: dy }, { y: dy }, { factor: 1.001, offset: 0 });
      return traced.backward(dy, wantsDx);
    });
    const errors = gradientCheck([dense], { loss: 'meanSquaredError', x: sequences, y: sequenceTargets });
    const overall = errors.find(({ name }) => name === 'overall') as GradientError;
    expect(overall.relativeError).toBeGreaterThan(4e-4);
  });
});

/** Dense with another way back. */
function misled(backwardOf: (traced: Traced, recorder: Trace, dense: Dense) => Traced['backward']): Dense {
  const dense = new Dense({ units: H });
  const trace = dense.trace.bind(dense);
  dense.trace = (recorder, x) => {
    const traced = trace(recorder, x);
    return { ...traced, backward: backwardOf(traced, recorder, dense) };
  };
  return dense;
}

/** Attention as it is usually drawn: energies with a bias, softmax over time, the weighted sum. */
function attention(): LayerGraph {
  const x = input({ shape: [T, D] });
  const h = new Bidirectional({ layer: new LSTM({ units: 2, returnSequences: true }) }).apply(x);
  const hidden = new Dense({ units: H, activation: 'tanh', name: 'hidden' }).apply(h);
  const energies = new Reshape({ targetShape: [T] }).apply(
    new Dense({ units: 1, name: 'energy' }).apply(hidden),
  );
  const shares = new Activation({ activation: 'softmax' }).apply(energies);
  const weights = new Reshape({ targetShape: [T, 1] }).apply(shares);
  const context = new Dot({ axes: 1 }).apply([weights, h]);
  return graphBetween([x], [new Dense({ units: 2 }).apply(new Flatten().apply(context))]);
}

describe('an array that has no influence on the loss', () => {
  const triggerLike: () => Layer[] = () => [
    new Conv1D({ filters: H, kernelSize: 3, strides: 2 }),
    new BatchNormalization(),
    new Activation({ activation: 'relu' }),
    new GRU({ units: D, returnSequences: true }),
    new BatchNormalization(),
    new Dense({ units: 1 }),
  ];
  const plain: () => Layer[] = () => [
    new Dense({ units: H }),
    new BatchNormalization(),
    new Dense({ units: 2 }),
  ];
  it.each<[string, string, () => GradientError[]]>([
    [
      'the bias of a convolution before batch normalization',
      'conv1d/bias',
      () => {
        const x = normals(N, 9, D);
        return gradientCheck(triggerLike(), { loss: 'binaryCrossentropy', x, y: classes(2, N, 4, 1) });
      },
    ],
    [
      'the bias of Dense before batch normalization, of a large loss',
      'dense/bias',
      () => {
        const y = normals(N, T, 2);
        y.data.forEach((value, i) => (y.data[i] = 1e3 * value));
        return gradientCheck(plain(), { loss: 'meanSquaredError', x: sequences, y });
      },
    ],
    [
      "the bias of attention's energies",
      'energy/bias',
      () => gradientCheck(attention(), { loss: 'meanSquaredError', x: sequences, y: normals(N, 2) }),
    ],
  ])('%s', (title, name, check) => {
    const errors = check();
    expect(errors.map((error) => error.name)).toContain(name);
    expectExactGradients(title, errors);
  });

  /** Dense whose bias is told a gradient that is off by `by`. */
  const misledBias = (by: number): Dense =>
    misled((traced, recorder, dense) => (dy, wantsDx) => {
      const dx = traced.backward(dy, wantsDx);
      const { matrix } = recorder.gradient(dense.weights[1]);
      recorder.builder.run('affine', { x: matrix }, { y: matrix }, { factor: 1, offset: by });
      return dx;
    });

  it.each([1e-8, -1e-6])('but a gradient that says %s in its place is found', (by) => {
    const layers = [misledBias(by), new BatchNormalization(), new Dense({ units: 2 })];
    const errors = gradientCheck(layers, { loss: 'meanSquaredError', x: sequences, y: normals(N, T, 2) });
    const wrong = errors.filter((error) => error.relativeError >= limit).map(({ name }) => name);
    expect(wrong).toContain('dense/bias');
    expect(wrong).not.toContain('dense/kernel');
  });
});

describe('relativeError', () => {
  it('is the norm of the difference over the sum of the norms', () => {
    expect(relativeError([[3, 4]], [[3, 4]])).toBe(0);
    expect(relativeError([[3, 0]], [[0, 4]])).toBeCloseTo(5 / 7, 15);
    expect(relativeError([[0]], [[0]])).toBe(0);
    expect(relativeError([[0, 0]], [[3, 4]], 20)).toBe(5 / 20);
    expect(relativeError([[3, 0]], [[0, 4]], 2)).toBeCloseTo(5 / 7, 15);
  });
});
