import { describe, expect, it } from 'vitest';
import { lowerProgram } from '../../../src/rnn/engine/gpu/lower-program.js';
import { Activation } from '../../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../../src/rnn/layers/batch-normalization.js';
import { Conv1D } from '../../../src/rnn/layers/conv1d.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Dropout } from '../../../src/rnn/layers/dropout.js';
import { Embedding } from '../../../src/rnn/layers/embedding.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../../src/rnn/layers/layer.js';
import { LSTM } from '../../../src/rnn/layers/lstm.js';
import { OneHot } from '../../../src/rnn/layers/one-hot.js';
import { SimpleRNN } from '../../../src/rnn/layers/simple-rnn.js';
import { Random } from '../../../src/base/math/random.js';
import type { LossName } from '../../../src/rnn/losses/loss-choice.js';
import {
  gradientProgram,
  trainProgram,
  type ModelProgram,
} from '../../../src/rnn/training/model-programs.js';
import {
  Adagrad,
  Adam,
  AdamW,
  Nadam,
  SGD,
  type Optimizer,
} from '../../../src/rnn/training/optimizers/index.js';
import { expectSameAsReference, describeBackends, type Values } from './gpu-comparison.js';
import { programNumbers } from './gpu-jobs.js';

// All sizes differ; the batch of 3 is padded to 5.
const [N, real, T, D, H, V] = [5, 3, 4, 6, 7, 11];

/** Random weights, batches and dropout keys for a program of these layers. */
const numbers = (model: ModelProgram, stack: LayerStack, seed: number): Values =>
  programNumbers(model, stack, seed, { V, real });

function stackOf(layers: Layer[], features: number): LayerStack {
  const stack = new LayerStack(layers);
  stack.build(features, new Random(3));
  return stack;
}

const lstmLayers = (first: Layer): Layer[] => [
  first,
  new LSTM({ units: H, returnSequences: true, stateful: true }),
  new Dropout({ rate: 0.4 }),
  new LSTM({ units: D, returnSequences: true }),
  new Dense({ units: V }),
];

describeBackends('a training step', (backend) => {
  it.each([
    ['an embedding', () => new Embedding({ inputDim: V, outputDim: D })],
    ['one-hot rows', () => new OneHot({ depth: V })],
  ])('of two LSTM layers over %s equals the reference, step after step', async (_, first) => {
    const stack = stackOf(lstmLayers(first()), 1);
    const optimizer = new Adam({ learningRate: 1e-2, globalClipNorm: 0.05 });
    const size = { batch: N, time: T, features: 1 };
    const model = trainProgram({ layers: stack.layers, size }, 'sparseCategoricalCrossentropy', optimizer);
    const report = await expectSameAsReference(model.program, numbers(model, stack, 0), {
      backend,
      tolerance: 1e-4,
      runs: 6,
      between(run) {
        const batch = { ...numbers(model, stack, run + 1), hyper: optimizer.hyper(run + 1) };
        const kept = stack.weights.map(({ name }) => name);
        return Object.fromEntries(Object.entries(batch).filter(([name]) => !kept.includes(name)));
      },
    });
    expect(report.backend).toBe(backend);
    const kinds = { webgpu: /^fused-encoder$/, webasm: /^fused-/, cpu: /^generic$/, webgl2: /^generic$/ };
    expect(report.executorKind).toMatch(kinds[backend]);
  });
});

const optimizers: Record<string, Optimizer> = {
  Adagrad: new Adagrad({ learningRate: 0.05, clipNorm: 1 }),
  'Adam, AMSGrad': new Adam({ learningRate: 0.01, beta2: 0.5, epsilon: 1e-3, amsgrad: true }),
  'AdamW, AMSGrad': new AdamW({ learningRate: 0.01, beta2: 0.5, epsilon: 1e-3, amsgrad: true }),
  Nadam: new Nadam({ learningRate: 0.01, epsilon: 1e-3, globalClipNorm: 0.5 }),
  'SGD, weight decay': new SGD({ learningRate: 0.05, momentum: 0.5, weightDecay: 0.1 }),
  'SGD, averages': new SGD({ learningRate: 0.05, useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 3 }),
};

describeBackends('a training step', (backend) => {
  it.each(Object.entries(optimizers))('by %s equals the reference, step after step', async (_, optimizer) => {
    const stack = stackOf([new Dense({ units: H, activation: 'tanh' }), new Dense({ units: 3 })], D);
    const size = { batch: N, time: T, features: D };
    const model = trainProgram({ layers: stack.layers, size }, 'meanSquaredError', optimizer);
    await expectSameAsReference(model.program, numbers(model, stack, 4), {
      ...{ backend, tolerance: 1e-5, runs: 4 },
      between: (run) => ({ hyper: optimizer.hyper(run + 1) }),
    });
  });
});

