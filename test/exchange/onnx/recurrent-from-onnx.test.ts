import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromOnnx, toOnnx } from '../../../src/exchange/index.js';
import { OnnxBuilder } from '../../../src/exchange/onnx/write/onnx-builder.js';
import { openExported } from '../../../src/exchange/source/exported-model.js';
import {
  Bidirectional,
  Dense,
  GRU,
  LSTM,
  Model,
  Sequential,
  SimpleRNN,
  type Layer,
  type Tensor,
} from '../../../src/index.js';
import { Random } from '../../../src/base/math/random.js';
import { describeShared } from '../../support/shared-data.js';
import { largestDifference, runtimeOf, type Numbers } from '../support/onnx-runtime.js';
import { randomized } from '../support/random-weights.js';

const random = new Random(47);
const [N, T, D, H] = [3, 6, 4, 5];
const normals = (...shape: number[]): Tensor => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.7 * random.normal()),
  shape,
});
const engine = { engine: 'wasm', threads: 1 } as const;

/** Examples and time exchanged. */
function turned({ data, shape: [A, B, W] }: Numbers): Tensor {
  const result = Float32Array.from({ length: data.length }, (_, i) => {
    const [row, w] = [Math.floor(i / W), i % W];
    return data[((row % A) * B + Math.floor(row / A)) * W + w];
  });
  return { data: result, shape: [B, A, W] };
}

const x = normals(N, T, D);

describe('layers in both directions that toOnnx wrote come back', () => {
  const sequences = { units: H, returnSequences: true };
  const cases: Record<string, [() => Layer[], string[]]> = {
    'GRU, all steps, side by side': [
      () => [new Bidirectional({ layer: new GRU(sequences) }), new Dense({ units: 2 })],
      ['Bidirectional', 'Dense'],
    ],
    'LSTM, the last states, added up': [
      () => [new Bidirectional({ layer: new LSTM({ units: H }), mergeMode: 'sum' })],
      ['Bidirectional'],
    ],
    'SimpleRNN, all steps, multiplied': [
      () => [new Bidirectional({ layer: new SimpleRNN(sequences), mergeMode: 'multiply' })],
      ['Bidirectional'],
    ],
    'two of them': [
      () => [
        new Bidirectional({ layer: new LSTM(sequences) }),
        new Bidirectional({ layer: new LSTM({ units: 2 }) }),
      ],
      ['Bidirectional', 'Bidirectional'],
    ],
    'a walk back, its steps as it walks': [
      () => [new GRU({ ...sequences, goBackwards: true }), new Dense({ units: 2 })],
      ['GRU', 'Dense'],
    ],
  };
  for (const [name, [layers, kinds]] of Object.entries(cases)) {
    it(name, async () => {
      const source = new Sequential(layers(), engine);
      await source.build([T, D]);
      randomized(source, 3);
      const model = await fromOnnx((await toOnnx(source)).bytes);
      expect(model.layers.map(({ kind }) => kind)).toEqual(kinds);
      expect(model.countParameters()).toBe(source.countParameters());
      const [found, expected] = [await model.predict(x), await source.predict(x)];
      expect(found.shape).toEqual(expected.shape);
      expect(largestDifference(found.data, expected.data)).toBeLessThan(1e-5);
      await Promise.all([model.dispose(), source.dispose()]);
    });
  }
});

