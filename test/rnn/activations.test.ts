import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GRUCell } from '../../src/rnn/cells/gru-cell.js';
import type { EngineChoice } from '../../src/rnn/engine/engine-names.js';
import { Activation } from '../../src/rnn/layers/activation.js';
import { Conv1D } from '../../src/rnn/layers/conv1d.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import type { LayerActivation } from '../../src/rnn/layers/layer-activation.js';
import { LSTM } from '../../src/rnn/layers/lstm.js';
import { SimpleRNN } from '../../src/rnn/layers/simple-rnn.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { kernelEncodings } from '../../src/rnn/engine/wasm/kernel-encodings.js';
import { createReferenceSession } from '../../src/rnn/engine/reference/reference-engine.js';
import { lowerProgram } from '../../src/rnn/engine/gpu/lower-program.js';
import { activationNames, inputSlopeNames, type ActivationName } from '../../src/rnn/program/activations.js';
import { ProgramBuilder } from '../../src/rnn/program/program.js';
import { SGD } from '../../src/rnn/training/optimizers/index.js';

type Curve = [x: number, y: number, slope: number][];
const golden = JSON.parse(
  readFileSync(new URL('../golden/activations.json', import.meta.url), 'utf8'),
) as Record<string, Curve> & { softmax: [number[], number[]][] };
const { softmax, ...curves } = golden;

/** Relative to the value, and absolute near 0; in float32 exponentials carry x's own rounding. */
const tolerances = { reference: 1e-7, wasm: 4e-6, 'gpu:webasm': 1e-5 } as const;

/** f of each x, and its slope by one step of gradient descent. */
async function run(engine: EngineChoice, activation: LayerActivation, curve: Curve) {
  const points = curve.map(([x]) => x);
  // y = f(x + b): the bias begins at 0, and its gradient is 2 f(x) f'(x) / C.
  const C = points.length;
  const layer = new Dense({ units: C, activation, name: 'dense' });
  const model = new Sequential([layer], { engine });
  await model.build([C]);
  const identity = Float64Array.from({ length: C * C }, (_, i) => (i % (C + 1) === 0 ? 1 : 0));
  layer.setWeights([identity, new Float64Array(C)]);
  const x = { data: Float64Array.from(points), shape: [1, C] };
  const y = [...(await model.predict(x)).data];
  model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 1 }) });
  // Targets one below what is right, so that the gradient of y is 2 / C everywhere.
  await model.trainOnBatch(x, { data: Float64Array.from(curve, ([, value]) => value - 1), shape: [1, C] });
  const slopes = [...layer.getWeights()[1].data].map((change) => (-change * C) / 2);
  await model.dispose();
  return { y, slopes };
}

describe.each(Object.keys(tolerances) as (keyof typeof tolerances)[])('activations on %s', (engine) => {
  it.each(Object.entries(curves))('%s and its slope are those in closed form', async (name, curve) => {
    // Where exp(x) has few digits left of 1, y - 1 has none of them.
    const near = curve.filter(([, y]) => Math.abs(y) < 100);
    const { y, slopes } = await run(engine, name as ActivationName, near);
    const tolerance = tolerances[engine];
    near.forEach(([x, value, slope], i) => {
      expect(Math.abs(y[i] - value), `f(${x})`).toBeLessThan(tolerance * Math.max(Math.abs(value), 1e-2));
      expect(Math.abs(slopes[i] - slope), `f'(${x})`).toBeLessThan(
        3 * tolerance * Math.max(1, Math.abs(y[i])),
      );
    });
  });

  it('softmax as a layer of its own and of Dense', async () => {
    for (const [row, shares] of softmax) {
      const model = new Sequential([new Activation({ activation: 'softmax' })], { engine });
      const found = await model.predict({ data: Float64Array.from(row), shape: [1, 3] });
      found.data.forEach((share, i) => expect(Math.abs(share - shares[i])).toBeLessThan(tolerances[engine]));
      await model.dispose();
    }
  });
});

