// Builds the pages that hold one model each, out of src/studio/pages into dist/studio/pages: one HTML file a kind, with
// all of seqkit that it needs in it, and {title} and {model} where `seqkit export-page` puts a model.
// `node scripts/build-pages.mjs`, after `node scripts/build-studio.mjs`.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { bundledPackages, licencesOf } from './bundled-packages.mjs';
import { publicDoors } from './page-build/public-doors.mjs';

/** What each page takes at most without its model, in bytes. */
const MOST_BYTES = { chat: 91_500, classify: 235_000, compose: 463_500, generate: 173_500, listen: 224_000 };

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = join(root, 'src/studio/pages');
const out = join(root, 'dist/studio/pages');

/**
 * What a page with a model that was trained does without: more threads, GPUs, training and its
 * kernels, other formats. All of these are
 * modules that are loaded when they are needed.
 */
const LEFT_OUT = [
  'base/host/web/worker-source',
  'rnn/engine/gpu/gpu-engine',
  'rnn/engine/wasm/binary',
  'rnn/engine/threads',
  'rnn/training/training',
  'audio/training/trigger-training',
  'audio/clips/clip-folder',
  'text/model/text-fitting',
  'tasks/chatbot/intent-notes',
  'embeddings/formats/foreign',
  'embeddings/formats/load-vectors',
  'embeddings/formats/training-vectors',
  'embeddings/formats/written',
  'embeddings/evaluation/judged',
  'embeddings/scan/scan-pool',
].map((name) => join(root, 'dist/browser', `${name}.js`));

/** Draws and reads tunes, and is as large as all else together. */
const ABCJS = join(root, 'dist/browser/_virtual/_package_abcjs.js');

const NOTHING = '\0left-out';

/** In the place of what is left out stands a module that says so. */
const leaveOut = (kind) => ({
  name: 'leave-out',
  resolveDynamicImport(name, importer) {
    const file = join(dirname(importer), name);
    return LEFT_OUT.includes(file) || (file === ABCJS && kind !== 'compose') ? NOTHING : null;
  },
  load: (id) => (id === NOTHING ? "throw new Error('This page runs a model, and does no more.');" : null),
});

/** Of seqkit, and of the packages whose code is in a page. */
function licences(modules) {
  const vendored = Object.keys(bundledPackages).filter((name) =>
    modules.some((id) => id.endsWith(`/_virtual/_package_${name.replace(/\.js$/, '')}.js`)),
  );
  const packages = vendored.map((name) => join(root, 'node_modules', name, 'package.json'));
  const { text } = licencesOf([...modules, ...packages]);
  return `${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}\n\n${text.trim()}`;
}

const unknown = [ABCJS, ...LEFT_OUT].find((file) => !existsSync(file));
if (unknown !== undefined) throw new Error(`${unknown} is to be left out, and is not there`);
mkdirSync(out, { recursive: true });
const template = readFileSync(join(pages, 'page.html'), 'utf8');
const icon = readFileSync(join(root, 'src/studio/icon.svg')).toString('base64');
// Those of styles/screens are of screens that no page has.
const sheets = join(root, 'src/studio/styles');
const styles = readdirSync(sheets)
  .filter((name) => name.endsWith('.css'))
  .sort()
  .map((name) => readFileSync(join(sheets, name), 'utf8'))
  .join('\n');
for (const kind of Object.keys(MOST_BYTES)) {
  const bundle = await rolldown({
    input: join(pages, `${kind}.tsx`),
    platform: 'browser',
    checks: { emptyImportMeta: false, importIsUndefined: false, ineffectiveDynamicImport: false },
    plugins: [publicDoors(root, (built) => join(root, built)), leaveOut(kind)],
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  const program = gzipSync(output[0].code, { level: 9 }).toString('base64');
  const parts = { icon, styles, program, licences: licences(output[0].moduleIds) };
  const page = template.replace(/\{(icon|styles|program|licences)\}/g, (_, part) => parts[part]);
  if (page.length > MOST_BYTES[kind]) throw new Error(`the page ${kind} takes ${page.length} bytes`);
  writeFileSync(join(out, `${kind}.html`), page);
  console.log(`dist/studio/pages/${kind}.html: ${(page.length / 1000).toFixed(0)} kB`);
}
