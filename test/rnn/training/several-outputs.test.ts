import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { GRU } from '../../../src/rnn/layers/gru.js';
import { input } from '../../../src/rnn/layers/input.js';
import { Add } from '../../../src/rnn/layers/merge.js';
import { Model } from '../../../src/rnn/model/model.js';
import type { Tensor } from '../../../src/rnn/program/tensor.js';
import type { EpochReport, FitOptions } from '../../../src/rnn/training/fit.js';
import { SGD } from '../../../src/rnn/training/optimizers/index.js';
import { normals, rows } from '../../support/random-tensors.js';

const [N, T, D, H] = [9, 4, 3, 5];
const x = [normals(1, N, T, D), normals(2, N, H)];
const y: Tensor[] = [
  { data: Float32Array.from({ length: N }, (_, i) => i % 2), shape: [N, 1] },
  normals(3, N, 2),
];
const lossWeights = [0.3, 0];

const opened: Model[] = [];
const folder = fs.mkdtempSync(path.join(tmpdir(), 'seqkit-outputs-'));
afterEach(async () => {
  for (const model of opened.splice(0)) await model.dispose();
  for (const name of fs.readdirSync(folder)) fs.rmSync(path.join(folder, name));
});

function network({ weights = lossWeights, learningRate = 0.1 } = {}): Model {
  const [a, b] = [input({ shape: [null, D] }), input({ shape: [H] })];
  const state = new GRU({ units: H }).apply(a);
  const head = new Dense({ units: 1, name: 'p', kernelRegularizer: { l2: 0.01 } });
  const outputs = [head.apply(new Add().apply([state, b])), new Dense({ units: 2 }).apply(state)];
  const model = new Model({ inputs: [a, b], outputs }, { engine: 'reference', seed: 2 });
  opened.push(model);
  model.compile({
    loss: ['binaryCrossentropy', 'meanSquaredError'],
    lossWeights: weights,
    optimizer: new SGD({ learningRate }),
  });
  return model;
}

/** Both losses worked out from the predictions. */
async function byHand(model: Model, from: number, to: number): Promise<{ pLoss: number; denseLoss: number }> {
  const [logits, values] = await model.predictAll(x.map((one) => rows(one, from, to)));
  const targets = y.map((one) => rows(one, from, to).data);
  const mean = (all: number[]): number => all.reduce((a, b) => a + b) / all.length;
  return {
    pLoss: mean(Array.from(logits.data, (z, i) => Math.log1p(Math.exp(z)) - targets[0][i] * z)),
    denseLoss: mean(Array.from(values.data, (v, i) => (v - targets[1][i]) ** 2)),
  };
}

function expectLosses(found: Record<string, number> | undefined, expected: Record<string, number>): void {
  expect(Object.keys(found!)).toEqual(Object.keys(expected));
  // Predictions are float32.
  for (const [name, loss] of Object.entries(expected)) expect(found![name]).toBeCloseTo(loss, 6);
}

