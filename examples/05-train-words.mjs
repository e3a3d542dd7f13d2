// Trains word vectors on sentences about pets, meals and weather; words of one kind end up near each other.
import { FastText, textCorpus } from 'seqkit/embeddings';

const kinds = {
  pet: ['cat', 'dog', 'hamster', 'parrot', 'rabbit'],
  meal: ['soup', 'bread', 'porridge', 'salad', 'pancakes'],
  weather: ['rain', 'snow', 'fog', 'hail', 'sunshine'],
};
const sentences = {
  pet: (word) => `my ${word} sleeps in its basket and wants to play`,
  meal: (word) => `we eat ${word} for supper with a wooden spoon`,
  weather: (word) => `all day long there was ${word} over the hills`,
};
const lines = [];
for (let round = 0; round < 100; round++) {
  for (const [kind, words] of Object.entries(kinds)) lines.push(...words.map(sentences[kind]));
}

// One worker: the same seed gives the same vectors.
const model = new FastText({
  vectorSize: 24,
  sg: 1,
  epochs: 5,
  bucket: 1000,
  sample: 0,
  seed: 1,
  workers: 1,
});
await model.fit(textCorpus(lines));

for (const words of Object.values(kinds)) {
  const near = model.wv.mostSimilar({ positive: [words[0]], topn: 4 }).map(({ word }) => word);
  console.log(`like ${words[0]}: ${near.join(', ')}`);
}
const [word] = model.wv.similarByVector(model.getVector('hamsters'), 1).map(({ word }) => word);
console.log(`"hamsters" was in no sentence; nearest: ${word}`);
