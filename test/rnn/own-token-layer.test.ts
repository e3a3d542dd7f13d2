import { describe, expect, it } from 'vitest';
import type { Layer } from '../../src/rnn/index.js';
import { Add, Dense, Embedding, gradientCheck, GRU, input, Model, Sequential } from '../../src/rnn/index.js';
import { expectExactGradients } from '../support/exact-gradients.js';
import { normals } from '../support/random-tensors.js';
// @ts-expect-error A file of JavaScript, as a user writes it.
import { LetterEmbedding as Untyped } from './letter-embedding.mjs';

const LetterEmbedding = Untyped as new (options: {
  letters: unknown;
  outputDim: number;
  name?: string;
}) => Layer;
const own = { LetterEmbedding: (options: never) => new LetterEmbedding(options) };
const tokens = [
  [0, 3, 5],
  [4, 4, 1],
];
const classes = [[0], [1]];

describe("a layer of one's own that takes tokens", () => {
  const make = (): Layer => new LetterEmbedding({ letters: 3, outputDim: 4 });
  const classifier = (engine: 'wasm' | 'reference' = 'wasm'): Sequential =>
    new Sequential([make(), new GRU({ units: 5 }), new Dense({ units: 2 })], { engine });

  it('has the gradients of finite differences', () => {
    const errors = gradientCheck([make(), new Dense({ units: 2 })], {
      loss: 'meanSquaredError',
      x: tokens,
      y: normals(2, 2, 3, 2),
    });
    expect(errors.map(({ name }) => name)).toContain('letterembedding/table');
    expectExactGradients("a layer of one's own that takes tokens", errors);
  });

  it('trains, is saved and opened', async () => {
    const model = classifier();
    model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: 'adam' });
    const before = await model.evaluate(tokens, classes);
    await model.fit(tokens, classes, { epochs: 20 });
    expect(await model.evaluate(tokens, classes)).toBeLessThan(before);
    const again = await Sequential.load(model.toBytes(), { engine: 'wasm', layers: own });
    expect([...(await again.predict(tokens)).data]).toEqual([...(await model.predict(tokens)).data]);
    await model.dispose();
    await again.dispose();
  });

  it('has its tokens checked', async () => {
    const model = classifier('reference');
    await expect(model.predict([[6, 0]])).rejects.toThrow('The token 6 is not a whole number from 0 to 5');
    await expect(model.predict([[[1, 2]]])).rejects.toThrow('the model takes (batch, time) of tokens');
  });

  it('stands in a graph, beside an Embedding of the same input', async () => {
    const x = input({ shape: [null] });
    const sum = new Add().apply([make().apply(x), new Embedding({ inputDim: 6, outputDim: 4 }).apply(x)]);
    const model = new Model({ inputs: x, outputs: new GRU({ units: 2 }).apply(sum) }, { engine: 'wasm' });
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    const y = [
      [1, 0],
      [0, 1],
    ];
    const first = await model.trainOnBatch(tokens, y);
    expect(await model.trainOnBatch(tokens, y)).toBeLessThan(first);
    const again = await Model.load(model.toBytes(), { engine: 'wasm', layers: own });
    expect([...(await again.predict(tokens)).data]).toEqual([...(await model.predict(tokens)).data]);
    await model.dispose();
    await again.dispose();
  });

  it('is refused where it cannot stand, or gives no number of tokens', () => {
    const x = input({ shape: [null] });
    const build = (outputs: ReturnType<Layer['apply']>): Model => new Model({ inputs: x, outputs });
    expect(() => build(make().apply(new Dense({ units: 2 }).apply(x)))).toThrow(
      'takes tokens, so it can only be the first layer',
    );
    expect(() =>
      build(new Add().apply([make().apply(x), new Embedding({ inputDim: 5, outputDim: 4 }).apply(x)])),
    ).toThrow('takes 5 different tokens, another layer of the same input 6');
    const broken = (letters: unknown): Model =>
      build(new LetterEmbedding({ letters, outputDim: 4 }).apply(x));
    expect(() => broken(1.25)).toThrow(
      'tokens of the layer LetterEmbedding must be a whole number from 1 to 2147483647, not 2.5',
    );
    expect(() => broken('many')).toThrow('tokens of the layer LetterEmbedding');
  });
});
