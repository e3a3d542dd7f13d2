// Dates as people write them to ISO dates: `node scripts/tasks/dates.mjs <seed>`, after `npm run build`.
import { Seq2Seq } from '../../dist/tasks/index.js';
import { datePairs } from '../../examples/dates/date-pairs.mjs';

const seed = Number(process.argv[2] ?? 1);
const heldOut = datePairs(1000, 1_000 + seed);
const asked = new Set(heldOut.map(([source]) => source));
const pairs = datePairs(10_000, seed).filter(([source]) => !asked.has(source));
const model = new Seq2Seq({ units: 64, embeddingDim: 32, dropout: 0, seed, engine: 'wasm' });
const { seconds, steps } = await model.fit(pairs, {
  ...{ epochs: 20, batchSize: 64, learningRate: 4e-3, heldOut: 0.05 },
  onEpoch: ({ epoch, loss }) => console.error(`epoch ${epoch}, loss ${loss.toFixed(5)}`),
});
console.log(`${pairs.length} pairs, ${steps} steps, ${seconds.toFixed(0)} s, seed ${seed}`);
for (const beam of [1, 4]) {
  const began = performance.now();
  const { exact } = model.evaluate(heldOut, { beam });
  const perSecond = heldOut.length / ((performance.now() - began) / 1000);
  console.log(`beam ${beam}: ${(100 * exact).toFixed(1)}% exact, ${perSecond.toFixed(0)} a second`);
}
