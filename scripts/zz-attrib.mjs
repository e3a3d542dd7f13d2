// scratch
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { pages } from './page-sizes.mjs';
import { replaceModules } from './page-build/replace-modules.mjs';
import { REPLACED } from './page-build/replaced.mjs';
import { vendoredPackages } from './page-build/vendored-packages.mjs';
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const plugs = [replaceModules(dist, REPLACED), vendoredPackages(dist)];
async function bundled(code, options) {
  const bundle = await rolldown({ input: 'page', platform: 'browser', logLevel: 'silent',
    plugins: [{ name: 'page', resolveId: (id) => id === 'page' ? '\0page' : /^seqkit(\/|$)/.test(id) ? { id: join(root, exports[`.${id.slice(6)}`].node), moduleSideEffects: false } : null,
      load: (id) => (id === '\0page' ? code : null) }, ...plugs] });
  const { output } = await bundle.write({ format: 'esm', entryFileNames: 'page.js', chunkFileNames: '[name].js', ...options });
  await bundle.close();
  return output.filter(({ type }) => type === 'chunk');
}
const name = process.argv[2]; const { code, file, use } = pages[name];
const folder = mkdtempSync(join(tmpdir(), 'seqkit-attr-'));
const chunks = await bundled(code, { dir: join(folder, 'm'), minify: false });
await bundled(code, { dir: join(folder, 'run'), minify: false, banner: ({ fileName }) => `(globalThis.seqkitRan ??= new Set()).add(${JSON.stringify(fileName)});` });
globalThis.seqkitRan = new Set();
const page = await import(pathToFileURL(join(folder, 'run/page.js')));
if (use) await use(page, await file());
const strip = (f) => f;
const run = new Set(globalThis.seqkitRan);
const rows = []; let all = '';
for (const chunk of chunks) {
  for (const [id, { code: c }] of Object.entries(chunk.modules)) {
    if (!c) continue;
    const names = [...new Set([...c.matchAll(/^(?:var|let|const|function\*?|class|async function\*?) ([\w$]+)/gm)].map((x) => x[1]))]; const exp = names.length ? `\nexport{${names.map((n, i) => `${n} as a${i}`).join(',')}}` : ''; let m; try { m = minifySync('x.js', c + exp, { module: true, compress: true, mangle: true, codegen: { removeWhitespace: true } }).code.replace(/export\{[^}]*\};?$/, ''); } catch (e) { m = c; }
    const inRun = run.has(chunk.fileName) ; if (!inRun && !chunk.isEntry) continue;
    rows.push({ id: relative(dist, id), m }); all += m + '\n';
  }
}
const gz = (t) => gzipSync(t, { level: 9 }).length;
const total = gz(all);
for (const r of rows) { r.min = r.m.length; r.out = total - gz(rows.filter((o) => o !== r).map((o) => o.m).join('\n')); }
rows.sort((a, b) => b.out - a.out);
console.log(name, 'total', total, 'min', all.length);
const dirs = new Map();
for (const r of rows) { const d = r.id.split('/').slice(0, -1).join('/'); const e = dirs.get(d) ?? [0, 0]; e[0] += r.min; e[1] += r.out; dirs.set(d, e); }
for (const [d, [a, b]] of [...dirs].sort((x, y) => y[1][1] - x[1][1])) console.log('DIR', d.padEnd(50), a, b);
for (const r of rows.slice(0, 400)) console.log(r.id.padEnd(60), r.min, r.out);
rmSync(folder, { recursive: true });
process.exit(0);
