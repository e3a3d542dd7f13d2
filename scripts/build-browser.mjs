// Builds what pages import, out of dist into dist/browser: each entry of package.json as a module without any of
// Node's, what it imports module by module, so that bundlers leave out what a page does not use, the packages that
// seqkit needs put in, and seqkit-worker.js, one script for all kinds of threads. Bundlers take these files as they
// are, without a setting. `node scripts/build-browser.mjs`, after `npm run build:ts`.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bundledPackages, licencesOf } from './bundled-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const out = join(dist, 'browser');

/** In the place of modules that are Node's alone, what says so or does the same in a page. */
const replaced = new Map(
  Object.entries({
    'base/host/web/no-files': [
      'base/host/files',
      'base/host/folders',
      'base/host/folder-host',
      'base/host/lock-file',
      'base/host/scratch-file',
      'base/host/zip-file',
      'base/host/package-file',
      'base/host/file-url',
    ],
    'base/host/web/no-node-thread': ['base/host/node-thread'],
    'report/svg-to-png-in-page': ['report/svg-to-png'],
  }).flatMap(([web, modules]) => modules.map((name) => [join(dist, `${name}.js`), join(dist, `${web}.js`)])),
);

/** A package as seqkit uses it, built for pages in the place of what dist/vendor holds for Node. */
const PACKAGE = '\0package:';
const vendored = new Map(
  Object.keys(bundledPackages).flatMap((name) => [
    [name, PACKAGE + name],
    [join(dist, `vendor/${name.replace(/\.js$/, '')}.js`), PACKAGE + name],
  ]),
);

const forPages = {
  name: 'for-pages',
  resolveId(id, importer) {
    if (importer === undefined || importer.startsWith(PACKAGE)) return null;
    if (!importer.startsWith(dist)) return null;
    if (!id.startsWith('.')) return vendored.get(id) ?? null;
    const path = resolve(dirname(importer), id);
    return replaced.get(path) ?? vendored.get(path) ?? null;
  },
  load: (id) => (id.startsWith(PACKAGE) ? packageCode(id.slice(PACKAGE.length)) : null),
  transform(code, id) {
    if (!id.startsWith(dist)) return null;
    const forPage = code
      // What only Node does goes out with its condition.
      .replaceAll(/\bisNode\(\)(?! \{)/g, 'false')
      // Bundlers would look for the modules of Node's threads.
      .replace(/url: \(\) => new URL\('\.\/[\w-]+-thread\.js', import\.meta\.url\)/, 'url: undefined');
    return { code: forPage, map: null };
  },
};

/** Of meyda pages take the power spectrum alone, with its window and its transform, as its `extract` puts them together. */
const meyda = `
import { fft } from 'fftjs';
import { hanning } from 'meyda/dist/esm/windowing.js';
import powerSpectrum from 'meyda/dist/esm/extractors/powerSpectrum.js';
const windows = {};
export default {
  extract(_feature, signal) {
    const window = (windows[signal.length] ??= hanning(signal.length));
    const { real, imag } = fft(Array.from(signal, (sample, i) => sample * window[i]));
    const ampSpectrum = new Float32Array(this.bufferSize / 2);
    for (let i = 0; i < ampSpectrum.length; i++) ampSpectrum[i] = Math.sqrt(real[i] ** 2 + imag[i] ** 2);
    return powerSpectrum({ ampSpectrum });
  },
};
`;

/** The modules that packages were made of, for their licences. */
const modulesOfPackages = new Set();

/** A package in one module: what of its modules has side effects is its own matter. */
async function packageCode(name) {
  const bundle = await rolldown({
    input: PACKAGE,
    platform: 'browser',
    plugins: [
      {
        name: 'package-entry',
        resolveId: (id) => (id === PACKAGE ? id : null),
        load: (id) => (id !== PACKAGE ? null : name === 'meyda' ? meyda : bundledPackages[name]),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  if (output.length !== 1) throw new Error(`${name} came out in ${output.length} files, not in one`);
  for (const id of output[0].moduleIds) modulesOfPackages.add(id);
  return output[0].code;
}

const threads = {
  kernels: 'rnn/engine/wasm/kernel-thread',
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
const SOURCE = join(dist, 'base/host/worker-source.js');

async function buildWorker() {
  const bundle = await rolldown({
    input: { 'seqkit-worker': WORKER },
    platform: 'browser',
    checks: { importIsUndefined: false, ineffectiveDynamicImport: false },
    plugins: [
      {
        name: 'worker-entry',
        resolveId: (id) => (id === WORKER ? id : null),
        load: (id) => (id === WORKER ? workerEntry : null),
      },
      forPages,
    ],
  });
  const { output } = await bundle.write({
    ...{ dir: join(out, 'base/host'), format: 'iife', entryFileNames: '[name].js' },
    ...{ minify: true, codeSplitting: false },
  });
  if (output.length !== 1) throw new Error(`the worker came out in ${output.length} files, not in one`);
  return output[0].code;
}

async function buildEntries(worker) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const input = Object.fromEntries(
    Object.values(exports)
      .filter((entry) => typeof entry === 'object' && entry.node !== undefined)
      .map(({ node, default: browser }) => [
        relative(out, join(root, browser)).replace(/\.js$/, ''),
        join(root, node),
      ]),
  );
  const bundle = await rolldown({
    input,
    platform: 'browser',
    // wavefile has another face in Node; what is imported in two ways lands in one file.
    checks: { importIsUndefined: false, ineffectiveDynamicImport: false },
    plugins: [
      {
        name: 'worker-source',
        load: (id) =>
          id === SOURCE ? `export const workerSource = async () => ${JSON.stringify(worker)};` : null,
      },
      forPages,
    ],
  });
  const { output } = await bundle.write({
    ...{ dir: out, format: 'esm', preserveModules: true, preserveModulesRoot: dist },
    entryFileNames: '[name].js',
  });
  for (const { fileName, code = '' } of output) {
    // Of a module that only its types were needed of an import is left, and bundlers wonder what for.
    const needed = code.replaceAll(/^import "\.[^"]*";\n/gm, '');
    if (needed !== code) writeFileSync(join(out, fileName), needed);
  }
  return output;
}

if (!existsSync(join(dist, 'index.js'))) throw new Error('dist is missing: npm run build:ts makes it');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const files = await buildEntries(await buildWorker());
const nodes = files.filter(({ code }) => /['"]node:/.test(code ?? ''));
if (nodes.length > 0) {
  throw new Error(`modules of Node are left in ${nodes.map(({ fileName }) => fileName).join(', ')}`);
}
writeFileSync(join(out, 'LICENSES.txt'), licencesOf([...modulesOfPackages]).text);
const bytes = files.reduce((sum, { code = '' }) => sum + Buffer.byteLength(code), 0);
console.log(`browser build: ${files.length} files, ${(bytes / 1024).toFixed(0)} KiB`);
