import { Bench } from 'tinybench';
import { Dense, GRU, LSTM, OneHot, Sequential, SimpleRNN } from '../dist/rnn/index.js';

const layersOf = { lstm: LSTM, gru: GRU, rnn: SimpleRNN };

/** What the benchmarks of character models have in common. */
export const modelOptions = {
  cell: 'lstm',
  layers: 2,
  units: 128,
  vocab: 65,
  engine: 'wasm',
  threads: 1,
  seconds: 6,
};

/** One-hot characters, recurrent layers that carry their state, logits: the peers' model. */
export function characterModel({ cell, layers, units, vocab, engine, threads }) {
  const Recurrent = layersOf[cell];
  if (!Recurrent) throw new Error(`--cell takes ${Object.keys(layersOf).join(', ')}, not ${cell}.`);
  const stack = Array.from(
    { length: layers },
    () => new Recurrent({ units, returnSequences: true, stateful: true }),
  );
  return new Sequential([new OneHot({ depth: vocab }), ...stack, new Dense({ units: vocab })], {
    engine,
    threads,
    seed: 1,
  });
}

/** The most memory that this process has held so far, in MB. */
export function peakRssMB() {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/**
 * The milliseconds of one call, timed one by one for as long as asked and five times at least,
 * after two that do not count.
 */
export async function timeCalls(call, seconds) {
  const bench = new Bench({
    time: seconds * 1000,
    iterations: 5,
    warmupTime: 0,
    warmupIterations: 2,
    throws: true,
  });
  bench.add('call', call);
  const [{ result }] = await bench.run();
  const { p50, min, samplesCount } = result.latency;
  return { median: p50, min, count: samplesCount };
}

/** A figure short enough to read. */
export function round(value, digits = 2) {
  return Number(value.toFixed(digits));
}
