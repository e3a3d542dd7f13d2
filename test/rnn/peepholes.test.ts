import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { input, LSTM, Model, Sequential, type LSTMOptions, type Tensor } from '../../src/rnn/index.js';
import { normals } from '../support/random-tensors.js';
import { judgedEngines } from '../support/tolerances.js';

const [N, T, D, H] = [3, 5, 4, 6];
const x = normals(1, N, T, D);
const [h0, c0] = [normals(2, N, H), normals(3, N, H)];
const kernel = normals(4, D, 4 * H).data;
const recurrentKernel = normals(5, H, 4 * H).data;
const bias = normals(6, 4 * H).data;
const peepholes = normals(7, 3, H).data;

/** Gates stand as i, f, g, o, and the peepholes as i, f, o. */
const [I, F, G, O] = [0, 1, 2, 3];
const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/**
 * The equations of ONNX's LSTM operator (https://onnx.ai/onnx/operators/onnx__LSTM.html), one example, unit and step after
 * the other: all outputs (N, T, H), and c at the end (N, H).
 */
function written(): { y: Float64Array; c: Float64Array } {
  const y = new Float64Array(N * T * H);
  const last = new Float64Array(N * H);
  for (let n = 0; n < N; n++) {
    let h = Array.from({ length: H }, (_, u) => h0.data[n * H + u]);
    let c = Array.from({ length: H }, (_, u) => c0.data[n * H + u]);
    for (let t = 0; t < T; t++) {
      const z = (gate: number, u: number): number => {
        let sum = bias[gate * H + u];
        for (let d = 0; d < D; d++) sum += x.data[(n * T + t) * D + d] * kernel[d * 4 * H + gate * H + u];
        return h.reduce((all, value, k) => all + value * recurrentKernel[k * 4 * H + gate * H + u], sum);
      };
      const [Pi, Pf, Po] = [0, 1, 2].map((row) => (u: number) => peepholes[row * H + u]);
      const it = c.map((before, u) => sigmoid(z(I, u) + Pi(u) * before));
      const ft = c.map((before, u) => sigmoid(z(F, u) + Pf(u) * before));
      const ct = c.map((_, u) => Math.tanh(z(G, u)));
      const Ct = c.map((before, u) => ft[u] * before + it[u] * ct[u]);
      const ot = Ct.map((after, u) => sigmoid(z(O, u) + Po(u) * after));
      h = ot.map((o, u) => o * Math.tanh(Ct[u]));
      c = Ct;
      h.forEach((value, u) => (y[(n * T + t) * H + u] = value));
    }
    c.forEach((value, u) => (last[n * H + u] = value));
  }
  return { y, c: last };
}

const largestDifference = (found: Tensor, expected: ArrayLike<number>): number => {
  expect(found.data.length).toBe(expected.length);
  return Math.max(...Array.from(found.data, (value, i) => Math.abs(value - expected[i])));
};

/** y, h and c of an LSTM from the states h0 and c0. */
async function run(
  engine: (typeof judgedEngines)[number],
  options: Partial<LSTMOptions>,
  weights: Float64Array[],
) {
  const layer = new LSTM({ units: H, returnSequences: true, returnState: true, ...options });
  const inputs = [input({ shape: [T, D] }), input({ shape: [H] }), input({ shape: [H] })];
  const model = new Model({ inputs, outputs: layer.applyAll(inputs) }, { engine });
  await model.build([T, D], [H], [H]);
  layer.setWeights(weights);
  const outputs = await model.predictAll([x, h0, c0]);
  await model.dispose();
  return outputs;
}

const arrays = [kernel, recurrentKernel, bias].map((values) => Float64Array.from(values));

describe.each(judgedEngines)('an LSTM with peepholes on %s', (engine) => {
  it("gives what ONNX's equations give", async () => {
    const [y, , c] = await run(engine, { peepholes: true }, [...arrays, Float64Array.from(peepholes)]);
    const expected = written();
    const limit = { reference: 1e-7, wasm: 2e-6 }[engine];
    expect(largestDifference(y, expected.y)).toBeLessThan(limit);
    // It is a few, where outputs are below 1; predict answers in float32.
    expect(largestDifference(c, expected.c)).toBeLessThan(4 * limit);
    const [without] = await run(engine, {}, arrays);
    expect(largestDifference(without, expected.y)).toBeGreaterThan(0.1);
  });

  it('is one without, to the last bit, where they are 0', async () => {
    const zeros = await run(engine, { peepholes: true }, [...arrays, new Float64Array(3 * H)]);
    expect(zeros).toEqual(await run(engine, {}, arrays));
  });
});

describe('the weights', () => {
  const built = async (options: Partial<LSTMOptions>): Promise<Sequential> => {
    const model = new Sequential([new LSTM({ units: H, ...options })], { engine: 'reference', seed: 4 });
    await model.build([T, D]);
    return model;
  };

  it('are one array more, last, (3, units), and 3 * units parameters', async () => {
    const [plain, more] = [await built({}), await built({ peepholes: true })];
    expect(more.layers[0].weights.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['lstm/kernel', D, 4 * H],
      ['lstm/recurrentKernel', H, 4 * H],
      ['lstm/bias', 4 * H],
      ['lstm/peepholes', 3, H],
    ]);
    expect(more.countParameters() - plain.countParameters()).toBe(3 * H);
    // A seed gives the others what it gave them.
    expect(more.layers[0].getWeights().slice(0, 3)).toEqual(plain.layers[0].getWeights());
    // Glorot's bounds of (3, units).
    const { data } = more.layers[0].getWeights()[3];
    expect(Math.max(...data)).toBeLessThan(Math.sqrt(6 / (3 + H)));
    expect(new Set(data).size).toBe(3 * H);
  });

  it('start as the kernel does', async () => {
    const model = await built({ peepholes: true, useBias: false, kernelInitializer: 'ones' });
    expect(model.layers[0].weights.map(({ name }) => name)).toEqual([
      'lstm/kernel',
      'lstm/recurrentKernel',
      'lstm/peepholes',
    ]);
    expect([...model.layers[0].getWeights()[2].data]).toEqual(Array(3 * H).fill(1));
  });

  it('are asked for where a file says that there are peepholes', async () => {
    const told = async (options: Partial<LSTMOptions>, pretend: boolean) => {
      const { tensors, metadata } = decodeSafetensors((await built(options)).toBytes(), 'the file');
      const model = JSON.parse(metadata['model']) as { layers: [{ options: Partial<LSTMOptions> }] };
      model.layers[0].options.peepholes = pretend;
      return encodeSafetensors(Object.fromEntries(tensors), { ...metadata, model: JSON.stringify(model) });
    };
    await expect(Sequential.load(await told({}, true))).rejects.toThrow('lstm/peepholes');
    await expect(Sequential.load(await told({ peepholes: true }, 1 as never))).rejects.toThrow('peepholes');
  });
});
