import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/math/random.js';
import {
  Adam,
  CRF,
  CRFLoss,
  Dense,
  gradientCheck,
  gradientCheckOn,
  GRU,
  Masking,
  Sequential,
  tensor,
  type EngineChoice,
} from '../../../src/rnn/index.js';

const [N, T, D, K] = [3, 4, 2, 3];

function drawn(shape: readonly number[], seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
}

/** The score of labels: Lafferty's, with scores for where they begin and end. */
function score(
  emissions: readonly (readonly number[])[],
  labels: readonly number[],
  [A, start, end]: readonly (readonly number[])[],
): number {
  return labels.reduce(
    (sum, label, t) => sum + emissions[t][label] + (t === 0 ? start[label] : A[labels[t - 1] * K + label]),
    end[labels[labels.length - 1]],
  );
}

/** -log p(labels), by the score of each of K^T sequences. */
function bruteForce(
  emissions: readonly (readonly number[])[],
  labels: readonly number[],
  weights: readonly (readonly number[])[],
): number {
  let total = 0;
  for (let n = 0; n < K ** emissions.length; n++) {
    const other = emissions.map((_, t) => Math.floor(n / K ** t) % K);
    total += Math.exp(score(emissions, other, weights));
  }
  return Math.log(total) - score(emissions, labels, weights);
}

const labels = [
  [0, 1, 2, 1],
  [2, 2, 0, 1],
  [1, 0, 0, 2],
];
const engines: EngineChoice[] = ['reference', 'wasm', 'gpu:cpu'];

async function scored(engine: EngineChoice, masked: boolean) {
  const crf = new CRF();
  const layers = [...(masked ? [new Masking()] : []), new Dense({ units: K }), crf];
  const model = new Sequential(layers, { seed: 1, engine });
  model.compile({ loss: new CRFLoss({ layer: crf }), optimizer: 'sgd' });
  await model.build([T, D]);
  const weights = [[K, K], [K], [K]].map((shape, i) => drawn(shape, 10 + i).map((x) => 1.5 * x));
  crf.setWeights(weights);
  return { model, weights: weights.map((values) => [...values]) };
}

describe('CRFLoss', () => {
  it.each(engines)('is what all sequences of labels give, on %s', async (engine) => {
    const { model, weights } = await scored(engine, false);
    const x = tensor(drawn([N, T, D], 5), [N, T, D]);
    const { data } = await model.predict(x);
    const sampleWeight = [1, 0.5, 2];
    const each = labels.map((row, n) => {
      const emissions = row.map((_, t) => Array.from({ length: K }, (_, k) => data[(n * T + t) * K + k]));
      return sampleWeight[n] * bruteForce(emissions, row, weights);
    });
    const wanted = each.reduce((sum, loss) => sum + loss) / N;
    // A batch that is padded with two rows.
    expect(await model.evaluate(x, labels, { sampleWeight, batchSize: N + 2 })).toBeCloseTo(wanted, 5);
    await model.dispose();
  });

  it.each(engines)('passes over masked steps wherever they stand, on %s', async (engine) => {
    const { model, weights } = await scored(engine, true);
    const values = drawn([N, T, D], 5);
    // The first of example 0, the second of example 1, the last two of example 2.
    const isMasked = (n: number, t: number): boolean => (n < 2 ? t === n : t >= 2);
    values.forEach((_, i) => {
      if (isMasked(Math.floor(i / (T * D)), Math.floor(i / D) % T)) values[i] = 0;
    });
    const x = tensor(values, [N, T, D]);
    const { data } = await model.predict(x);
    const losses = labels.map((row, n) => {
      const counted = row.flatMap((_, t) => (isMasked(n, t) ? [] : [t]));
      const emissions = counted.map((t) => Array.from({ length: K }, (_, k) => data[(n * T + t) * K + k]));
      return bruteForce(
        emissions,
        counted.map((t) => row[t]),
        weights,
      );
    });
    expect(await model.evaluate(x, labels)).toBeCloseTo(losses.reduce((a, b) => a + b) / N, 5);
    await model.dispose();
  });

  const checks = (masked: boolean) => {
    const crf = new CRF();
    const values = drawn([N, T, D], 7);
    if (masked) for (const at of [0, 1, 10, 11, 22, 23]) values[at] = 0;
    return {
      layers: [
        ...(masked ? [new Masking()] : []),
        new GRU({ units: 4, returnSequences: true }),
        new Dense({ units: K }),
        crf,
      ],
      options: {
        loss: new CRFLoss({ layer: crf }),
        x: tensor(values, [N, T, D]),
        y: tensor(Int32Array.from(labels.flat()), [N, T]),
        sampleWeight: tensor([0.5, 2, 1], [N]),
        weightNoise: 0.7,
        batchSize: N + 1,
      },
    };
  };

  it.each([false, true])('has the gradient of finite differences, with a mask: %s', (masked) => {
    const { layers, options } = checks(masked);
    const errors = gradientCheck(layers, options);
    expect(errors.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['crf/transitions', 'crf/start', 'crf/end', 'dense/kernel']),
    );
    for (const { name, relativeError } of errors) expect([name, relativeError < 1e-7]).toEqual([name, true]);
  });

  it.each(['wasm', 'gpu:cpu'] as const)('has it on %s too', async (engine) => {
    const { layers, options } = checks(true);
    for (const { name, relativeError } of await gradientCheckOn(engine, layers, options)) {
      expect([name, relativeError < 1e-5]).toEqual([name, true]);
    }
  });

  it('costs and changes nothing where no step counts', async () => {
    const { model } = await scored('wasm', true);
    const x = tensor(new Float32Array(T * D), [1, T, D]);
    expect(await model.trainOnBatch(x, [labels[0]])).toBe(0);
    expect(
      model.layers.flatMap((layer) => layer.getWeights()).every(({ data }) => data.every(Number.isFinite)),
    ).toBe(true);
    await model.dispose();
  });

  it('learns that labels follow one another where the inputs say nothing', async () => {
    const crf = new CRF();
    const model = new Sequential([new Dense({ units: 2 }), crf], { seed: 1, engine: 'wasm' });
    model.compile({ loss: new CRFLoss({ layer: crf }), optimizer: new Adam({ learningRate: 0.05 }) });
    const x = Array.from({ length: 8 }, () => Array.from({ length: 6 }, () => [1]));
    const y = x.map((row, n) => row.map((_, t) => (t + n) % 2));
    const { loss } = await model.fit(x, y, { epochs: 200, batchSize: 8 });
    // Two sequences are left, each as likely.
    expect(loss.at(-1)).toBeLessThan(Math.log(2) + 0.15);
    expect(loss.at(-1)).toBeGreaterThan(Math.log(2) - 1e-3);
    await model.dispose();
  });

  it('refuses outputs and labels that do not fit', async () => {
    const [crf, stray] = [new CRF(), new CRF()];
    const model = new Sequential([new Dense({ units: K }), crf], { engine: 'wasm' });
    await model.build([T, D]);
    const x = tensor(drawn([N, T, D], 5), [N, T, D]);
    model.compile({ loss: new CRFLoss({ layer: stray }), optimizer: 'sgd' });
    await expect(model.evaluate(x, labels)).rejects.toThrow(/no layer of the model/);
    model.compile({ loss: new CRFLoss({ layer: crf }), optimizer: 'sgd' });
    const shorter = labels.map((row) => row.slice(1));
    await expect(model.evaluate(x, shorter)).rejects.toThrow(/4 time steps, the targets have 3/);
    expect(() => new CRFLoss({} as never)).toThrow(/layer/);
  });
});
