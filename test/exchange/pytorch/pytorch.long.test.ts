import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as seqkit from '../../../src/index.js';
import {
  checkpointFromPyTorch,
  fromPyTorch,
  toPyTorch,
  type PyTorchFiles,
} from '../../../src/exchange/index.js';
import { encodeSafetensors } from '../../../src/base/encoding/safetensors.js';
import { randomized } from '../support/random-weights.js';
import { differenceTable } from '../support/difference-table.js';
import { largestDifference } from '../support/onnx-runtime.js';
import { PYTHON, pythonHas, runPython, startPython } from '../support/python.js';

const {
  Activation,
  Adam,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  GRU,
  LSTM,
  GlobalAveragePooling1D,
  LayerNormalization,
  Masking,
  MaxPooling1D,
  Model,
  OneHot,
  RepeatVector,
  Residual,
  Sequential,
  SimpleRNN,
  Standardize,
  TimeDistributed,
  UnitNormalization,
  input,
  Concatenate,
  Add,
} = seqkit;

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true }));
const golden = (name: string): string =>
  path.resolve(import.meta.dirname, `../../golden/release-0.1.0/${name}.safetensors`);

let count = 0;
function written(files: PyTorchFiles): string {
  const place = mkdtempSync(path.join(folder, `model-${count++}-`));
  for (const [name, contents] of Object.entries(files)) writeFileSync(path.join(place, name), contents);
  return place;
}

const returnSequences = true;
const build = async (layers: seqkit.Layer[], ...shape: number[]): Promise<seqkit.Sequential> => {
  const model = new Sequential(layers, { seed: 3, engine: 'wasm', threads: 1 });
  await model.build(shape);
  randomized(model, 9);
  return model;
};

/** Models of the first release. */
const goldens = ['text', 'trigger', 'sequential', 'music'];
const note = differenceTable('network');

const hasTorch = pythonHas('torch');
const withTorch = it.skipIf(!hasTorch);

/** Networks whose weights and numbers go there and back. */
const stacks: Record<string, { layers: () => seqkit.Layer[]; shape: number[] }> = {
  'recurrent layers of all kinds': {
    layers: () => [
      new GRU({ units: 5, returnSequences }),
      new LSTM({ units: 4, returnSequences, goBackwards: true }),
      new SimpleRNN({ units: 3, returnSequences, activation: 'relu' }),
      new GRU({ units: 3, useBias: false }),
      new Dense({ units: 2, activation: 'hardSigmoid' }),
    ],
    shape: [6, 4],
  },
  'both directions': {
    layers: () => [
      new Bidirectional({ layer: new LSTM({ units: 3, returnSequences }) }),
      new Bidirectional({ layer: new GRU({ units: 4, returnSequences }), mergeMode: 'sum' }),
      new Bidirectional({ layer: new SimpleRNN({ units: 2 }) }),
    ],
    shape: [6, 4],
  },
  'convolutions, norms and pooling': {
    layers: () => [
      new Standardize(),
      new Conv1D({ filters: 6, kernelSize: 3, padding: 'causal', dilationRate: 2, useBias: false }),
      new BatchNormalization(),
      new Conv1D({ filters: 4, kernelSize: 4, padding: 'same', groups: 2, activation: 'gelu' }),
      new MaxPooling1D(),
      new Conv1D({ filters: 3, kernelSize: 2, strides: 2 }),
      new LayerNormalization(),
      new BatchNormalization({ scale: false }),
      new Activation({ activation: 'silu' }),
      new GlobalAveragePooling1D(),
    ],
    shape: [12, 5],
  },
  tokens: {
    layers: () => [
      new Embedding({ inputDim: 9, outputDim: 4 }),
      new Residual({
        layers: [new GRU({ units: 4, returnSequences }), new Dense({ units: 4, activation: 'tanh' })],
      }),
      new Dropout({ rate: 0.3 }),
      new LSTM({ units: 5 }),
      new RepeatVector({ n: 3 }),
      new GRU({ units: 4, returnSequences }),
      new TimeDistributed({ layer: new Dense({ units: 9, activation: 'softmax' }) }),
    ],
    shape: [7],
  },
  'one-hot rows, flattened': {
    layers: () => [
      new OneHot({ depth: 6 }),
      new Dense({ units: 3, activation: 'geluTanh' }),
      new UnitNormalization(),
      new Flatten(),
      new Dense({ units: 2 }),
    ],
    shape: [4],
  },
};

/** The largest difference that each `model.py` finds, all in one process. */
function checked(places: readonly string[]): number[] {
  const program = `import importlib.util, sys
for place in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("model", place + "/model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    print(module.check())`;
  return runPython(folder, ['-c', program, ...places])
    .trim()
    .split('\n')
    .map(Number);
}

