// Trains the model in data/tunes, with which `seqkit compose` plays without one of your own:
// node scripts/make-tune-model.mjs (after npm run build:ts). It learns tunes that make-tunes.mjs composes: those that
// come with seqkit, and as many again of each of five other seeds.
import { fileURLToPath } from 'node:url';
import { readTunes, TuneModel } from '../dist/text/index.js';
import { tuneBook } from './make-tunes.mjs';

const tunes = [20, 21, 22, 23, 24, 25].flatMap((seed) => readTunes(tuneBook(seed).join('\n')).tunes);
const model = new TuneModel({
  ...{ cell: 'lstm', units: 96, layers: 1, dropout: 0.1 },
  ...{ seed: 1, engine: 'wasm', threads: 1 },
});
const { seconds, heldOutLoss } = await model.fit(tunes, {
  ...{ steps: 800, seqLength: 96, learningRate: 7e-3, heldOut: 0.05 },
});
await model.save(fileURLToPath(new URL('../data/tunes/seqkit-tunes.safetensors', import.meta.url)), {
  force: true,
});
console.log(
  `${tunes.length} tunes, ${model.text.countParameters()} parameters, ${seconds.toFixed(0)} s, ` +
    `held out ${Math.min(...heldOutLoss).toFixed(3)} nats a symbol`,
);
await model.dispose();
