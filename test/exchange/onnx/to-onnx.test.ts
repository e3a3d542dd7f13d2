import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  Activation,
  BatchNormalization,
  Conv1D,
  Dense,
  Dropout,
  Embedding,
  GRU,
  LSTM,
  Sequential,
  SimpleRNN,
  TextModel,
  type Layer,
} from '../../../src/index.js';
import { checkOnnx, readOnnxGraph, toOnnx, type OnnxRuntime } from '../../../src/exchange/index.js';
import { ort, runtimeOf, largestDifference } from '../support/onnx-runtime.js';
import { randomized } from '../support/random-weights.js';

const runtime: OnnxRuntime = ort;
const GOLDEN = path.resolve(import.meta.dirname, '../../golden/release-0.1.0');
const golden = (name: string): string => path.join(GOLDEN, `${name}.safetensors`);

const returnSequences = true;
const sequential = async (layers: Layer[], ...shape: number[]): Promise<Sequential> => {
  const model = new Sequential(layers, { seed: 3, engine: 'wasm', threads: 1 });
  await model.build(shape);
  randomized(model, 9);
  return model;
};

describe('toOnnx', () => {
  it.each(['sequential', 'graph', 'text', 'music', 'trigger'])(
    'writes the %s model of an earlier release',
    async (name) => {
      const exported = await toOnnx(golden(name));
      const difference = await checkOnnx(runtime, golden(name), exported);
      expect(difference.numbers).toBeGreaterThan(3);
      expect(difference.largest).toBeLessThan(1e-5);
    },
  );

  it.each(['text', 'music', 'trigger'])(
    'writes the %s model as a step, its states in and out',
    async (name) => {
      const exported = await toOnnx(golden(name), { step: true });
      expect(exported.description.states.length).toBeGreaterThan(0);
      expect((await checkOnnx(runtime, golden(name), exported)).largest).toBeLessThan(1e-5);
    },
  );

  it('takes one time step at a call, as a stepper does', async () => {
    const model = await sequential(
      [
        new Dense({ units: 5, useBias: false }),
        new BatchNormalization(),
        new Activation({ activation: 'relu' }),
        new LSTM({ units: 4, returnSequences, peepholes: true }),
        new Dropout({ rate: 0.2 }),
        new GRU({ units: 3, returnSequences, resetAfter: false }),
        new SimpleRNN({ units: 3, returnSequences, activation: 'relu' }),
        new Dense({ units: 2, activation: 'sigmoid' }),
      ],
      ...[1, 6],
    );
    const { bytes, description } = await toOnnx(model, { step: true });
    expect(description.states.map(({ input, output }) => [input, output])).toEqual([
      ['lstm_h_in', 'lstm_h_out'],
      ['lstm_c_in', 'lstm_c_out'],
      ['gru_h_in', 'gru_h_out'],
      ['simplernn_h_in', 'simplernn_h_out'],
    ]);
    const run = await runtimeOf(bytes);
    const stepper = model.stepper();
    let states = Object.fromEntries(
      description.states.map(({ input, dims }) => [
        input,
        { data: new Float32Array(Number(dims[1])), shape: [1, Number(dims[1])] },
      ]),
    );
    for (let t = 0; t < 20; t++) {
      const x = Float32Array.from({ length: 6 }, (_, d) => Math.sin(t + 2 * d));
      const results = await run({ [description.inputs[0].name]: { data: x, shape: [1, 1, 6] }, ...states });
      const y = results[description.outputs[0].name];
      expect(y.shape).toEqual([1, 1, 2]);
      expect(largestDifference(y.data, stepper.step(x))).toBeLessThan(1e-6);
      states = Object.fromEntries(
        description.states.map(({ input, output }) => [
          input,
          results[output] as { data: Float32Array<ArrayBuffer>; shape: number[] },
        ]),
      );
    }
  });

  it('carries the frames that a causal convolution reaches back to', async () => {
    const model = await sequential(
      [
        new Conv1D({ filters: 4, kernelSize: 3, padding: 'causal', strides: 2, activation: 'tanh' }),
        new Conv1D({ filters: 3, kernelSize: 2, padding: 'causal', dilationRate: 2 }),
        new GRU({ units: 3, returnSequences }),
      ],
      ...[12, 5],
    );
    const exported = await toOnnx(model, { step: true });
    expect(exported.description.states[0]).toEqual({
      input: 'conv1d_frames_in',
      output: 'conv1d_frames_out',
      dims: ['N', 2, 5],
    });
    expect((await checkOnnx(runtime, model, exported)).largest).toBeLessThan(1e-5);
  });

  it('gives stateful layers their states in and out without being asked', async () => {
    const model = await sequential([new GRU({ units: 3, returnSequences, stateful: true })], 4, 2);
    const exported = await toOnnx(model);
    expect(exported.description.states).toHaveLength(1);
    expect((await checkOnnx(runtime, model, exported)).largest).toBeLessThan(1e-5);
  });

  it('folds batch normalization into the layer before it', async () => {
    const model = await sequential(
      [
        new Conv1D({ filters: 4, kernelSize: 2, useBias: false }),
        new BatchNormalization(),
        new Dense({ units: 3 }),
        new BatchNormalization({ scale: false }),
        new Activation({ activation: 'tanh' }),
        new BatchNormalization({ center: false }),
      ],
      ...[5, 2],
    );
    const exported = await toOnnx(model);
    const ops = readOnnxGraph(exported.bytes).nodes.map(({ opType }) => opType);
    // Only the last, behind an activation, is an operation of its own.
    expect(ops.filter((op) => op === 'Mul')).toHaveLength(1);
    expect((await checkOnnx(runtime, model, exported)).largest).toBeLessThan(1e-5);
  });

  it('takes lengths, beyond which steps do not count', async () => {
    const model = await sequential(
      [
        new Embedding({ inputDim: 9, outputDim: 4 }),
        new LSTM({ units: 5, returnSequences }),
        new GRU({ units: 3, goBackwards: true }),
      ],
      ...[6],
    );
    const tokens = { data: Float32Array.from({ length: 18 }, (_, i) => (i * 5) % 9), shape: [3, 6] };
    const lengths = [6, 2, 4];
    const { bytes, description } = await toOnnx(model, { lengths: true });
    expect(description.inputs.map(({ name, type, dims }) => [name, type, dims])).toEqual([
      ['input', 'int64', ['N', 'T']],
      ['lengths', 'int64', ['N']],
    ]);
    const run = await runtimeOf(bytes);
    const results = await run({ input: tokens, lengths: { data: lengths, shape: [3] } });
    const expected = await model.predict(tokens, { lengths });
    expect(largestDifference(results[description.outputs[0].name].data, expected.data)).toBeLessThan(1e-6);
    const whole = await model.predict(tokens);
    expect(largestDifference(whole.data, expected.data)).toBeGreaterThan(1e-3);
  });

  it('keeps weights in 8 bits: a quarter of the size, and nearly the same numbers', async () => {
    const model = await sequential(
      [
        new Embedding({ inputDim: 50, outputDim: 32 }),
        new LSTM({ units: 32, returnSequences }),
        new GRU({ units: 32, returnSequences }),
        new Dense({ units: 50, activation: 'softmax' }),
      ],
      ...[8],
    );
    const [whole, small] = [await toOnnx(model), await toOnnx(model, { int8: true })];
    expect(small.bytes.length).toBeLessThan(0.35 * whole.bytes.length);
    const { largest } = await checkOnnx(runtime, model, small);
    expect(largest).toBeGreaterThan(0);
    expect(largest).toBeLessThan(0.02);
    // No weight is further from its own than half a step of its unit.
    const graph = readOnnxGraph(small.bytes);
    const kernel = model.layers[3].getWeights()[0];
    const [bits, scale] = ['int8', 'scale'].map(
      (part) => graph.initializers.get(`dense/kernel/${part}`)!.data,
    );
    kernel.data.forEach((weight, i) => {
      const step = scale[i % 50];
      expect(Math.abs(bits[i] * step - weight)).toBeLessThanOrEqual(step * 0.5001);
    });
  });

  it('says what a model holds beside its network', async () => {
    const { description } = await toOnnx(golden('trigger'));
    expect(description).toMatchObject({ format: 'seqkit-onnx', kind: 'TriggerModel', step: false });
    expect(description.settings).toMatchObject({ word: 'activate', features: { bands: 40 } });
    expect(description.outputs[0].dims[0]).toBe('N');
  });

  it('refuses a step of layers that look ahead, and lengths of a step', async () => {
    const ahead = await sequential([new GRU({ units: 2, goBackwards: true })], 3, 2);
    await expect(toOnnx(ahead, { step: true })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('needs the whole sequence'),
    });
    const same = await sequential([new Conv1D({ filters: 2, kernelSize: 3, padding: 'same' })], 3, 2);
    await expect(toOnnx(same, { step: true })).rejects.toMatchObject({
      hint: expect.stringContaining('causal'),
    });
    await expect(toOnnx(ahead, { step: true, lengths: true })).rejects.toMatchObject({ code: 'usage' });
  });

  it.each([
    [undefined, {}, 'toOnnx: model must be'],
    [{}, {}, 'toOnnx: model must be'],
    [golden('text'), { steps: true }, 'steps'],
    [golden('text'), { step: 'yes' }, 'step'],
    [golden('vectors-int8'), {}, 'holds a KeyedVectors, not one network'],
  ])('refuses %s with %s', async (model, options, message) => {
    await expect(toOnnx(model as never, options as never)).rejects.toMatchObject({
      name: 'SeqkitError',
      message: expect.stringContaining(message),
    });
  });

  it('takes a text model as it is in memory', async () => {
    const text = await TextModel.load(new Uint8Array(readFileSync(golden('text'))));
    const fromFile = await toOnnx(golden('text'));
    expect((await toOnnx(text)).bytes).toEqual(fromFile.bytes);
  });
});