describe('names of activations', () => {
  const optionOf = (layer: { options(): Record<string, unknown> }, name = 'activation'): unknown =>
    layer.options()[name];

  it("takes Keras's spellings, and keeps ours", async () => {
    const given = (name: string): never => name as never;
    expect(optionOf(new Dense({ units: 2, activation: given('leaky_relu') }))).toBe('leakyRelu');
    expect(optionOf(new Conv1D({ filters: 2, kernelSize: 2, activation: given('swish') }))).toBe('silu');
    expect(optionOf(new Activation({ activation: given('hard_sigmoid') }))).toBe('hardSigmoid');
    expect(optionOf(new Activation({ activation: given('gelu_tanh') }))).toBe('geluTanh');
    expect(optionOf(new SimpleRNN({ units: 2, activation: given('swish') }))).toBe('silu');
    for (const layer of [
      new LSTM({ units: 2, recurrentActivation: given('hard_sigmoid') }),
      new GRU({ units: 2, recurrentActivation: given('hard_sigmoid'), resetAfter: false }),
    ]) {
      expect(optionOf(layer, 'recurrentActivation')).toBe('hardSigmoid');
    }
    const model = new Sequential([
      new LSTM({ units: 2, recurrentActivation: given('hard_sigmoid'), activation: given('leaky_relu') }),
    ]);
    await model.build([3, 2]);
    const { layers } = (await Sequential.open(model.toBytes())).file;
    expect(layers[0].options).toMatchObject({ recurrentActivation: 'hardSigmoid', activation: 'leakyRelu' });
    await model.dispose();
  });

  it.each<[string, () => unknown, string, string | undefined]>([
    ['of Dense', () => new Dense({ units: 2, activation: 'ReLU' as never }), 'Dense: activation', '"relu"'],
    [
      'of Activation',
      () => new Activation({ activation: 'mish' as never }),
      'Activation: activation',
      undefined,
    ],
    [
      'of Conv1D',
      () => new Conv1D({ filters: 1, kernelSize: 1, activation: 3 as never }),
      'Conv1D: activation',
      undefined,
    ],
    [
      'of the gates of an LSTM',
      () => new LSTM({ units: 2, recurrentActivation: 'HardSigmoid' as never }),
      'LSTM: recurrentActivation',
      '"hardSigmoid"',
    ],
    [
      'of a cell',
      () => new GRUCell({ units: 2, activation: 'softmax' as never }),
      'GRUCell: activation',
      undefined,
    ],
    [
      'gelu in a cell with gates',
      () => new GRU({ units: 2, activation: 'gelu' }),
      'GRU: activation',
      'the slope of this one',
    ],
  ])('refuses what is none: %s', (_, make, what, near) => {
    expect(make).toThrow(
      expect.objectContaining({
        name: 'SeqkitError',
        code: 'bad-value',
        message: expect.stringContaining(`${what} must be one of "linear", `),
        ...(near !== undefined && { hint: expect.stringContaining(near) }),
      }) as Error,
    );
  });

  it('no engine computes one that it does not know', () => {
    const unknown = { activation: 'mish' as never };
    for (const kernel of ['activate', 'activateBackward', 'activateInputBackward'] as const) {
      const builder = new ProgramBuilder('p');
      const [x, dy] = [builder.declare('input', 'x', 2, 2), builder.declare('input', 'dy', 2, 2)];
      const y = builder.declare('output', 'y', 2, 2);
      if (kernel === 'activate') builder.run(kernel, { x }, { y }, unknown);
      else if (kernel === 'activateBackward') builder.run(kernel, { y: x, dy }, { dx: y }, unknown);
      else builder.run(kernel, { x, dy }, { dx: y }, unknown);
      const program = builder.finish();
      const refusal = expect.objectContaining({
        code: 'engine',
        message: 'The engine has no activation "mish".',
      }) as Error;
      expect(() => kernelEncodings[kernel].settings!(program.steps[0] as never)).toThrow(refusal);
      expect(() => createReferenceSession().compile(program).run()).toThrow(refusal);
      expect(() => lowerProgram(program)).toThrow(refusal);
    }
    const cell = { settings: { activation: 'tanh', recurrentActivation: 'mish' } } as never;
    expect(() => kernelEncodings.lstmForward.settings!(cell)).toThrow('no activation "mish"');
    const pool = { settings: { pooling: 'median' } } as never;
    expect(() => kernelEncodings.pool1d.settings!(pool)).toThrow('no pooling "median"');
  });

  it('every name is held against the closed form, or is of before', () => {
    const old = ['linear', 'tanh', 'sigmoid', 'relu', 'hardSigmoid'];
    expect([...old, ...Object.keys(curves)].sort()).toEqual([...activationNames].sort());
    expect(inputSlopeNames.every((name) => name in curves)).toBe(true);
  });
});
