// Compiles the kernels of the wasm engine twice, for hosts with and without relaxed SIMD,
// and writes both as base64 into one module, so that nothing is fetched or read at run time.
// Does nothing where the module is newer than all it is made from; --force builds anyway.

import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src/rnn/engine/wasm/assembly');
const target = join(root, 'src/rnn/engine/wasm/binary.ts');

/** Features of each variant, by the name of its constant. */
const variants = { simd: 'simd,threads', relaxedSimd: 'simd,relaxed-simd,threads' };

async function isUpToDate() {
  const built = await stat(target).catch(() => undefined);
  if (built === undefined) return false;
  const files = (await readdir(sources)).map((name) => join(sources, name));
  files.push(fileURLToPath(import.meta.url), join(root, 'node_modules/assemblyscript/package.json'));
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  return times.every((time) => time < built.mtimeMs);
}

async function compile(features, folder) {
  const out = join(folder, 'kernels.wasm');
  const { error, stderr } = await asc.main([
    join(sources, 'index.ts'),
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    // Taken back at load where the memory is not shared: see kernel-module.ts.
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
    '--enable',
    features,
    '--outFile',
    out,
  ]);
  if (error) throw new Error(`asc failed: ${error.message}\n${stderr.toString()}`);
  return readFile(out);
}

if (process.argv.includes('--force') || !(await isUpToDate())) {
  const folder = await mkdtemp(join(tmpdir(), 'seqkit-wasm-'));
  try {
    const lines = ['// Made by scripts/build-wasm.mjs.'];
    const sizes = [];
    for (const [name, features] of Object.entries(variants)) {
      const binary = await compile(features, folder);
      lines.push(`export const ${name} =\n  '${binary.toString('base64')}';`);
      sizes.push(`${name} ${(binary.length / 1024).toFixed(1)} KiB`);
    }
    await writeFile(target, lines.join('\n') + '\n');
    process.stdout.write(`wasm kernels: ${sizes.join(', ')}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
