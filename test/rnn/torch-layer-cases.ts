import { Activation } from '../../src/rnn/layers/activation.js';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Concatenate } from '../../src/rnn/layers/concatenate.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Dot } from '../../src/rnn/layers/dot.js';
import { Dropout } from '../../src/rnn/layers/dropout.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { input } from '../../src/rnn/layers/input.js';
import { graphBetween } from '../../src/rnn/graph/graph-between.js';
import { LayerNormalization } from '../../src/rnn/layers/layer-normalization.js';
import { LayerStack } from '../../src/rnn/graph/layer-stack.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { Add, Average, Multiply, Subtract } from '../../src/rnn/layers/merge.js';
import {
  AveragePooling1D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  MaxPooling1D,
} from '../../src/rnn/layers/pooling.js';
import { RepeatVector } from '../../src/rnn/layers/repeat-vector.js';
import { Residual } from '../../src/rnn/layers/residual.js';
import { Flatten, Reshape } from '../../src/rnn/layers/reshape.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import type { SymbolicTensor } from '../../src/rnn/layers/symbolic-tensor.js';
import { TiedEmbedding } from '../../src/rnn/layers/tied-embedding.js';
import { TimeDistributed } from '../../src/rnn/layers/time-distributed.js';
import { UnitNormalization } from '../../src/rnn/layers/unit-normalization.js';
import type { LossChoice } from '../../src/rnn/losses/loss-choice.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import type { TorchCase } from './torch-run.js';
import { numbers, whole } from '../support/golden-numbers.js';
import golden from '../golden/torch-layers.json' with { type: 'json' };

// As in test/golden/torch-layers.py.
const [N, T, S, D, H, V] = [2, 5, 6, 4, 3, 8];
const pooled = 7;
const returnSequences = true;
const returnState = true;
const mse = 'meanSquaredError';

/** Input i, unless it is of tokens. */
const given = (i: number, ...shape: number[]): Tensor => numbers(1 + i, [N, ...shape], 4);
const wanted = (...shape: number[]): Tensor[] => [numbers(10, [N, ...shape], 4)];
const tokens = whole(1, [N, T], V);

/** Layers one after the other, from sequences (N, T, D) unless others are given. */
function stack(layers: Layer[], y: Tensor[], x = given(0, T, D), loss: LossChoice = mse): TorchCase {
  return { graph: new LayerStack(layers), x: [x], y, loss };
}

/** A graph of inputs of these shapes. */
function graph(
  shapes: readonly (readonly number[])[],
  connect: (...inputs: SymbolicTensor<Layer>[]) => SymbolicTensor<Layer>,
  y: Tensor[],
): TorchCase {
  const inputs = shapes.map((shape) => input({ shape }));
  const x = shapes.map((shape, i) => given(i, ...shape));
  return { graph: graphBetween(inputs, [connect(...inputs)]), x, y, loss: mse };
}

const withDropout = { units: H, returnSequences, dropout: 0.25, recurrentDropout: 0.4 };
const bothWays = (layer: LSTM | GRU, mergeMode: 'multiply' | 'average' | 'sum'): Bidirectional =>
  new Bidirectional({ layer, mergeMode });

