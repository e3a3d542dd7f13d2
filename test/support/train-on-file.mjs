/** Trains a small model for a few steps and measures it: node train-on-file.mjs <text> <other text>. */
import { fileText, TextModel } from '../../dist/text/index.js';

const [path, other] = process.argv.slice(2);
const model = new TextModel({ units: 16, layers: 1, engine: 'wasm', threads: 1 });
const history = await model.fit(fileText(path), { steps: 30 });
const measured = await model.evaluate(fileText(other), { batchSize: 64 });
console.log(
  JSON.stringify({
    peakBytes: process.resourceUsage().maxRSS * 1024,
    heldOutLoss: history.heldOutLoss[0],
    steps: history.steps,
    measured: measured.characters,
  }),
);
