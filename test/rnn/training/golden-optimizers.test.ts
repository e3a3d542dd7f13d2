import { describe, expect, it } from 'vitest';
import { Activation } from '../../../src/rnn/layers/activation.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { Tensor } from '../../../src/rnn/program/tensor.js';
import { relativeError } from '../../../src/rnn/gradient-check/gradient-check.js';
import type { LossChoice } from '../../../src/rnn/losses/loss-choice.js';
import {
  Adagrad,
  Adam,
  AdamW,
  Momentum,
  Nadam,
  RMSprop,
  SGD,
  type Optimizer,
} from '../../../src/rnn/training/optimizers/index.js';
import { recordComparison } from '../../support/conformance.js';
import { numbers, whole } from '../../support/golden-numbers.js';
import { againstTorch, judgedEngines, type JudgedEngine } from '../../support/tolerances.js';
// Made by test/golden/torch-optimizers.py.
import golden from '../../golden/torch-optimizers.json' with { type: 'json' };

const [N, D, V, steps] = [6, 5, 4, 50];

async function fit(optimizer: Optimizer, engine: JudgedEngine, l2 = 0) {
  const dense = new Dense({ units: V, ...(l2 > 0 && { kernelRegularizer: { l2 } }) });
  const model = new Sequential([dense], { engine });
  await model.build([D]);
  dense.setWeights([numbers(3, [D, V]), numbers(4, [V])]);
  model.compile({ loss: 'meanSquaredError', optimizer });
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push(await model.trainOnBatch(numbers(1, [N, D], 3), numbers(2, [N, V], 4)));
  }
  const weights = dense.getWeights().map(({ data }) => data);
  await model.dispose();
  return { losses, weights };
}

const optimizers: Record<keyof typeof golden.optimizers, Optimizer> = {
  sgd: new SGD({ learningRate: 0.1 }),
  momentum: new SGD({ learningRate: 0.05, momentum: 0.8 }),
  nesterov: new SGD({ learningRate: 0.05, momentum: 0.8, nesterov: true }),
  rmsprop: new RMSprop({ learningRate: 0.004, epsilon: 1e-3 }),
  rmspropMomentum: new RMSprop({ learningRate: 0.003, rho: 0.95, epsilon: 1e-6, momentum: 0.7 }),
  adam: new Adam({ learningRate: 0.02 }),
  adamw: new AdamW({ learningRate: 0.02, weightDecay: 0.1 }),
  sgdWeightDecay: new SGD({ learningRate: 0.05, momentum: 0.8, weightDecay: 0.1 }),
  adagrad: new Adagrad({ learningRate: 0.1, epsilon: 1e-3 }),
  amsgrad: new Adam({ learningRate: 0.02, beta2: 0.9, amsgrad: true }),
  adamwAmsgrad: new AdamW({ learningRate: 0.02, beta2: 0.9, weightDecay: 0.1, amsgrad: true }),
  nadam: new Nadam({ learningRate: 0.02, epsilon: 1e-3 }),
  nadamOfKeras: new Nadam({ learningRate: 0.02, epsilon: 1e-3, momentumDecay: 1 }),
  nadamClipped: new Nadam({ learningRate: 0.02, epsilon: 1e-2, globalClipNorm: 0.2 }),
  // The averages take the place of the weights at the last step.
  average: new Adam({ learningRate: 0.02, useEma: true, emaMomentum: 0.9, emaOverwriteFrequency: steps }),
  l2: new SGD({ learningRate: 0.1 }),
  clipValue: new SGD({ learningRate: 0.1, clipValue: 0.1 }),
  clipNorm: new SGD({ learningRate: 0.1, clipNorm: 0.2 }),
  globalClipNorm: new Adam({ learningRate: 0.02, globalClipNorm: 0.2 }),
};

