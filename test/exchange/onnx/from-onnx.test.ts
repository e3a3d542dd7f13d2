import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { fromOnnx } from '../../../src/exchange/index.js';
import { ModelProtoSchema } from '../../../src/exchange/onnx/schema/onnx-pb.js';
import { OnnxBuilder, type AttributeValue } from '../../../src/exchange/onnx/write/onnx-builder.js';
import { writeOnnxGraph } from '../../../src/exchange/onnx/write/write-onnx-graph.js';
import { Model, type Tensor } from '../../../src/index.js';
import { Random } from '../../../src/base/math/random.js';
import { programSize } from '../../../src/rnn/training/input-sizes.js';
import { layerCases } from '../../rnn/layer-cases.js';
import { comparedCases } from '../support/exported-cases.js';
import { largestDifference, runtimeOf, type Numbers } from '../support/onnx-runtime.js';
import { randomizeWeights } from '../support/random-weights.js';

const random = new Random(31);
const normals = (...shape: number[]): Tensor => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 0.5 * random.normal()),
  shape,
});

/** The same numbers with two axes changed. */
function swapped({ data, shape }: Numbers, a: number, b: number): Tensor {
  const to = shape.map((_, i) => (i === a ? b : i === b ? a : i));
  const turned = to.map((axis) => shape[axis]);
  const result = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const place = new Array<number>(shape.length);
    let rest = i;
    for (let k = shape.length - 1; k >= 0; k--) {
      place[k] = rest % turned[k];
      rest = Math.floor(rest / turned[k]);
    }
    result[i] = data[shape.reduce((at, size, k) => at * size + place[to[k]], 0)];
  }
  return { data: result, shape: turned };
}

const [T, N, D, H] = [5, 3, 4, 6];

/** A file whose graph is written operation by operation. */
function written(make: (builder: OnnxBuilder) => void): Uint8Array {
  const builder = new OnnxBuilder();
  make(builder);
  return builder.bytes({});
}

const weight = (builder: OnnxBuilder, ...shape: number[]): string =>
  builder.floats('w', shape, normals(...shape).data);
const give = (builder: OnnxBuilder, value: string, name: string, dims: (number | string)[]): void =>
  builder.output(value, { name, type: 'float32', dims });

interface Recurrent {
  opType: 'RNN' | 'GRU' | 'LSTM';
  direction?: string;
  outputs: readonly number[];
  bias?: boolean;
  attributes?: Record<string, AttributeValue>;
  batchFirst?: boolean;
  /** How many time steps the file says that it takes. */
  steps?: number;
  more?: (builder: OnnxBuilder) => string[];
}

/** One recurrent operator, as the cases of ONNX's own tests have it. */
function recurrentFile({
  opType,
  direction = 'forward',
  outputs,
  bias = true,
  attributes,
  batchFirst,
  steps = 'T',
  more,
}: Omit<Recurrent, 'steps'> & { steps?: number | string }): Uint8Array {
  return written((builder) => {
    const [dirs, gates] = [direction === 'bidirectional' ? 2 : 1, { RNN: 1, GRU: 3, LSTM: 4 }[opType]];
    builder.reserve('X');
    builder.input({ name: 'X', type: 'float32', dims: batchFirst ? ['N', steps, D] : [steps, 'N', D] });
    const inputs = ['X', weight(builder, dirs, gates * H, D), weight(builder, dirs, gates * H, H)];
    if (bias || more) inputs.push(bias ? weight(builder, dirs, 2 * gates * H) : '');
    inputs.push(...(more?.(builder) ?? []));
    const all = { hidden_size: H, direction, ...(batchFirst && { layout: 1 }), ...attributes };
    const wanted = [0, 1, 2].slice(0, opType === 'LSTM' ? 3 : 2).map((i) => outputs.includes(i));
    builder.ops(opType, inputs, all, wanted).forEach((name, i) => {
      const dims = i === 0 ? ['T', dirs, 'N', H] : [dirs, 'N', H];
      if (name !== '') give(builder, name, `out${i}`, dims);
    });
  });
}

