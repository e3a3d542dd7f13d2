import { describe, expect, it } from 'vitest';
import { fromOnnx } from '../../../src/exchange/index.js';
import { OnnxBuilder } from '../../../src/exchange/onnx/write/onnx-builder.js';
import { asOurs, normals } from '../support/laid-out.js';
import { largestDifference, runtimeOf } from '../support/onnx-runtime.js';

let seed = 1;
const weight = (builder: OnnxBuilder, ...shape: number[]): string =>
  builder.floats('w', shape, normals(seed++, ...shape).data);

/** Weights of a batch normalization over so many channels. */
const statistics = (builder: OnnxBuilder, count: number): string[] => [
  ...[weight(builder, count), weight(builder, count), weight(builder, count)],
  builder.floats(
    'v',
    [count],
    Float32Array.from({ length: count }, (_, i) => 0.5 + 0.1 * i),
  ),
];

interface Network {
  /** How the file lays the input out. */
  readonly axes: string;
  readonly shape: readonly number[];
  /** What of it the file leaves open beside N. */
  readonly open?: string;
  readonly kinds: readonly string[];
  readonly make: (builder: OnnxBuilder) => string;
  /** How many axes its output has. @default 2 */
  readonly rank?: number;
  /** How the file lays the output out, where it is not as ours. */
  readonly given?: string;
}

function fileOf(
  { axes, shape, open = '', rank = 2 }: Pick<Network, 'axes' | 'shape' | 'open' | 'rank'>,
  make: Network['make'],
): Uint8Array {
  const builder = new OnnxBuilder();
  builder.reserve('x');
  const dims = shape.map((size, i) => (axes[i] === 'N' || open.includes(axes[i]) ? axes[i] : size));
  builder.input({ name: 'x', type: 'float32', dims });
  builder.output(make(builder), { name: 'y', type: 'float32', dims: ['N', 'a', 'b', 'c'].slice(0, rank) });
  return builder.bytes({});
}

const conv = (
  builder: OnnxBuilder,
  x: string,
  shape: readonly number[],
  attributes: Record<string, number | string | number[]> = {},
): string => builder.op('Conv', [x, weight(builder, ...shape), weight(builder, shape[0])], attributes);