export const torchCases: Record<keyof typeof golden.cases, () => TorchCase> = {
  normalization: () =>
    stack(
      [new LayerNormalization(), new Dense({ units: H }), new LayerNormalization({ epsilon: 0.1 })],
      wanted(T, H),
    ),
  convolution: () =>
    stack(
      [
        new Conv1D({ filters: H, kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'tanh' }),
        new Conv1D({ filters: S, kernelSize: 2, strides: 3, activation: 'relu' }),
      ],
      wanted(2, S),
      given(0, pooled, D),
    ),
  maxPooling: () =>
    stack(
      [
        new Dense({ units: H }),
        new MaxPooling1D({ poolSize: 3, strides: 2, padding: 'same' }),
        new MaxPooling1D({ poolSize: 2, strides: 1, padding: 'same' }),
        new MaxPooling1D(),
      ],
      wanted(2, H),
      given(0, pooled, D),
    ),
  averagePooling: () =>
    stack(
      [
        new Dense({ units: H }),
        new AveragePooling1D({ poolSize: 3, strides: 2, padding: 'same' }),
        new AveragePooling1D({ poolSize: 2, strides: 1, padding: 'same' }),
        new AveragePooling1D(),
      ],
      wanted(2, H),
      given(0, pooled, D),
    ),
  globalPooling: () =>
    graph(
      [[T, D]],
      (x) => {
        const h = new Dense({ units: H }).apply(x);
        return new Concatenate().apply([
          new GlobalMaxPooling1D().apply(h),
          new GlobalAveragePooling1D().apply(h),
        ]);
      },
      wanted(2 * H),
    ),
  attention: () =>
    graph(
      [
        [T, D],
        [S, D],
      ],
      (query, memory) => {
        const scores = new Dot({ axes: 2 }).apply([query, memory]);
        const weights = new Activation({ activation: 'softmax' }).apply(scores);
        const context = new Dot({ axes: [2, 1] }).apply([weights, memory]);
        return new Dense({ units: H, activation: 'tanh' }).apply(new Concatenate().apply([query, context]));
      },
      wanted(T, H),
    ),
  additiveAttention: () =>
    graph(
      [[T, D], [S]],
      (read, query) => {
        const h = new GRU({ units: H, returnSequences }).apply(read);
        const beside = new Concatenate().apply([new RepeatVector({ n: T }).apply(query), h]);
        const energies = new Dense({ units: 1, useBias: false }).apply(
          new Dense({ units: V, activation: 'tanh' }).apply(beside),
        );
        const weights = new Activation({ activation: 'softmax' }).apply(
          new Reshape({ targetShape: [T] }).apply(energies),
        );
        return new Dot({ axes: 1 }).apply([new Reshape({ targetShape: [T, 1] }).apply(weights), h]);
      },
      wanted(1, H),
    ),
  merges: () =>
    graph(
      [
        [T, D],
        [T, D],
      ],
      (a, b) => {
        const merged = [
          new Add().apply([a, b]),
          new Subtract().apply([a, b]),
          new Average().apply([a, b]),
          new Multiply().apply([a, b, b]),
        ];
        return new Dense({ units: H }).apply(new Concatenate({ axis: 1 }).apply(merged));
      },
      wanted(4 * T, H),
    ),
  likeness: () =>
    graph(
      [
        [T, D],
        [T, D],
      ],
      (a, b) => {
        const gru = new GRU({ units: H });
        return new Dot({ axes: 1 }).apply([gru.apply(a), gru.apply(b)]);
      },
      wanted(1),
    ),
  shapes: () =>
    stack(
      [
        new GRU({ units: H }),
        new RepeatVector({ n: 4 }),
        new Reshape({ targetShape: [2, -1] }),
        new Dense({ units: T }),
        new Flatten(),
        new Dense({ units: 1 }),
      ],
      wanted(1),
    ),
  residual: () =>
    stack(
      [
        new Residual({
          layers: [new LSTM({ units: H, returnSequences }), new Dense({ units: D, activation: 'tanh' })],
        }),
        new Residual({ layers: [new LayerNormalization(), new Dense({ units: D })] }),
      ],
      wanted(T, D),
    ),
  lstmStates: () =>
    graph(
      [
        [T, D],
        [T - 1, S],
      ],
      (source, target) => {
        const [, h, c] = new LSTM({ units: H, returnState }).applyAll(source);
        return new LSTM({ units: H, returnSequences }).apply([target, h, c]);
      },
      wanted(T - 1, H),
    ),
  gruStates: () =>
    graph(
      [
        [T, D],
        [T - 1, S],
      ],
      (source, target) => {
        const [y, h] = new GRU({ units: H, returnState, returnSequences }).applyAll(source);
        const decoded = new GRU({ units: H, returnSequences }).apply([target, h]);
        return new Concatenate({ axis: 1 }).apply([decoded, y]);
      },
      wanted(2 * T - 1, H),
    ),
  statesOfBothDirections: () =>
    graph(
      [
        [T, D],
        [T - 1, S],
      ],
      (source, target) => {
        const encoder = bothWays(new GRU({ units: H, returnState }), 'sum');
        const [, ahead, behind] = encoder.applyAll(source);
        return bothWays(new GRU({ units: H, returnSequences }), 'sum').apply([target, ahead, behind]);
      },
      wanted(T - 1, H),
    ),
  bidirectionalMultiply: () =>
    stack([bothWays(new LSTM({ units: H, returnSequences }), 'multiply')], wanted(T, H)),
  bidirectionalAverage: () => stack([bothWays(new GRU({ units: H }), 'average')], wanted(H)),
  goingBackwards: () =>
    stack(
      [new LSTM({ units: H, returnSequences, goBackwards: true }), new GRU({ units: S, goBackwards: true })],
      wanted(S),
    ),
  timeDistributed: () =>
    stack(
      [
        new TimeDistributed({ layer: new Dense({ units: H, activation: 'tanh' }) }),
        new TimeDistributed({ layer: new Conv1D({ filters: S, kernelSize: 2 }) }),
      ],
      wanted(T, pooled - 1, S),
      given(0, T, pooled, D),
    ),
  activations: () =>
    stack(
      [
        new Dense({ units: H, activation: 'sigmoid' }),
        new Dense({ units: S, activation: 'hardSigmoid' }),
        new Dense({ units: V, activation: 'relu' }),
        new Activation({ activation: 'softmax' }),
      ],
      wanted(T, V),
    ),
  lstmDropout: () => stack([new LSTM(withDropout)], wanted(T, H)),
  gruDropout: () => stack([new GRU(withDropout)], wanted(T, H)),
  gruResetBeforeDropout: () => stack([new GRU({ ...withDropout, resetAfter: false })], wanted(T, H)),
  simpleRnnDropout: () => stack([new SimpleRNN(withDropout)], wanted(T, H)),
  dropout: () =>
    stack(
      [new Dense({ units: H, activation: 'tanh' }), new Dropout({ rate: 0.4 }), new Dense({ units: S })],
      wanted(T, S),
    ),
  tiedEmbedding: () =>
    stack(
      [
        new TiedEmbedding({
          inputDim: V,
          outputDim: D,
          layers: [new LSTM({ units: H, returnSequences }), new Dense({ units: D })],
        }),
      ],
      [whole(10, [N, T], V)],
      tokens,
      'sparseCategoricalCrossentropy',
    ),
  groups: () =>
    stack(
      [
        new Conv1D({ filters: S, kernelSize: 3, groups: 2, activation: 'tanh' }),
        new Conv1D({ filters: 2 * S, kernelSize: 2, groups: S, dilationRate: 2 }),
      ],
      wanted(pooled - 4, 2 * S),
      given(0, pooled, D),
    ),
  withoutCenterOrScale: () => {
    const tanh = (): Layer => new Activation({ activation: 'tanh' });
    return stack(
      [
        new Dense({ units: H }),
        new LayerNormalization({ center: false, axis: -1 }),
        tanh(),
        new LayerNormalization({ scale: false, axis: 2 }),
        new Dense({ units: S }),
        new BatchNormalization({ center: false, axis: [2] }),
        tanh(),
        new BatchNormalization({ scale: false }),
        tanh(),
        new UnitNormalization(),
      ],
      wanted(T, S),
    );
  },
  twoOutputs: () => {
    const x = input({ shape: [T, D] });
    const [h, last] = new GRU({ units: H, returnSequences, returnState }).applyAll(x);
    const outputs = [new Dense({ units: 1 }).apply(h), new Dense({ units: V }).apply(last)];
    return {
      graph: graphBetween([x], outputs),
      x: [given(0, T, D)],
      y: [...wanted(T, 1), whole(11, [N], V)],
      loss: [
        { loss: mse, weight: 0.3 },
        { loss: 'sparseCategoricalCrossentropy', weight: 2 },
      ],
    };
  },
  l2: () =>
    stack(
      [
        new Embedding({ inputDim: V, outputDim: D, embeddingsRegularizer: { l2: 0.1 } }),
        new Conv1D({
          ...{ filters: S, kernelSize: 2 },
          ...{ kernelRegularizer: { l2: 0.02 }, biasRegularizer: { l2: 0.3 } },
        }),
        new LSTM({
          units: H,
          kernelRegularizer: { l2: 0.03 },
          recurrentRegularizer: { l2: 0.05 },
          biasRegularizer: { l2: 0.2 },
        }),
        new Dense({ units: 1, kernelRegularizer: { l2: 0.4 } }),
      ],
      wanted(1),
      tokens,
    ),
};
