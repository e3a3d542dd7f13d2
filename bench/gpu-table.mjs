import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const options = {
  ...{ cells: 'lstm,gru', units: '128,512', batches: '50,256', seqLength: 50 },
  ...{ engines: 'wasm,gpu:webgpu', threads: 1, seconds: 6, python: '/usr/bin/python3' },
};

/**
 * Training steps on the GPU beside this project's wasm engine and PyTorch on the same GPU, each
 * in a process of its own, one after the other: the table of docs/performance.md. What cannot
 * run says why in its place.
 */
export async function measure({ cells, units, batches, seqLength, engines, threads, seconds, python }) {
  const rows = [];
  for (const cell of cells.split(',')) {
    for (const H of units.split(',').map(Number)) {
      for (const batch of batches.split(',').map(Number)) {
        const size = { cell, layers: 2, units: H, batch, seqLength };
        for (const engine of engines.split(',')) {
          rows.push({ ...size, runner: engine, ...runSeqkit(size, engine, { threads, seconds }) });
        }
        const torch = runTorch(size, { python, seconds });
        const runner = torch.device ? `PyTorch ${torch.torch}, ${torch.device}` : 'PyTorch';
        rows.push({ ...size, ...torch, runner });
      }
    }
  }
  return { bench: 'gpu-table', threads, devices: devices(), node: process.version, rows };
}

export function* table({ threads, devices, rows }) {
  for (const { engine, device, problem } of devices) yield `${engine}: ${device ?? problem}`;
  yield `wasm on ${threads} thread(s)`;
  yield '';
  yield '| step | batch | on | ms a step | characters a second |';
  yield '| --- | --- | --- | --- | --- |';
  for (const { cell, layers, units, batch, runner, msPerStep, charactersPerSecond, problem } of rows) {
    const figures = problem
      ? `${problem} | `
      : `${msPerStep} | ${charactersPerSecond.toLocaleString('en-US')}`;
    yield `| ${cell.toUpperCase()} ${layers} x ${units} | ${batch} | ${runner} | ${figures} |`;
  }
}

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

function runSeqkit({ seqLength, ...size }, engine, { threads, seconds }) {
  const flags = {
    ...size,
    'seq-length': seqLength,
    engine,
    threads: engine === 'wasm' ? threads : 1,
    seconds,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return lastJson(process.execPath, [here('main.mjs'), 'train-step', ...args, '--json']);
}

function runTorch(size, { python, seconds }) {
  return lastJson(python, [here('torch-step.py'), JSON.stringify({ ...size, seconds, vocab: 65 })]);
}

function devices() {
  const command = [here('../dist/cli/main.js'), 'devices', '--json'];
  return lastJson(process.execPath, command).engines.filter(({ engine }) => /wasm|webgpu/.test(engine));
}

/** The last line that a command printed, which is JSON, or why there is none. */
function lastJson(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1));
  return { problem: (error?.message ?? stderr.trim().split('\n').at(-1)) || `exit status ${status}` };
}