describeBackends('a training step', (backend) => {
  it('with penalties and constraints equals the reference, step after step', async () => {
    const stack = stackOf(
      [
        new Conv1D({
          ...{ filters: H, kernelSize: 2, kernelConstraint: { maxNorm: 0.5 }, biasConstraint: 'nonNeg' },
          activityRegularizer: { l1: 0.1, l2: 0.1 },
        }),
        new GRU({
          ...{ units: 3, kernelRegularizer: { l1: 0.1 }, recurrentConstraint: 'unitNorm' },
          ...{ biasConstraint: { maxNorm: 0.1 }, activityRegularizer: { l2: 0.5 } },
        }),
      ],
      D,
    );
    const size = { batch: N, time: T, features: D };
    const optimizer = new SGD({ learningRate: 0.2 });
    const model = trainProgram({ layers: stack.layers, size }, 'meanSquaredError', optimizer);
    await expectSameAsReference(model.program, numbers(model, stack, 5), {
      ...{ backend, tolerance: 1e-5, runs: 4 },
      between: (run) => ({ hyper: optimizer.hyper(run + 1) }),
    });
  });
});

const cases: Record<string, { layers: () => Layer[]; loss?: LossName; tokens?: boolean }> = {
  'SimpleRNN, backwards': {
    layers: () => [
      new SimpleRNN({ units: H, returnSequences: true, goBackwards: true }),
      new Dense({ units: D }),
    ],
  },
  'LSTM, last step': { layers: () => [new LSTM({ units: H, recurrentActivation: 'hardSigmoid' })] },
  'LSTM, peepholes': { layers: () => [new LSTM({ units: H, returnSequences: true, peepholes: true })] },
  'GRU, reset after': { layers: () => [new GRU({ units: H, returnSequences: true }), new GRU({ units: D })] },
  'GRU, reset before': { layers: () => [new GRU({ units: H, returnSequences: true, resetAfter: false })] },
  'convolution, batch normalization, sigmoid loss': {
    layers: () => [
      new Conv1D({ filters: H, kernelSize: 2, strides: 2, padding: 'causal', useBias: false }),
      new BatchNormalization(),
      new Activation({ activation: 'relu' }),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 3 }),
    ],
    loss: 'binaryCrossentropy',
  },
  'embedding, GRU, softmax': {
    layers: () => [
      new Embedding({ inputDim: V, outputDim: D }),
      new GRU({ units: H, returnSequences: true }),
      new Dense({ units: V }),
    ],
    loss: 'sparseCategoricalCrossentropy',
    tokens: true,
  },
};

describeBackends('loss and gradients equal the reference', (backend) => {
  it.each(Object.entries(cases))('%s', async (_, { layers, loss = 'meanSquaredError', tokens = false }) => {
    const features = tokens ? 1 : D;
    const stack = stackOf(layers(), features);
    const size = { batch: N, time: T, features };
    const model = gradientProgram({ layers: stack.layers, size }, loss, { carryState: true });
    const values = numbers(model, stack, 2);
    await expectSameAsReference(model.program, values, { backend, tolerance: 1e-5, runs: 2 });
  });
});

describe('a training step laid out as kernel calls', () => {
  const callsOf = (time: number) => {
    const stack = stackOf(lstmLayers(new Embedding({ inputDim: V, outputDim: D })), 1);
    const size = { batch: N, time, features: 1 };
    const { program } = trainProgram(
      { layers: stack.layers, size },
      'sparseCategoricalCrossentropy',
      new Adam({ globalClipNorm: 5 }),
    );
    return lowerProgram(program).calls;
  };

  it('shares kernels between time steps', () => {
    const kernels = (time: number): number =>
      new Set(callsOf(time).map(({ source, output }) => `${output.rows} ${output.cols} ${source}`)).size;
    expect(kernels(15) - kernels(8)).toBeLessThanOrEqual(6);
  });

  it('adds four calls a time step and layer', () => {
    // The product and the cell, forward and backward,
    // and now and then a call that joins pieces.
    const perStep = (callsOf(57).length - callsOf(50).length) / 7;
    expect(perStep).toBeGreaterThanOrEqual(2 * 4);
    expect(perStep).toBeLessThan(2 * 5);
  });
});
