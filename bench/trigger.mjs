import {
  Activation,
  Adam,
  BatchNormalization,
  Conv1D,
  Dense,
  Dropout,
  GRU,
  Sequential,
} from '../dist/rnn/index.js';
import { peakRssMB, round, timeCalls } from './character-model.mjs';

export const options = { batch: 16, frames: 5511, bands: 101, threads: 1, seconds: 10 };

/** The founding course's network: 10 s as a spectrogram of 5511 x 101, to 1375 steps. */
export async function measure({ batch, frames, bands, threads, seconds }) {
  const model = new Sequential(
    [
      new Conv1D({ filters: 196, kernelSize: 15, strides: 4 }),
      new BatchNormalization(),
      new Activation({ activation: 'relu' }),
      new Dropout({ rate: 0.2 }),
      new GRU({ units: 128, returnSequences: true }),
      new Dropout({ rate: 0.2 }),
      new BatchNormalization(),
      new GRU({ units: 128, returnSequences: true }),
      new Dropout({ rate: 0.2 }),
      new BatchNormalization(),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 1 }),
    ],
    { engine: 'wasm', seed: 1, threads },
  );
  model.compile({ loss: 'binaryCrossentropy', optimizer: new Adam({ learningRate: 1e-4 }) });
  const steps = Math.floor((frames - 15) / 4) + 1;
  const spectrograms = (count) => ({
    data: Float32Array.from({ length: count * frames * bands }, (_, i) => ((i * 7919) % 1009) / 1009),
    shape: [count, frames, bands],
  });
  const x = spectrograms(batch);
  const y = {
    data: Float32Array.from({ length: batch * steps }, (_, i) => (i % 10 === 0 ? 1 : 0)),
    shape: [batch, steps, 1],
  };
  const clip = spectrograms(1);
  await model.build([frames, bands]);
  const inference = await timeCalls(() => model.predict(clip), seconds / 4);
  const training = await timeCalls(() => model.trainOnBatch(x, y), seconds);
  return {
    bench: 'trigger',
    batch,
    frames,
    bands,
    threads,
    parameters: model.countParameters(),
    msPerStep: round(training.median),
    minMs: round(training.min),
    steps: training.count,
    msPerClip: round(inference.median),
    minMsPerClip: round(inference.min),
    peakRssMB: peakRssMB(),
    node: process.version,
  };
}

export function* table(result) {
  const { batch, frames, bands, threads, node } = result;
  yield `trigger network, ${frames} x ${bands}, ${threads} thread, Node ${node}`;
  yield `  ms a step         ${result.msPerStep} (median of ${result.steps}), ${result.minMs} at best; batch ${batch}`;
  yield `  ms a clip         ${result.msPerClip} (median), ${result.minMsPerClip} at best`;
  yield `  peak memory, MB   ${result.peakRssMB}`;
}
