import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SeqkitError } from '../../../src/base/errors.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import type { FitOptions } from '../../../src/rnn/training/fit.js';
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
import type { OptimizerName } from '../../../src/rnn/training/optimizers/optimizer-choice.js';
import { normals } from '../../support/random-tensors.js';

const [N, D, F] = [11, 3, 2];
const x = normals(1, N, D);
const y = normals(2, N, F);

function network(optimizer: Optimizer | OptimizerName, engine: 'wasm' | 'reference' = 'wasm'): Sequential {
  const layers = [new Dense({ units: 5, activation: 'tanh' }), new Dense({ units: F, name: 'head' })];
  const model = new Sequential(layers, { seed: 3, engine });
  model.compile({ loss: 'meanSquaredError', optimizer });
  return model;
}

const weightsOf = (model: Sequential): number[] =>
  model.layers.flatMap((layer) => layer.getWeights().flatMap(({ data }) => Array.from(data)));

let folder: string;
let path: string;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'seqkit-optimizers-'));
  path = join(folder, 'run.safetensors');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const makers: Record<string, () => Optimizer> = {
  Adagrad: () => new Adagrad({ learningRate: 0.1 }),
  'Adam, AMSGrad': () => new Adam({ learningRate: 0.05, beta2: 0.5, amsgrad: true }),
  'AdamW, AMSGrad': () => new AdamW({ learningRate: 0.05, beta2: 0.5, amsgrad: true, weightDecay: 0.1 }),
  Nadam: () => new Nadam({ learningRate: 0.05 }),
  'SGD, weight decay': () => new SGD({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.1 }),
  'Adam, averages': () => new Adam({ learningRate: 0.05, useEma: true, emaMomentum: 0.8 }),
  'SGD, averages that overwrite': () => new SGD({ useEma: true, emaMomentum: 0.5, emaOverwriteFrequency: 5 }),
};

const run: FitOptions = { batchSize: 4, epochs: 4 };

/** Ends after so many batches, as a signal does. */
async function cut(model: Sequential, batches: number, options: FitOptions): Promise<void> {
  const control = new AbortController();
  let done = 0;
  const { stopped } = await model.fit(x, y, {
    ...options,
    signal: control.signal,
    onBatch: () => ++done === batches && control.abort(),
  });
  expect(stopped).toBe(true);
}

describe('a resumed fit ends with the very numbers', () => {
  it.each(Object.entries(makers))('%s', async (_, make) => {
    const whole = network(make());
    const expected = await whole.fit(x, y, run);
    const options: FitOptions = { ...run, checkpoint: { path, everySteps: 2 }, resume: true };
    await cut(network(make()), 7, options);
    const second = network(make());
    expect(await second.fit(x, y, options)).toEqual(expected);
    expect(second.toBytes()).toEqual(whole.toBytes());
  });
});

