/**
 * Trains for so many steps and prints, as JSON, what memory the process held on the way:
 * node --expose-gc --min-semi-space-size=64 steady-memory.mjs <steps> <threads>
 * It must then end by itself, though its threads are still waiting and the model is not disposed of.
 */
import { Adam, Dense, Dropout, LSTM, OneHot, Random, Sequential } from '../../dist/rnn/index.js';

const [steps, threads] = process.argv.slice(2).map(Number);
let workers = 0;
process.on('worker', () => workers++);
const [N, T, V, H] = [16, 16, 65, 64];
const random = new Random(1);
const tokens = () => ({ data: Int32Array.from({ length: N * T }, () => random.integer(V)), shape: [N, T] });
const model = new Sequential(
  [
    new OneHot({ depth: V }),
    new LSTM({ units: H, returnSequences: true, stateful: true }),
    new Dropout({ rate: 0.1 }),
    new LSTM({ units: H, returnSequences: true, stateful: true }),
    new Dense({ units: V }),
  ],
  { engine: 'wasm', threads },
);
model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: new Adam({ globalClipNorm: 1 }) });
/** The buffers of a collection are freed by a thread of V8's, and are off its count when the next collection begins. */
async function collected(ms) {
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, ms));
  globalThis.gc();
}
const samples = [];
for (let step = 1; step <= steps; step++) {
  await model.trainOnBatch(tokens(), tokens());
  if (step % 100 !== 0) continue;
  // Timers and other work get their turn, as in a program that does something besides.
  await new Promise((resolve) => setTimeout(resolve, 0));
  await collected(20);
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  samples.push({ step, rss, heapUsed, arrayBuffers });
}
// Without a collection in between: what the steps themselves allocate. Every 200th keeps a copy of the
// state, to find where a NaN began; it is behind after ten more.
const [x, y] = [tokens(), tokens()];
for (let step = 0; step < 10; step++) await model.trainOnBatch(x, y);
await collected(200);
const held = () => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const before = held();
const counted = 20;
for (let step = 0; step < counted; step++) await model.trainOnBatch(x, y);
const bytesPerStep = (held() - before) / counted;
console.log(JSON.stringify({ workers, bytesPerStep, samples }));
