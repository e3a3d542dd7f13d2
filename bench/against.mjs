import { existsSync } from 'node:fs';
import { round } from './character-model.mjs';
import { characterStepFlop, gruStepFlop, samplingFlop, triggerFlop } from './flop.mjs';
import { middle, peers, python, requireTorch, runLines, runOurs } from './peer-process.mjs';

export const options = { rows: '', rounds: 2, peers: 'torch,onnxruntime,jax,tfjs,brain' };

const node = process.execPath;
const script = (name) => `${peers}${name}`;
/** With the product of `bench -- products` that a step mostly consists of. */
const characterModels = {
  lstm2x128: { floors: [0.8, 1.1], product: 'all steps, input of layer 2' },
  gru2x128: { floors: [0.8, 1.1], product: 'all steps, input of layer 2' },
  rnn1x100: { floors: [1, 1], product: 'RNN 100, one step' },
  lstm2x512: { floors: [0.5, 0.6], product: 'LSTM 512, one step' },
};

/** Seconds from a figure. */
const secondsFrom = {
  ms: (value) => value / 1e3,
  microseconds: (value) => value / 1e6,
  'characters/s': (value) => 1 / value,
};

/**
 * Every comparison: what of ours, what of the peers', and how many times as fast ours is to be; and
 * what of it is products, to be held to what the product kernel does alone.
 */
const rows = [
  ...Object.entries(characterModels).flatMap(([config, { floors, product }]) =>
    floors.map((floor, index) => trainingRow(config, index + 1, floor, product)),
  ),
  {
    name: 'peak memory, training lstm2x128, 1 thread',
    unit: 'MB resident',
    ours: () => runOurs('train-step', ['--cell', 'lstm', '--layers', 2, '--units', 128]).peakRssMB,
    peers: { torch: { run: () => torch('a_charlm_torch.py', 1, 'lstm2x128').rss_mb } },
  },
  ...[
    [1, 1],
    [2, 1.4],
  ].map(([threads, floor]) => ({
    name: `trigger network, training step, ${threads} thread`,
    unit: 'ms',
    work: {
      flop: triggerFlop({ clips: 16, training: true }),
      ...{ product: 'trigger network, convolution', threads },
    },
    ours: () => runOurs('trigger', ['--threads', threads, '--seconds', 20]).msPerStep,
    peers: {
      torch: { floor, run: () => torch('b_trigger_torch.py', threads, 16, 'train').ms_step },
    },
  })),
  {
    name: 'trigger network, one 10 s clip, 1 thread',
    unit: 'ms',
    work: { flop: triggerFlop({ clips: 1, training: false }), product: 'trigger network, convolution' },
    ours: () => runOurs('trigger', ['--batch', 1, '--seconds', 12]).msPerClip,
    peers: {
      torch: { floor: 1, run: () => torch('b_trigger_torch.py', 1, 1, 'infer').ms },
      onnxruntime: { run: () => onnx('infer10s').ms },
    },
  },
  ...[128, 512].map((units) => ({
    name: `sampling at batch 1, LSTM 2x${units}`,
    unit: 'characters/s',
    work: { flop: samplingFlop({ cell: 'lstm', layers: 2, units }), product: `stepper, LSTM ${units}` },
    ours: () => runOurs('sampling', ['--units', units]).charsPerSecond,
    peers: {
      torch: {
        floor: units === 128 ? 6 : 2.5,
        run: () => torch('c_sample_torch.py', 1, 2, units).chars_s,
      },
      onnxruntime: { floor: units === 128 ? 2.5 : undefined, run: () => onnx(`lstm2x${units}`).chars_s },
    },
  })),
  {
    name: 'streaming, one step of a GRU of 128',
    unit: 'microseconds',
    work: { flop: gruStepFlop({ features: 128, units: 128 }), product: 'stepper, GRU 128' },
    ours: () => runOurs('streaming', []).microsecondsPerStep,
    peers: {
      torch: {
        floor: 4,
        run: () =>
          Math.min(...runLines(python, [script('b_trigger_torch.py'), 1, 1, 'stream']).map(({ us }) => us)),
      },
      onnxruntime: { floor: 4, run: () => onnx('stream_gru128_step').us },
    },
  },
];

/** seqkit and each peer in turn, each in a process of its own, so that all meet the same weather. */
export async function measure(settings) {
  requireTorch();
  const wanted = settings.peers.split(',');
  const chosen = rows.filter(({ name }) => name.includes(settings.rows));
  if (chosen.length === 0) throw new Error(`no row has ${settings.rows} in its name`);
  const results = [];
  for (const { name, unit, work, ours, peers: all } of chosen) {
    const rivals = Object.entries(all).filter(([peer]) => wanted.includes(peer) && available(peer));
    const seqkit = [];
    const kernel = [];
    const theirs = rivals.map(() => []);
    for (let turn = 0; turn < settings.rounds; turn++) {
      seqkit.push(ours());
      if (work) kernel.push(kernelSpeed(work.product));
      rivals.forEach(([, { run, once }], i) => {
        if (turn === 0 || !once) theirs[i].push(run());
      });
    }
    const limit = work && limitOf(work, secondsFrom[unit](middle(seqkit)), middle(kernel));
    const result = { name, unit, seqkit, ...(limit && { limit }), peers: {} };
    rivals.forEach(([peer, { floor }], i) => {
      const ratio =
        unit === 'characters/s' ? middle(seqkit) / middle(theirs[i]) : middle(theirs[i]) / middle(seqkit);
      result.peers[peer] = { values: theirs[i], ratio: Number(ratio.toFixed(2)), floor };
    });
    process.stderr.write(`${[...line(result)].join('\n')}\n`);
    results.push(result);
  }
  return { bench: 'against', node: process.version, rows: results };
}

