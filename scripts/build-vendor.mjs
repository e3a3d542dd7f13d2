// Bundles the packages that seqkit is built on into dist/vendor, one module each, and points dist at them: who
// installs seqkit gets what it uses of them, and none of what they would bring along (of gpu.js alone a compiler
// for OpenGL and 85 MB of a WebGPU that loads on few systems). Their licences go beside them.
// `node scripts/build-vendor.mjs`, after `npm run build:ts`.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bundledPackages, licencesOf } from './bundled-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const out = join(dist, 'vendor');

const ENTRY = '\0vendor:';

async function bundleAll() {
  const bundle = await rolldown({
    input: Object.fromEntries(Object.keys(bundledPackages).map((name) => [moduleName(name), ENTRY + name])),
    cwd: root,
    platform: 'node',
    // gpu.js asks for it where it is, and goes on without.
    external: ['gl'],
    checks: { importIsUndefined: false },
    plugins: [
      {
        name: 'vendor-entries',
        resolveId: (id) => (id.startsWith(ENTRY) ? id : null),
        load: (id) => (id.startsWith(ENTRY) ? bundledPackages[id.slice(ENTRY.length)] : null),
      },
    ],
  });
  const { output } = await bundle.write({
    // gpu.js reads kernels back from their source, so that names stay as they are.
    ...{
      dir: out,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: '[name].js',
      minify: 'dce-only',
    },
  });
  return output;
}

/** The file of a package: what ends in .js already keeps one ending. */
function moduleName(name) {
  return name.replace(/\.js$/, '');
}

function filesUnder(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesUnder(path) : [path];
  });
}

/** `from 'meyda'` becomes the path of its bundle, in what tsc wrote. */
function pointAtBundles() {
  const names = Object.keys(bundledPackages)
    .map((name) => name.replaceAll('.', '\\.'))
    .join('|');
  const specifier = new RegExp(`(from |import\\()(['"])(${names})\\2`, 'g');
  for (const path of filesUnder(dist)) {
    const inside = relative(dist, path);
    if (!inside.endsWith('.js') || inside.startsWith('vendor') || inside.startsWith('browser')) continue;
    const code = readFileSync(path, 'utf8');
    const pointed = code.replace(specifier, (_, before, _quote, name) => {
      const to = relative(dirname(path), join(out, `${moduleName(name)}.js`)).replaceAll('\\', '/');
      return `${before}'${to.startsWith('.') ? to : `./${to}`}'`;
    });
    if (pointed !== code) writeFileSync(path, pointed);
  }
}

if (!existsSync(join(dist, 'index.js'))) throw new Error('dist is missing: npm run build:ts makes it');
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const files = await bundleAll();
pointAtBundles();
const { text, packages } = licencesOf(files.flatMap(({ moduleIds = [] }) => moduleIds));
writeFileSync(join(out, 'LICENSES.txt'), text);
const bytes = files.reduce((sum, { code = '' }) => sum + Buffer.byteLength(code), 0);
console.log(`vendor: ${packages} packages in ${files.length} files, ${(bytes / 1024).toFixed(0)} KiB`);
