import { expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { modelOptions, passesFor, tokensOf } from '../../src/studio/words/training-settings.js';
import { frequentWords, trainedVectors } from '../../src/studio/words/vectors.js';

it('reads a short text more often, and a long one as often as gensim does', () => {
  expect([0, 10_000, 60_000, 300_000, 50_000_000].map(passesFor)).toEqual([100, 100, 50, 10, 5]);
  const choices = { model: 'word2vec', vectorSize: 20, minCount: 2 } as const;
  expect(modelOptions(choices, 60_000)).toMatchObject({ vectorSize: 20, minCount: 2, sg: 1, epochs: 50 });
  expect(modelOptions({ ...choices, passes: 7 }, 60_000)).toMatchObject({ epochs: 7 });
  expect(modelOptions({ ...choices, model: 'fasttext' }, 60_000)).toHaveProperty('bucket');
});

it('finds words where no spaces part them', () => {
  expect(['Some text', 'Größe, ёлка', '我们在这里', 'これは', 'ภาษาไทย'].map(tokensOf)).toEqual([
    ...['words', 'words', 'segments', 'segments', 'segments'],
  ]);
});

it('offers frequent words that say something', () => {
  const words = ['the', 'there', '1999', 'water', 'a-b-c', 'größe', 'fire'];
  const vectors = KeyedVectors.fromRows(words, new Float32Array(words.length).fill(1));
  expect(frequentWords(vectors, 3)).toEqual(['there', 'water', 'größe']);
  expect(frequentWords(vectors, 9)).toEqual(['there', 'water', 'größe', 'fire']);
});

it('takes nothing that was kept for trained vectors which is something else', () => {
  const kept = { name: 'Trained here', file: 'vectors.safetensors', bytes: new Uint8Array(3) };
  expect(trainedVectors(kept)).toEqual(kept);
  for (const other of [undefined, 'text', {}, { ...kept, bytes: [1] }, { ...kept, file: undefined }]) {
    expect(trainedVectors(other)).toBeUndefined();
  }
});