/** What the runtime gives, (T, dirs, N, H) or (dirs, N, H), as ours lay it out. */
function asOurs(x: Numbers): Numbers {
  const isSequence = x.shape.length === 4;
  const dirs = x.shape[isSequence ? 1 : 0];
  const examplesFirst = isSequence ? swapped(swapped(x, 1, 2), 0, 1) : swapped(x, 0, 1);
  const shape = isSequence ? [N, T, dirs * H] : [N, dirs * H];
  return { data: examplesFirst.data, shape };
}

const x = normals(N, T, D);

describe('recurrent operators, against onnxruntime', () => {
  const cases: Record<string, Recurrent> = {
    'RNN, defaults': { opType: 'RNN', outputs: [1], bias: false },
    'RNN with biases': { opType: 'RNN', outputs: [0, 1] },
    'RNN, back': { opType: 'RNN', direction: 'reverse', outputs: [1] },
    'RNN, both directions': { opType: 'RNN', direction: 'bidirectional', outputs: [0, 1] },
    'GRU, defaults': { opType: 'GRU', outputs: [1], bias: false },
    'GRU with biases': { opType: 'GRU', outputs: [0] },
    'GRU, linear_before_reset': { opType: 'GRU', outputs: [0, 1], attributes: { linear_before_reset: 1 } },
    'GRU, back': { opType: 'GRU', direction: 'reverse', outputs: [1] },
    'GRU, both directions': {
      opType: 'GRU',
      direction: 'bidirectional',
      outputs: [0, 1],
      attributes: { linear_before_reset: 1 },
    },
    'LSTM, defaults': { opType: 'LSTM', outputs: [1], bias: false },
    'LSTM with biases, and its cell': { opType: 'LSTM', outputs: [0, 1, 2] },
    'LSTM, back': { opType: 'LSTM', direction: 'reverse', outputs: [1, 2] },
    'LSTM, both directions': { opType: 'LSTM', direction: 'bidirectional', outputs: [0, 1, 2] },
    'RNN, back, all steps': { opType: 'RNN', direction: 'reverse', outputs: [0] },
    'GRU, back, all steps and the last state': { opType: 'GRU', direction: 'reverse', outputs: [0, 1] },
    'LSTM, back, all steps and both states': { opType: 'LSTM', direction: 'reverse', outputs: [0, 1, 2] },
    'GRU whose lengths are all of the steps': {
      ...{ opType: 'GRU', outputs: [0], steps: T },
      more: (builder) => [builder.op('Cast', [builder.ints(T, T, T)], { to: 6 })],
    },
    'LSTM with other activations': {
      ...{ opType: 'LSTM', outputs: [0] },
      attributes: {
        activations: ['HardSigmoid', 'Relu', 'Relu'],
        activation_alpha: { floats: [0.2] },
        activation_beta: { floats: [0.5] },
      },
    },
    'GRU from zeros': {
      opType: 'GRU',
      outputs: [0],
      more: (builder) => ['', builder.floats('h', [1, N, H], new Float32Array(N * H))],
    },
    'LSTM with peepholes': {
      ...{ opType: 'LSTM', outputs: [0, 1, 2] },
      more: (builder) => ['', '', '', weight(builder, 1, 3 * H)],
    },
    'LSTM with peepholes, both directions': {
      ...{ opType: 'LSTM', direction: 'bidirectional', outputs: [0] },
      more: (builder) => ['', '', '', weight(builder, 2, 3 * H)],
    },
    'LSTM with peepholes, walking back, all steps': {
      ...{ opType: 'LSTM', direction: 'reverse', outputs: [0] },
      more: (builder) => ['', '', '', weight(builder, 1, 3 * H)],
    },
    'LSTM with peepholes of zeros': {
      ...{ opType: 'LSTM', outputs: [1] },
      more: (builder) => ['', '', '', builder.floats('p', [1, 3 * H], new Float32Array(3 * H))],
    },
  };
  for (const [name, shape] of Object.entries(cases)) {
    it(name, async () => {
      const bytes = recurrentFile(shape);
      const model = await fromOnnx(bytes);
      const expected = await (await runtimeOf(bytes))({ X: swapped(x, 0, 1) });
      const found = await model.predictAll(x);
      shape.outputs.forEach((output, i) => {
        const wanted = asOurs(expected[`out${output}`]);
        expect(found[i].shape).toEqual(wanted.shape);
        expect(largestDifference(found[i].data, wanted.data)).toBeLessThan(1e-5);
      });
      expect(model.notes[0]).toBe('The input "X" takes (N, T, D), where the file takes (T, N, D).');
      await model.dispose();
    });
  }

  it.each(['RNN', 'GRU', 'LSTM'] as const)(
    '%s with examples first, which the runtime refuses',
    async (opType) => {
      // The same weights in the layout that it takes.
      const state = random.getState();
      const first = recurrentFile({ opType, outputs: [0, 1], batchFirst: true });
      random.setState(state);
      const plain = recurrentFile({ opType, outputs: [0, 1] });
      const [a, b] = [await fromOnnx(first), await fromOnnx(plain)];
      const [found, expected] = [await a.predictAll(x), await b.predictAll(x)];
      found.forEach(({ data }, i) => expect(largestDifference(data, expected[i].data)).toBe(0));
      await Promise.all([a.dispose(), b.dispose()]);
    },
  );

  it('states that come from outside', async () => {
    const bytes = written((builder) => {
      for (const name of ['X', 'h', 'c']) builder.reserve(name);
      builder.input({ name: 'X', type: 'float32', dims: ['T', 'N', D] });
      for (const name of ['h', 'c']) builder.input({ name, type: 'float32', dims: [1, 'N', H] });
      const inputs = ['X', weight(builder, 1, 4 * H, D), weight(builder, 1, 4 * H, H), '', '', 'h', 'c'];
      const made = builder.ops('LSTM', inputs, { hidden_size: H }, [true, true, true]);
      made.forEach((name, i) => give(builder, name, `out${i}`, i === 0 ? ['T', 1, 'N', H] : [1, 'N', H]));
    });
    const model = await fromOnnx(bytes);
    const [h, c] = [normals(N, H), normals(N, H)];
    const states = { h: { ...h, shape: [1, N, H] }, c: { ...c, shape: [1, N, H] } };
    const expected = await (await runtimeOf(bytes))({ X: swapped(x, 0, 1), ...states });
    const found = await model.predictAll([x, h, c]);
    found.forEach(({ data }, i) =>
      expect(largestDifference(data, asOurs(expected[`out${i}`]).data)).toBeLessThan(1e-5),
    );
    await model.dispose();
  });

  const refused: Record<string, [Recurrent, RegExp]> = {
    'peepholes of another size': [
      { opType: 'LSTM', outputs: [1], more: (builder) => ['', '', '', weight(builder, 1, 3 * H + 1)] },
      /operation LSTM .* has peepholes \(1, \d+\), expected \(1, \d+\)/,
    ],
    'peepholes that come from outside': [
      { opType: 'LSTM', outputs: [1], more: () => ['', '', '', 'X'] },
      /takes no weights as its input 7/,
    ],
    'lengths that are weights': [
      {
        opType: 'GRU',
        outputs: [1],
        more: (builder) => [builder.op('Cast', [builder.ints(5, 4, 3)], { to: 6 })],
      },
      /sequence_lens/,
    ],
    'first states that are weights': [
      { opType: 'GRU', outputs: [1], more: (builder) => ['', weight(builder, 1, N, H)] },
      /begins with states that are weights/,
    ],
    'bounded gates': [{ opType: 'RNN', outputs: [1], attributes: { clip: { float: 1 } } }, /clip/],
    'coupled gates': [{ opType: 'LSTM', outputs: [1], attributes: { input_forget: 1 } }, /input_forget/],
    'a walk back with all steps, and an activation that is not 0 at 0': [
      { opType: 'RNN', direction: 'reverse', outputs: [0], attributes: { activations: ['Sigmoid'] } },
      /walks back .* not 0 at 0/,
    ],
    'an activation that ours lack': [
      { opType: 'RNN', outputs: [1], attributes: { activations: ['ThresholdedRelu'] } },
      /ThresholdedRelu/,
    ],
    'a slope that ours lack': [
      { opType: 'RNN', outputs: [1], attributes: { activations: ['LeakyRelu'] } },
      /LeakyRelu/,
    ],
    'weights of another size': [
      { opType: 'RNN', outputs: [1], attributes: { hidden_size: H + 1 } },
      /has the weights/,
    ],
  };
  for (const [name, [shape, message]] of Object.entries(refused)) {
    it(`refuses ${name}`, async () => {
      await expect(fromOnnx(recurrentFile(shape))).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
    });
  }
});

