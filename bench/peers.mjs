import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { modelOptions } from './character-model.mjs';

export const options = {
  cell: 'lstm',
  layers: modelOptions.layers,
  units: modelOptions.units,
  threads: 1,
  rounds: 2,
  sampling: false,
};

const peers = fileURLToPath(new URL('../../shared/bench/peers/', import.meta.url));
const python = '/usr/bin/python3';
/** The build of OpenBLAS with which PyTorch is fastest here: with another, beating it proves little. */
const openblas = '/usr/lib/x86_64-linux-gnu/openblas-openmp';

/** seqkit and PyTorch in turn, each in a process of its own, so that both meet the same weather. */
export async function measure(settings) {
  const { cell, layers, units, threads, rounds, sampling } = settings;
  const script = `${peers}${sampling ? 'c_sample_torch.py' : 'a_charlm_torch.py'}`;
  if (!existsSync(script)) throw new Error(`the peers' scripts are not at ${peers}`);
  if (spawnSync(python, ['-c', 'import torch']).status !== 0) {
    throw new Error(`${python} has no torch: install python3-torch, or a torch of your own`);
  }
  const config = `${cell}${layers}x${units}`;
  const peerArgs = sampling ? [threads, layers, units] : [threads, config];
  if (sampling && cell !== 'lstm') throw new Error('the sampling peer is an LSTM: leave --cell out');
  const size = ['--cell', cell, '--layers', layers, '--units', units, '--threads', threads];
  const main = fileURLToPath(new URL('main.mjs', import.meta.url));
  const ours = [];
  const theirs = [];
  for (let i = 0; i < rounds; i++) {
    ours.push(runJson(process.execPath, [main, sampling ? 'sampling' : 'train-step', ...size, '--json']));
    theirs.push(runJson(python, [script, ...peerArgs]));
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

/** The last line that a command printed, which is JSON. */
function runJson(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args.map(String), {
    encoding: 'utf8',
    env: {
      ...process.env,
      LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? (existsSync(openblas) ? openblas : ''),
      ATEN_CPU_CAPABILITY: process.env.ATEN_CPU_CAPABILITY ?? 'avx512',
    },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

/** The median; of an even number, the mean of the middle two. */
function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
