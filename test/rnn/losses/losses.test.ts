import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  AbsoluteDifference,
  Adam,
  BinaryCrossentropy,
  CategoricalCrossentropy,
  Concatenate,
  ContrastiveLoss,
  CosineSimilarity,
  CTC,
  Dense,
  GRU,
  Huber,
  input,
  lossNames,
  Masking,
  MeanAbsoluteError,
  MeanSquaredError,
  Model,
  Sequential,
  SGD,
  SparseCategoricalCrossentropy,
  TripletLoss,
  type Layer,
  type LossChoice,
  type LossName,
  type Tensor,
} from '../../../src/rnn/index.js';
import { parseLoss } from '../../../src/rnn/losses/loss-choice.js';
import { numbers, whole } from '../../support/golden-numbers.js';

const [N, T, D, V] = [6, 5, 4, 3];
const x = numbers(1, [N, T, D], 2);
const classes = whole(2, [N, T], V);
const opened: Model[] = [];
afterEach(async () => {
  for (const model of opened.splice(0)) await model.dispose();
});

function compiled(
  layers: Layer[],
  loss: LossChoice,
  engine: 'reference' | 'wasm' | 'gpu:webasm' = 'reference',
): Sequential {
  const model = new Sequential(layers, { engine, seed: 2 });
  opened.push(model);
  model.compile({ loss, optimizer: new SGD({ learningRate: 0.1 }) });
  return model;
}

const objects: Record<LossName, LossChoice> = {
  categoricalCrossentropy: new CategoricalCrossentropy(),
  sparseCategoricalCrossentropy: new SparseCategoricalCrossentropy(),
  binaryCrossentropy: new BinaryCrossentropy(),
  meanSquaredError: new MeanSquaredError(),
  meanAbsoluteError: new MeanAbsoluteError(),
  huber: new Huber(),
  cosineSimilarity: new CosineSimilarity(),
  tripletLoss: new TripletLoss(),
  contrastiveLoss: new ContrastiveLoss(),
  ctc: new CTC(),
};

describe('a loss by its name, with settings and as an object is one loss', () => {
  it('of every name', () => {
    expect(Object.keys(objects)).toEqual(lossNames);
    for (const name of lossNames) {
      expect(JSON.stringify(objects[name])).toBe(JSON.stringify(name));
      expect(JSON.stringify(parseLoss(name))).toBe(JSON.stringify(name));
      expect(parseLoss({ name }).name).toBe(name);
    }
  });

  // What checkpoints of earlier releases hold.
  it.each([
    ['"meanSquaredError"', 'mse'],
    ['{"name":"meanSquaredError"}', { name: 'MSE' }],
    [
      '{"name":"sparseCategoricalCrossentropy","labelSmoothing":0}',
      { name: 'sparse_categorical_crossentropy', labelSmoothing: 0 },
    ],
    [
      '{"labelSmoothing":0.1,"name":"binaryCrossentropy"}',
      { labelSmoothing: 0.1, name: 'binaryCrossentropy' },
    ],
    ['{"name":"huber","delta":2}', new Huber({ delta: 2 })],
  ])('is described as %s', (json, loss) => {
    expect(JSON.stringify(parseLoss(loss))).toBe(json);
  });

  it.each([
    ['categoricalCrossentropy', '{"name":"categoricalCrossentropy","fromLogits":false}'],
    [
      { name: 'categoricalCrossentropy', labelSmoothing: 0.1 },
      '{"name":"categoricalCrossentropy","labelSmoothing":0.1,"fromLogits":false}',
    ],
    [
      new CategoricalCrossentropy({ labelSmoothing: 0.1 }),
      '{"name":"categoricalCrossentropy","labelSmoothing":0.1,"fromLogits":false}',
    ],
  ])('that fits an output which ends with softmax: %j', (loss, json) => {
    expect(JSON.stringify(parseLoss(loss).fitting('softmax', 'out'))).toBe(json);
  });

  it('a run that was begun with the name goes on with the object', async () => {
    const folder = fs.mkdtempSync(path.join(tmpdir(), 'seqkit-losses-'));
    const checkpoint = { path: path.join(folder, 'run.safetensors') };
    const layers = (): Layer[] => [new Dense({ units: V })];
    const whole = compiled(layers(), 'sparseCategoricalCrossentropy', 'wasm');
    await whole.fit(x, classes, { epochs: 3, batchSize: 2 });
    await compiled(layers(), 'sparseCategoricalCrossentropy', 'wasm').fit(x, classes, {
      batchSize: 2,
      checkpoint,
    });
    const resumed = compiled(layers(), new SparseCategoricalCrossentropy(), 'wasm');
    await resumed.fit(x, classes, { epochs: 3, batchSize: 2, checkpoint, resume: true });
    expect(resumed.toBytes()).toEqual(whole.toBytes());
    const other = compiled(layers(), new SparseCategoricalCrossentropy({ labelSmoothing: 0.1 }), 'wasm');
    await expect(other.fit(x, classes, { batchSize: 2, checkpoint, resume: true })).rejects.toThrow(
      'belongs to another run',
    );
    fs.rmSync(folder, { recursive: true });
  });

  it.each([
    [{ name: 'huber', margin: 1 }, 'The loss has no option "margin".'],
    [
      { name: 'meanSquaredError', labelSmoothing: 0.1 },
      'meanSquaredError has no logits and no labels to smooth.',
    ],
    [{ name: 'ctc', zeroInfinity: 1 }, 'The loss: zeroInfinity must be true or false, not 1.'],
    ['hubber', 'The loss must be one of'],
    [Huber, 'The loss must be one of'],
  ])('refuses what it does not take: %j', (loss, message) => {
    expect(() => parseLoss(loss)).toThrow(message);
  });
});

