import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { Dense, Embedding, GlobalAveragePooling1D, Sequential } from '../../src/rnn/index.js';
import { padSequences, Tokenizer } from '../../src/text/index.js';

const vectors = KeyedVectors.fromRows(['cat', 'dog', 'sun'], Float32Array.of(1, 2, 3, 4, 5, 6));
const table = async (layer: Embedding): Promise<number[][]> => {
  const model = new Sequential([layer], { engine: 'reference' });
  await model.build([2]);
  const [{ data, shape }] = layer.getWeights();
  await model.dispose();
  return Array.from({ length: shape[0] }, (_, row) => [...data].slice(row * shape[1], (row + 1) * shape[1]));
};

describe('the table', () => {
  it('has the vector of each word of a list, and zeros for others', async () => {
    const layer = Embedding.fromVectors(vectors, ['', 'dog', 'bird', 'cat']);
    expect(await table(layer)).toEqual([
      [0, 0],
      [3, 4],
      [0, 0],
      [1, 2],
    ]);
    expect(layer.coverage).toEqual({ words: 3, found: 2, missing: ['bird'] });
    expect(layer.trainable).toBe(false);
  });

  it('goes by the indices of a Tokenizer, as far as numWords', async () => {
    const tokenizer = new Tokenizer({ oovToken: '?', numWords: 4 });
    tokenizer.fitOnTexts(['sun cat', 'sun sun cat dog']);
    const layer = Embedding.fromVectors(vectors, tokenizer.wordIndex, { inputDim: tokenizer.size });
    expect(await table(layer)).toEqual([
      [0, 0],
      [0, 0],
      [5, 6],
      [1, 2],
    ]);
    expect(layer.coverage).toEqual({ words: 3, found: 2, missing: ['?'] });
  });

  it('has small random numbers for unknown words where they are asked for, the same for a seed', async () => {
    const make = (seed: number): Promise<number[][]> =>
      table(Embedding.fromVectors(vectors, ['', 'bird', 'fish'], { unknown: 'random', seed }));
    const [padding, ...rows] = await make(1);
    expect(padding).toEqual([0, 0]);
    expect(rows.flat().every((value) => value !== 0 && Math.abs(value) <= 0.05)).toBe(true);
    expect(await make(1)).toEqual([padding, ...rows]);
    expect(await make(2)).not.toEqual([padding, ...rows]);
  });
});

describe('training', () => {
  const x = [[1, 2, 0]];
  const train = async (trainable: boolean): Promise<number[][]> => {
    const layer = Embedding.fromVectors(vectors, ['', 'cat', 'dog'], { maskZero: true, trainable });
    const model = new Sequential([layer, new GlobalAveragePooling1D(), new Dense({ units: 1 })], {
      engine: 'wasm',
    });
    model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
    await model.trainOnBatch(x, [[5]]);
    const again = await Sequential.load(model.toBytes(), { engine: 'wasm' });
    expect(again.layers[0].trainable).toBe(trainable);
    expect([...(await again.predict(x)).data]).toEqual([...(await model.predict(x)).data]);
    const [{ data }] = layer.getWeights();
    await model.dispose();
    await again.dispose();
    return [0, 1, 2].map((row) => [...data].slice(2 * row, 2 * row + 2));
  };

  it('leaves the vectors as they are, or moves them, but not padding', async () => {
    expect(await train(false)).toEqual([
      [0, 0],
      [1, 2],
      [3, 4],
    ]);
    const moved = await train(true);
    expect(moved[0]).toEqual([0, 0]);
    expect(moved[1]).not.toEqual([1, 2]);
  });
});

describe('with the vectors that come with seqkit', () => {
  it('words become their vectors', async () => {
    const words = await KeyedVectors.default();
    const tokenizer = new Tokenizer();
    tokenizer.fitOnTexts(['The king saw the queen.', 'Xqzzy!']);
    const layer = Embedding.fromVectors(words, tokenizer.wordIndex, { maskZero: true });
    expect(layer.coverage).toEqual({ words: 5, found: 4, missing: ['xqzzy'] });
    const model = new Sequential([layer], { engine: 'wasm' });
    const found = await model.predict(
      padSequences(tokenizer.textsToSequences(['king xqzzy']), { maxLength: 3 }),
    );
    expect(found.shape).toEqual([1, 3, 100]);
    expect([...found.data].slice(0, 100)).toEqual(new Array(100).fill(0));
    expect([...found.data].slice(100, 200)).toEqual([...words.get('king')]);
    expect([...found.data].slice(200)).toEqual(new Array(100).fill(0));
    await model.dispose();
    words.dispose();
  });
});

describe('refused', () => {
  it.each([
    ['no vectors', () => Embedding.fromVectors({} as never, ['a']), 'must be word vectors'],
    ['a word twice', () => Embedding.fromVectors(vectors, ['a', 'a']), 'a word comes twice'],
    [
      'a token twice',
      () =>
        Embedding.fromVectors(
          vectors,
          new Map([
            ['a', 1],
            ['b', 1],
          ]),
        ),
      'a token comes twice',
    ],
    ['no words', () => Embedding.fromVectors(vectors, ['']), 'must be at least one word'],
    [
      'an object of words',
      () => Embedding.fromVectors(vectors, { a: 1 } as never),
      'a Map from words to tokens',
    ],
    [
      'vectors of another length',
      () =>
        Embedding.fromVectors({ size: 1, vectorSize: 3, has: () => true, get: () => Float32Array.of(1) }, [
          'a',
        ]),
      'an array of 3 finite numbers',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});
