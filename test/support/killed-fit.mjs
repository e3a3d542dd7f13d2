/**
 * A training to be killed and begun again: node killed-fit.mjs <checkpoint or -> <model>
 * Prints a line for each step. Two threads, dropout, shuffling and Adam are on; what a checkpoint forgets
 * would show.
 */
import { Adam, Dense, Dropout, GRU, Random, Sequential } from '../../dist/index.js';

const [checkpoint, out] = process.argv.slice(2);
let workers = 0;
process.on('worker', () => workers++);
const [N, T, D] = [90, 8, 24];
const random = new Random(1);
const numbers = (...shape) => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
  shape,
});
const x = numbers(N, T, D);
const y = numbers(N, 4);
const model = new Sequential(
  [new Dense({ units: 64 }), new Dropout({ rate: 0.2 }), new GRU({ units: 160 }), new Dense({ units: 4 })],
  { seed: 7, engine: 'wasm', threads: 2 },
);
model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 2e-3 }) });
await model.fit(x, y, {
  batchSize: 16,
  epochs: 450,
  validationSplit: 0.1,
  earlyStopping: { monitor: 'loss', patience: 450, restoreBest: true },
  ...(checkpoint !== '-' && { checkpoint: { path: checkpoint, everySteps: 9 }, resume: true }),
  onBatch: ({ epoch, batch }) => process.stdout.write(`${epoch} ${batch}\n`),
});
await model.save(out, { force: true });
// The session's own thread and another.
if (workers !== 1) throw new Error(`${workers} further threads ran`);