describe('three embeddings of one network', () => {
  const sides = [3, 4, 5].map((key) => numbers(key, [N, D], 2));
  const build = (loss: LossChoice, engine: 'reference' | 'wasm' = 'wasm'): Model => {
    const inputs = sides.map(() => input({ shape: [D] }));
    const embed = new Dense({ units: 2, name: 'embed' });
    const outputs = new Concatenate().apply(inputs.map((one) => embed.apply(one)));
    const model = new Model({ inputs, outputs }, { engine, seed: 6 });
    opened.push(model);
    model.compile({ loss, optimizer: new Adam({ learningRate: 0.05 }) });
    return model;
  };

  it('learn without targets', async () => {
    const model = build(new TripletLoss({ margin: 0.5 }));
    const history = await model.fit(sides, undefined, { epochs: 60, validationData: { x: sides } });
    expect(history.validationLoss[59]).toBeCloseTo(await model.evaluate(sides), 12);
    expect(history.loss[0]).toBeGreaterThan(0.3);
    expect(history.loss[59]).toBeLessThan(0.01);
    const { data } = await model.predict(sides);
    const distance = (n: number, side: number): number =>
      (data[6 * n] - data[6 * n + 2 * side]) ** 2 + (data[6 * n + 1] - data[6 * n + 2 * side + 1]) ** 2;
    const byHand = Array.from({ length: N }, (_, n) => Math.max(distance(n, 1) - distance(n, 2) + 0.5, 0));
    expect(await model.evaluate(sides)).toBeCloseTo(byHand.reduce((a, b) => a + b) / N, 6);
    // Targets that are given all the same change nothing.
    const again = build(new TripletLoss({ margin: 0.5 }));
    expect((await again.fit(sides, new Array<number>(N).fill(0), { epochs: 60 })).loss).toEqual(history.loss);
    expect(await model.trainOnBatch(sides)).toBeLessThan(0.01);
  });

  it('stand beside an output with targets', async () => {
    const inputs = sides.map(() => input({ shape: [D] }));
    const embed = new Dense({ units: 2 });
    const embedded = inputs.map((one) => embed.apply(one));
    const outputs = [
      new Concatenate().apply(embedded),
      new Dense({ units: 1, name: 'value' }).apply(embedded[0]),
    ];
    const model = new Model({ inputs, outputs }, { engine: 'wasm', seed: 6 });
    opened.push(model);
    model.compile({
      loss: ['tripletLoss', 'mse'],
      optimizer: new Adam({ learningRate: 0.05 }),
      metrics: { value: ['mae'] },
    });
    const values = numbers(9, [N, 1]);
    const { loss, metrics } = await model.fit(sides, [undefined, values] as never, { epochs: 40 });
    expect(loss[39]).toBeLessThan(loss[0] / 2);
    const mae = metrics!['valueMeanAbsoluteError'];
    expect(mae[39]).toBeLessThan(mae[0]);
    await expect(model.fit(sides, [undefined, undefined] as never)).rejects.toThrow('y[1] must be');
  });

  it('do not divide into three', async () => {
    const model = compiled([new Dense({ units: 4 })], 'tripletLoss');
    await expect(model.fit(sides[0])).rejects.toThrow(
      'tripletLoss takes the embeddings of anchor, positive and negative side by side, a multiple of 3 features; the output has 4.',
    );
  });

  it('losses that take targets still ask for them', async () => {
    await expect(
      compiled([new Dense({ units: V })], 'mae').fit(x, x, { validationData: { x } }),
    ).rejects.toThrow('validationData needs the option "y".');
    await expect(compiled([new Dense({ units: 4 })], 'mae').fit(sides[0])).rejects.toThrow(
      'fit needs targets',
    );
  });
});

