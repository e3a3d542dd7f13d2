// Builds what pages import, out of dist into dist/browser: each entry of package.json as a module without any of
// Node's, what it imports module by module, so that bundlers leave out what a page does not use, the packages that
// seqkit needs put in, and seqkit-worker.js, one script for all kinds of threads. Bundlers take these files as they
// are, without a setting. And dist/workerd, the same for Cloudflare's workers, in a few files.
// `node scripts/build-browser.mjs`, after `npm run build:ts`.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licencesOf } from './bundled-packages.mjs';
import { compiledKernels } from './page-build/compiled-kernels.mjs';
import { mergeModules } from './page-build/merged-modules.mjs';
import { replaceModules } from './page-build/replace-modules.mjs';
import { REPLACED, REPLACED_IN_THREADS, REPLACED_IN_WORKERD } from './page-build/replaced.mjs';
import { modulesOfPackages, vendoredPackages } from './page-build/vendored-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const out = join(dist, 'browser');
const workerd = join(dist, 'workerd');

const forPages = [replaceModules(dist, REPLACED), vendoredPackages(dist)];

const threads = {
  kernels: 'rnn/engine/wasm/kernel-thread',
  engine: 'rnn/engine/wasm/engine-thread',
  mixing: 'audio/examples/mixing-thread',
  'word-training': 'embeddings/training/training-thread',
  scan: 'embeddings/scan/scan-thread',
};

/** The first message says which thread the script is to be; what comes after it waits for that thread's module. */
const workerEntry = `
const threads = {
${Object.entries(threads)
  .map(([name, module]) => `  '${name}': () => import(${JSON.stringify(join(dist, `${module}.js`))}),`)
  .join('\n')}
};
addEventListener('message', function first({ data }) {
  removeEventListener('message', first);
  threads[data]();
});
`;

const WORKER = '\0seqkit-worker';
const SOURCE = join(dist, 'base/host/web/worker-source.js');

async function buildWorker() {
  const bundle = await rolldown({
    input: { 'seqkit-worker': WORKER },
    platform: 'browser',
    // What only Node does, with the address of its module, goes out with its condition.
    checks: { emptyImportMeta: false, importIsUndefined: false, ineffectiveDynamicImport: false },
    plugins: [
      {
        name: 'worker-entry',
        resolveId: (id) => (id === WORKER ? id : null),
        load: (id) => (id === WORKER ? workerEntry : null),
      },
      {
        // A thread that starts further threads has their script: it is its own.
        name: 'own-script',
        transform: (code, id) =>
          id === join(dist, 'base/host/web/host-thread.js')
            ? {
                code: code.replace("new URL('./seqkit-worker.js', import.meta.url)", 'self.location.href'),
                map: null,
              }
            : id === SOURCE
              ? {
                  code: "export const workerSource = () => Promise.reject(new Error('it is its own source'));",
                  map: null,
                }
              : null,
      },
      replaceModules(dist, REPLACED_IN_THREADS),
      forPages,
    ],
  });
  const { output } = await bundle.write({
    ...{ dir: join(out, 'base/host/web'), format: 'iife', entryFileNames: '[name].js' },
    ...{ minify: true, codeSplitting: false },
  });
  if (output.length !== 1) throw new Error(`the worker came out in ${output.length} files, not in one`);
  return output[0].code;
}

/**
 * The entries of the package as modules, by the condition that leads to them.
 * @param options how Rolldown is to write them, and where
 */