describe('networks as exporters write them, against onnxruntime', () => {
  const V = 9;
  const whole = (builder: OnnxBuilder, value: string, axis: number): string =>
    builder.op('Gather', [builder.op('Shape', [value]), builder.int(axis)], { axis: 0 });

  const files: Record<
    string,
    { input: Numbers; file: (builder: OnnxBuilder) => [string, (number | string)[]]; type?: 'int64' }
  > = {
    // torch.onnx of nn.GRU(batch_first=True), its state of zeros in a shape that is reckoned, the last step, nn.Linear.
    'a GRU of PyTorch and its last step': {
      input: x,
      file(builder) {
        const across = builder.op('Transpose', ['x'], { perm: [1, 0, 2] });
        const size = builder.op('Unsqueeze', [whole(builder, 'x', 0), builder.ints(0)]);
        const shape = builder.op('Concat', [builder.ints(1), size, builder.ints(H)], { axis: 0 });
        const zeros = builder.op('Expand', [builder.floats('zero', [1, 1, 1], [0]), shape]);
        const inputs = [
          across,
          weight(builder, 1, 3 * H, D),
          weight(builder, 1, 3 * H, H),
          weight(builder, 1, 6 * H),
          '',
          zeros,
        ];
        const y = builder.op('GRU', inputs, { hidden_size: H, linear_before_reset: 1 });
        const steps = builder.op('Transpose', [builder.op('Squeeze', [y, builder.ints(1)])], {
          perm: [1, 0, 2],
        });
        const last = builder.op('Gather', [steps, builder.int(-1)], { axis: 1 });
        return [
          builder.op('Gemm', [last, weight(builder, 2, H), weight(builder, 2)], { transB: 1 }),
          ['N', 2],
        ];
      },
    },
    // nn.Embedding, a bidirectional nn.LSTM, torch.cat((h[-2], h[-1]), 1), nn.Linear, softmax.
    'tokens, both directions, their last states': {
      input: { data: Float32Array.from({ length: N * T }, () => random.integer(V)), shape: [N, T] },
      type: 'int64',
      file(builder) {
        const vectors = builder.op('Gather', [weight(builder, V, D), 'x'], { axis: 0 });
        const across = builder.op('Transpose', [vectors], { perm: [1, 0, 2] });
        const inputs = [
          across,
          weight(builder, 2, 4 * H, D),
          weight(builder, 2, 4 * H, H),
          weight(builder, 2, 8 * H),
        ];
        const [, h] = builder.ops('LSTM', inputs, { hidden_size: H, direction: 'bidirectional' }, [
          false,
          true,
        ]);
        const parts = [-2, -1].map((i) => builder.op('Gather', [h, builder.int(i)], { axis: 0 }));
        const product = builder.op('MatMul', [
          builder.op('Concat', parts, { axis: 1 }),
          weight(builder, 2 * H, 3),
        ]);
        const sum = builder.op('Add', [product, weight(builder, 3)]);
        return [builder.op('Softmax', [sum], { axis: -1 }), ['N', 3]];
      },
    },
    // nn.Conv1d of (N, C, T), nn.BatchNorm1d, pooling, both directions stacked, the mean over time.
    'convolutions, pooling and recurrent layers': {
      input: normals(N, D, 8),
      file(builder) {
        const padded = builder.op('Pad', ['x', builder.ints(0, 0, 2, 0, 0, 0)]);
        const first = builder.op('Conv', [padded, weight(builder, H, D, 3), weight(builder, H)], {
          kernel_shape: [3],
          pads: [0, 0],
        });
        const stats = [
          weight(builder, H),
          weight(builder, H),
          weight(builder, H),
          builder.floats('v', [H], new Float32Array(H).fill(0.7)),
        ];
        const normal = builder.op('BatchNormalization', [first, ...stats], { epsilon: { float: 1e-5 } });
        const active = builder.op('LeakyRelu', [normal], { alpha: { float: 0.1 } });
        const grouped = builder.op('Conv', [active, weight(builder, H, 2, 3)], {
          group: 3,
          dilations: [2],
          pads: [2, 2],
        });
        const pooled = builder.op('MaxPool', [grouped], { kernel_shape: [2], strides: [2] });
        const steps = builder.op('Transpose', [pooled], { perm: [2, 0, 1] });
        const inputs = [steps, weight(builder, 2, 3 * H, H), weight(builder, 2, 3 * H, H)];
        const y = builder.op('GRU', inputs, { hidden_size: H, direction: 'bidirectional' });
        const joined = builder.op('Reshape', [
          builder.op('Transpose', [y], { perm: [0, 2, 1, 3] }),
          builder.ints(0, 0, -1),
        ]);
        const norm = builder.op('LayerNormalization', [
          joined,
          weight(builder, 2 * H),
          weight(builder, 2 * H),
        ]);
        return [builder.op('ReduceMean', [norm], { axes: [0], keepdims: 0 }), ['N', 2 * H]];
      },
    },
    // A head of openWakeWord: (1, 16, 96) laid out in a row, dense layers, a normalization between, a score.
    'a head over sixteen embeddings': {
      input: normals(1, 16, 96),
      file(builder) {
        const row = builder.op('Flatten', ['x'], { axis: 1 });
        const first = builder.op('Gemm', [row, weight(builder, 8, 16 * 96), weight(builder, 8)], {
          transB: 1,
          alpha: { float: 0.1 },
        });
        const norm = builder.op('LayerNormalization', [first, weight(builder, 8), weight(builder, 8)]);
        const active = builder.op('Relu', [norm]);
        const scaled = builder.op('Sub', [
          builder.op('Mul', [active, builder.scalar(2)]),
          weight(builder, 8),
        ]);
        const last = builder.op('Gemm', [scaled, weight(builder, 8, 1), weight(builder, 1)]);
        return [builder.op('Sigmoid', [last]), [1, 1]];
      },
    },
    // Rows of all examples in one matrix, as TensorFlow has its dense layers.
    'rows of all examples at once': {
      input: x,
      file(builder) {
        const rows = builder.op('Reshape', ['x', builder.ints(-1, D)]);
        const product = builder.op('Tanh', [builder.op('MatMul', [rows, weight(builder, D, 2)])]);
        return [builder.op('Reshape', [product, builder.ints(-1, T, 2)]), ['N', T, 2]];
      },
    },
  };
  for (const [name, { input, file, type = 'float32' }] of Object.entries(files)) {
    it(name, async () => {
      const bytes = written((builder) => {
        builder.reserve('x');
        const [, ...rest] = input.shape;
        builder.input({ name: 'x', type, dims: [input.shape[0] === 1 ? 1 : 'N', ...rest] });
        const [y, dims] = file(builder);
        give(builder, y, 'y', dims);
      });
      const model = await fromOnnx(bytes);
      const { y } = await (await runtimeOf(bytes))({ x: input });
      const given = model.notes.length > 0 && name.startsWith('conv') ? swapped(input, 1, 2) : input;
      const found = await model.predict(given as never);
      expect(found.shape).toEqual(y.shape);
      expect(largestDifference(found.data, y.data)).toBeLessThan(1e-5);
      await model.dispose();
    });
  }

  // Its features stand last.
  const dense = (builder: OnnxBuilder): string => builder.op('MatMul', ['x', weight(builder, D, 2)]);

  const both = (builder: OnnxBuilder): string => {
    const weights = [weight(builder, 2, H, D), weight(builder, 2, H, H)];
    return builder.op('RNN', ['x', ...weights], { hidden_size: H, direction: 'bidirectional' });
  };
  /** (x - mean) / deviation over the last axis. */
  const standardized = (builder: OnnxBuilder, value: string): string => {
    const mean = (of: string): string => builder.op('ReduceMean', [of], { axes: [-1] });
    const centered = builder.op('Sub', [value, mean(value)]);
    const variance = mean(builder.op('Mul', [centered, centered]));
    const root = builder.op('Sqrt', [builder.op('Add', [variance, builder.scalar(1e-5)])]);
    return builder.op('Div', [centered, root]);
  };

  const refusedFiles: Record<string, [(builder: OnnxBuilder) => string, RegExp]> = {
    'an operation that is no layer': [
      (builder) => builder.op('Det', ['x']),
      /the operation Det \("Det_0"\) is none of ours/,
    ],
    'a step amid the sequence': [
      (builder) => builder.op('Gather', ['x', builder.int(1)], { axis: 1 }),
      /takes place 1 of the axis T/,
    ],
    'weights that do not fit': [
      (builder) => builder.op('MatMul', ['x', weight(builder, D + 1, 2)]),
      /has weights \(5, 2\) for 4 features/,
    ],
    'a mean over features': [
      (builder) => builder.op('ReduceMean', [dense(builder)], { axes: [2] }),
      /goes over other axes than time/,
    ],
    'a sum of weights for each step': [
      (builder) => builder.op('Add', [dense(builder), weight(builder, T, 1)]),
      /no number for each feature/,
    ],
    'pooling over what are features here': [
      (builder) => builder.op('GlobalAveragePool', [dense(builder)]),
      /takes axes N, T, D/,
    ],
    'features cast to whole numbers': [
      (builder) => builder.op('Cast', [dense(builder)], { to: 7 }),
      /rounds features/,
    ],
    'time steps of several examples in a row': [
      (builder) => {
        const rows = builder.op('Reshape', ['x', builder.ints(-1, D)]);
        return builder.op('Reshape', [rows, builder.ints(-1, 2 * T, D)]);
      },
      /lays \(NT, D\) out as/,
    ],
    'what the options of a layer do not allow': [
      (builder) =>
        builder.op('LayerNormalization', ['x', weight(builder, D), weight(builder, D)], {
          epsilon: { float: -1 },
        }),
      /^The model has no layers of ours: .*epsilon/,
    ],
    'features shared out within each of both directions': [
      (builder) => builder.op('Softmax', [both(builder)], { axis: -1 }),
      /shares out within each of both directions/,
    ],
    'features joined within each of both directions': [
      (builder) => builder.op('Concat', [both(builder), both(builder)], { axis: 3 }),
      /joins each of both directions by itself/,
    ],
    'a normalization within each of both directions': [
      (builder) => standardized(builder, both(builder)),
      /ReduceMean .* takes axes T, both, N, D/,
    ],
    'a normalization with a weight for each time step': [
      (builder) => {
        const steps = standardized(builder, builder.op('MatMul', ['x', weight(builder, D, T)]));
        return builder.op('Mul', [steps, weight(builder, T, 1)]);
      },
      /Mul .* no number for each feature/,
    ],
    'several axes cut that have no names': [
      (builder) => builder.op('Slice', ['x', builder.ints(0, 1), builder.ints(2 ** 40, 3)]),
      /Slice .* cuts several axes/,
    ],
    'padding without a convolution': [
      (builder) => builder.op('Relu', [builder.op('Pad', ['x', builder.ints(0, 1, 0, 0, 0, 0)])]),
      /no convolution took in/,
    ],
  };
  for (const [name, [make, message]] of Object.entries(refusedFiles)) {
    it(`refuses ${name}`, async () => {
      const bytes = written((builder) => {
        builder.reserve('x');
        builder.input({ name: 'x', type: 'float32', dims: ['N', T, D] });
        give(builder, make(builder), 'y', ['N']);
      });
      await expect(fromOnnx(bytes)).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
    });
  }

  describe('gelu and silu as exporters write them', () => {
    const exported: Record<string, (builder: OnnxBuilder, x: string) => string> = {
      // torch.onnx before opset 20.
      'gelu of PyTorch': (builder, x) => {
        const erf = builder.op('Erf', [builder.op('Div', [x, builder.scalar(Math.SQRT2)])]);
        const plusOne = builder.op('Add', [erf, builder.scalar(1)]);
        return builder.op('Mul', [builder.op('Mul', [x, plusOne]), builder.scalar(0.5)]);
      },
      'gelu of Keras': (builder, x) => {
        const half = builder.op('Mul', [builder.scalar(0.5), x]);
        const erf = builder.op('Erf', [builder.op('Mul', [x, builder.scalar(Math.SQRT1_2)])]);
        return builder.op('Mul', [half, builder.op('Add', [builder.scalar(1), erf])]);
      },
      "PyTorch's approximate gelu": (builder, x) => {
        const cube = builder.op('Pow', [x, builder.scalar(3)]);
        const sum = builder.op('Add', [x, builder.op('Mul', [builder.scalar(0.044715), cube])]);
        const inner = builder.op('Tanh', [builder.op('Mul', [builder.scalar(Math.sqrt(2 / Math.PI)), sum])]);
        const plusOne = builder.op('Add', [builder.scalar(1), inner]);
        return builder.op('Mul', [builder.scalar(0.5), builder.op('Mul', [x, plusOne])]);
      },
      'silu of PyTorch': (builder, x) => builder.op('Mul', [x, builder.op('Sigmoid', [x])]),
      'Gelu of opset 20': (builder, x) => builder.op('Gelu', [x]),
      'approximate Gelu of opset 20': (builder, x) => builder.op('Gelu', [x], { approximate: 'tanh' }),
    };
    for (const [name, write] of Object.entries(exported)) {
      it(`is one layer: ${name}`, async () => {
        let bytes = written((builder) => {
          builder.reserve('x');
          builder.input({ name: 'x', type: 'float32', dims: ['N', T, D] });
          const product = builder.op('MatMul', ['x', weight(builder, D, 2)]);
          give(builder, write(builder, product), 'y', ['N', T, 2]);
        });
        if (name.includes('opset')) {
          const model = fromBinary(ModelProtoSchema, bytes);
          model.opsetImport[0].version = 20n;
          bytes = toBinary(ModelProtoSchema, model);
        }
        const model = await fromOnnx(bytes);
        expect(model.layers.map(({ kind }) => kind).filter((kind) => kind !== 'Input')).toEqual([
          'Dense',
          'Activation',
        ]);
        const wide = { ...x, data: x.data.map((value) => 4 * value) };
        const { y } = await (await runtimeOf(bytes))({ x: wide });
        const found = await model.predict(wide);
        expect(largestDifference(found.data, y.data)).toBeLessThan(1e-5);
        await model.dispose();
      });
    }

    it('is none where something is taken on the way', async () => {
      const bytes = written((builder) => {
        builder.reserve('x');
        builder.input({ name: 'x', type: 'float32', dims: ['N', T, D] });
        const gate = builder.op('Sigmoid', ['x']);
        give(builder, builder.op('Concat', [builder.op('Mul', ['x', gate]), gate], { axis: -1 }), 'y', [
          'N',
          T,
          2 * D,
        ]);
      });
      const model = await fromOnnx(bytes);
      const { y } = await (await runtimeOf(bytes))({ x });
      expect(largestDifference((await model.predict(x)).data, y.data)).toBeLessThan(1e-6);
      await model.dispose();
    });

    it('is refused where it is another function', async () => {
      const bytes = written((builder) => {
        builder.reserve('x');
        builder.input({ name: 'x', type: 'float32', dims: ['N', T, D] });
        give(builder, builder.op('Erf', [builder.op('Div', ['x', builder.scalar(1.5)])]), 'y', ['N', T, D]);
      });
      await expect(fromOnnx(bytes)).rejects.toThrow(
        /the operation Erf .* is none of ours, but as a part of gelu/,
      );
    });
  });

  describe('a Reshape whose sizes are computed', () => {
    /** What the sizes of x (N, T, 4), all of which vary but the last, become. */
    const file = (shape: (builder: OnnxBuilder, size: (axis: number) => string) => string[]): Uint8Array =>
      written((builder) => {
        builder.reserve('x');
        builder.input({ name: 'x', type: 'float32', dims: ['N', 'T', D] });
        const size = (axis: number): string =>
          builder.op('Unsqueeze', [whole(builder, 'x', axis), builder.ints(0)]);
        const sizes = builder.op('Concat', shape(builder, size), { axis: 0 });
        const active = builder.op('Tanh', ['x']);
        give(builder, builder.op('Reshape', [active, sizes]), 'y', ['N', 'T', 'F']);
      });

    it('is followed where they are those of the axes', async () => {
      const bytes = file((_, size) => [size(0), size(1), size(2)]);
      const model = await fromOnnx(bytes);
      const { y } = await (await runtimeOf(bytes))({ x });
      const found = await model.predict(x);
      expect(found.shape).toEqual(y.shape);
      expect(largestDifference(found.data, y.data)).toBeLessThan(1e-6);
      await model.dispose();
    });

    it('is refused where they are others', async () => {
      // (N, 2 T, 2): as many numbers, and no layer of ours.
      const twice = file((builder, size) => [
        size(0),
        builder.op('Mul', [size(1), builder.ints(2)]),
        builder.op('Div', [size(2), builder.ints(2)]),
      ]);
      expect((await (await runtimeOf(twice))({ x }))['y'].shape).toEqual([N, 2 * T, 2]);
      await expect(fromOnnx(twice)).rejects.toThrow(/Reshape .* lays \(N, T, D\) out as \(N, \?, 2\)/);
      const turned = file((_, size) => [size(1), size(0), size(2)]);
      await expect(fromOnnx(turned)).rejects.toThrow(/out as \(T of x, N, 4\)/);
    });
  });

  it('refuses a row of all time steps where their number is open', async () => {
    const bytes = written((builder) => {
      builder.reserve('x');
      builder.input({ name: 'x', type: 'float32', dims: ['N', 'T', D] });
      const shares = builder.op('Softmax', [builder.op('Reshape', ['x', builder.ints(0, -1)])], { axis: 1 });
      give(builder, builder.op('Reshape', [shares, builder.op('Shape', ['x'])]), 'y', ['N', 'T', D]);
    });
    await expect(fromOnnx(bytes)).rejects.toThrow('lays (N, T, D) out as (N, ?)');
  });

  it('refuses inputs of sizes that no model has', async () => {
    const bytes = written((builder) => {
      builder.reserve('x');
      builder.input({ name: 'x', type: 'float32', dims: ['N', 2 ** 40] });
      give(builder, builder.op('Mul', ['x', builder.scalar(2)]), 'y', ['N', 2 ** 40]);
    });
    await expect(fromOnnx(bytes)).rejects.toThrow('too large');
  });
});

