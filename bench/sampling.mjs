import { Random } from '../dist/rnn/index.js';
import { sampleToken } from '../dist/text/index.js';
import { characterModel, modelOptions, peakRssMB, round, timeCalls } from './character-model.mjs';

export const options = { ...modelOptions, length: 1000 };

/** Characters drawn one after the other at batch 1, as `generate` does. */
export async function measure(settings) {
  const { length, vocab, seconds, ...rest } = settings;
  const model = characterModel(settings);
  await model.build([1]);
  const stepper = model.stepper();
  const random = new Random(1);
  let token = 0;
  const draw = () => {
    for (let i = 0; i < length; i++) token = sampleToken(stepper.step([token]), random);
  };
  const { median, min, count } = await timeCalls(draw, seconds);
  return {
    bench: 'sampling',
    ...rest,
    vocab,
    parameters: model.countParameters(),
    charsPerSecond: Math.round(length / (median / 1000)),
    bestCharsPerSecond: Math.round(length / (min / 1000)),
    microsecondsPerCharacter: round((median * 1000) / length),
    runs: count,
    peakRssMB: peakRssMB(),
    node: process.version,
  };
}

export function* table(result) {
  const { cell, layers, units, vocab, engine, threads } = result;
  yield `sampling at batch 1, ${cell} ${layers} x ${units}, ${vocab} characters`;
  yield `  engine            ${engine}, ${threads} thread, Node ${result.node}`;
  yield `  characters a s    ${result.charsPerSecond.toLocaleString('en-US')} (median of ${result.runs} runs), ${result.bestCharsPerSecond.toLocaleString('en-US')} at best`;
  yield `  peak memory, MB   ${result.peakRssMB}`;
}
