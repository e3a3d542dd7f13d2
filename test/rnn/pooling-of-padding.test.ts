import { describe, expect, it } from 'vitest';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Embedding } from '../../src/rnn/layers/embedding.js';
import { GRU } from '../../src/rnn/layers/gru.js';
import { Masking } from '../../src/rnn/layers/masking.js';
import { GlobalAveragePooling1D, GlobalMaxPooling1D } from '../../src/rnn/layers/pooling.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { Adam } from '../../src/rnn/training/optimizers/index.js';

const engines = ['reference', 'wasm', 'gpu:webasm'] as const;
const poolings = { largest: () => new GlobalMaxPooling1D(), mean: () => new GlobalAveragePooling1D() };

describe.each(engines)('pooling of masked steps on %s', (engine) => {
  it.each(Object.entries(poolings))('the %s of nothing but masked steps is 0', async (name, pooling) => {
    const model = new Sequential([new Masking(), pooling()], { engine });
    const y = await model.predict([
      [[0, 0], [0, 0], [0, 0]], // prettier-ignore
      [[-3, 2], [0, 0], [-5, 4]], // prettier-ignore
    ]);
    expect([...y.data]).toEqual(name === 'largest' ? [0, 0, -3, 4] : [0, 0, -4, 3]);
    await model.dispose();
  });

  it('numbers far below 0 are no padding', async () => {
    const model = new Sequential([new Masking(), new GlobalMaxPooling1D()], { engine });
    // Exact in float32.
    const y = await model.predict([[[-(2 ** 60)], [0], [-(2 ** 61)]]]);
    expect([...y.data]).toEqual([-(2 ** 60)]);
    await model.dispose();
  });

  it.each(Object.entries(poolings))('an empty example trains by the bias alone: %s', async (_, pooling) => {
    const model = new Sequential(
      [
        new Embedding({ inputDim: 10, outputDim: 3, maskZero: true }),
        new GRU({ units: 4, returnSequences: true }),
        pooling(),
        new Dense({ units: 1, biasValue: 0.25 }),
      ],
      { engine, seed: 1 },
    );
    model.compile({ loss: 'binaryCrossentropy', optimizer: new Adam({}) });
    const x = [[0, 0, 0]];
    await model.build([3]);
    expect([...(await model.predict(x)).data]).toEqual([0.25]);
    // log(1 + exp(0.25)) by hand.
    expect(await model.trainOnBatch(x, [[0]])).toBeCloseTo(0.8259394, 6);
    await model.dispose();
  });
});
