import { describe, expect, it } from 'vitest';
import { makeLayer, prepareLayers, type LayerDescription } from '../../src/rnn/graph/registry.js';
import {
  Adagrad,
  Adam,
  Dense,
  Sequential,
  SGD,
  type Constraint,
  type Layer,
  type LossName,
  type Optimizer,
  type Tensor,
} from '../../src/rnn/index.js';
import { recordComparison } from '../support/conformance.js';
import { numbers, whole } from '../support/golden-numbers.js';
import { againstKerasLayers, judgedEngines, type JudgedEngine } from '../support/tolerances.js';
// Made by test/golden/keras-layers.mjs.
import golden from '../golden/keras-layers.json' with { type: 'json' };

await prepareLayers();

const [N, T, D, H, V] = [2, 5, 3, 4, 6];

interface Described {
  layers: LayerDescription[];
  tokens?: boolean;
  padded?: boolean;
}
interface Training extends Described {
  optimizer: [kind: 'SGD' | 'Adam' | 'Adagrad', options: object];
  loss: LossName;
  losses: number[];
  weights: Tensor[];
}
const cases = golden.cases as unknown as Record<string, Described & { output: Tensor }>;
const trainings = golden.trainings as unknown as Record<string, Training>;

async function modelOf({ layers, tokens }: Described, engine: JudgedEngine): Promise<Sequential> {
  const model = new Sequential(
    layers.map((described) => makeLayer(described)),
    { engine },
  );
  await model.build(tokens ? [T] : [T, D]);
  let key = 10;
  for (const layer of model.layers) {
    const values = layer.weights.map(({ shape, name }) => {
      const drawn = numbers(key++, shape, 2);
      return /variance/i.test(name) ? { ...drawn, data: drawn.data.map(Math.abs) } : drawn;
    });
    if (values.length > 0) layer.setWeights(values);
  }
  return model;
}

function inputOf({ tokens, padded }: Described): Tensor {
  if (tokens) return whole(1, [N, T], V);
  const x = numbers(1, [N, T, D], 3);
  // The last two steps of the first example count for nothing.
  if (padded) x.data.fill(0, (T - 2) * D, T * D);
  return x;
}

/** The furthest of two rows of numbers. */
function furthest(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found).toHaveLength(expected.length);
  return Array.from(found).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0);
}

describe.each(judgedEngines)("what TensorFlow.js's Keras layers give, on %s", (engine) => {
  it.each(Object.keys(cases))('%s', async (title) => {
    const model = await modelOf(cases[title], engine);
    const { data, shape } = await model.predict(inputOf(cases[title]));
    const { output } = cases[title];
    expect(shape).toEqual(output.shape);
    const [error, limit] = [furthest(data, output.data), againstKerasLayers[engine]];
    recordComparison({ source: golden.made, engine, title, measure: 'absolute', error, limit });
    expect(error).toBeLessThan(limit);
    await model.dispose();
  });
});

const optimizers = { SGD, Adam, Adagrad };

function targetsOf(loss: LossName): Tensor {
  if (loss === 'binaryCrossentropy') return whole(2, [N, T, H], 2);
  const values = numbers(2, [N, T, H], 2);
  if (loss !== 'categoricalCrossentropy') return values;
  for (let row = 0; row < values.data.length; row += H) {
    const total = Array.from(values.data.slice(row, row + H), Math.exp).reduce((a, b) => a + b);
    for (let i = row; i < row + H; i++) values.data[i] = Math.exp(values.data[i]) / total;
  }
  return values;
}

describe.each(judgedEngines)('five steps as TensorFlow.js takes them, on %s', (engine) => {
  it.each(Object.keys(trainings))('%s', async (title) => {
    const { optimizer, loss, losses, weights, ...described } = trainings[title];
    const model = await modelOf(described, engine);
    const [kind, options] = optimizer;
    const made: Optimizer = new optimizers[kind](options);
    model.compile({ loss, optimizer: made });
    const limit = againstKerasLayers[engine];
    for (const [step, expected] of losses.entries()) {
      const found = await model.trainOnBatch(inputOf(described), targetsOf(loss));
      expect(Math.abs(found - expected), `loss ${step + 1}`).toBeLessThan(limit);
    }
    const found = model.layers.flatMap((layer) => layer.getWeights());
    expect(found.map(({ shape }) => shape)).toEqual(weights.map(({ shape }) => shape));
    const errors = found.map(({ data }, i) => furthest(data, weights[i].data));
    const error = Math.max(...errors);
    recordComparison({
      source: `${golden.made}, training`,
      engine,
      title,
      measure: 'absolute',
      error,
      limit,
    });
    expect(error).toBeLessThan(limit);
    await model.dispose();
  });
});

describe.each(judgedEngines)("TensorFlow.js's constraints, on %s", (engine) => {
  it.each([
    ['maxNorm', { maxNorm: 0.6 }],
    ['unitNorm', 'unitNorm'],
    ['nonNeg', 'nonNeg'],
  ] as [keyof typeof golden.constraints, Constraint][])('%s', async (title, kernelConstraint) => {
    const dense: Layer = new Dense({ units: H, useBias: false, kernelConstraint });
    const model = new Sequential([dense], { engine });
    await model.build([D]);
    dense.setWeights([numbers(3, [D, H], 2)]);
    // A step that moves nothing.
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1e-30 }) });
    await model.trainOnBatch(numbers(1, [N, D]), numbers(2, [N, H]));
    const error = furthest(dense.getWeights()[0].data, golden.constraints[title].data);
    expect(error).toBeLessThan(againstKerasLayers[engine]);
    await model.dispose();
  });
});
