import { describe, expect, it } from 'vitest';
import { Dense, GRU, Residual, Sequential, SGD, type SeqkitError } from '../../src/rnn/index.js';
import { normals } from '../support/random-tensors.js';

const [N, T, D] = [6, 4, 3];
const [x, y] = [normals(1, N, T, D), normals(2, N, 2)];
const options = { batchSize: 2, epochs: 3 };
const network = (engine: 'wasm' | 'reference' = 'wasm', stateful = false): Sequential => {
  const layers = [new GRU({ units: 4, stateful }), new Dense({ units: 2 })];
  const model = new Sequential(layers, { engine, threads: 1, seed: 4 });
  model.compile({ loss: 'meanSquaredError', optimizer: new SGD({ learningRate: 0.1 }) });
  return model;
};
const refused = expect.objectContaining({ name: 'SeqkitError', code: 'usage' }) as SeqkitError;

describe('what is asked of a model at once', () => {
  it('trains in turn: two fits give the weights that one after the other gives', async () => {
    const [together, inTurn] = [network(), network()];
    const other = normals(3, N, T, D);
    const [first, second] = await Promise.all([together.fit(x, y, options), together.fit(other, y, options)]);
    expect(await inTurn.fit(x, y, options)).toEqual(first);
    expect(await inTurn.fit(other, y, options)).toEqual(second);
    expect(Buffer.from(together.toBytes()).equals(inTurn.toBytes())).toBe(true);
    await Promise.all([together.dispose(), inTurn.dispose()]);
  });

  it.each(['wasm', 'reference'] as const)('predicts each its own on %s', async (engine) => {
    const model = network(engine);
    const inputs = Array.from({ length: 5 }, (_, i) => normals(10 + i, N, T, D));
    const alone = [];
    for (const one of inputs) alone.push(await model.predict(one, { batchSize: 2 }));
    const together = await Promise.all(inputs.map((one) => model.predict(one, { batchSize: 2 })));
    expect(together).toEqual(alone);
    await model.dispose();
  });

  it('evaluates while it trains, without a change to the training', async () => {
    const [disturbed, quiet] = [network('wasm', true), network('wasm', true)];
    const losses: Promise<number>[] = [];
    const onBatch = (): void => void losses.push(disturbed.evaluate(x, y, { batchSize: 2 }));
    await disturbed.fit(x, y, { ...options, onBatch });
    await quiet.fit(x, y, options);
    expect((await Promise.all(losses)).every(Number.isFinite)).toBe(true);
    expect(Buffer.from(disturbed.toBytes()).equals(quiet.toBytes())).toBe(true);
    await Promise.all([disturbed.dispose(), quiet.dispose()]);
  });

  it('refuses compile within a training', async () => {
    const model = network();
    let error: unknown;
    const onBatch = (): void => {
      try {
        model.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
      } catch (thrown) {
        error = thrown;
      }
    };
    await model.fit(x, y, { ...options, onBatch });
    expect(error).toEqual(refused);
    await model.dispose();
  });
});

describe('dispose', () => {
  it('ends a training after the batch in hand, and refuses what waits for its turn', async () => {
    const model = network();
    let batches = 0;
    const training = model.fit(x, y, { ...options, epochs: 1000, onBatch: () => void batches++ });
    const waiting = model.fit(x, y, options);
    const refusal = expect(waiting).rejects.toEqual(refused);
    while (batches < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    await model.dispose();
    expect((await training).stopped).toBe(true);
    expect(batches).toBeLessThan(3000);
    await refusal;
  });

  const calls: Record<string, (model: Sequential) => unknown> = {
    build: (model) => model.build([T, D]),
    checkpoints: (model) => model.checkpoints(),
    compile: (model) => model.compile({ loss: 'meanSquaredError', optimizer: 'adam' }),
    countParameters: (model) => model.countParameters(),
    describe: (model) => model.describe(),
    evaluate: (model) => model.evaluate(x, y),
    evaluateAll: (model) => model.evaluateAll(x, y),
    fit: (model) => model.fit(x, y),
    layer: (model) => model.layer('dense').getWeights(),
    summary: (model) => model.summary(),
    getTrainingState: (model) => model.getTrainingState(),
    predict: (model) => model.predict(x),
    predictAll: (model) => model.predictAll(x),
    resetStates: (model) => model.resetStates(),
    save: (model) => model.save('/nowhere/to/be/found'),
    setTrainingState: (model) =>
      model.setTrainingState({ engine: 'wasm', step: 0, updates: 0, buffers: new Map() }),
    stepper: (model) => model.stepper(),
    toBytes: (model) => model.toBytes(),
    trainOnBatch: (model) => model.trainOnBatch(x, y),
    useWorker: (model) => model.useWorker(),
    'getWeights of a layer': (model) => model.layers[0].getWeights(),
  };
  it.each(Object.keys(calls))('is the end of %s', async (name) => {
    const model = network();
    await model.fit(x, y);
    await model.dispose();
    await model.dispose();
    const attempt = async (): Promise<unknown> => calls[name](model);
    await expect(attempt()).rejects.toEqual(refused);
    await expect(attempt()).rejects.toThrow('was disposed of');
  });

  it('leaves out no method', () => {
    const own = new Set<string>();
    for (
      let at: object = Sequential.prototype;
      at !== Object.prototype;
      at = Object.getPrototypeOf(at) as object
    ) {
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
        if (typeof value === 'function' && !['constructor', 'dispose', 'open'].includes(name)) own.add(name);
      }
    }
    expect([...own].filter((name) => !(name in calls))).toEqual([]);
  });

  it('of a stepper is the end of its methods', async () => {
    const model = network();
    await model.build([T, D]);
    const stepper = model.stepper();
    const before = stepper.getState();
    await model.dispose();
    // It holds its own copy of the weights.
    expect(stepper.step([1, 2, 3]).every(Number.isFinite)).toBe(true);
    stepper.dispose();
    stepper.dispose();
    expect(() => stepper.step([1, 2, 3])).toThrow(refused);
    expect(() => stepper.reset()).toThrow(refused);
    expect(() => stepper.getState()).toThrow(refused);
    expect(() => stepper.setState(before)).toThrow(refused);
  });

  it('comes at the end of a block of using, where the platform has the symbols', async () => {
    const model = network();
    await model.build([T, D]);
    const stepper = model.stepper();
    stepper[Symbol.dispose]();
    expect(() => stepper.reset()).toThrow(refused);
    await model[Symbol.asyncDispose]();
    expect(() => model.toBytes()).toThrow(refused);
    const other = network();
    other[Symbol.dispose]();
    await expect(other.predict(x)).rejects.toEqual(refused);
  });
});

describe('a layer in two places', () => {
  it('of two models is refused, as its numbers can live in one alone', async () => {
    const layer = new Dense({ units: 2 });
    const [one, other] = [new Sequential([layer]), new Sequential([layer])];
    await one.build([D]);
    await expect(other.build([D])).rejects.toEqual(refused);
    await one.dispose();
  });

  it('inside another and beside it is refused', async () => {
    const layer = new Dense({ units: D });
    const model = new Sequential([layer, new Residual({ layers: [new Dense({ units: D })] })]);
    await model.build([D]);
    const inside = new Dense({ units: D });
    const twice = new Sequential([new Residual({ layers: [inside, inside] })]);
    await expect(twice.build([D])).rejects.toThrow('stands in another place too');
    await model.dispose();
  });
});
