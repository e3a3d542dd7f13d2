import { expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { association, biasQuestion, sizeInWords } from '../../src/studio/words/bias-sets.js';

const vectors = KeyedVectors.fromRows(
  ['rose', 'lily', 'wasp', 'love', 'peace', 'war'],
  Float32Array.from([3, 4, 1, 0, 0, 1, 2, 0, 4, 3, 0, 5]),
);

it('reads the sets of a bias audit: names, unknown words, and as many of X as of Y', () => {
  const typed = { x: 'flowers: rose, lily thorn rose', y: 'wasp', a: 'good: love peace', b: 'war' };
  expect(biasQuestion(typed, vectors)).toEqual({
    sets: {
      x: { name: 'flowers', words: ['rose'] },
      y: { name: 'Y', words: ['wasp'] },
      a: { name: 'good', words: ['love', 'peace'] },
      b: { name: 'B', words: ['war'] },
    },
    unknown: ['thorn'],
    surplus: ['lily'],
  });
});

it('tells how much nearer a word is to A than to B', () => {
  const { sets } = biasQuestion({ x: 'rose', y: 'wasp', a: 'love peace', b: 'war' }, vectors);
  // Cosines of rose, (0.6, 0.8): 0.6 with love, 0.96 with peace, 0.8 with war. Of wasp, (0, 1): 0, 0.6 and 1.
  expect(association(vectors, 'rose', sets)).toBeCloseTo((0.6 + 0.96) / 2 - 0.8, 6);
  expect(association(vectors, 'wasp', sets)).toBeCloseTo((0 + 0.6) / 2 - 1, 6);
});

it("says an effect's size as Cohen does", () => {
  expect([1.5, -0.8, 0.79, 0.2, -0.1, 0].map(sizeInWords)).toEqual([
    'a large effect',
    'a large effect',
    'a medium effect',
    'a small effect',
    'hardly any effect',
    'hardly any effect',
  ]);
});