describe('two embeddings of one network', () => {
  const [a, b] = [7, 8].map((key) => numbers(key, [N, D], 2));
  const same = { data: Float64Array.from({ length: N }, (_, n) => n % 2), shape: [N, 1] };
  const build = (head: (a: never, b: never) => never, loss: LossChoice): Model => {
    const inputs = [input({ shape: [D] }), input({ shape: [D] })];
    const embed = new Dense({ units: 3 });
    const [left, right] = inputs.map((one) => embed.apply(one));
    const model = new Model(
      { inputs, outputs: head(left as never, right as never) },
      { engine: 'wasm', seed: 1 },
    );
    opened.push(model);
    model.compile({ loss, optimizer: new Adam({ learningRate: 0.05 }), metrics: [] });
    return model;
  };

  it('learn by the contrastive loss', async () => {
    const model = build(
      (l, r) => new Concatenate().apply([l, r]) as never,
      new ContrastiveLoss({ margin: 2 }),
    );
    const { loss } = await model.fit([a, b], same, { epochs: 150 });
    expect(loss[149]).toBeLessThan(loss[0] / 5);
    const { data } = await model.predict([a, b]);
    const wanted = Array.from({ length: N }, (_, n) => {
      const d = Math.hypot(...[0, 1, 2].map((i) => data[6 * n + i] - data[6 * n + 3 + i]));
      return n % 2 ? d * d : Math.max(2 - d, 0) ** 2;
    });
    expect(await model.evaluate([a, b], same)).toBeCloseTo(wanted.reduce((p, q) => p + q) / N, 5);
  });

  it('learn by a head on |f(a) - f(b)|', async () => {
    const model = build(
      (l, r) =>
        new Dense({ units: 1, activation: 'sigmoid' }).apply(new AbsoluteDifference().apply([l, r])) as never,
      'binaryCrossentropy',
    );
    const { loss } = await model.fit([a, b], same, { epochs: 200 });
    expect(loss[199]).toBeLessThan(loss[0] / 3);
  });

  it('of one point have a gradient that is a number', async () => {
    const model = compiled([new Dense({ units: 6, kernelInitializer: 'zeros' })], 'contrastiveLoss');
    const none = { data: new Float64Array(N), shape: [N, 1] };
    expect(await model.trainOnBatch(a, none)).toBeCloseTo(1, 12);
    expect(await model.trainOnBatch(a, none)).toBeCloseTo(1, 12);
  });
});

