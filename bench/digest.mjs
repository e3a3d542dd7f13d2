import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeyedVectors } from '../dist/embeddings/index.js';
import { Random } from '../dist/index.js';

export const options = {
  words: 400_000,
  dimensions: 300,
  times: 5,
};

const childScript = fileURLToPath(new URL('loading-child.mjs', import.meta.url));
const precisions = ['float32', 'float16', 'int8'];

/** How long a seqkit file of vectors takes to load with a look at its digest and without, in turn, each in a process of its own. */
export async function measure({ words, dimensions, times }) {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-digest-'));
  try {
    const random = new Random(1);
    const data = Float32Array.from({ length: words * dimensions }, () => random.normal());
    const names = Array.from({ length: words }, (_, row) => `w${row}`);
    const vectors = KeyedVectors.fromRows(names, data);
    const loads = [];
    for (const precision of precisions) {
      const file = join(folder, `${precision}.safetensors`);
      await vectors.save(file, { precision });
      const [verified, unverified] = [[], []];
      for (let turn = 0; turn < times; turn++) {
        verified.push(load(file, 'verified'));
        unverified.push(load(file, 'unverified'));
      }
      loads.push({ precision, verifiedMs: median(verified), unverifiedMs: median(unverified) });
      rmSync(file);
    }
    return { bench: 'digest', words, dimensions, times, loads };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds. */
function load(file, kind) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [childScript, file, kind], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${kind} failed:\n${stderr}`);
  return JSON.parse(stdout).ms;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

export function* table({ words, dimensions, times, loads }) {
  yield `${words} x ${dimensions}, a seqkit file in the system's cache: median of ${times} loads, ms`;
  const row = (name, ...cells) => `  ${name.padEnd(12)}${cells.map((cell) => cell.padStart(20)).join('')}`;
  yield row('', 'digest checked', 'verify: false');
  for (const { precision, verifiedMs, unverifiedMs } of loads) {
    yield row(precision, verifiedMs.toFixed(0), unverifiedMs.toFixed(0));
  }
}