describe('a text model that toOnnx wrote comes back', () => {
  const file = path.resolve(import.meta.dirname, '../../golden/release-0.1.0/text.safetensors');
  const isText = (step: boolean): string => (step ? 'as a step with states' : 'as a whole');
  it.each([false, true].map((step) => [isText(step), step] as const))('%s', async (_, step) => {
    const { graph } = await openExported(file, 'from');
    const V = graph.tokens!;
    const tokens: Tensor = {
      data: Float32Array.from({ length: N * T }, () => random.integer(V)),
      shape: [N, T],
    };
    const source = new Model(graph, engine);
    const { bytes, description } = await toOnnx(file, { step });
    const model = await fromOnnx(bytes);
    // Trained from text to text, it carries its states in either file.
    const states = description.states.map(({ dims }) => ({
      data: new Float32Array(N * Number(dims.at(-1))),
      shape: [N, Number(dims.at(-1))],
    }));
    const found = (await model.predictAll([tokens, ...states])).at(-1)!;
    const expected = await source.predict(tokens);
    expect(found.shape).toEqual(expected.shape);
    expect(largestDifference(found.data, expected.data)).toBeLessThan(1e-5);
    expect(model.notes[0]).toContain('the network of a TextModel alone');
    await Promise.all([model.dispose(), source.dispose()]);
  });
});

/** A file that takes `x` (T, N, D) and `lengths` (N). */
function withLengths(
  make: (builder: OnnxBuilder, walk: typeof operator) => string,
  dims: (number | string)[],
  type: 'int32' | 'int64' = 'int32',
) {
  const builder = new OnnxBuilder();
  for (const name of ['x', 'lengths']) builder.reserve(name);
  builder.input({ name: 'x', type: 'float32', dims: ['T', 'N', D] });
  builder.input({ name: 'lengths', type, dims: ['N'] });
  builder.output(make(builder, operator), { name: 'y', type: 'float32', dims });
  return builder.bytes({});
}

/** Y and Y_h of an operator; those that are not wanted are left out. */
function operator(
  builder: OnnxBuilder,
  opType: 'GRU' | 'LSTM',
  input: string,
  {
    inputs,
    lengths,
    direction = 'forward',
    wants,
  }: { inputs: number; lengths: string; direction?: string; wants: boolean[] },
): string[] {
  const [dirs, gates] = [direction === 'bidirectional' ? 2 : 1, opType === 'GRU' ? 3 : 4];
  const weight = (...shape: number[]) => builder.floats('w', shape, normals(...shape).data);
  const weights = [weight(dirs, gates * H, inputs), weight(dirs, gates * H, H), weight(dirs, 2 * gates * H)];
  return builder.ops(opType, [input, ...weights, lengths], { hidden_size: H, direction }, wants);
}