describe('toPyTorch', () => {
  withTorch('writes layers of all kinds, which torch runs to the same numbers', async () => {
    const places: string[] = [];
    for (const { layers, shape } of Object.values(stacks)) {
      places.push(written(await toPyTorch(await build(layers(), ...shape))));
    }
    for (const name of goldens) {
      places.push(written(await toPyTorch(golden(name))));
    }
    const [a, b] = [input({ shape: [null, 3], name: 'class' }), input({ shape: [null, 3] })];
    const [y, h, c] = new LSTM({ units: 4, returnSequences, returnState: true }).applyAll(a);
    const decoded = new LSTM({ units: 4, returnSequences }).apply([b, h, c]);
    const both = new Concatenate().apply([decoded, new Add().apply([y, decoded])]);
    const graph = new Model(
      { inputs: [a, b], outputs: [new Dense({ units: 2 }).apply(both), h] },
      { engine: 'wasm', threads: 1 },
    );
    await graph.build([5, 3], [5, 3]);
    randomized(graph, 4);
    places.push(written(await toPyTorch(graph)));
    const differences = checked(places);
    expect(differences).toHaveLength(places.length);
    const names = [...Object.keys(stacks), ...goldens, 'a network of two inputs, states handed on'];
    expect(names).toHaveLength(places.length);
    for (const [i, difference] of differences.entries()) {
      note(names[i], difference);
      expect(difference).toBeLessThan(1e-5);
    }
    // A check that can fail: other weights give other numbers.
    const [first] = places;
    const [, ...others] = Object.values(stacks);
    expect(others.length).toBeGreaterThan(0);
    const model = await build(stacks['recurrent layers of all kinds'].layers(), 6, 4);
    randomized(model, 10);
    writeFileSync(path.join(first, 'model.safetensors'), (await toPyTorch(model))['model.safetensors']);
    expect(checked([first])[0]).toBeGreaterThan(1e-3);
  });

  it.each(Object.keys(stacks).filter((name) => name !== 'tokens'))(
    '%s comes back by fromPyTorch',
    async (name) => {
      const { layers, shape } = stacks[name];
      const model = await build(layers(), ...shape);
      const files = await toPyTorch(model);
      const back = await fromPyTorch(files['model.safetensors'], {
        layers: layers(),
        inputShape: shape,
      });
      back.layers.forEach((layer, i) => {
        layer.getWeights().forEach(({ data }, w) => {
          expect(largestDifference(data, model.layers[i].getWeights()[w].data)).toBeLessThan(1e-6);
        });
      });
    },
  );

  it.each([
    ['a mask', () => [new Masking(), new GRU({ units: 2 })], [3, 2], 'masks time steps'],
    [
      'a GRU that resets before',
      () => [new GRU({ units: 2, resetAfter: false })],
      [3, 2],
      'resets before the product',
    ],
    [
      'gates of another kind',
      () => [new LSTM({ units: 2, recurrentActivation: 'hardSigmoid' })],
      [3, 2],
      'hardSigmoid',
    ],
    [
      'peepholes',
      () => [new LSTM({ units: 2, peepholes: true })],
      [3, 2],
      "has peepholes, PyTorch's LSTM has none",
    ],
    [
      'an activation of a cell',
      () => [new GRU({ units: 2, activation: 'relu' })],
      [3, 2],
      'activation "relu"',
    ],
  ])('refuses %s', async (_what, layers, shape, message) => {
    const model = await build(layers(), ...shape);
    await expect(toPyTorch(model)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });
});

describe('train.py', () => {
  const data = Array.from({ length: 24 * 5 * 3 }, (_, i) => Math.sin(1.7 * i) + 0.1 * (i % 7));
  const x = { data: Float32Array.from(data), shape: [24, 5, 3] };
  const y = { data: Float32Array.from({ length: 24 * 2 }, (_, i) => Math.cos(i)), shape: [24, 2] };
  const npy = (place: string): void => {
    const text = `import json, numpy as np
for name, shape in (("x", (24, 5, 3)), ("y", (24, 2))):
    np.save(name + ".npy", np.array(json.load(open(name + ".json")), np.float32).reshape(shape))`;
    writeFileSync(path.join(place, 'x.json'), JSON.stringify(Array.from(x.data)));
    writeFileSync(path.join(place, 'y.json'), JSON.stringify(Array.from(y.data)));
    runPython(place, ['-c', text]);
  };
  const layers = (): seqkit.Layer[] => [
    new Dense({ units: 6, activation: 'tanh' }),
    new LSTM({ units: 5, returnSequences }),
    new GRU({ units: 4 }),
    new Dense({ units: 2 }),
  ];
  const rates = {
    learningRate: seqkit.stepSchedule({ initial: 0.02, every: 5, factor: 0.7 }),
    globalClipNorm: 0.5,
  };
  const fit = async (options: seqkit.FitOptions) => {
    const model = new Sequential(layers(), { seed: 5, engine: 'wasm', threads: 1 });
    model.compile({ optimizer: new Adam(rates), loss: 'meanSquaredError' });
    const history = await model.fit(x, y, { batchSize: 8, shuffle: false, ...options });
    return { model, history };
  };

  withTorch('goes on where seqkit stopped, as seqkit would have, and comes back', async () => {
    const checkpoint = { path: path.join(folder, 'run.safetensors'), everySteps: 6 };
    await fit({ epochs: 2, checkpoint });
    const lossesFrom = (first: number) => {
      const losses: number[] = [];
      const onBatchEnd = ({ epoch, loss }: seqkit.BatchReport) => void (epoch >= first && losses.push(loss));
      return { losses, callbacks: [{ onBatchEnd }] };
    };
    const { losses, callbacks } = lossesFrom(3);
    const { model } = await fit({ epochs: 4, callbacks });
    const files = await toPyTorch(checkpoint.path, { training: rates });
    const place = written(files);
    npy(place);
    const said = runPython(place, ['train.py', 'x.npy', 'y.npy', '--epochs', '2', '--no-shuffle']);
    const theirs = [...said.matchAll(/step (\d+) loss (\S+)/g)].map(([, step, loss]) => [
      Number(step),
      Number(loss),
    ]);
    expect(theirs.map(([step]) => step)).toEqual([7, 8, 9, 10, 11, 12]);
    expect(losses).toHaveLength(6);
    theirs.forEach(([, loss], i) => expect(Math.abs(loss - losses[i])).toBeLessThan(1e-5));
    // Weights come back, those of a training that ran here throughout.
    const back = await fromPyTorch(path.join(place, 'model.safetensors'), {
      layers: layers(),
      inputShape: [5, 3],
    });
    const [ours, there] = [await model.predict(x), await back.predict(x)];
    expect(largestDifference(ours.data, there.data)).toBeLessThan(1e-5);
    // So do the moments: the training goes on here as one that never left.
    const on = { path: path.join(place, 'on.safetensors'), everySteps: 6 };
    writeFileSync(
      on.path,
      await checkpointFromPyTorch(path.join(place, 'model.safetensors'), {
        checkpoint: checkpoint.path,
        optimizer: path.join(place, 'optimizer.safetensors'),
      }),
    );
    const [resumed, throughout] = [lossesFrom(5), lossesFrom(5)];
    await fit({ epochs: 7, checkpoint: on, resume: true, callbacks: resumed.callbacks });
    await fit({ epochs: 7, callbacks: throughout.callbacks });
    expect([resumed.losses.length, throughout.losses.length]).toEqual([9, 9]);
    note('losses that came back', largestDifference(resumed.losses, throughout.losses));
    expect(largestDifference(resumed.losses, throughout.losses)).toBeLessThan(1e-5);
    // Without the moments they would not be.
    const bare = await fromPyTorch(path.join(place, 'model.safetensors'), {
      layers: layers(),
      inputShape: [5, 3],
    });
    bare.compile({ optimizer: new Adam(rates), loss: 'meanSquaredError' });
    const other = lossesFrom(1);
    await bare.fit(x, y, { batchSize: 8, shuffle: false, epochs: 3, callbacks: other.callbacks });
    expect(largestDifference(other.losses, throughout.losses)).toBeGreaterThan(1e-3);
  });

  withTorch('comes to the same weights on two processes of torchrun', async () => {
    const checkpoint = { path: path.join(folder, 'two.safetensors'), everySteps: 6 };
    await fit({ epochs: 2, checkpoint });
    const files = await toPyTorch(checkpoint.path, { training: rates });
    const [alone, together] = [written(files), written(files)];
    const args = ['train.py', 'x.npy', 'y.npy', '--epochs', '1', '--no-shuffle'];
    npy(alone);
    npy(together);
    runPython(alone, args);
    // What torchrun runs, on a port that is free. PyTorch 1.13 with Python 3.11 does not start without a redirection.
    const own = ['--redirects', '1', '--tee', '1', '--log_dir', together];
    const torchrun = ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2', ...own];
    const said = await startPython(together, [...torchrun, ...args]);
    expect([...said.matchAll(/step \d+ loss /g)]).toHaveLength(3);
    const [one, two] = await Promise.all(
      [alone, together].map((place) =>
        fromPyTorch(path.join(place, 'model.safetensors'), { layers: layers(), inputShape: [5, 3] }),
      ),
    );
    one.layers.forEach((layer, i) =>
      layer.getWeights().forEach(({ data }, w) => {
        expect(largestDifference(data, two.layers[i].getWeights()[w].data)).toBeLessThan(1e-5);
      }),
    );
  });

  it('is refused for a model without its training, another rate, or a regularizer', async () => {
    await expect(toPyTorch(golden('sequential'), { training: {} })).rejects.toMatchObject({
      message: expect.stringContaining('is no checkpoint'),
    });
    const checkpoint = { path: path.join(folder, 'third.safetensors'), everySteps: 3 };
    await fit({ epochs: 1, checkpoint });
    await expect(toPyTorch(checkpoint.path, { training: { learningRate: 0.1 } })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('another learning rate'),
    });
  });
});

