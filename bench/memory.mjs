import { Adam } from '../dist/rnn/index.js';
import { characterModel, modelOptions, peakRssMB } from './character-model.mjs';

const { cell, layers, units, vocab, engine, threads } = modelOptions;

export const options = { cell, layers, units, vocab, engine, threads, batch: 50, seqLength: 50, steps: 5000 };

/** Resident memory at ten moments of a long training. */
export async function measure(settings) {
  const { batch, seqLength, vocab, steps } = settings;
  const network = characterModel(settings);
  const optimizer = new Adam({ learningRate: 2e-3, globalClipNorm: 5 });
  network.compile({ loss: 'sparseCategoricalCrossentropy', optimizer });
  const rssMB = [];
  for (let step = 1; step <= steps; step++) {
    // New arrays each time, as a training on a corpus makes them.
    const characters = (offset) => ({
      data: Int32Array.from({ length: batch * seqLength }, (_, i) => ((i + offset) * 7919) % vocab),
      shape: [batch, seqLength],
    });
    await network.trainOnBatch(characters(step), characters(step + 1));
    if (step % Math.ceil(steps / 10) === 0) {
      rssMB.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
    }
  }
  const half = rssMB.slice(0, 5);
  const growthMB = Math.max(...rssMB.slice(5)) - Math.max(...half);
  return { bench: 'memory', ...settings, rssMB, growthMB, peakRssMB: peakRssMB(), node: process.version };
}

export function* table({ cell, layers, units, threads, steps, rssMB, growthMB, peakRssMB: peak, node }) {
  yield `resident memory, ${cell} ${layers} x ${units}, ${threads} thread, ${steps} steps, Node ${node}`;
  yield `  MB on the way     ${rssMB.join(' ')}`;
  yield `  second half above the first, MB: ${growthMB}; peak ${peak}`;
}
