import { describe, expect, it } from 'vitest';
import { toModule } from '../../../src/exchange/index.js';
import { sourceOf } from '../../../src/exchange/module/code/code-part.js';
import { layersCode } from '../../../src/exchange/module/code/layers-code.js';
import { weightsCode } from '../../../src/exchange/module/code/weights-code.js';
import { MODULE_PRECISIONS } from '../../../src/exchange/module/packed-weights.js';
import {
  AdditiveAttention,
  Attention,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Dense,
  Flatten,
  GlobalAveragePooling1D,
  GRU,
  input,
  LayerNormalization,
  LeakyReLU,
  LSTM,
  LSTMCell,
  Model,
  Recurrent,
  RepeatVector,
  Sequential,
  SimpleRNN,
  TimeDistributed,
  UnitNormalization,
  type Layer,
} from '../../../src/index.js';
import { graphBetween } from '../../../src/rnn/graph/graph-between.js';
import type { LayerGraph } from '../../../src/rnn/graph/layer-graph.js';
import { LayerStack } from '../../../src/rnn/graph/layer-stack.js';
import { Random } from '../../../src/base/math/random.js';
import { programSize } from '../../../src/rnn/training/input-sizes.js';
import { layerCases, type LayerCase } from '../../rnn/layer-cases.js';
import { differenceTable } from '../support/difference-table.js';
import { largestDifference, type Numbers } from '../support/onnx-runtime.js';
import { randomizeWeights } from '../support/random-weights.js';
import { codeSize, runModule } from '../support/run-module.js';

async function built({ graph, x }: Pick<LayerCase, 'graph' | 'x'>) {
  const inputs = (Array.isArray(x) ? x : [x]) as readonly Numbers[];
  const own = graph();
  const shapes = programSize(own, { inputs: inputs as never }, 1);
  const first = { time: shapes.time, steps: shapes.steps, features: shapes.features };
  own.build([first, ...(shapes.others ?? [])], new Random(5));
  randomizeWeights(own, 7);
  return { own, inputs, model: new Model(own, { engine: 'wasm', threads: 1 }) };
}

/** An example of (N, T), (N, D) or (N, T, D) as a module takes it. */
function example({ data, shape }: Numbers, n: number): unknown {
  const [, length, width] = shape;
  const values = Array.from(data).slice((n * data.length) / shape[0], ((n + 1) * data.length) / shape[0]);
  if (width === undefined) return values;
  return Array.from({ length }, (_, t) => values.slice(t * width, (t + 1) * width));
}

/** All numbers of what a module gives, in order. */
function flat(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return Array.from(value as ArrayLike<unknown>).flatMap(flat);
}

const predicted = (model: Model, inputs: readonly Numbers[]) =>
  model.predictAll((inputs.length > 1 ? inputs : inputs[0]) as never);

const note = differenceTable();

async function compare(name: string, model: Model, inputs: readonly Numbers[]): Promise<void> {
  const expected = await predicted(model, inputs);
  const { predict } = runModule(await toModule(model));
  for (let n = 0; n < inputs[0].shape[0]; n++) {
    const found = predict(...inputs.map((x) => example(x, n)));
    const all = expected.length === 1 ? [found] : (found as unknown[]);
    expected.forEach((output, i) => {
      const largest = largestDifference(flat(all[i]), flat(example(output, n)));
      note(name, largest);
      expect(largest).toBeLessThan(1e-5);
    });
  }
}

/** The layer that modules have no function for, if any. */
function refusedLayer({ layers, shapes }: LayerGraph): Layer | undefined {
  if (shapes!.some(({ steps }) => steps !== undefined)) return layers[0];
  const kinds = new Set(['Masking', 'Conv2D', 'CRF', 'Dot', 'MultiHeadAttention']);
  return layers.find((layer) => kinds.has(layer.kind) || layer.options()['maskZero'] === true);
}