describe('fromPyTorch', () => {
  const tensor = (...shape: number[]) => ({
    dtype: 'F32' as const,
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
  });
  const gru = {
    'net.rnn.weight_ih_l0': tensor(6, 3),
    'net.rnn.weight_hh_l0': tensor(6, 2),
    'net.rnn.bias_ih_l0': tensor(6),
    'net.rnn.bias_hh_l0': tensor(6),
  };
  const layers = (): seqkit.Layer[] => [new GRU({ units: 2 })];
  const read = (
    tensors: Record<string, ReturnType<typeof tensor>>,
    names?: Record<string, string>,
    own = layers(),
  ) => fromPyTorch(encodeSafetensors(tensors), { layers: own, inputShape: [4, 3], ...(names && { names }) });

  it('takes names with what wrappers put before them, or by a map', async () => {
    const wrapped = Object.fromEntries(
      Object.entries(gru).map(([name, one]) => [`module._orig_mod.${name}`, one]),
    );
    const [a, b] = [await read(wrapped), await read(gru, { gru: 'net.rnn' })];
    expect(a.layers[0].getWeights()).toEqual(b.layers[0].getWeights());
    // The reset gate of theirs, the first block, is the second of ours.
    const kernel = a.layers[0].getWeights()[0];
    expect(kernel.data[2]).toBeCloseTo(Math.sin(0), 6);
    expect(kernel.data[0]).toBeCloseTo(Math.sin(6), 6);
  });

  it.each([
    [
      'a tensor too many',
      { ...gru, 'head.weight': tensor(2, 2) },
      undefined,
      'no layer takes: "head.weight" (2, 2)',
    ],
    [
      'a tensor of another size',
      { ...gru, 'net.rnn.bias_ih_l0': tensor(9) },
      undefined,
      'has no module of weight_ih_l0 (6, 3)',
    ],
    ['a name that fits nothing', gru, { gru: 'net.lstm' }, 'has no module of weight_ih_l0 (6, 3)'],
    ['a layer that there is not', gru, { lstm: 'net.rnn' }, '"lstm", which there is not'],
  ])('refuses %s', async (_what, tensors, names, message) => {
    await expect(read(tensors as never, names as never)).rejects.toMatchObject({
      name: 'SeqkitError',
      message: expect.stringContaining(message),
    });
  });

  it('widens float64, float16 and bfloat16', async () => {
    const halves = Uint8Array.from([0x00, 0x3c, 0x55, 0xb5]);
    const file = (dtype: string, data: Uint8Array): Uint8Array => {
      const header = Buffer.from(
        JSON.stringify({ weight: { dtype, shape: [2, 1], data_offsets: [0, data.length] } }),
      );
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      return Buffer.concat([length, header, data]);
    };
    const one = async (bytes: Uint8Array) => {
      const model = await fromPyTorch(bytes, {
        layers: [new Dense({ units: 2, useBias: false })],
        inputShape: [1],
      });
      return Array.from(model.layers[0].getWeights()[0].data);
    };
    expect(await one(file('F16', halves))).toEqual([1, -0.333251953125]);
    expect(await one(file('BF16', Uint8Array.from([0x80, 0x3f, 0x00, 0xc0])))).toEqual([1, -2]);
    expect(await one(file('F64', Buffer.from(Float64Array.of(0.5, 3).buffer)))).toEqual([0.5, 3]);
    await expect(one(file('C64', new Uint8Array(16)))).rejects.toMatchObject({ code: 'bad-file' });
    await expect(one(file('F32', Buffer.from(Float32Array.of(NaN, 1).buffer)))).rejects.toMatchObject({
      code: 'bad-file',
    });
    await expect(one(file('F32', new Uint8Array(4)))).rejects.toMatchObject({ code: 'bad-file' });
  });
});

it.skipIf(hasTorch)(`is not judged by PyTorch, which ${PYTHON} lacks`, () => {
  expect(readFileSync(import.meta.filename, 'utf8')).toContain('withTorch');
});