async function buildEntries(condition, { dir, ...options }, plugins) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const input = Object.fromEntries(
    Object.values(exports)
      .filter((entry) => typeof entry === 'object' && entry.node !== undefined)
      .map(({ node, [condition]: built }) => [
        relative(dir, join(root, built)).replace(/\.js$/, ''),
        join(root, node),
      ]),
  );
  const bundle = await rolldown({
    input,
    platform: 'browser',
    // wavefile has another face in Node; what is imported in two ways lands in one file.
    checks: { importIsUndefined: false, ineffectiveDynamicImport: false },
    plugins,
  });
  const { output } = await bundle.write({
    ...{ dir, format: 'esm', entryFileNames: '[name].js' },
    ...options,
  });
  const files = options.preserveModules ? await groupedModules(dir, leaveOutUnused(dir, output)) : output;
  const nodes = files.filter(({ code }) => /['"]node:/.test(code ?? ''));
  if (nodes.length > 0) {
    throw new Error(`modules of Node are left in ${nodes.map(({ fileName }) => fileName).join(', ')}`);
  }
  const modules = await modulesOfPackages(files.flatMap(({ moduleIds = [] }) => moduleIds));
  writeFileSync(join(dir, 'LICENSES.txt'), licencesOf(modules).text);
  const bytes = files.reduce((sum, { code = '' }) => sum + Buffer.byteLength(code), 0);
  console.log(`${relative(root, dir)}: ${files.length} files, ${(bytes / 1024).toFixed(0)} KiB`);
}

/**
 * Of a module that only its types were needed of, or that only Node needs, an import is left, and bundlers wonder what
 * for. These go, and so do the modules that nothing imports any more.
 * @returns the files that are left
 */
function leaveOutUnused(dir, output) {
  const codes = new Map(
    output.map(({ fileName, code = '' }) => [fileName, code.replaceAll(/^import "\.[^"]*";\n/gm, '')]),
  );
  const used = new Set(output.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName));
  for (const fileName of used) {
    for (const [, path] of codes.get(fileName).matchAll(/(?:\bfrom |\bimport\()"(\.[^"]*)"/g)) {
      const imported = posix.join(posix.dirname(fileName), path);
      if (!codes.has(imported)) throw new Error(`${fileName} imports ${path}, which is not there`);
      used.add(imported);
    }
  }
  for (const [fileName, code] of codes) {
    if (used.has(fileName)) writeFileSync(join(dir, fileName), code);
    else rmSync(join(dir, fileName));
  }
  return output
    .filter(({ fileName }) => used.has(fileName))
    .map((file) => ({ fileName: file.fileName, moduleIds: file.moduleIds, code: codes.get(file.fileName) }));
}

/** The files of the build, with those that pages load together merged. */
async function groupedModules(dir, files) {
  const codes = new Map(files.map(({ fileName, code }) => [fileName, code]));
  await mergeModules(dir, codes);
  const modules = files.flatMap(({ moduleIds = [] }) => moduleIds);
  return [...codes].map(([fileName, code], index) => ({
    ...{ fileName, code },
    moduleIds: index === 0 ? modules : [],
  }));
}

/**
 * The script of the audio thread, beside the module that names it. Bundlers put small files into the code as data:
 * addresses, which policies forbid, so it is made too large for that.
 */
async function writeWorklet() {
  const { CAPTURE_SOURCE } = await import(join(dist, 'audio/browser/capture-worklet.js'));
  const room = `/* ${'Large enough to stay a file of its own. '.repeat(110)}*/`;
  writeFileSync(join(out, 'audio/browser/seqkit-worklet.js'), `${CAPTURE_SOURCE.trim()}\n${room}\n`);
}

if (!existsSync(join(dist, 'index.js'))) throw new Error('dist is missing: npm run build:ts makes it');
for (const folder of [out, workerd]) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
const worker = await buildWorker();
const inPages = { dir: out, preserveModules: true, preserveModulesRoot: dist };
await buildEntries('default', inPages, [
  {
    name: 'worker-source',
    load: (id) =>
      id === SOURCE ? `export const workerSource = async () => ${JSON.stringify(worker)};` : null,
  },
  forPages,
]);
await writeWorklet();
await buildEntries('workerd', { dir: workerd, chunkFileNames: '[name]-[hash].js' }, [
  compiledKernels(dist, workerd),
  replaceModules(dist, REPLACED, REPLACED_IN_WORKERD),
  vendoredPackages(dist),
]);
