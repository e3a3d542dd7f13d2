import { Adam } from '../dist/rnn/index.js';
import { characterModel, modelOptions, peakRssMB, round, timeCalls } from './character-model.mjs';

export const options = { ...modelOptions, batch: 50, seqLength: 50 };

/** One step of truncated BPTT with Adam and clipping, on random characters. */
export async function measure(settings) {
  const { batch, seqLength, vocab, seconds, ...rest } = settings;
  const model = characterModel(settings);
  const optimizer = new Adam({ learningRate: 2e-3, globalClipNorm: 5 });
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer });
  const characters = (offset) => ({
    // Multiples of a prime: no pattern that could help or hinder, and the same each time.
    data: Int32Array.from({ length: batch * seqLength }, (_, i) => ((i + offset) * 7919) % vocab),
    shape: [batch, seqLength],
  });
  const [x, y] = [characters(0), characters(1)];
  await model.trainOnBatch(x, y);
  const firstStepMs = performance.now();
  const { median, min, count } = await timeCalls(() => model.trainOnBatch(x, y), seconds);
  return {
    bench: 'train-step',
    ...rest,
    batch,
    seqLength,
    vocab,
    parameters: model.countParameters(),
    msPerStep: round(median),
    minMs: round(min),
    charsPerSecond: Math.round((batch * seqLength) / (median / 1000)),
    steps: count,
    // From the start of the process, with all that is loaded, compiled and traced.
    firstStepMs: Math.round(firstStepMs),
    peakRssMB: peakRssMB(),
    node: process.version,
  };
}

export function* table(result) {
  const { cell, layers, units, batch, seqLength, vocab, engine, threads } = result;
  yield `training step, ${cell} ${layers} x ${units}, batch ${batch}, ${seqLength} steps, ${vocab} characters`;
  yield `  engine            ${engine}, ${threads} thread, Node ${result.node}`;
  yield `  ms a step         ${result.msPerStep} (median of ${result.steps}), ${result.minMs} at best`;
  yield `  characters a s    ${result.charsPerSecond.toLocaleString('en-US')}`;
  yield `  first step, ms    ${result.firstStepMs} after the start of the process`;
  yield `  peak memory, MB   ${result.peakRssMB}`;
}
