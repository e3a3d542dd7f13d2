import { modelOptions } from './character-model.mjs';
import { middle, peers, python, requireTorch, runLines, runOurs } from './peer-process.mjs';

export const options = {
  cell: 'lstm',
  layers: modelOptions.layers,
  units: modelOptions.units,
  threads: 1,
  rounds: 2,
  sampling: false,
};

/** seqkit and PyTorch in turn, each in a process of its own, so that both meet the same weather. */
export async function measure(settings) {
  const { cell, layers, units, threads, rounds, sampling } = settings;
  const script = `${peers}${sampling ? 'c_sample_torch.py' : 'a_charlm_torch.py'}`;
  requireTorch();
  const config = `${cell}${layers}x${units}`;
  const peerArgs = sampling ? [threads, layers, units] : [threads, config];
  if (sampling && cell !== 'lstm') throw new Error('the sampling peer is an LSTM: leave --cell out');
  const size = ['--cell', cell, '--layers', layers, '--units', units, '--threads', threads];
  const ours = [];
  const theirs = [];
  for (let i = 0; i < rounds; i++) {
    ours.push(runOurs(sampling ? 'sampling' : 'train-step', size));
    theirs.push(runLines(python, [script, ...peerArgs]).at(-1));
  }
  const speeds = {
    seqkit: middle(ours.map(({ charsPerSecond }) => charsPerSecond)),
    torch: middle(theirs.map(({ chars_s }) => chars_s)),
  };
  return {
    bench: sampling ? 'peers sampling' : 'peers train-step',
    config,
    threads,
    seqkit: ours,
    torch: theirs,
    charsPerSecond: speeds,
    timesTorch: Number((speeds.seqkit / speeds.torch).toFixed(2)),
  };
}

export function* table({ bench, config, threads, seqkit, torch, charsPerSecond, timesTorch }) {
  yield `${bench}, ${config}, ${threads} thread`;
  const row = (name, ms, chars, memory) =>
    `  ${name.padEnd(14)}${String(ms ?? '').padStart(10)}${String(chars).padStart(14)}${String(memory).padStart(10)}`;
  yield row('', 'ms a step', 'characters/s', 'MB');
  for (const run of seqkit) {
    yield row(`seqkit ${run.engine}`, run.msPerStep, run.charsPerSecond, run.peakRssMB);
  }
  for (const run of torch) yield row(run.peer, run.ms_step, run.chars_s, run.rss_mb);
  yield `  medians ${charsPerSecond.seqkit} and ${charsPerSecond.torch}: seqkit is ${timesTorch} x PyTorch`;
}
