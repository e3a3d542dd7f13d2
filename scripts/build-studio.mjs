// Builds the page of the studio out of src/studio into dist/studio: scripts, one stylesheet and the page.
// What the page needs of seqkit it imports as it runs, from the build for pages beside it (dist/browser).
// `node scripts/build-studio.mjs`, after `node scripts/build-browser.mjs`.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { licencesOf, studioPackages } from './bundled-packages.mjs';
import { demoText } from './demo-text.mjs';

/** Of the script that the page begins with, gzipped. */
const MOST_FIRST_BYTES = 150_000;
/** Of the text that comes with the page. */
const EXAMPLE_CHARACTERS = 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'src/studio');
const out = join(root, 'dist/studio');

/** The entries of the package, by their modules in src. */
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entries = new Map(
  Object.values(exports)
    .filter((entry) => typeof entry === 'object' && entry.node !== undefined)
    .map(({ node, default: built }) => [
      join(root, node.replace('./dist', 'src').replace(/\.js$/, '.ts')),
      built.replace('./dist/', '../'),
    ]),
);

/** Modules of seqkit stay outside: those that the package exports, and no others. */
const publicDoors = {
  name: 'public-doors',
  resolveId(id, importer) {
    if (importer === undefined || !id.startsWith('.')) return null;
    const file = resolve(dirname(importer), id).replace(/\.js$/, '.ts');
    if (file.startsWith(page) || file.includes('node_modules')) return null;
    const door = entries.get(file);
    if (door === undefined)
      throw new Error(`${relative(root, importer)} imports ${id}, which seqkit does not export`);
    return { id: door, external: true };
  },
};

if (!existsSync(join(root, 'dist/browser/index.js'))) {
  throw new Error('dist/browser is missing: npm run build:browser makes it');
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const bundle = await rolldown({
  input: { studio: join(page, 'main.tsx') },
  platform: 'browser',
  plugins: [publicDoors],
});
const { output } = await bundle.write({
  ...{ dir: out, format: 'esm', minify: true },
  ...{ entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
});
copyFileSync(join(page, 'index.html'), join(out, 'index.html'));
copyFileSync(join(page, 'icon.svg'), join(out, 'icon.svg'));
const styles = readdirSync(join(page, 'styles')).sort();
writeFileSync(
  join(out, 'studio.css'),
  styles.map((name) => readFileSync(join(page, 'styles', name), 'utf8')).join('\n'),
);
const names = (folder) => readdirSync(join(root, 'data/clips', folder)).sort();
writeFileSync(
  join(out, 'clips.json'),
  JSON.stringify({ negatives: names('negatives'), backgrounds: names('backgrounds') }),
);
writeFileSync(join(out, 'example-text.txt'), demoText(EXAMPLE_CHARACTERS, 1));
const modules = output.flatMap(({ moduleIds = [] }) => moduleIds);
const stranger = modules.find(
  (id) =>
    id.includes('node_modules/') && !studioPackages.some((name) => id.includes(`node_modules/${name}/`)),
);
if (stranger !== undefined) throw new Error(`bundled-packages.mjs does not name the package of ${stranger}`);
writeFileSync(join(out, 'LICENSES.txt'), licencesOf(modules).text);
const bytes = output.reduce((sum, { code = '' }) => sum + code.length, 0);
const first = gzipSync(output.find(({ isEntry }) => isEntry).code).length;
if (first > MOST_FIRST_BYTES) throw new Error(`the first script takes ${first} bytes, gzipped`);
console.log(
  `${relative(root, out)}: ${output.length} scripts, ${(bytes / 1024).toFixed(0)} KiB; first ${(first / 1024).toFixed(0)} KiB gzipped`,
);
