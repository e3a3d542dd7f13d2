// Spelling to sound by the CMU Pronouncing Dictionary: `npm install --no-save cmu-pronouncing-dictionary`, then
// `node scripts/tasks/spelling-to-sound.mjs <seed> <epochs> <words>`, after `npm run build`; words to train on, or all.
import { dictionary } from 'cmu-pronouncing-dictionary';
import { Seq2Seq } from '../../dist/tasks/index.js';

const [seed = 1, epochs = 6, most = Infinity] = process.argv.slice(2).map(Number);
/** Words that are kept to judge by. */
const JUDGED = 5000;
// One pronunciation a word (others end with a number in brackets), letters alone, stress left out.
const entries = Object.entries(dictionary)
  .filter(([word]) => /^[a-z]+$/.test(word))
  .map(([word, sounds]) => [word, sounds.replace(/\d/g, '')]);
let state = seed;
const draw = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const order = entries.map((entry) => ({ entry, key: draw() })).sort((a, b) => a.key - b.key);
const words = order.map(({ entry }) => entry);
const test = words.slice(0, Math.min(JUDGED, most));
const pairs = words.slice(JUDGED, JUDGED + most);
const model = new Seq2Seq({ units: 128, embeddingDim: 64, targetTokens: 'words', seed, engine: 'wasm' });
const { seconds } = await model.fit(pairs, {
  ...{ epochs, batchSize: 128, learningRate: 4e-3, heldOut: 0.02 },
  onEpoch: ({ epoch, heldOutLoss }) => console.error(`epoch ${epoch}, held out ${heldOutLoss?.toFixed(4)}`),
});
console.log(`${pairs.length} words, ${seconds.toFixed(0)} s, seed ${seed}`);
for (const beam of [1, 5]) {
  const { exact, tokenErrorRate } = model.evaluate(test, { beam });
  const [phonemes, whole] = [100 * tokenErrorRate, 100 * (1 - exact)];
  console.log(
    `beam ${beam}: phoneme error rate ${phonemes.toFixed(2)}%, word error rate ${whole.toFixed(2)}%`,
  );
}