describe('lengths of sequences, which are masks here', () => {
  const lengths = [T, 2, 4];
  const last = (builder: OnnxBuilder, state: string): string =>
    builder.op('Squeeze', [state, builder.ints(0)]);

  const files: Record<string, Uint8Array> = {
    'the last state of a walk back': withLengths(
      (builder, walk) => {
        const all = { inputs: D, lengths: 'lengths', direction: 'reverse', wants: [false, true] };
        return last(builder, walk(builder, 'GRU', 'x', all)[1]);
      },
      ['N', H],
    ),
    'layers on each other, in both directions, of whole numbers of 64 bits': withLengths(
      (builder, walk) => {
        const short = builder.op('Cast', ['lengths'], { to: 6 });
        const both = { lengths: short, direction: 'bidirectional' };
        const [y] = walk(builder, 'LSTM', 'x', { ...both, inputs: D, wants: [true] });
        const laid = builder.op('Transpose', [y], { perm: [0, 2, 1, 3] });
        const steps = builder.op('Tanh', [builder.op('Reshape', [laid, builder.ints(0, 0, -1)])]);
        const [, states] = walk(builder, 'LSTM', steps, { ...both, inputs: 2 * H, wants: [false, true] });
        const ends = [0, 1].map((i) => builder.op('Gather', [states, builder.int(i)], { axis: 0 }));
        return builder.op('Concat', ends, { axis: 1 });
      },
      ['N', 2 * H],
      'int64',
    ),
  };
  for (const [name, bytes] of Object.entries(files)) {
    it(name, async () => {
      const model = await fromOnnx(bytes);
      expect(model.notes).toContain('The input "lengths" is none here: give lengths to predict.');
      const { y } = await (await runtimeOf(bytes))({ x: turned(x), lengths: { data: lengths, shape: [N] } });
      const found = await model.predict(x, { lengths });
      expect(found.shape).toEqual(y.shape);
      expect(largestDifference(found.data, y.data)).toBeLessThan(1e-5);
      await model.dispose();
    });
  }

  const refused: Record<string, [Parameters<typeof withLengths>[0], RegExp]> = {
    'where steps beyond the end are given out': [
      (builder, walk) => {
        const [y] = walk(builder, 'GRU', 'x', { inputs: D, lengths: 'lengths', wants: [true] });
        return builder.op('Relu', [builder.op('Squeeze', [y, builder.ints(1)])]);
      },
      /its output "y" is 0 where sequences are over/,
    ],
    'where the last of all steps is taken': [
      (builder, walk) => {
        const [y] = walk(builder, 'GRU', 'x', { inputs: D, lengths: 'lengths', wants: [true] });
        return builder.op('Gather', [builder.op('Squeeze', [y, builder.ints(1)]), builder.int(-1)], {
          axis: 0,
        });
      },
      /operation Gather .* sees the time steps where sequences are over/,
    ],
    'where a mean is taken over all steps': [
      (builder, walk) => {
        const [y] = walk(builder, 'GRU', 'x', { inputs: D, lengths: 'lengths', wants: [true] });
        return builder.op('ReduceMean', [builder.op('Squeeze', [y, builder.ints(1)])], {
          axes: [0],
          keepdims: 0,
        });
      },
      /operation ReduceMean .* sees the time steps/,
    ],
    'where another layer goes on': [
      (builder, walk) => {
        const [y] = walk(builder, 'GRU', 'x', { inputs: D, lengths: 'lengths', wants: [true] });
        const steps = builder.op('Squeeze', [y, builder.ints(1)]);
        return last(
          builder,
          walk(builder, 'GRU', steps, { inputs: H, lengths: '', wants: [false, true] })[1],
        );
      },
      /goes on where sequences are over/,
    ],
  };
  for (const [name, [make, message]] of Object.entries(refused)) {
    it(`are refused ${name}`, async () => {
      await expect(fromOnnx(withLengths(make, ['N', H]))).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
    });
  }
});

describeShared("ONNX's own cases, as files", ['numeric', 'onnx-recurrent.json'], (shared) => {
  interface Case {
    name: string;
    op: string;
    attributes: Record<string, number>;
    node_inputs: string[];
    node_outputs: string[];
    inputs: Record<string, Numbers>;
    outputs: Record<string, Numbers>;
  }
  const cases = shared === '' ? [] : (JSON.parse(readFileSync(shared, 'utf8')) as Case[]);

  it.each(cases)(
    '$name',
    async ({ op, attributes, node_inputs: names, node_outputs: wanted, inputs, outputs }) => {
      const builder = new OnnxBuilder();
      builder.reserve('X');
      const [, batch, features] = inputs['X'].shape;
      builder.input({ name: 'X', type: 'float32', dims: inputs['X'].shape });
      const [, ...weights] = names.map((name) =>
        name === 'X' ? name : builder.floats(name, inputs[name].shape, inputs[name].data),
      );
      const made = builder.ops(
        op,
        ['X', ...weights],
        attributes,
        wanted.map((name) => name !== ''),
      );
      const [, expected] = [wanted, outputs['Y_h']];
      builder.output(made[1], { name: 'Y_h', type: 'float32', dims: expected.shape });
      const model = await fromOnnx(builder.bytes({}));
      const found = await model.predict(turned(inputs['X']));
      expect(found.shape).toEqual([batch, attributes['hidden_size']]);
      expect(features).toBeGreaterThan(1);
      expect(largestDifference(found.data, expected.data)).toBeLessThan(1e-5);
      await model.dispose();
    },
  );
});