describe('several outputs', () => {
  it('each report their own loss, by their layers, one of weight 0 too', async () => {
    const model = network({ learningRate: 1e-30 });
    const reports: EpochReport[] = [];
    const batches: (Record<string, number> | undefined)[] = [];
    const history = await model.fit(x, y, {
      batchSize: 4,
      shuffle: false,
      validationSplit: 0.34,
      onEpoch: (report) => reports.push(report),
      onBatch: ({ outputLosses }) => batches.push(outputLosses),
    });
    const own = await byHand(model, 0, 6);
    expectLosses(reports[0].outputLosses, own);
    expectLosses(reports[0].validationOutputLosses, await byHand(model, 6, 9));
    expectLosses(batches[1], await byHand(model, 4, 6));
    const kernel = Array.from(model.layers.find(({ name }) => name === 'p')!.getWeights()[0].data);
    const l2 = 0.01 * kernel.reduce((sum, w) => sum + w * w, 0);
    expect(history.loss[0]).toBeCloseTo(0.3 * own.pLoss + l2, 6);
    expect(history.outputLosses).toEqual({
      pLoss: [reports[0].outputLosses!['pLoss']],
      denseLoss: [reports[0].outputLosses!['denseLoss']],
    });
    expect(history.validationOutputLosses!['pLoss']).toHaveLength(1);
    const { loss, outputLosses } = await model.evaluateAll(x, y);
    expectLosses(outputLosses, await byHand(model, 0, 9));
    expect(loss).toBe(await model.evaluate(x, y));
  });

  it('are trained by their weights: 0 as if there were none', async () => {
    const model = network();
    await model.build([T, D], [H]);
    const layer = model.layers.find(({ name }) => name === 'dense')!;
    const before = layer.getWeights();
    await model.fit(x, y);
    expect(layer.getWeights()).toEqual(before);
  });

  it('are validated on data of their own', async () => {
    const validationData = {
      x: [normals(4, 3, T + 2, D), normals(5, 3, H)],
      y: [rows(y[0], 0, 3), normals(6, 3, 2)],
      sampleWeight: [Float32Array.of(1, 2, 0), Float32Array.of(1, 1, 1)].map((data) => ({
        data,
        shape: [3],
      })),
    };
    const model = network();
    const { validationLoss, validationOutputLosses } = await model.fit(x, y, { validationData });
    const { x: a, y: b, sampleWeight } = validationData;
    const { loss, outputLosses } = await model.evaluateAll(a, b, { sampleWeight });
    expect(validationLoss).toEqual([loss]);
    expect(Object.values(validationOutputLosses!)).toEqual(Object.values(outputLosses).map((one) => [one]));
  });

  it('of one output, evaluateAll names the one', async () => {
    const a = input({ shape: [H] });
    const model = new Model(
      { inputs: a, outputs: new Dense({ units: 2 }).apply(a) },
      { engine: 'reference' },
    );
    opened.push(model);
    model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1 }) });
    const { loss, outputLosses } = await model.evaluateAll(x[1], y[1]);
    expect(outputLosses).toEqual({ denseLoss: loss });
  });
});

describe('a run with several outputs', () => {
  const checkpoint = path.join(folder, 'run.safetensors');
  const options: FitOptions = { batchSize: 4, epochs: 4, validationSplit: 0.2 };
  const resumable: FitOptions = { ...options, checkpoint: { path: checkpoint, everySteps: 1 }, resume: true };

  async function interrupt(): Promise<void> {
    const control = new AbortController();
    let batches = 0;
    const onBatch = (): void => void (++batches === 5 && control.abort());
    const { stopped } = await network().fit(x, y, { ...resumable, signal: control.signal, onBatch });
    expect(stopped).toBe(true);
  }

  it('goes on with the losses of each', async () => {
    const whole = network();
    const expected = await whole.fit(x, y, options);
    await interrupt();
    const resumed = network();
    expect(await resumed.fit(x, y, resumable)).toEqual(expected);
    expect(resumed.toBytes()).toEqual(whole.toBytes());
  });

  it.each([
    ['the input x', [x[0], normals(9, N, H)], y],
    ['the targets y', x, [y[0], normals(9, N, 2)]],
  ])('refuses other data in a second port: %s', async (what, otherX, otherY) => {
    await interrupt();
    await expect(network().fit(otherX, otherY, resumable)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(`What differs: ${what}.`),
    });
  });

  it('refuses lengths that it did not have', async () => {
    await interrupt();
    const lengths = [new Int32Array(N).fill(3), undefined];
    await expect(network().fit(x, y, { ...resumable, lengths })).rejects.toMatchObject({
      message: expect.stringContaining('lengths'),
    });
  });

  it.each([
    ['the input 1', (): [Tensor[], Tensor[]] => [[x[0], spoilt(x[1], 7)], y]],
    ['the targets 1', (): [Tensor[], Tensor[]] => [x, [y[0], spoilt(y[1], 7)]]],
  ])('that meets a number that is none names where it stood: %s', async (what, make) => {
    await expect(network({ weights: [1, 1] }).fit(...make(), { shuffle: false })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringContaining(`: ${what} of example 7 hold a number that is not finite`),
    });
  });
});

function spoilt({ data, shape }: Tensor, example: number): Tensor {
  const copy = data.slice() as Float32Array;
  copy[example * (data.length / shape[0])] = NaN;
  return { data: copy, shape };
}
