import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GRU } from '../../src/rnn/layers/gru.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import type { Recurrent } from '../../src/rnn/layers/recurrent.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import type { Tensor } from '../../src/rnn/program/tensor.js';
import { recordComparison } from '../support/conformance.js';
import { describeShared } from '../support/shared-data.js';
import { againstOnnx, judgedEngines } from '../support/tolerances.js';

interface StoredArray {
  shape: number[];
  data: number[];
}

interface OnnxCase {
  name: string;
  op: 'LSTM' | 'GRU' | 'RNN';
  attributes: { hidden_size: number };
  node_outputs: string[];
  inputs: { X: StoredArray; W: StoredArray; R: StoredArray; B?: StoredArray };
  outputs: Record<string, StoredArray>;
}

/**
 * Where ONNX keeps the gates that Keras has in this order: ONNX's LSTM has i, o, f, c, Keras's
 * i, f, c, o; a GRU's z, r, h agree.
 */
const gatesOf = { LSTM: [0, 2, 3, 1], GRU: [0, 1, 2], RNN: [0] };

/** ONNX's (1, G * H, D) as Keras's (D, G * H), the gates in Keras's order. */
function kernel({ shape: [, rows, depth], data }: StoredArray, gates: number[]): Float64Array {
  const H = rows / gates.length;
  const turned = new Float64Array(depth * rows);
  gates.forEach((from, to) => {
    for (let h = 0; h < H; h++) {
      for (let d = 0; d < depth; d++) {
        turned[d * rows + to * H + h] = data[(from * H + h) * depth + d];
      }
    }
  });
  return turned;
}

/**
 * ONNX's B (1, 2 * G * H) as one bias: the sum of its two halves. That holds for the GRU as
 * well, with the reset before the product (`linear_before_reset` 0).
 */
function bias({ data }: StoredArray, gates: number[]): Float64Array {
  const half = data.length / 2;
  const both = { shape: [1, half, 1], data: data.slice(0, half).map((value, i) => value + data[half + i]) };
  return kernel(both, gates);
}

function layerOf({ op, attributes, inputs }: OnnxCase): Recurrent {
  const options = { units: attributes.hidden_size, useBias: inputs.B !== undefined, returnSequences: true };
  if (op === 'LSTM') return new LSTM(options);
  return op === 'GRU' ? new GRU({ ...options, resetAfter: false }) : new SimpleRNN(options);
}

/** ONNX's (T, N, D) and seqkit's (N, T, D), either way. */
function swapTimeAndBatch({ shape: [a, b, width], data }: StoredArray | Tensor): Tensor {
  const swapped = Float64Array.from({ length: data.length }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return data[((row % a) * b + Math.floor(row / a)) * width + column];
  });
  return { data: swapped, shape: [b, a, width] };
}

describeShared("ONNX's own cases", ['numeric', 'onnx-recurrent.json'], (path) => {
  const cases = path === '' ? [] : (JSON.parse(readFileSync(path, 'utf8')) as OnnxCase[]);

  it('are six, each asking for the last state', () => {
    expect(cases.map(({ node_outputs }) => node_outputs)).toEqual(Array(6).fill(['', 'Y_h']));
  });

  it.each(cases.flatMap((onnx) => judgedEngines.map((engine) => ({ ...onnx, engine }))))(
    '$name on $engine',
    async ({ engine, ...onnx }) => {
      const { W, R, B, X } = onnx.inputs;
      const gates = gatesOf[onnx.op];
      const layer = layerOf(onnx);
      const model = new Sequential([layer], { engine });
      await model.build(X.shape.slice(1).with(0, X.shape[0]));
      layer.setWeights([kernel(W, gates), kernel(R, gates), ...(B ? [bias(B, gates)] : [])]);
      const { data, shape } = swapTimeAndBatch(await model.predict(swapTimeAndBatch(X)));
      await model.dispose();
      const expected = onnx.outputs['Y_h'];
      const last = data.slice((shape[0] - 1) * shape[1] * shape[2]);
      expect(last).toHaveLength(expected.data.length);
      const error = Math.max(...last.map((value, i) => Math.abs(value - expected.data[i])));
      const limit = againstOnnx[engine];
      recordComparison({
        source: "ONNX's node tests",
        engine,
        title: onnx.name,
        measure: 'absolute',
        error,
        limit,
      });
      last.forEach((value, i) => {
        expect(Math.abs(value - expected.data[i])).toBeLessThan(againstOnnx[engine]);
      });
    },
  );
});