describe('ctc', () => {
  const network = (loss: LossChoice = 'ctc', masked = false): Sequential =>
    compiled(
      [
        ...(masked ? [new Masking()] : []),
        new GRU({ units: 4, returnSequences: true }),
        new Dense({ units: V }),
      ],
      loss,
      'wasm',
    );
  const labels = (...rows: number[][]): number[][] =>
    Array.from({ length: N }, (_, n) => rows[n % rows.length]);

  it('learns to spell', async () => {
    const model = compiled(
      [new GRU({ units: 12, returnSequences: true }), new Dense({ units: V })],
      'ctc',
      'wasm',
    );
    model.compile({ loss: 'ctc', optimizer: new Adam({ learningRate: 0.05 }) });
    const y = labels([1, 2], [2, 0], [1, 1]);
    const { loss } = await model.fit(x, y, { epochs: 120 });
    expect(loss[119]).toBeLessThan(0.05);
    const { data } = await model.predict(x);
    const spelled = Array.from({ length: N }, (_, n) => {
      const best = Array.from({ length: T }, (_, t) => {
        const row = Array.from(data.slice((n * T + t) * V, (n * T + t + 1) * V));
        return row.indexOf(Math.max(...row));
      });
      const merged = best.filter((one, t) => one !== 0 && one !== best[t - 1]);
      return [...merged, 0, 0].slice(0, 2);
    });
    expect(spelled).toEqual(y);
  });

  it('gives the sum over all ways, counted one by one', async () => {
    const model = compiled([new Dense({ units: V })], 'ctc');
    const short = { data: x.data.slice(0, 3 * D), shape: [1, 3, D] };
    const { data } = await model.predict(short);
    const p = Array.from({ length: 3 }, (_, t) => {
      const e = Array.from(data.slice(t * V, (t + 1) * V), Math.exp);
      return e.map((one) => one / e.reduce((a, b) => a + b));
    });
    let total = 0;
    for (let way = 0; way < V ** 3; way++) {
      const steps = [way % V, Math.floor(way / V) % V, Math.floor(way / V ** 2)];
      const spelled = steps.filter((one, t) => one !== 0 && one !== steps[t - 1]);
      if (spelled.join() === '2,1') total += steps.reduce((product, one, t) => product * p[t][one], 1);
    }
    expect(await model.evaluate(short, [[2, 1, 0]])).toBeCloseTo(-Math.log(total), 6);
  });

  it.each<[string, number[][], object, string]>([
    [
      'too many labels',
      labels([1, 2, 1, 2, 1, 2]),
      {},
      'The 6 labels of example 0 need 6 time steps; the output has 5.',
    ],
    [
      'too many equal labels',
      labels([1, 2, 0], [1, 1, 1], [0, 0, 0]),
      { lengths: new Array<number>(N).fill(4) },
      'The 3 labels of example 1 need 5 time steps (2 for blanks between equal ones); the output has 4.',
    ],
    ['a blank amid the labels', labels([1, 0, 2]), {}, 'The labels of example 0 have a blank (0) amid them.'],
    [
      'a class that there is not',
      labels([1, 3]),
      {},
      'The target 3 is not a class: a whole number from 0 to 2.',
    ],
    [
      'weights by time step',
      labels([1]),
      { sampleWeight: numbers(1, [N, T]) },
      'Sample weights of shape (6, 5) do not fit',
    ],
  ])('refuses %s', async (_, y, options, message) => {
    await expect(network().fit(x, y, { ...options, shuffle: false })).rejects.toThrow(message);
  });

  it.each<[string, Layer[], string]>([
    [
      'probabilities',
      [new Dense({ units: V, activation: 'softmax' })],
      'ctc takes logits and applies softmax itself.',
    ],
    ['rows', [new GRU({ units: V })], 'ctc takes an output (batch, time, features)'],
  ])('refuses an output of %s', async (_, layers, message) => {
    const fit = async (): Promise<unknown> => compiled(layers, 'ctc').fit(x, labels([1]));
    await expect(fit()).rejects.toThrow(message);
  });

  it('counts what cannot be spelled for nothing where that is asked for', async () => {
    const zeroInfinity = new CTC({ zeroInfinity: true });
    const model = network(zeroInfinity);
    const all = await model.evaluate(x, labels([1, 2, 1, 2, 1, 2]));
    expect(all).toBe(0);
    const some = labels([1, 2, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]);
    const weights = { data: Float64Array.from({ length: N }, (_, n) => +(n % 2 === 0)), shape: [N] };
    expect(await model.evaluate(x, some)).toBeCloseTo(
      await model.evaluate(x, some, { sampleWeight: weights }),
      6,
    );
    expect(await model.evaluate(x, some)).toBeGreaterThan(0.1);
  });

  it('that only a mask of values makes too long diverges, and says where to look', async () => {
    const masked: Tensor = {
      data: x.data.map((value, i) => (i % (T * D) < 2 * D ? value : 0)),
      shape: x.shape,
    };
    await expect(network('ctc', true).fit(masked, labels([1, 2, 1]))).rejects.toMatchObject({
      code: 'diverged',
      hint: expect.stringContaining('Check the targets'),
    });
  });

  it('takes validation data of other sizes', async () => {
    const validationData = {
      x: numbers(4, [3, 9, D]),
      y: [
        [1, 2, 1, 2],
        [1, 0, 0, 0],
        [2, 2, 2, 0],
      ],
    };
    const history = await network().fit(x, labels([1, 2]), { epochs: 2, validationData });
    expect(history.validationLoss.every((loss) => loss > 0 && Number.isFinite(loss))).toBe(true);
  });
});
