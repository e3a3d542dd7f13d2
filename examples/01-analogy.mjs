// king - man + woman, and what else the default vectors know.
// Run: node examples/01-analogy.mjs
import { KeyedVectors } from 'seqkit/embeddings';

const vectors = await KeyedVectors.default();

const [best] = vectors.mostSimilar({ positive: ['king', 'woman'], negative: ['man'], topn: 1 });
console.log(`king - man + woman = ${best.word} (${best.score.toFixed(3)})`);

console.log(
  'near "guitar":',
  vectors.mostSimilar({ positive: ['guitar'], topn: 3 }).map(({ word }) => word),
);
console.log('odd one out:', vectors.doesntMatch(['breakfast', 'lunch', 'dinner', 'cereal']));