describe('moving averages of the weights', () => {
  const momentum = 0.8;
  const averaging = { learningRate: 0.05, useEma: true, emaMomentum: momentum };

  /** The weights after each batch of a training without averages, and what their average then is. */
  async function plain(engine: 'wasm' | 'reference') {
    const model = network(new SGD({ learningRate: 0.05 }), engine);
    const weights: number[][] = [];
    const validation = { x, y };
    const history = await model.fit(x, y, {
      ...{ ...run, validationData: validation },
      onBatch: () => weights.push(weightsOf(model)),
    });
    let average = weights[0];
    for (const values of weights.slice(1)) {
      average = average.map((old, i) => momentum * old + (1 - momentum) * values[i]);
    }
    return { history, weights, average };
  }

  it.each(['wasm', 'reference'] as const)('are what fit leaves behind, on %s', async (engine) => {
    const { history, average } = await plain(engine);
    const model = network(new SGD(averaging), engine);
    // Training and validation go by the weights themselves.
    expect(await model.fit(x, y, { ...run, validationData: { x, y } })).toEqual(history);
    const found = weightsOf(model);
    expect(found).toHaveLength(average.length);
    found.forEach((value, i) => expect(value).toBeCloseTo(average[i], engine === 'wasm' ? 6 : 14));
    // Evaluation and a saved file go by the averages.
    const loss = await model.evaluate(x, y);
    expect(loss).not.toBeCloseTo(history.validationLoss.at(-1)!, 4);
    const opened = await Sequential.load(model.toBytes(), { engine });
    opened.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    expect(await opened.evaluate(x, y)).toBeCloseTo(loss, 6);
  });

  it('take the place of the weights every so many steps, where asked for', async () => {
    const every = 2;
    const model = network(new SGD({ ...averaging, emaOverwriteFrequency: every }), 'reference');
    const free = network(new SGD({ learningRate: 0.05 }), 'reference');
    await Promise.all([model.build([D]), free.build([D])]);
    let average: number[] | undefined;
    for (let step = 1; step <= 5; step++) {
      await Promise.all([model.trainOnBatch(x, y), free.trainOnBatch(x, y)]);
      const values = weightsOf(free);
      average = average
        ? average.map((old, i) => momentum * old + (1 - momentum) * values[i])
        : values.slice();
      if (step % every === 0) {
        let from = 0;
        for (const layer of free.layers) {
          const shapes = layer.getWeights().map(({ data }) => data.length);
          layer.setWeights(shapes.map((length) => average!.slice(from, (from += length))));
        }
      }
      const expected = step % every === 0 ? average : values;
      weightsOf(model).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 13));
    }
  });

  it('give way to the best epoch that earlyStopping puts back', async () => {
    const options: FitOptions = {
      ...{ ...run, epochs: 8 },
      earlyStopping: { monitor: 'loss', patience: 8, restoreBest: true },
    };
    const [averaged, plainModel] = [network(new SGD(averaging)), network(new SGD({ learningRate: 0.05 }))];
    await averaged.fit(x, y, options);
    await plainModel.fit(x, y, options);
    expect(weightsOf(averaged)).toEqual(weightsOf(plainModel));
  });

  it('leave the weights alone where no step was taken', async () => {
    const model = network(new SGD(averaging));
    await model.build([D]);
    const before = weightsOf(model);
    const control = new AbortController();
    control.abort();
    await model.fit(x, y, { signal: control.signal });
    expect(weightsOf(model)).toEqual(before);
  });

  it('leave frozen weights alone', async () => {
    const model = network(new SGD(averaging));
    model.layers[0].trainable = false;
    await model.build([D]);
    const before = model.layers[0].getWeights();
    await model.fit(x, y, run);
    expect(model.layers[0].getWeights()).toEqual(before);
  });

  it('are part of what a run is', async () => {
    const options: FitOptions = { ...run, checkpoint: { path }, resume: true };
    const of = (emaOverwriteFrequency: number): Sequential =>
      network(new SGD({ ...averaging, emaOverwriteFrequency }));
    await cut(of(1000), 2, options);
    await expect(of(1001).fit(x, y, options)).rejects.toThrow('moving averages of the weights');
  });

  it('are asked for before they are set', () => {
    expect(() => new Adam({ emaMomentum: 0.5 })).toThrow(
      new SeqkitError('emaMomentum is given, but no moving averages are kept.', {
        code: 'usage',
        hint: 'Give useEma: true too.',
      }),
    );
    expect(() => new SGD({ useEma: false, emaOverwriteFrequency: 5 })).toThrow('emaOverwriteFrequency');
  });

  it('of a layer that thaws after the first step begin at its weights', async () => {
    const layer = new Dense({ units: 1, useBias: false, kernelInitializer: 'zeros' });
    const frozen = new Dense({ units: 2, useBias: false });
    const model = new Sequential([frozen, layer], { engine: 'reference', seed: 3 });
    model.compile({ loss: 'mse', optimizer: new SGD({ learningRate: 1e-9, useEma: true }) });
    frozen.trainable = false;
    await model.build([D]);
    const [{ data: before }] = frozen.getWeights();
    const target = normals(2, N, 1);
    await model.fit(x, target, { batchSize: 4, epochs: 2 });
    frozen.trainable = true;
    await model.fit(x, target, { batchSize: 3 });
    // So small a rate moves nothing, and so the averages neither.
    const [{ data: after }] = frozen.getWeights();
    after.forEach((value, i) => expect(value).toBeCloseTo(before[i], 6));
  });

  it('that overwrite a constrained weight leave it constrained', async () => {
    const [rate, momentum, every] = [0.5, 0.5, 2];
    const layer = new Dense({ units: 1, useBias: false, kernelConstraint: 'unitNorm' });
    const model = new Sequential([layer], { engine: 'reference' });
    const averages = { useEma: true, emaMomentum: momentum, emaOverwriteFrequency: every };
    model.compile({ loss: 'mse', optimizer: new SGD({ learningRate: rate, ...averages }) });
    await model.build([2]);
    layer.setWeights([[1, 0]]);
    const unit = ([a, b]: number[]): number[] => [a / Math.hypot(a, b), b / Math.hypot(a, b)];
    // The loss (w . (1, 2) - 3)^2.
    let weights = [1, 0];
    let average: number[] | undefined;
    for (let step = 1; step <= 5; step++) {
      await model.trainOnBatch(
        { data: Float64Array.of(1, 2), shape: [1, 2] },
        { data: Float64Array.of(3), shape: [1, 1] },
      );
      const slope = 2 * (weights[0] + 2 * weights[1] - 3);
      weights = unit([weights[0] - rate * slope, weights[1] - rate * slope * 2]);
      average = weights.map((value, i) => (average ? momentum * average[i] + (1 - momentum) * value : value));
      if (step % every === 0) weights = unit(average);
      const { data } = layer.getWeights()[0];
      // A norm is divided by with 1e-7 added to it.
      weights.forEach((value, i) => expect(data[i]).toBeCloseTo(value, 6));
    }
  });
});

describe('the name of an optimizer', () => {
  it.each([
    ['sgd', new SGD()],
    ['momentum', new Momentum()],
    ['rmsprop', new RMSprop()],
    ['adagrad', new Adagrad()],
    ['adam', new Adam()],
    ['adamw', new AdamW()],
    ['nadam', new Nadam()],
  ] as const)('%s stands for one with its defaults', async (name, optimizer) => {
    const [named, made] = [network(name), network(optimizer)];
    await named.fit(x, y, run);
    await made.fit(x, y, run);
    expect(named.toBytes()).toEqual(made.toBytes());
  });

  it('that is none is refused with the nearest', () => {
    expect(() => network('nadm' as OptimizerName)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('Nadam') }),
    );
  });
});