export function* table({ node: version, rows: results }) {
  yield `seqkit on Node ${version} beside its peers; a ratio above 1 is in our favour`;
  for (const result of results) yield* line(result);
}

/** What the product kernel does alone, on one thread: GFLOP/s. */
function kernelSpeed(name) {
  const { products } = runOurs('products', ['--shapes', name]);
  return products.find((product) => product.name === name).medianGflops;
}

/** How much of what the product kernel does alone the whole row does; on two threads, of two such kernels. */
function limitOf({ flop, product, threads = 1 }, seconds, kernelGflops) {
  const gflopPerSecond = flop / 1e9 / seconds;
  return {
    ...{ gflop: Number((flop / 1e9).toPrecision(3)), gflopPerSecond: round(gflopPerSecond, 1) },
    ...{ product, kernelGflops: round(kernelGflops, 1), threads },
    share: round(gflopPerSecond / (threads * kernelGflops)),
  };
}

function* line({ name, unit, seqkit, limit, peers: theirs }) {
  yield `${name}: ${seqkit.join(', ')} ${unit}`;
  if (limit) {
    const { gflop, gflopPerSecond, product, kernelGflops, threads, share } = limit;
    const kernels = `${threads === 1 ? '' : `${threads} x `}${kernelGflops}`;
    yield `  ${'limit'.padEnd(14)}${String(Math.round(share * 100)).padStart(8)} %   ${gflop} GFLOP, ${gflopPerSecond} GFLOP/s of ${kernels} (${product})`;
  }
  for (const [peer, { values, ratio, floor }] of Object.entries(theirs)) {
    const verdict = floor === undefined ? '' : ratio >= floor ? ` (floor ${floor})` : ` (BELOW ${floor})`;
    yield `  ${peer.padEnd(14)}${String(ratio).padStart(8)} x   ${values.join(', ')}${verdict}`;
  }
}

function trainingRow(config, threads, floor, product) {
  const [, cell, layers, units] = /^([a-z]+)(\d)x(\d+)$/.exec(config);
  const size = ['--cell', cell, '--layers', layers, '--units', units, '--threads', threads];
  const scripted = (name, ...args) => runLines(node, [script(name), ...args], { WORKERS: '' }).at(-1);
  // The slow ones are timed once, on these rows, where all may use both cores (jax-js does).
  const slow = ['lstm2x128', 'gru2x128'].includes(config) && threads === 2;
  const model = { cell, layers: Number(layers), units: Number(units) };
  return {
    name: `training step, ${config}, ${threads} thread`,
    unit: 'ms',
    work: { flop: characterStepFlop(model), product, threads },
    ours: () => runOurs('train-step', [...size, '--seconds', units > 300 ? 15 : 6]).msPerStep,
    peers: {
      torch: { floor, run: () => torch('a_charlm_torch.py', threads, config).ms_step },
      ...(slow && {
        jax: { floor: 10, once: true, run: () => scripted('a_charlm_jax.mjs', config).ms_step },
        tfjs: { floor: 25, once: true, run: () => scripted('a_charlm_tfjs.mjs', 'wasm', config).ms_step },
        // brain.js has no batches: the time it takes for as many characters.
        brain: {
          floor: 100,
          once: true,
          run: () =>
            runLines(node, [script('a_charlm_brain.mjs'), 2, config]).find(
              ({ equiv_ms_step_2500: ms }) => ms !== undefined,
            ).equiv_ms_step_2500,
        },
      }),
    },
  };
}

function torch(name, ...args) {
  return runLines(python, [script(name), ...args]).at(-1);
}

/** One of the results of onnxruntime, which are all made by one run. */
function onnx(what) {
  const results = runLines(node, [script('ort_bench.mjs'), 1]);
  return results.find((result) => result.what === what || result.config === what);
}

/** The peers of npm live in a folder that PEERS_DIR names; its install script says how. */
function available(peer) {
  if (peer === 'torch') return true;
  const folder = process.env.PEERS_DIR;
  const package_ = { onnxruntime: 'ort', jax: 'jax', tfjs: 'tfjs', brain: 'brain2' }[peer];
  const found = folder !== undefined && existsSync(`${folder}/${package_}`);
  if (!found) process.stderr.write(`${peer} is left out: PEERS_DIR names no folder that holds it\n`);
  return found;
}
