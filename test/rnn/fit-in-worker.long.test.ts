import { describe, expect, it } from 'vitest';
import {
  Adam,
  BatchNormalization,
  Dense,
  Dropout,
  LSTM,
  Model,
  Sequential,
  input,
  type FitOptions,
} from '../../src/rnn/index.js';
import type { SeqkitError } from '../../src/base/errors.js';
import { Random } from '../../src/base/math/random.js';
import { TextModel } from '../../src/text/model/text-model.js';

const random = new Random(5);
const [N, T, D] = [24, 7, 3];
const x = { data: Float32Array.from({ length: N * T * D }, () => random.normal()), shape: [N, T, D] };
const y = { data: Float32Array.from({ length: N }, (_, n) => n % 2), shape: [N, 1] };

/** With what is kept beside the weights: running statistics, dropout's counter, the optimizer's moments. */
function network(options: ConstructorParameters<typeof Sequential>[1] = {}): Sequential {
  const model = new Sequential(
    [
      new LSTM({ units: 8 }),
      new BatchNormalization(),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 1, activation: 'sigmoid' }),
    ],
    { seed: 3, threads: 1, ...options },
  );
  model.compile({
    optimizer: new Adam({ learningRate: 0.01 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

const options: FitOptions = { epochs: 3, batchSize: 5, validationSplit: 0.25 };

describe('fit with worker: true', () => {
  it('gives the numbers of the caller’s thread, to the last bit, with two threads of its own', async () => {
    const here = network();
    const there = network({ engine: 'wasm', threads: 2 });
    const history = await here.fit(x, y, options);
    expect(await there.fit(x, y, { ...options, worker: true })).toEqual(history);
    expect(there.toBytes()).toEqual(here.toBytes());
    expect(await there.predict(x)).toEqual(await here.predict(x));
    expect(await there.evaluateAll(x, y)).toEqual(await here.evaluateAll(x, y));
    expect(await there.getTrainingState()).toEqual(await here.getTrainingState());
    await Promise.all([here.dispose(), there.dispose()]);
  });

  it('goes on in the worker where a training stood, and takes what is set from outside', async () => {
    const [here, moved] = [network(), network()];
    for (const model of [here, moved]) await model.fit(x, y, options);
    const kernel = moved.layers[3].getWeights()[0].data.map((w) => w / 2);
    for (const model of [here, moved]) {
      model.layers[3].setWeights([kernel, model.layers[3].getWeights()[1].data]);
    }
    await here.fit(x, y, options);
    await moved.fit(x, y, { ...options, worker: true });
    expect(moved.toBytes()).toEqual(here.toBytes());
    for (const model of [here, moved]) model.layers[3].setWeights([kernel, new Float32Array(1)]);
    expect(await moved.trainOnBatch(x, y)).toBe(await here.trainOnBatch(x, y));
    expect(moved.toBytes()).toEqual(here.toBytes());
    await Promise.all([here.dispose(), moved.dispose()]);
  });

  it('calls back on the caller’s side, waits for it, and stops by the signal', async () => {
    const model = network();
    const stop = new AbortController();
    const batches: number[] = [];
    const { stopped } = await model.fit(x, y, {
      ...{ batchSize: 4, epochs: 50, worker: true, signal: stop.signal },
      onBatch: async ({ batch, epoch }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        batches.push(batch);
        if (epoch === 2) stop.abort();
      },
    });
    expect(stopped).toBe(true);
    expect(batches).toEqual([1, 2, 3, 4, 5, 6, 1]);
    await model.dispose();
  });

  it('says where a loss ceases to be a number, and goes back to before it, as on the caller’s thread', async () => {
    const bad = { ...y, data: y.data.map((value, n) => (n === 9 ? Infinity : value)) };
    const told = async (worker: boolean) => {
      const model = network();
      model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
      const error = await model
        .fit(x, bad, { worker, shuffle: false, batchSize: 8 })
        .catch((thrown: unknown) => thrown);
      const { code, message, hint } = error as SeqkitError;
      const bytes = model.toBytes();
      await model.dispose();
      return { code, message, hint, bytes };
    };
    const found = await told(true);
    expect(found.code).toBe('diverged');
    expect(found).toEqual(await told(false));
  });

  it('takes a graph of several inputs and stateful layers', async () => {
    const make = (): Model => {
      const [a, b] = [input({ shape: [null, D] }), input({ shape: [null, D] })];
      const [u, v] = [a, b].map((end) => new LSTM({ units: 4, stateful: true }).apply(end));
      const model = new Model(
        { inputs: [a, b], outputs: [u, v].map((h) => new Dense({ units: 1 }).apply(h)) },
        { seed: 2 },
      );
      model.compile({ optimizer: 'sgd', loss: ['meanSquaredError', 'meanSquaredError'] });
      return model;
    };
    const [here, there] = [make(), make()];
    for (const [model, worker] of [
      [here, false],
      [there, true],
    ] as const) {
      await model.fit([x, x], [y, y], { epochs: 2, batchSize: 8, worker });
    }
    expect(there.toBytes()).toEqual(here.toBytes());
    await Promise.all([here.dispose(), there.dispose()]);
  });

  it('goes on with what it carries from one prediction to the next, and with its training, by useWorker', async () => {
    const make = (): Sequential => {
      const layers = [new LSTM({ units: 4, stateful: true }), new Dense({ units: 1 })];
      const model = new Sequential(layers, { seed: 2, threads: 1 });
      model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
      return model;
    };
    const [here, moved] = [make(), make()];
    const [batch, target] = [
      { data: x.data.subarray(0, 8 * T * D), shape: [8, T, D] },
      { data: y.data.subarray(0, 8), shape: [8, 1] },
    ];
    const first = await here.predict(batch);
    expect(await moved.predict(batch)).toEqual(first);
    await moved.useWorker();
    const second = await here.predict(batch);
    expect(second).not.toEqual(first);
    expect(await moved.predict(batch)).toEqual(second);
    expect(await moved.trainOnBatch(batch, target)).toBe(await here.trainOnBatch(batch, target));
    // Once there it stays, with its trainer.
    await moved.useWorker();
    expect(await moved.trainOnBatch(batch, target)).toBe(await here.trainOnBatch(batch, target));
    expect(await moved.getTrainingState()).toEqual(await here.getTrainingState());
    // One that trains already takes the trainer along.
    const late = make();
    await late.predict(batch);
    await late.predict(batch);
    for (let step = 0; step < 2; step++) await late.trainOnBatch(batch, target);
    await late.useWorker();
    expect(await late.trainOnBatch(batch, target)).toBe(await here.trainOnBatch(batch, target));
    expect(late.toBytes()).toEqual(here.toBytes());
    for (const model of [here, moved, late]) await model.dispose();
  });

  it('refuses what has no worker', async () => {
    const model = network({ engine: 'reference' });
    await expect(model.fit(x, y, { worker: true })).rejects.toMatchObject({
      code: 'usage',
      message: 'The engine "reference" does not run in a worker.',
    });
    await expect(model.fit(x, y, { worker: 'yes' as never })).rejects.toMatchObject({ code: 'bad-value' });
    // It goes on as it was.
    expect((await model.fit(x, y)).loss).toHaveLength(1);
    await model.dispose();
  });

  it('trains texts with the same numbers', async () => {
    const text = 'the rain in the plain fell mainly on the grain. '.repeat(30);
    const told: { bytes: Uint8Array; text: string }[] = [];
    for (const worker of [false, true]) {
      const model = new TextModel({ cell: 'gru', units: 12, layers: 2, dropout: 0.1, seed: 4, threads: 1 });
      await model.fit(text, { epochs: 2, batchSize: 8, seqLength: 12, worker });
      told.push({ bytes: model.toBytes(), text: model.generate({ length: 30 }) });
      await model.dispose();
    }
    expect(told[1]).toEqual(told[0]);
  });
});
