import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeyedVectors } from '../dist/embeddings/index.js';

export const options = {
  words: 100_000,
  dimensions: 100,
};

const childScript = fileURLToPath(new URL('loading-child.mjs', import.meta.url));
const formats = {
  'seqkit file': 'vectors.safetensors',
  'seqkit file, int8Search': 'vectors.safetensors',
  'GloVe text': 'vectors.txt',
  'GloVe text, int8Search': 'vectors.txt',
  'GloVe text, gzipped': 'vectors.txt.gz',
  'word2vec binary': 'vectors.bin',
};

/** How long vectors take to load, and how much memory: at most meanwhile, and when they are there. */
export async function measure({ words, dimensions }) {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-loading-'));
  try {
    const data = new Float32Array(words * dimensions);
    for (let i = 0; i < data.length; i++) data[i] = Math.sin(i) / 3;
    const names = Array.from({ length: words }, (_, row) => `w${row}`);
    const vectors = KeyedVectors.fromRows(names, data);
    for (const name of new Set(Object.values(formats))) await vectors.save(join(folder, name));
    const loads = Object.entries(formats).map(([name, file]) => {
      const int8 = name.includes('int8');
      const args = [childScript, join(folder, file), ...(int8 ? ['int8'] : [])];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name} failed:\n${stderr}`);
      return { name, ...JSON.parse(stdout) };
    });
    return { bench: 'loading', words, dimensions, floatsMB: (data.byteLength / 1e6).toFixed(0), loads };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function* table({ words, dimensions, floatsMB, loads }) {
  yield `${words} x ${dimensions}, ${floatsMB} MB of floats; memory over what Node takes itself`;
  const row = (name, ...cells) => `  ${name.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join('')}`;
  yield row('', 'ms', 'most MB', 'kept MB', 'kept, x');
  for (const { name, ms, mostMB, keptMB, keptTimes } of loads) {
    yield row(name, ms.toFixed(0), mostMB.toFixed(0), keptMB.toFixed(0), keptTimes.toFixed(2));
  }
}