describe.each(judgedEngines)('50 steps as PyTorch takes them, on %s', (engine) => {
  it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])('%s', async (name) => {
    const { losses, weights } = await fit(optimizers[name], engine, name === 'l2' ? 0.05 : 0);
    const expected = golden.optimizers[name];
    losses.forEach((loss, i) => {
      const error = Math.abs(loss / expected.losses[i] - 1);
      expect(error, `loss ${i + 1}`).toBeLessThan(againstTorch.losses[engine]);
    });
    weights.forEach((values, i) => {
      recordComparison({
        source: 'PyTorch, 50 steps of an optimizer: weights',
        ...{ engine, title: name, measure: 'relative' },
        error: relativeError([values], [expected.weights[i]]),
        limit: againstTorch.weights[engine],
      });
      expect(relativeError([values], [expected.weights[i]])).toBeLessThan(againstTorch.weights[engine]);
    });
  });
});

it('Momentum averages: v = beta v + (1 - beta) g', async () => {
  const [averaged, summed] = [0.05, 0.05 * (1 - 0.8)];
  // The same steps as PyTorch's form takes at (1 - beta) times the rate.
  const found = await fit(new Momentum({ learningRate: averaged, beta: 0.8 }), 'reference');
  const wanted = await fit(new SGD({ learningRate: summed, momentum: 0.8 }), 'reference');
  expect(relativeError(found.weights, wanted.weights)).toBeLessThan(1e-14);
  const other = await fit(new SGD({ learningRate: averaged, momentum: 0.8 }), 'reference');
  expect(relativeError(found.weights, other.weights)).toBeGreaterThan(1e-3);
});

const z = numbers(5, [N, V], 4);
const classes = whole(6, [N], V);
const shares = ((): Tensor => {
  const { data, shape } = numbers(7, [N, V], 3);
  for (let row = 0; row < data.length; row += V) {
    const total = Array.from(data.slice(row, row + V), Math.exp).reduce((a, b) => a + b);
    for (let i = row; i < row + V; i++) data[i] = Math.exp(data[i]) / total;
  }
  return { data, shape };
})();
const binary = whole(8, [N, V], 2);
const sampleWeight = { data: numbers(9, [N]).data.map((value) => value + 0.5), shape: [N] };
const sparseName = 'sparseCategoricalCrossentropy';
const name = 'categoricalCrossentropy';

const losses: Record<
  keyof typeof golden.losses,
  { loss: LossChoice; y: Tensor; ends?: 'softmax' | 'sigmoid' }
> = {
  sparse: { loss: sparseName, y: classes },
  sparseSmoothed: { loss: { name: sparseName, labelSmoothing: 0.1 }, y: classes },
  sparseProbabilities: { loss: { name: sparseName, fromLogits: false }, y: classes, ends: 'softmax' },
  categorical: { loss: name, y: shares },
  categoricalSmoothed: { loss: { name, labelSmoothing: 0.2 }, y: shares },
  categoricalProbabilities: { loss: { name, fromLogits: false }, y: shares, ends: 'softmax' },
  binary: { loss: 'binaryCrossentropy', y: binary },
  binarySmoothed: { loss: { name: 'binaryCrossentropy', labelSmoothing: 0.3 }, y: binary },
  binaryProbabilities: {
    loss: { name: 'binaryCrossentropy', fromLogits: false },
    y: binary,
    ends: 'sigmoid',
  },
  squared: { loss: 'meanSquaredError', y: shares },
};

describe.each(judgedEngines)('weighted losses as PyTorch gives them, on %s', (engine) => {
  it.each(Object.keys(losses) as (keyof typeof losses)[])('%s', async (title) => {
    const { loss, y, ends = 'linear' } = losses[title];
    const model = new Sequential([new Activation({ activation: ends })], { engine });
    model.compile({ loss, optimizer: new SGD() });
    const found = await model.evaluate(z, y, { sampleWeight, batchSize: N + 3 });
    const [error, limit] = [Math.abs(found / golden.losses[title] - 1), againstTorch.losses[engine]];
    recordComparison({ source: 'PyTorch, losses', engine, title, measure: 'relative', error, limit });
    expect(error).toBeLessThan(limit);
    await model.dispose();
  });
});
