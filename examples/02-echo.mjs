// A GRU that learns to repeat what it read two steps ago: fit, predict, save, load.
// Run: node examples/02-echo.mjs
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Adam, Dense, Embedding, GRU, Random, Sequential } from 'seqkit';

const [examples, time, tokens, delay] = [512, 12, 8, 2];
const random = new Random(7);
const x = Array.from({ length: examples }, () => Array.from({ length: time }, () => random.integer(tokens)));
const y = x.map((row) => row.map((_, t) => (t < delay ? 0 : row[t - delay])));

const model = new Sequential(
  [
    new Embedding({ inputDim: tokens, outputDim: 8 }),
    new GRU({ units: 32, returnSequences: true }),
    new Dense({ units: tokens }),
  ],
  { seed: 7 },
);
model.compile({
  optimizer: new Adam({ learningRate: 1e-2, globalClipNorm: 5 }),
  loss: 'sparseCategoricalCrossentropy',
});
const history = await model.fit(x, y, { epochs: 20, validationSplit: 0.1 });
console.log(`held-out loss: ${history.validationLoss.at(-1).toFixed(4)} nats`);

const file = join(await mkdtemp(join(tmpdir(), 'seqkit-')), 'echo.safetensors');
await model.save(file);
const again = await Sequential.load(file);
const { data } = await again.predict([x[0]]);
const answers = Array.from({ length: time }, (_, t) => {
  const logits = data.subarray(t * tokens, (t + 1) * tokens);
  return logits.indexOf(Math.max(...logits));
});
console.log('read:    ', x[0].join(' '));
console.log('repeated:', answers.join(' '));
