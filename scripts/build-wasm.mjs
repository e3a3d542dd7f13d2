// Compiles the AssemblyScript kernels, each set for the hosts it has variants for, and writes the
// binaries as base64 into one module a set, so that nothing is fetched or read at run time.
// Does nothing where a module is newer than all it is made from; --force builds anyway.

import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The sets of kernels, and for each variant, by the name of its constant, what it is compiled with. */
const sets = [
  {
    name: 'byte kernels',
    sources: join(root, 'src/base/encoding/assembly'),
    target: join(root, 'src/base/encoding/binary.ts'),
    variants: { simd: ['--enable', 'simd'] },
  },
  {
    name: 'wasm kernels',
    sources: join(root, 'src/rnn/engine/wasm/assembly'),
    target: join(root, 'src/rnn/engine/wasm/binary.ts'),
    // With and without relaxed SIMD. Shared memory is taken back at load where one thread runs: see kernel-module.ts.
    variants: {
      simd: [
        '--enable',
        'simd,threads',
        '--sharedMemory',
        '--initialMemory',
        '1',
        '--maximumMemory',
        '65536',
      ],
      relaxedSimd: [
        '--enable',
        'simd,relaxed-simd,threads',
        '--sharedMemory',
        '--initialMemory',
        '1',
        '--maximumMemory',
        '65536',
      ],
    },
  },
  {
    name: 'scan kernels',
    sources: join(root, 'src/embeddings/scan/assembly'),
    target: join(root, 'src/embeddings/scan/binary.ts'),
    // With memory that threads share, and without.
    variants: {
      shared: ['--enable', 'simd,threads', '--sharedMemory', '--maximumMemory', '65536'],
      unshared: ['--enable', 'simd'],
    },
  },
  {
    name: 'resampling kernel',
    sources: join(root, 'src/audio/signal/filter/assembly'),
    target: join(root, 'src/audio/signal/filter/binary.ts'),
    variants: { simd: ['--enable', 'simd'] },
  },
  {
    name: 'embedding kernels',
    sources: join(root, 'src/embeddings/training/wasm/assembly'),
    target: join(root, 'src/embeddings/training/wasm/binary.ts'),
    // Over memory that threads share; with and without relaxed SIMD.
    variants: {
      simd: ['--enable', 'simd,threads', '--sharedMemory', '--maximumMemory', '65536'],
      relaxedSimd: ['--enable', 'simd,relaxed-simd,threads', '--sharedMemory', '--maximumMemory', '65536'],
    },
  },
];

async function isUpToDate({ sources, target }) {
  const built = await stat(target).catch(() => undefined);
  if (built === undefined) return false;
  const files = (await readdir(sources)).map((name) => join(sources, name));
  files.push(fileURLToPath(import.meta.url), join(root, 'node_modules/assemblyscript/package.json'));
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  return times.every((time) => time < built.mtimeMs);
}

async function compile(sources, flags, folder) {
  const out = join(folder, 'kernels.wasm');
  const { error, stderr } = await asc.main([
    join(sources, 'index.ts'),
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    ...flags,
    '--outFile',
    out,
  ]);
  if (error) throw new Error(`asc failed: ${error.message}\n${stderr.toString()}`);
  return readFile(out);
}

for (const { name, sources, target, variants } of sets) {
  if (!process.argv.includes('--force') && (await isUpToDate({ sources, target }))) continue;
  const folder = await mkdtemp(join(tmpdir(), 'seqkit-wasm-'));
  try {
    const lines = ['// Made by scripts/build-wasm.mjs.'];
    const sizes = [];
    for (const [variant, flags] of Object.entries(variants)) {
      const binary = await compile(sources, flags, folder);
      lines.push(`export const ${variant} =\n  '${binary.toString('base64')}';`);
      sizes.push(`${variant} ${(binary.length / 1024).toFixed(1)} KiB`);
    }
    await writeFile(target, lines.join('\n') + '\n');
    process.stdout.write(`${name}: ${sizes.join(', ')}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