describe('convolutions over time and bands, against onnxruntime', () => {
  const networks: Record<string, Network> = {
    // nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d, ReLU, nn.MaxPool2d(2), flatten, nn.Linear.
    'a spectrogram as an image, of PyTorch': {
      axes: 'NCTB',
      shape: [2, 1, 10, 8],
      kinds: ['Conv2D', 'BatchNormalization', 'Activation', 'MaxPooling2D', 'Flatten', 'Dense'],
      make(builder) {
        const first = conv(builder, 'x', [4, 1, 3, 3], { pads: [1, 1, 1, 1] });
        const normal = builder.op('BatchNormalization', [first, ...statistics(builder, 4)]);
        const pooled = builder.op('MaxPool', [builder.op('Relu', [normal])], {
          kernel_shape: [2, 2],
          strides: [2, 2],
        });
        const row = builder.op('Flatten', [pooled], { axis: 1 });
        return builder.op('Gemm', [row, weight(builder, 3, 80), weight(builder, 3)], { transB: 1 });
      },
    },
    // Bands before time, two channels, a residual connection, the mean over both.
    'bands before time, and the mean over both': {
      axes: 'NCBT',
      shape: [2, 2, 6, 9],
      open: 'T',
      kinds: ['Conv2D', 'Conv2D', 'Add', 'LeakyReLU', 'AveragePooling2D', 'GlobalAveragePooling1D', 'Dense'],
      make(builder) {
        const first = conv(builder, 'x', [2, 2, 3, 5], { pads: [1, 4, 1, 0] });
        const second = conv(builder, first, [2, 2, 5, 3], { pads: [2, 2, 2, 2], dilations: [1, 2] });
        const sum = builder.op('LeakyRelu', [builder.op('Add', [first, second])], { alpha: { float: 0.1 } });
        const row = builder.op('Flatten', [builder.op('GlobalAveragePool', [sum])], { axis: 1 });
        return builder.op('Gemm', [row, weight(builder, 2, 3), weight(builder, 3)]);
      },
    },
    // x.permute(0, 2, 1, 3).flatten(2): the channels of all bands before each other, into a GRU.
    'channels before bands into a GRU': {
      axes: 'NTD',
      shape: [2, 7, 6],
      open: 'T',
      kinds: ['Conv2D', 'Activation', 'BatchNormalization', 'Activation', 'GRU', 'Dense'],
      make(builder) {
        const image = builder.op('Unsqueeze', ['x', builder.ints(1)]);
        const active = builder.op('Relu', [
          conv(builder, image, [4, 1, 3, 3], { pads: [1, 0, 1, 0], strides: [1, 2] }),
        ]);
        // One number for each channel, (4, 1, 1).
        const scaled = builder.op('Mul', [active, weight(builder, 4, 1, 1)]);
        const steps = builder.op('Transpose', [scaled], { perm: [0, 2, 1, 3] });
        const rows = builder.op('Tanh', [builder.op('Reshape', [steps, builder.ints(0, 0, -1)])]);
        const across = builder.op('Transpose', [rows], { perm: [1, 0, 2] });
        const inputs = [across, weight(builder, 1, 15, 8), weight(builder, 1, 15, 5), weight(builder, 1, 30)];
        const [, state] = builder.ops('GRU', inputs, { hidden_size: 5, linear_before_reset: 1 }, [
          false,
          true,
        ]);
        const last = builder.op('Squeeze', [state, builder.ints(0)]);
        return builder.op('Gemm', [last, weight(builder, 5, 2)]);
      },
    },
    // Keras lays channels last: Transpose before and after, padding by SAME_UPPER, the mean over bands.
    'strides and poolings of Keras': {
      axes: 'NTBC',
      shape: [2, 9, 7, 2],
      rank: 3,
      open: 'T',
      kinds: ['Conv2D', 'BatchNormalization', 'Activation', 'AveragePooling2D', 'AveragePooling2D', 'Dense'],
      make(builder) {
        const image = builder.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
        const first = conv(builder, image, [3, 2, 3, 2], { auto_pad: 'SAME_UPPER', strides: [2, 2] });
        const back = builder.op('Transpose', [first], { perm: [0, 2, 3, 1] });
        const active = builder.op('Elu', [builder.op('Add', [back, weight(builder, 3)])]);
        const again = builder.op('Transpose', [active], { perm: [0, 3, 1, 2] });
        const pooled = builder.op('AveragePool', [again], {
          kernel_shape: [2, 2],
          auto_pad: 'SAME_UPPER',
          strides: [1, 1],
        });
        const last = builder.op('Transpose', [pooled], { perm: [0, 2, 3, 1] });
        const means = builder.op('ReduceMean', [last], { axes: [2], keepdims: 0 });
        return builder.op('MatMul', [means, weight(builder, 3, 2)]);
      },
    },
    // (N, T, B, C) to (N, T, B * C) is no layer at all.
    'features of bands with their channels': {
      axes: 'NTBC',
      shape: [2, 5, 4, 3],
      kinds: ['Conv2D', 'LSTM'],
      make(builder) {
        const image = builder.op('Transpose', ['x'], { perm: [0, 3, 1, 2] });
        const back = builder.op('Transpose', [conv(builder, image, [2, 3, 1, 3])], { perm: [0, 2, 3, 1] });
        const rows = builder.op('Reshape', [back, builder.ints(-1, 5, 4)]);
        const across = builder.op('Transpose', [rows], { perm: [1, 0, 2] });
        const inputs = [across, weight(builder, 1, 12, 4), weight(builder, 1, 12, 3), weight(builder, 1, 24)];
        const [, state] = builder.ops('LSTM', inputs, { hidden_size: 3 }, [false, true]);
        return builder.op('Squeeze', [state, builder.ints(0)]);
      },
    },
    // Conv1D(padding='causal') of Keras: zeros before, an axis of one, Conv over two axes, and the axis away again.
    'a convolution over time that has an axis of one': {
      axes: 'NTD',
      shape: [2, 8, 4],
      open: 'T',
      kinds: ['Conv1D', 'Activation', 'Conv1D', 'MaxPooling1D', 'GlobalMaxPooling1D'],
      make(builder) {
        const padded = builder.op('Pad', ['x', builder.ints(0, 4, 0, 0, 0, 0)]);
        const image = builder.op('Transpose', [builder.op('Unsqueeze', [padded, builder.ints(1)])], {
          perm: [0, 3, 1, 2],
        });
        const first = conv(builder, image, [6, 4, 1, 3], { dilations: [1, 2] });
        const steps = builder.op('Relu', [builder.op('Squeeze', [first, builder.ints(2)])]);
        const tall = builder.op('Unsqueeze', [steps, builder.ints(3)]);
        const grouped = conv(builder, tall, [4, 3, 3, 1], { group: 2 });
        const pooled = builder.op('MaxPool', [grouped], { kernel_shape: [2, 1], strides: [2, 1] });
        const row = builder.op('Squeeze', [builder.op('GlobalMaxPool', [pooled])]);
        return builder.op('Identity', [row]);
      },
    },
    // Kernels as wide as the rows, of texts; nn.AdaptiveMaxPool1d; torch.cat.
    'kernels as wide as the rows': {
      axes: 'NTD',
      shape: [2, 9, 5],
      kinds: [
        'Conv2D',
        'Activation',
        'MaxPooling1D',
        'Flatten',
        'Conv2D',
        'Activation',
        'MaxPooling1D',
        'Flatten',
        'Concatenate',
        'Dense',
      ],
      make(builder) {
        const image = builder.op('Unsqueeze', ['x', builder.ints(1)]);
        const parts = [2, 3].map((reach) => {
          const active = builder.op('Relu', [conv(builder, image, [4, 1, reach, 5])]);
          const steps = builder.op('Squeeze', [active, builder.ints(3)]);
          const most = builder.op('MaxPool', [steps], { kernel_shape: [10 - reach], strides: [10 - reach] });
          return builder.op('Squeeze', [most, builder.ints(2)]);
        });
        return builder.op('Gemm', [builder.op('Concat', parts, { axis: 1 }), weight(builder, 8, 2)]);
      },
    },
    // nn.Conv1d and flatten: the steps of each feature side by side, two such rows one after the other.
    'time steps of each feature side by side': {
      axes: 'NDT',
      shape: [2, 4, 6],
      kinds: ['Conv1D', 'Flatten', 'Activation', 'Flatten', 'Concatenate', 'LayerNormalization', 'Dense'],
      make(builder) {
        const first = conv(builder, 'x', [3, 4, 3], { pads: [1, 1] });
        const rows = ['x', first].map((value) => builder.op('Flatten', [value], { axis: 1 }));
        const both = builder.op('Concat', [rows[1], builder.op('Sigmoid', [rows[0]])], { axis: -1 });
        const norm = builder.op('LayerNormalization', [both, weight(builder, 42), weight(builder, 42)]);
        return builder.op('Gemm', [norm, weight(builder, 42, 2)]);
      },
    },
    'channels each by itself, and the image given out': {
      axes: 'NCTB',
      shape: [2, 3, 6, 5],
      kinds: ['Conv2D'],
      given: 'NCTB',
      rank: 4,
      make: (builder) => conv(builder, 'x', [6, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }),
    },
    // What no layer takes in another order is put in order.
    'channels before bands, some of them': {
      axes: 'NCTB',
      shape: [2, 2, 4, 3],
      kinds: ['Dense', 'Dense'],
      rank: 3,
      make(builder) {
        const rows = builder.op('Reshape', [
          builder.op('Transpose', ['x'], { perm: [0, 2, 1, 3] }),
          builder.ints(0, 4, 6),
        ]);
        return builder.op('Slice', [rows, builder.ints(1), builder.ints(4), builder.ints(2)]);
      },
    },
  };
  for (const [name, network] of Object.entries(networks)) {
    it(name, async () => {
      const { axes, shape, make, kinds, given } = network;
      const bytes = fileOf(network, make);
      const x = normals(99, ...shape);
      const { y } = await (await runtimeOf(bytes))({ x });
      const model = await fromOnnx(bytes);
      expect(
        model.layers
          .map(({ kind }) => kind)
          .filter((kind) => kind !== 'Input')
          .sort(),
      ).toEqual([...kinds].sort());
      const found = await model.predict(asOurs(x, axes));
      const expected = given === undefined ? y : asOurs(y, given);
      expect(found.shape).toEqual(expected.shape);
      expect(largestDifference(found.data, expected.data)).toBeLessThan(1e-5);
      expect(new Set(Array.from(expected.data)).size).toBeGreaterThan(3);
      await model.dispose();
    });
  }
});