/** What the masked cases show of layers elsewhere, without a mask. */
const withoutMask: Record<string, () => LayerGraph> = {
  'states and merges of both directions': () => {
    const x = input({ shape: [null, 5] });
    const gru = new GRU({ units: 4, returnSequences: true, returnState: true, useBias: false });
    const [h, ...states] = new Bidirectional({ layer: gru, mergeMode: 'average' }).applyAll(x);
    const merged = (['sum', 'multiply', 'concat'] as const).map((mergeMode) =>
      new Bidirectional({ layer: new SimpleRNN({ units: 3 }), mergeMode }).apply(h),
    );
    const lstm = new LSTM({ units: 4, goBackwards: true, returnSequences: true, peepholes: true });
    const back = lstm.apply(h);
    const own = new Bidirectional({ layer: new GRU({ units: 4 }) }).apply([back, ...states]);
    return graphBetween([x], [own, ...merged]);
  },
  'attention of all kinds, pooled': () => {
    const x = input({ shape: [null, 5] });
    const [a, b] = [new Dense({ units: 4 }).apply(x), new Dense({ units: 4 }).apply(x)];
    const all = [
      new AdditiveAttention({ causal: true }).apply([a, b]),
      new AdditiveAttention({ useScale: false }).apply([a, x, b]),
      new Attention({ useScale: true }).apply([a, x, b]),
    ];
    const query = new RepeatVector({ n: 1 }).apply(new GlobalAveragePooling1D().apply(b));
    const pooled = new Flatten().apply(new AdditiveAttention().apply([query, b]));
    return graphBetween([x], [...all, new Dense({ units: 2 }).apply(pooled)]);
  },
  'slopes, norms without weights, and inner layers': () =>
    new LayerStack([
      new Dense({ units: 6, useBias: false }),
      new LeakyReLU({ negativeSlope: 0.1, minValue: -0.05 }),
      new LayerNormalization({ center: false, scale: false }),
      new BatchNormalization({ center: false }),
      new TimeDistributed({ layer: new Flatten() }),
      new Conv1D({ filters: 6, kernelSize: 2, padding: 'same', strides: 2, groups: 3 }),
      new UnitNormalization(),
      new Recurrent(new LSTMCell({ units: 3, recurrentActivation: 'hardSigmoid' }), { goBackwards: true }),
    ]),
};

describe('every layer as a module, against the engine', () => {
  for (const [name, layerCase] of Object.entries(layerCases)) {
    it(name, async () => {
      const { own, inputs, model } = await built(layerCase);
      const refused = refusedLayer(own);
      if (refused) {
        await predicted(model, inputs);
        await expect(toModule(model)).rejects.toMatchObject({
          code: 'usage',
          message: expect.stringContaining(`The layer "${refused.name}"`) as string,
        });
      } else await compare(name, model, inputs);
      await model.dispose();
    });
  }

  for (const [name, graph] of Object.entries(withoutMask)) {
    it(name, async () => {
      const random = new Random(4);
      const x = { data: Float64Array.from({ length: 2 * 7 * 5 }, () => random.normal()), shape: [2, 7, 5] };
      const { inputs, model } = await built({ graph, x });
      await compare(name, model, inputs);
      await model.dispose();
    });
  }

  it('all functions together are short', () => {
    const all = { ...weightsCode, ...layersCode };
    expect(Buffer.byteLength(sourceOf(all, Object.keys(all)))).toBeLessThan(16_000);
  });
});

describe('a module of a network', () => {
  const make = async () => {
    const layers = [new Conv1D({ filters: 3, kernelSize: 4 }), new Dense({ units: 2 })];
    const model = new Sequential(layers, { engine: 'wasm', threads: 1, seed: 1 });
    await model.build([6, 2]);
    const bytes = model.toBytes();
    await model.dispose();
    return bytes;
  };

  it('says what it was given and what it takes', async () => {
    const { predict } = runModule(await toModule(await make()));
    for (const wrong of [
      undefined,
      'text',
      [],
      [1, 2],
      [[1, 2, 3]],
      [[1, NaN]],
      [['1', 2]],
      [new Array(2)],
    ]) {
      expect(() => predict(wrong), String(wrong)).toThrow(
        'an array of time steps, each an array of 2 numbers',
      );
    }
    const step = [0.5, 1];
    expect(() => predict([step], [step])).toThrow('it got 2');
    expect(() => predict([step, step])).toThrow('conv1d needs 4 time steps at least; it got 2.');
  });

  it('rounds its weights where that is asked', async () => {
    const bytes = await make();
    const x = Array.from({ length: 6 }, (_, t) => [Math.sin(t), Math.cos(t)]);
    const [exact, half, eighth] = await Promise.all(
      MODULE_PRECISIONS.map(async (precision) => {
        const source = await toModule(bytes, { precision });
        return { numbers: flat(runModule(source).predict(x)), size: source.length - codeSize(source) };
      }),
    );
    expect(largestDifference(half.numbers, exact.numbers)).toBeLessThan(2e-3);
    expect(half.numbers).not.toEqual(exact.numbers);
    expect(largestDifference(eighth.numbers, exact.numbers)).toBeLessThan(5e-2);
    expect(half.size).toBeLessThan(exact.size);
    expect(eighth.size).toBeLessThan(half.size);
  });

  it('holds names of any kind, which break nothing', async () => {
    const name = "a'b*/ `${x}`\u2028</script>\n__proto__";
    const model = new Sequential([new Dense({ units: 2, name })], { engine: 'wasm', threads: 1 });
    await model.build([3]);
    const source = await toModule(model, { name: name.replace('\n', '') });
    expect(source).not.toContain('\u2028');
    expect(source).not.toContain('</script>');
    expect(flat(runModule(source).predict([1, 2, 3]))).toHaveLength(2);
    await model.dispose();
  });

  it('refuses what is no option, and what is no model', async () => {
    await expect(toModule(await make(), { precision: 'int4' as never })).rejects.toMatchObject({
      code: 'bad-value',
    });
    await expect(toModule(new Uint8Array(9))).rejects.toMatchObject({ code: 'bad-file' });
  });
});
