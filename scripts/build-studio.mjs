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
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { licencesOf, studioPackages } from './bundled-packages.mjs';
import { demoText } from './demo-text.mjs';
import { publicDoors } from './page-build/public-doors.mjs';

/** Of the script that the page begins with, gzipped. */
const MOST_FIRST_BYTES = 150_000;
/** Of the text that comes with the page. */
const EXAMPLE_CHARACTERS = 60_000;

/** The stylesheets of a folder, in the order of their names. */
const stylesIn = (folder) =>
  readdirSync(join(page, folder))
    .filter((name) => name.endsWith('.css'))
    .sort()
    .map((name) => `${readFileSync(join(page, folder, name), 'utf8')}\n`)
    .join('');

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'src/studio');
const out = join(root, 'dist/studio');

if (!existsSync(join(root, 'dist/browser/index.js'))) {
  throw new Error('dist/browser is missing: npm run build:browser makes it');
}
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const bundle = await rolldown({
  input: { studio: join(page, 'main.tsx') },
  platform: 'browser',
  // Modules of seqkit stay outside.
  plugins: [publicDoors(root, (built) => ({ id: built.replace('./dist/', '../'), external: true }))],
});
const { output } = await bundle.write({
  ...{ dir: out, format: 'esm', minify: true },
  ...{ entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
});
copyFileSync(join(page, 'index.html'), join(out, 'index.html'));
copyFileSync(join(page, 'icon.svg'), join(out, 'icon.svg'));
writeFileSync(join(out, 'studio.css'), stylesIn('styles') + stylesIn('styles/screens'));
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