describe('convolutions over time and bands that are refused', () => {
  const cases: Record<
    string,
    [file: Pick<Network, 'axes' | 'shape' | 'open'>, make: Network['make'], RegExp]
  > = {
    'over three axes': [
      { axes: 'NDT', shape: [2, 3, 6] },
      (builder) => conv(builder, builder.op('Unsqueeze', ['x', builder.ints(3, 4)]), [4, 3, 1, 1, 1]),
      /takes axes N, ., ., one, one/,
    ],
    'as much on both sides where strides need less': [
      { axes: 'NCTB', shape: [2, 1, 8, 8] },
      (builder) => conv(builder, 'x', [4, 1, 3, 3], { pads: [1, 1, 1, 1], strides: [2, 2] }),
      /pads the axis of time by 1 and 1/,
    ],
    'bands on one side': [
      { axes: 'NCTB', shape: [2, 1, 8, 8], open: 'T' },
      (builder) => conv(builder, 'x', [4, 1, 1, 3], { pads: [0, 2, 0, 0] }),
      /pads bands on one side/,
    ],
    'a number of bands that varies': [
      { axes: 'NCTB', shape: [2, 1, 8, 8], open: 'TB' },
      (builder) => conv(builder, 'x', [4, 1, 3, 3]),
      /its input "x" has 4 axes/,
    ],
    'channels shared out': [
      { axes: 'NCTB', shape: [2, 2, 8, 8] },
      (builder) => builder.op('Softmax', [conv(builder, 'x', [4, 2, 3, 3])], { axis: 1 }),
      /shares out along C/,
    ],
    'channels side by side': [
      { axes: 'NCTB', shape: [2, 2, 8, 8] },
      (builder) => builder.op('Concat', ['x', conv(builder, 'x', [4, 2, 1, 1])], { axis: 1 }),
      /joins along C/,
    ],
    'weights for other channels': [
      { axes: 'NCTB', shape: [2, 2, 8, 8] },
      (builder) => conv(builder, 'x', [4, 3, 1, 1]),
      /has weights \(4, 3, 1, 1\) for 2 channels/,
    ],
    'a window that is not whole': [
      { axes: 'NCTB', shape: [2, 1, 7, 8] },
      (builder) => builder.op('MaxPool', ['x'], { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 }),
      /ceil_mode/,
    ],
    'padding of channels': [
      { axes: 'NCTB', shape: [2, 2, 8, 8] },
      (builder) =>
        conv(builder, builder.op('Pad', ['x', builder.ints(0, 1, 0, 0, 0, 0, 0, 0)]), [4, 2, 1, 1]),
      /pads examples or channels/,
    ],
  };
  for (const [name, [file, make, message]] of Object.entries(cases)) {
    it(name, async () => {
      await expect(fromOnnx(fileOf(file, make))).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
    });
  }
});
