import { GRU, Sequential } from '../dist/rnn/index.js';
import { peakRssMB, round, timeCalls } from './character-model.mjs';

export const options = { units: 128, features: 128, steps: 500, seconds: 3 };

/** A GRU, one step at a call at batch 1, as the detector runs on a microphone. */
export async function measure({ units, features, steps, seconds }) {
  const model = new Sequential([new GRU({ units, returnSequences: true })], { engine: 'wasm', seed: 1 });
  await model.build([1, features]);
  const stepper = model.stepper();
  const x = Float32Array.from({ length: features }, (_, i) => Math.sin(i));
  const { median, min, count } = await timeCalls(() => {
    for (let i = 0; i < steps; i++) stepper.step(x);
  }, seconds);
  return {
    bench: 'streaming',
    units,
    features,
    microsecondsPerStep: round((median * 1000) / steps),
    bestMicrosecondsPerStep: round((min * 1000) / steps),
    runs: count,
    peakRssMB: peakRssMB(),
    node: process.version,
  };
}

export function* table({ units, features, microsecondsPerStep, bestMicrosecondsPerStep, node }) {
  yield `one step of a GRU of ${units} on ${features} features, batch 1, Node ${node}`;
  yield `  microseconds      ${microsecondsPerStep} (median), ${bestMicrosecondsPerStep} at best`;
}
