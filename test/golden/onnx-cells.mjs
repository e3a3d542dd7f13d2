// Makes onnx-cells.json: what onnxruntime's RNN, GRU and LSTM give, in float32.
//
// In a folder of its own: npm install onnxruntime-node@1.30.0
// then there: node <repository>/test/golden/onnx-cells.mjs
//
// Each case is a model of one node, packed here as ONNX's protocol buffers. What goes in, weights and inputs, comes
// from `number(key, i)`, as in torch-training.py: X (T, N, D) from key 1, W (directions, G * H, D) from 2,
// R (directions, G * H, H) from 3, B (directions, 2 * G * H) from 4, the initial h from 5 and c from 6, the peepholes P
// (directions, 3 * H) from 7. Gates stand in ONNX's order: i, o, f, c of an LSTM, i, o, f of its peepholes, z, r, h of a
// GRU.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const ort = createRequire(path.join(process.cwd(), 'judge.js'))('onnxruntime-node');

const number = (key, i) => (((key + 2) * (i + 7 * key) ** 3) % 1013) / 1013 - 0.5;
const numbers = (key, shape, scale = 1) => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((product, n) => product * n, 1) },
    (_, i) => scale * number(key, i),
  ),
});

const [T, N, D, H] = [5, 3, 4, 2];
const GATES = { RNN: 1, GRU: 3, LSTM: 4 };

const cases = {
  RNN: { op: 'RNN' },
  'RNN, relu': { op: 'RNN', activations: ['Relu'] },
  'RNN, reverse': { op: 'RNN', direction: 'reverse' },
  'RNN, bidirectional': { op: 'RNN', direction: 'bidirectional' },
  'GRU, reset before': { op: 'GRU' },
  'GRU, reset after': { op: 'GRU', linearBeforeReset: 1 },
  'GRU, hard sigmoid': { op: 'GRU', activations: ['HardSigmoid', 'Tanh'] },
  'GRU, reverse, reset after': { op: 'GRU', linearBeforeReset: 1, direction: 'reverse' },
  'GRU, bidirectional': { op: 'GRU', direction: 'bidirectional' },
  'GRU, from a given state': { op: 'GRU', linearBeforeReset: 1, initial: true },
  'GRU, of several lengths': { op: 'GRU', linearBeforeReset: 1, lengths: [5, 2, 3] },
  LSTM: { op: 'LSTM' },
  'LSTM, without bias': { op: 'LSTM', useBias: false },
  'LSTM, hard sigmoid': { op: 'LSTM', activations: ['HardSigmoid', 'Tanh', 'Tanh'] },
  'LSTM, reverse': { op: 'LSTM', direction: 'reverse' },
  'LSTM, bidirectional': { op: 'LSTM', direction: 'bidirectional' },
  'LSTM, from given states': { op: 'LSTM', initial: true },
  'LSTM, of several lengths': { op: 'LSTM', lengths: [5, 2, 3] },
  'LSTM, peepholes': { op: 'LSTM', peepholes: true },
  'LSTM, peepholes, without bias': { op: 'LSTM', peepholes: true, useBias: false },
  'LSTM, peepholes, hard sigmoid, reverse': {
    ...{ op: 'LSTM', peepholes: true, direction: 'reverse' },
    activations: ['HardSigmoid', 'Tanh', 'Tanh'],
  },
  'LSTM, peepholes, bidirectional': { op: 'LSTM', peepholes: true, direction: 'bidirectional' },
  'LSTM, peepholes, from given states, of several lengths': {
    ...{ op: 'LSTM', peepholes: true, initial: true, lengths: [5, 2, 3] },
  },
};

// Protocol buffers: a field is its number and wire type, then a varint or bytes with their length.

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
const integer = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field, value) => {
  const content = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
};
const message = (...fields) => Buffer.concat(fields);

const [FLOAT, INT32] = [1, 6];
/** TypeProto of a tensor. */
const tensorType = (type, shape) =>
  bytes(1, message(integer(1, type), bytes(2, message(...shape.map((size) => bytes(1, integer(1, size)))))));