/** Cases of what ONNX says by operations that are no layer by themselves. */
const NOT_BACK =
  /(?<!without a )mask|Dot|attention|RepeatVector|Reshape there|merges|rows against rows|TimeDistributed (convolution|Bidirectional|Flatten)/;

/** Cases whose mask is the loss's alone: the file computes it for nothing. */
const LOSS_ALONE = /^(meanAbsoluteError|huber|cosineSimilarity) under a mask/;

const compare = comparedCases();

describe('what toOnnx writes, and back', () => {
  for (const [name, { graph, x: given }] of Object.entries(layerCases)) {
    it(name, async () => {
      const inputs = (Array.isArray(given) ? given : [given]) as readonly Numbers[];
      const own = graph();
      const shapes = programSize(own, { inputs: inputs as never }, 1);
      const first = { time: shapes.time, steps: shapes.steps, features: shapes.features };
      own.build([first, ...(shapes.others ?? [])], new Random(5));
      randomizeWeights(own, 7);
      let file: ReturnType<typeof writeOnnxGraph>;
      try {
        file = writeOnnxGraph(own);
      } catch (error) {
        // Activations that ONNX's recurrent operators lack: layers.test.ts names them.
        expect(error).toMatchObject({ code: 'usage' });
        return;
      }
      if (NOT_BACK.test(name) && !LOSS_ALONE.test(name)) {
        const message = expect.stringMatching(/has no layers of ours: |do not go together/) as string;
        await expect(fromOnnx(file.bytes)).rejects.toMatchObject({ code: 'bad-file', message });
        return;
      }
      const model = await fromOnnx(file.bytes);
      const all = inputs.length > 1 ? inputs : inputs[0];
      const source = new Model(own, { engine: 'wasm', threads: 1 });
      const [found, expected] = [await model.predictAll(all as never), await source.predictAll(all as never)];
      found.forEach((each, i) => compare(name, each, expected[i]));
      await Promise.all([model.dispose(), source.dispose()]);
    });
  }
});
