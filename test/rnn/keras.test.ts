import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BatchNormalization } from '../../src/rnn/layers/batch-normalization.js';
import { Bidirectional } from '../../src/rnn/layers/bidirectional.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU, type GRUOptions } from '../../src/rnn/layers/gru.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { LSTM, type LSTMOptions } from '../../src/rnn/layers/lstm.js';
import { SimpleRNN, type SimpleRNNOptions } from '../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { recordComparison } from '../support/conformance.js';
import { describeShared } from '../support/shared-data.js';
import { againstKeras, judgedEngines, type JudgedEngine } from '../support/tolerances.js';

interface StoredArray {
  shape: number[];
  data: number[];
}

/** One layer of Keras 2.0 (2017), the batch left out of the shapes. */
interface Fixture {
  input: StoredArray;
  weights: StoredArray[];
  expected: StoredArray;
}

interface Case {
  layer: () => Layer;
  /** The fixture's outcome is that of the second prediction on the same input. */
  twice?: boolean;
  /** A fixture whose arrays seqkit has in another form. */
  adapt?: (fixture: Fixture) => Fixture;
}

const units = 4;
/** The cells of that time: gates by the hard sigmoid, a GRU's reset before its product. */
const lstm = (options: Omit<LSTMOptions, 'units'> = {}): LSTM =>
  new LSTM({ units, recurrentActivation: 'hardSigmoid', ...options });
const gru = (options: Omit<GRUOptions, 'units'> = {}): GRU =>
  new GRU({ units, recurrentActivation: 'hardSigmoid', resetAfter: false, ...options });
const simpleRNN = (options: Omit<SimpleRNNOptions, 'units'> = {}): SimpleRNN =>
  new SimpleRNN({ units, ...options });
const batchNormalization = (): Layer => new BatchNormalization({ epsilon: 1e-5 });

/** The five cases that each cell has. */
function cellCases(
  name: string,
  make: (options: Omit<SimpleRNNOptions, 'units'>) => Layer,
  { lastHasBias }: { lastHasBias: boolean },
): Record<string, Case> {
  const returnSequences = true;
  const last = { returnSequences, goBackwards: true, stateful: true, useBias: lastHasBias };
  return {
    [`recurrent.${name}.0`]: { layer: () => make({}) },
    [`recurrent.${name}.2`]: { layer: () => make({ returnSequences }) },
    [`recurrent.${name}.4`]: { layer: () => make({ returnSequences, goBackwards: true }) },
    [`recurrent.${name}.6`]: { layer: () => make({ returnSequences, stateful: true }), twice: true },
    [`recurrent.${name}.8`]: { layer: () => make(last), twice: true },
  };
}

/** The first axis last, (C, ...) to (..., C): seqkit normalizes the last one. */
function firstAxisLast({ shape: [channels, ...rest], data }: StoredArray): StoredArray {
  const positions = data.length / channels;
  const moved = data.map((_, i) => data[(i % channels) * positions + Math.floor(i / channels)]);
  return { shape: [...rest, channels], data: moved };
}

const constant = (length: number, value: number): StoredArray => ({
  shape: [length],
  data: Array<number>(length).fill(value),
});

