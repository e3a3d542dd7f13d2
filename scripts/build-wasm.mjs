// Compiles the AssemblyScript kernels, each set for the hosts it has variants for, and writes the
// binaries as base64 into modules, so that nothing is fetched or read at run time: one a set, or, where pages
// that need one variant should load no other, one a variant.
// Does nothing where a module is newer than all it is made from; --force builds anyway.

import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));

/** For threads that share memory. */
const SHARED = ['--sharedMemory', '--maximumMemory', '65536'];

/**
 * The sets of kernels, with what each variant is compiled with, by the name of its constant in the module `target`; or,
 * where there are `targets`, by that of its folder in them, packed. `parts`: the variants are packed as one, each cut into
 * so many parts that lie in turn. See base/host/packed-bytes.ts.
 */
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
    parts: 4,
    // With and without relaxed SIMD. Shared memory is taken back at load where one thread runs: see kernel-module.ts.
    variants: {
      simd: ['--enable', 'simd,threads', '--initialMemory', '1', ...SHARED],
      'relaxed-simd': ['--enable', 'simd,relaxed-simd,threads', '--initialMemory', '1', ...SHARED],
    },
  },
  {
    name: 'wasm kernels that predict',
    sources: join(root, 'src/rnn/engine/wasm/assembly'),
    entry: 'forward.ts',
    targets: join(root, 'src/rnn/engine/wasm/forward'),
    // For one thread.
    variants: {
      simd: ['--enable', 'simd'],
      'relaxed-simd': ['--enable', 'simd,relaxed-simd'],
    },
  },
  {
    name: 'scan kernels',
    sources: join(root, 'src/embeddings/scan/assembly'),
    target: join(root, 'src/embeddings/scan/binary.ts'),
    // With memory that threads share, and without.
    variants: {
      shared: ['--enable', 'simd,threads', ...SHARED],
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
    parts: 1,
    // Over memory that threads share; with and without relaxed SIMD.
    variants: {
      simd: ['--enable', 'simd,threads', ...SHARED],
      'relaxed-simd': ['--enable', 'simd,relaxed-simd,threads', ...SHARED],
    },
  },
];

/** The modules that a set is written into. */
function modulesOf({ target, targets, variants }) {
  return targets ? Object.keys(variants).map((variant) => join(targets, variant, 'binary.ts')) : [target];
}

async function isUpToDate(set) {
  const built = await Promise.all(modulesOf(set).map((file) => stat(file).catch(() => undefined)));
  if (built.includes(undefined)) return false;
  const files = (await readdir(set.sources)).map((name) => join(set.sources, name));
  files.push(fileURLToPath(import.meta.url), join(root, 'node_modules/assemblyscript/package.json'));
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  return times.every((time) => built.every(({ mtimeMs }) => time < mtimeMs));
}

async function compile(entry, flags, folder) {
  const out = join(folder, 'kernels.wasm');
  const { error, stderr } = await asc.main([
    entry,
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

const HEADER = '// Made by scripts/build-wasm.mjs.\n';

const packed = (binary) => deflateRawSync(binary, { level: 9, memLevel: 9 }).toString('base64');

/** The module of variants that are packed as one. */
function packedVariants(binaries, parts) {
  const cut = ({ length }, part) => Math.floor((part * length) / parts);
  const inTurn = Array.from({ length: parts }, (_, part) =>
    Object.values(binaries).map((binary) => binary.subarray(cut(binary, part), cut(binary, part + 1))),
  );
  const all = Buffer.concat(inTurn.flat());
  const lengths = Object.entries(binaries).map(([variant, { length }]) => `'${variant}': ${length}`);
  return `export const kernels = {
  bytes: ${all.length},
  lengths: { ${lengths.join(', ')} },
  parts: ${parts},
  packed:
    '${packed(all)}',
};
`;
}

for (const set of sets) {
  const { name, sources, entry = 'index.ts', target, targets, parts, variants } = set;
  if (!process.argv.includes('--force') && (await isUpToDate(set))) continue;
  const folder = await mkdtemp(join(tmpdir(), 'seqkit-wasm-'));
  try {
    const lines = [];
    const sizes = [];
    const binaries = {};
    for (const [variant, flags] of Object.entries(variants)) {
      const binary = await compile(join(sources, entry), flags, folder);
      sizes.push(`${variant} ${(binary.length / 1024).toFixed(1)} KiB`);
      binaries[variant] = binary;
      if (target) lines.push(`export const ${variant} =\n  '${binary.toString('base64')}';\n`);
      else {
        const module = `${HEADER}export const kernels = {\n  bytes: ${binary.length},\n  packed:\n    '${packed(binary)}',\n};\n`;
        await mkdir(join(targets, variant), { recursive: true });
        await writeFile(join(targets, variant, 'binary.ts'), module);
      }
    }
    if (target) await writeFile(target, HEADER + (parts ? packedVariants(binaries, parts) : lines.join('')));
    process.stdout.write(`${name}: ${sizes.join(', ')}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
