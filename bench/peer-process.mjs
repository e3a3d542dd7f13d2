import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the scripts that time the peers are: beside the repository, not in it. */
export const peers = fileURLToPath(new URL('../../shared/bench/peers/', import.meta.url));
export const python = '/usr/bin/python3';
/** The build of OpenBLAS with which PyTorch is fastest here: with another, beating it proves little. */
const openblas = '/usr/lib/x86_64-linux-gnu/openblas-openmp';
const main = fileURLToPath(new URL('main.mjs', import.meta.url));

/** What one of our benchmarks measured, in a process of its own. */
export function runOurs(name, args) {
  return runLines(process.execPath, [main, name, ...args, '--json']).at(-1);
}

/** The results of a command that prints a line of JSON for each. */
export function runLines(command, args, environment = {}) {
  const { status, stdout, stderr } = spawnSync(command, args.map(String), {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH ?? (existsSync(openblas) ? openblas : ''),
      ATEN_CPU_CAPABILITY: process.env.ATEN_CPU_CAPABILITY ?? 'avx512',
      ...environment,
    },
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line));
}

/** Says why PyTorch and its scripts cannot be timed here, where they cannot. */
export function requireTorch() {
  if (!existsSync(peers)) throw new Error(`the peers' scripts are not at ${peers}`);
  if (spawnSync(python, ['-c', 'import torch']).status !== 0) {
    throw new Error(`${python} has no torch: install python3-torch, or a torch of your own`);
  }
}

/** The median; of an even number, the mean of the middle two. */
export function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
