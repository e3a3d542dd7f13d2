import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateRawSync } from 'node:zlib';

/** The import of a memory, up to the flags of its limits: maximum 1, shared 2. */
const MEMORY_IMPORT = Buffer.from('\x03env\x06memory\x02', 'latin1');

/** What a host that shares no memory runs, by the modules of binaries below `dist`; of each, which file a name means. */
const KERNELS = {
  'base/encoding/binary': { simd: 'simd' },
  'audio/signal/filter/binary': { simd: 'simd' },
  'embeddings/scan/binary': { unshared: 'unshared', shared: 'unshared' },
  'rnn/engine/wasm/forward/simd/binary': { kernels: 'kernels' },
  'rnn/engine/wasm/forward/relaxed-simd/binary': { kernels: 'kernels' },
};

/** The module of variants that are packed as one. */
const PACKED_AS_ONE = 'rnn/engine/wasm/binary';

/**
 * A plugin of Rolldown for hosts that compile no WebAssembly at run time: what the kernels' modules hold as text becomes
 * files beside the code, which import them, as such hosts want it. Training of word vectors, which needs shared memory, stays text.
 */
export function compiledKernels(dist, out) {
  return {
    name: 'compiled-kernels',
    resolveId: (id) => (id.endsWith('.wasm') ? { id, external: true } : null),
    async load(id) {
      const room = relative(dist, id).replace(/\.js$/, '');
      const asOne = room === PACKED_AS_ONE;
      const names = KERNELS[room];
      if (names === undefined && !asOne) return null;
      const binaries = await import(pathToFileURL(id).href);
      const written = (variant, bytes) => {
        const file = `${room.replace(/\/binary$/, '').replaceAll('/', '-')}-${variant}.wasm`;
        writeFileSync(join(out, file), unshared(bytes));
        return file;
      };
      if (asOne) return variantsOf(dist, binaries.kernels, written);
      const files = new Map();
      for (const variant of new Set(Object.values(names))) {
        files.set(variant, written(variant, bytesOf(binaries[variant])));
      }
      const imports = [...files].map(([variant, file]) => `import ${variant}File from './${file}';`);
      const exports = Object.entries(names).map(
        ([name, variant]) => `export const ${name} = ${variant}File;`,
      );
      return [...imports, ...exports].join('\n');
    },
  };
}

/** A module with the variants by their names, each from a file. */
async function variantsOf(dist, kernels, written) {
  const { unpackVariant } = await import(pathToFileURL(join(dist, 'base/host/packed-bytes.js')).href);
  const variants = Object.keys(kernels.lengths);
  const files = await Promise.all(
    variants.map(async (variant) => written(variant, Buffer.from(await unpackVariant(kernels, variant)))),
  );
  const imports = files.map((file, i) => `import variant${i} from './${file}';`);
  return [
    ...imports,
    `export const kernels = { ${variants.map((name, i) => `'${name}': variant${i}`).join(', ')} };`,
  ].join('\n');
}

/** A binary as the modules hold it: as text, or packed. */
function bytesOf(binary) {
  return typeof binary === 'string'
    ? Buffer.from(binary, 'base64')
    : inflateRawSync(Buffer.from(binary.packed, 'base64'));
}

/** The same kernels for a memory that is not shared. */
function unshared(bytes) {
  const at = bytes.indexOf(MEMORY_IMPORT);
  const flags = at + MEMORY_IMPORT.length;
  if (at >= 0) bytes[flags] &= ~2;
  return bytes;
}