const files: Record<string, Record<string, Case>> = {
  SimpleRNN: cellCases('SimpleRNN', simpleRNN, { lastHasBias: false }),
  GRU: cellCases('GRU', gru, { lastHasBias: false }),
  LSTM: cellCases('LSTM', lstm, { lastHasBias: true }),
  Conv1D: {
    'convolutional.Conv1D.0': { layer: () => new Conv1D({ filters: 4, kernelSize: 3 }) },
    'convolutional.Conv1D.2': {
      layer: () =>
        new Conv1D({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }),
    },
    'convolutional.Conv1D.4': {
      layer: () =>
        new Conv1D({ filters: 2, kernelSize: 7, dilationRate: 2, padding: 'same', activation: 'tanh' }),
    },
  },
  BatchNormalization: {
    'normalization.BatchNormalization.0': { layer: batchNormalization },
    // axis=1
    'normalization.BatchNormalization.2': {
      layer: batchNormalization,
      adapt: ({ input, weights, expected }) => ({
        input: firstAxisLast(input),
        weights,
        expected: firstAxisLast(expected),
      }),
    },
    // scale=False: no gamma, which is a gamma of 1.
    'normalization.BatchNormalization.4': {
      layer: batchNormalization,
      adapt: ({ weights, ...rest }) => ({ ...rest, weights: [constant(2, 1), ...weights] }),
    },
    // center=False too: no beta, which is a beta of 0. Keras's default epsilon.
    'normalization.BatchNormalization.6': {
      layer: () => new BatchNormalization({ epsilon: 1e-3 }),
      adapt: ({ weights, ...rest }) => ({ ...rest, weights: [constant(2, 1), constant(2, 0), ...weights] }),
    },
  },
  Embedding: {
    'embeddings.Embedding.0': { layer: () => new Embedding({ inputDim: 5, outputDim: 3 }) },
    'embeddings.Embedding.2': { layer: () => new Embedding({ inputDim: 33, outputDim: 2 }) },
  },
  Bidirectional: {
    'wrappers.Bidirectional.0': {
      layer: () => new Bidirectional({ layer: simpleRNN(), mergeMode: 'sum' }),
    },
    'wrappers.Bidirectional.2': { layer: () => new Bidirectional({ layer: simpleRNN() }) },
    'wrappers.Bidirectional.4': {
      layer: () => new Bidirectional({ layer: simpleRNN({ returnSequences: true }) }),
    },
    'wrappers.Bidirectional.6': {
      layer: () => new Bidirectional({ layer: lstm({ returnSequences: true }) }),
    },
  },
};

/** What seqkit answers, and what Keras did. */
async function answers(
  { layer: make, twice, adapt = (fixture) => fixture }: Case,
  fixture: Fixture,
  engine: JudgedEngine,
): Promise<{ found: ArrayLike<number>; expected: number[] }> {
  const { input, weights, expected } = adapt(fixture);
  const layer = make();
  const model = new Sequential([layer], { engine });
  // A batch of one; time and other axes before the last count as time.
  const tokens = layer instanceof Embedding;
  const features = tokens ? 1 : input.shape[input.shape.length - 1];
  const time = input.data.length / features;
  const shape = tokens ? [1, time] : [1, time, features];
  await model.build(shape.slice(1));
  layer.setWeights(weights.map(({ data }) => data));
  const x = { data: Float64Array.from(input.data), shape };
  if (twice) await model.predict(x);
  const { data } = await model.predict(x);
  await model.dispose();
  return { found: data, expected: expected.data };
}

for (const [name, cases] of Object.entries(files)) {
  describeShared(`Keras's ${name}`, ['numeric', `keras-${name}.json`], (path) => {
    const fixtures = path === '' ? {} : (JSON.parse(readFileSync(path, 'utf8')) as Record<string, Fixture>);

    it('has no case that is left out', () => {
      expect(Object.keys(fixtures).sort()).toEqual(Object.keys(cases).sort());
    });

    it.each(Object.keys(cases).flatMap((title) => judgedEngines.map((engine) => ({ title, engine }))))(
      '$title on $engine',
      async ({ title, engine }) => {
        const { found, expected } = await answers(cases[title], fixtures[title], engine);
        expect(found).toHaveLength(expected.length);
        const error = Math.max(...expected.map((value, i) => Math.abs(found[i] - value)));
        const limit = againstKeras[engine];
        recordComparison({ source: "Keras's layers", engine, title, measure: 'absolute', error, limit });
        expected.forEach((value, i) => {
          expect(Math.abs(found[i] - value), `number ${i}`).toBeLessThan(againstKeras[engine]);
        });
      },
    );
  });
}