const valueInfo = (field, name, type, shape) =>
  bytes(field, message(bytes(1, name), bytes(2, tensorType(type, shape))));
const valueOfAnyShape = (field, name) =>
  bytes(field, message(bytes(1, name), bytes(2, bytes(1, integer(1, FLOAT)))));
/** AttributeProto: of type 2 an integer, 3 a string, 8 strings, 6 floats. */
const intAttribute = (name, value) => bytes(5, message(bytes(1, name), integer(3, value), integer(20, 2)));
const textAttribute = (name, value) => bytes(5, message(bytes(1, name), bytes(4, value), integer(20, 3)));
const textsAttribute = (name, values) =>
  bytes(5, message(bytes(1, name), ...values.map((value) => bytes(9, value)), integer(20, 8)));

function modelOf({ op, activations, direction, linearBeforeReset }, feeds, outputs) {
  const ofLstm = op === 'LSTM' ? ['initial_c', 'P'] : [];
  const slots = ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h', ...ofLstm];
  const directions = direction === 'bidirectional' ? 2 : 1;
  const names = activations && Array.from({ length: directions }, () => activations).flat();
  const node = message(
    ...slots.map((name) => bytes(1, feeds[name] ? name : '')),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, op),
    intAttribute('hidden_size', H),
    ...(direction ? [textAttribute('direction', direction)] : []),
    ...(names ? [textsAttribute('activations', names)] : []),
    ...(linearBeforeReset ? [intAttribute('linear_before_reset', linearBeforeReset)] : []),
  );
  const graph = message(
    bytes(1, node),
    bytes(2, 'cell'),
    ...Object.entries(feeds).map(([name, { type, dims }]) =>
      valueInfo(11, name, type === 'int32' ? INT32 : FLOAT, dims),
    ),
    ...outputs.map((name) => valueOfAnyShape(12, name)),
  );
  // IR version 8, operator set 14.
  return message(integer(1, 8), bytes(7, graph), bytes(8, integer(2, 14)));
}

async function run(one) {
  const { op, direction, useBias = true, initial = false, peepholes = false, lengths } = one;
  const directions = direction === 'bidirectional' ? 2 : 1;
  const rows = GATES[op] * H;
  const tensor = ({ data, shape }) => new ort.Tensor('float32', data, shape);
  const feeds = {
    X: tensor(numbers(1, [T, N, D], 3)),
    W: tensor(numbers(2, [directions, rows, D], 2)),
    R: tensor(numbers(3, [directions, rows, H], 2)),
    ...(useBias && { B: tensor(numbers(4, [directions, 2 * rows])) }),
    ...(lengths && { sequence_lens: new ort.Tensor('int32', Int32Array.from(lengths), [N]) }),
    ...(initial && { initial_h: tensor(numbers(5, [directions, N, H], 2)) }),
    ...(initial && op === 'LSTM' && { initial_c: tensor(numbers(6, [directions, N, H], 2)) }),
    ...(peepholes && { P: tensor(numbers(7, [directions, 3 * H], 3)) }),
  };
  const outputs = ['Y', 'Y_h', ...(op === 'LSTM' ? ['Y_c'] : [])];
  const session = await ort.InferenceSession.create(modelOf(one, feeds, outputs));
  const found = await session.run(feeds);
  const rounded = Object.fromEntries(
    outputs.map((name) => [
      name,
      {
        shape: [...found[name].dims],
        data: Array.from(found[name].data, (value) => Number(value.toPrecision(8))),
      },
    ]),
  );
  return { ...one, outputs: rounded };
}

const found = {};
for (const [title, one] of Object.entries(cases)) found[title] = await run(one);
const { version } = createRequire(path.join(process.cwd(), 'judge.js'))('onnxruntime-node/package.json');
const text = JSON.stringify({ made: `onnxruntime-node ${version}`, cases: found }, null, 1);
writeFileSync(new URL('onnx-cells.json', import.meta.url), `${text}\n`);
