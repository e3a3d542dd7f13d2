import { describe, expect, it } from 'vitest';
import {
  Bidirectional,
  GRU,
  input,
  LSTM,
  Model,
  SimpleRNN,
  type ActivationName,
  type Layer,
  type Tensor,
} from '../../src/rnn/index.js';
import { recordComparison } from '../support/conformance.js';
import { numbers } from '../support/golden-numbers.js';
import { againstOnnxRuntime, judgedEngines } from '../support/tolerances.js';
// Made by test/golden/onnx-cells.mjs.
import golden from '../golden/onnx-cells.json' with { type: 'json' };

const [T, N, D, H] = [5, 3, 4, 2];

interface OnnxCase {
  op: 'LSTM' | 'GRU' | 'RNN';
  activations?: ('Relu' | 'HardSigmoid' | 'Tanh')[];
  direction?: 'reverse' | 'bidirectional';
  linearBeforeReset?: 1;
  useBias?: false;
  initial?: true;
  peepholes?: true;
  lengths?: number[];
  outputs: Record<'Y' | 'Y_h' | 'Y_c', { shape: number[]; data: number[] }>;
}
const cases = golden.cases as unknown as Record<string, OnnxCase>;

/** Where ONNX keeps the gates that Keras has in this order: an LSTM's i, o, f, c as i, f, c, o. */
const gatesOf = { LSTM: [0, 2, 3, 1], GRU: [0, 1, 2], RNN: [0] };
/** Where ONNX keeps the peepholes that we have in the order i, f, o: as i, o, f. */
const peepholesOf = [0, 2, 1];
const seqkitNames = { Relu: 'relu', HardSigmoid: 'hardSigmoid', Tanh: 'tanh' } as const;

function layerOf({ op, activations, direction, linearBeforeReset, useBias, peepholes }: OnnxCase): Layer {
  const [first, second]: ActivationName[] = (activations ?? []).map((name) => seqkitNames[name]);
  const options = {
    ...{ units: H, returnSequences: true, returnState: true, useBias: useBias ?? true },
    goBackwards: direction === 'reverse',
  };
  const gated = { ...options, ...(first && { recurrentActivation: first, activation: second }) };
  const plain = { ...options, ...(first && { activation: first }) };
  const layer =
    op === 'LSTM'
      ? new LSTM({ ...gated, ...(peepholes && { peepholes }) })
      : op === 'GRU'
        ? new GRU({ ...gated, resetAfter: linearBeforeReset === 1 })
        : new SimpleRNN(plain);
  return direction === 'bidirectional' ? new Bidirectional({ layer }) : layer;
}

/** Rows of ONNX (G * H, width) as Keras's columns (width, G * H), the gates in Keras's order. */
function turned(rows: ArrayLike<number>, width: number, gates: number[]): Float64Array {
  const count = gates.length * H;
  const columns = new Float64Array(width * count);
  gates.forEach((from, to) => {
    for (let h = 0; h < H; h++) {
      for (let d = 0; d < width; d++) columns[d * count + to * H + h] = rows[(from * H + h) * width + d];
    }
  });
  return columns;
}

/** The weights of one direction. */
function weightsOf(one: OnnxCase, direction: number, directions: number): Float64Array[] {
  const gates = gatesOf[one.op];
  const count = gates.length * H;
  const part = (key: number, size: number, scale: number): ArrayLike<number> =>
    numbers(key, [directions * size], scale).data.slice(direction * size, (direction + 1) * size);
  const kernels = [turned(part(2, count * D, 2), D, gates), turned(part(3, count * H, 2), H, gates)];
  const vectors = part(7, 3 * H, 3);
  const peepholes = one.peepholes
    ? [
        Float64Array.from(
          peepholesOf.flatMap((from) => Array.from({ length: H }, (_, h) => vectors[from * H + h])),
        ),
      ]
    : [];
  if (one.useBias === false) return [...kernels, ...peepholes];
  const both = Array.from(part(4, 2 * count, 1));
  const [ofInput, ofState] = [both.slice(0, count), both.slice(count)].map((half) => turned(half, 1, gates));
  // With the reset after the product a GRU needs both, else their sum does.
  const bias =
    one.linearBeforeReset === 1
      ? Float64Array.of(...ofInput, ...ofState)
      : ofInput.map((value, i) => value + ofState[i]);
  return [...kernels, bias, ...peepholes];
}

/** (T, N, D) as (N, T, D). */
function batchFirst({ data, shape: [time, batch, width] }: Tensor): Tensor {
  const turnedData = Float64Array.from({ length: data.length }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return data[((row % time) * batch + Math.floor(row / time)) * width + column];
  });
  return { data: turnedData, shape: [batch, time, width] };
}

describe.each(judgedEngines)("what onnxruntime's cells give, on %s", (engine) => {
  it.each(Object.keys(cases))('%s', async (title) => {
    const one = cases[title];
    const directions = one.direction === 'bidirectional' ? 2 : 1;
    const layer = layerOf(one);
    const states = one.op === 'LSTM' ? 2 : 1;
    const x = input({ shape: [T, D] });
    const initial = one.initial ? Array.from({ length: states }, () => input({ shape: [H] })) : [];
    const model = new Model(
      { inputs: [x, ...initial], outputs: layer.applyAll([x, ...initial]) },
      { engine },
    );
    await model.build([T, D], ...initial.map(() => [H]));
    layer.setWeights(Array.from({ length: directions }, (_, d) => weightsOf(one, d, directions)).flat());
    const given = [batchFirst(numbers(1, [T, N, D], 3)), ...initial.map((_, i) => numbers(5 + i, [N, H], 2))];
    const lengths = one.lengths && Int32Array.from(one.lengths);
    const several = initial.length > 0;
    const options = lengths && { lengths: several ? [lengths, ...initial.map(() => undefined)] : lengths };
    const [y, ...last] = await model.predictAll(several ? given : given[0], options);
    await model.dispose();

    const errors: number[] = [];
    const compare = (found: number, expected: number): void => void errors.push(Math.abs(found - expected));
    const { Y } = one.outputs;
    expect(Y.shape).toEqual([T, directions, N, H]);
    for (let t = 0; t < T; t++) {
      // Walked backwards alone, sequences come out in that order.
      const row = one.direction === 'reverse' ? T - 1 - t : t;
      for (let d = 0; d < directions; d++) {
        for (let n = 0; n < N; n++) {
          if (t >= (one.lengths?.[n] ?? T)) continue;
          for (let h = 0; h < H; h++) {
            compare(
              y.data[(n * T + row) * directions * H + d * H + h],
              Y.data[((t * directions + d) * N + n) * H + h],
            );
          }
        }
      }
    }
    // h of each direction, and c: after the last step that counts.
    const kinds = states === 2 ? (['Y_h', 'Y_c'] as const) : (['Y_h'] as const);
    kinds.forEach((kind, s) => {
      for (let d = 0; d < directions; d++) {
        const { data } = last[d * states + s];
        for (let i = 0; i < N * H; i++) compare(data[i], one.outputs[kind].data[d * N * H + i]);
      }
    });
    expect(errors.length).toBeGreaterThan(N * H * directions * (states + 1));
    const [error, limit] = [Math.max(...errors), againstOnnxRuntime[engine]];
    recordComparison({ source: golden.made, engine, title, measure: 'absolute', error, limit });
    expect(error).toBeLessThan(limit);
  });
});
