// Prints how many bytes pages load that use a part of seqkit, compressed: `node scripts/page-sizes.mjs`, after
// `npm run build`. Each page is bundled and minified by Rolldown out of dist/browser, runs, and is asked which of its
// files it has run by then. `--modules` also prints the largest modules of what each page has run.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const release = join(root, 'test/golden/release-0.1.0');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Packages that are installed by those who want them. */
const OPTIONAL = ['abcjs', 'umap-js', 'vega', '@resvg/resvg-js'];

/**
 * Pages by what they do: what each imports, and a use of it.
 * @type {Readonly<Record<string, { code: string, file?: string, use?: (page: any, bytes: Uint8Array) => unknown }>>}
 */
export const pages = {
  'a trigger word detected': {
    code: `export { TriggerModel } from 'seqkit/audio/detect';`,
    file: 'trigger.safetensors',
    use: async ({ TriggerModel }, bytes) => {
      const model = await TriggerModel.load(bytes);
      const stream = model.stream({ sampleRate: 16_000 });
      return stream.push(new Float32Array(16_000));
    },
  },
  'a Sequential that predicts': {
    code: `export { Sequential } from 'seqkit/rnn';`,
    file: 'sequential.safetensors',
    use: async ({ Sequential }, bytes) => {
      const model = await Sequential.load(bytes);
      return model.predict({ data: new Float32Array(4 * 3), shape: [1, 4, 3] });
    },
  },
  'word vectors searched': {
    code: `export { KeyedVectors } from 'seqkit/embeddings';`,
    file: 'vectors-int8.safetensors',
    use: async ({ KeyedVectors }, bytes) => {
      const vectors = await KeyedVectors.load(bytes);
      return vectors.mostSimilar({ positive: [vectors.wordAt(0)], topn: 2 });
    },
  },
  'text generated': {
    code: `export { TextModel } from 'seqkit/text';`,
    file: 'text.safetensors',
    use: async ({ TextModel }, bytes) => {
      const model = await TextModel.load(bytes);
      return model.generate({ length: 10, seed: 1 });
    },
  },
  'all of seqkit': { code: `export * from 'seqkit';` },
};

/** An entry of the package as pages have it. */
function entryFile(name) {
  return join(root, exports[`.${name.slice('seqkit'.length)}`].default);
}

async function bundled(code, options) {
  const bundle = await rolldown({
    input: 'page',
    platform: 'browser',
    external: OPTIONAL,
    logLevel: 'silent',
    plugins: [
      {
        name: 'page',
        resolveId: (id) =>
          id === 'page'
            ? '\0page'
            : /^seqkit(\/|$)/.test(id)
              ? { id: entryFile(id), moduleSideEffects: false }
              : null,
        load: (id) => (id === '\0page' ? code : null),
      },
    ],
  });
  const { output } = await bundle.write({
    format: 'esm',
    minify: true,
    entryFileNames: 'page.js',
    chunkFileNames: '[name].js',
    ...options,
  });
  await bundle.close();
  return output.filter(({ type }) => type === 'chunk');
}

/** What is loaded of a page before it does anything: its script, with what that imports, and so on. */
function importedBy(fileName, chunks, found = new Set()) {
  if (found.has(fileName)) return found;
  found.add(fileName);
  for (const other of chunks.get(fileName)?.imports ?? []) importedBy(other, chunks, found);
  return found;
}

/**
 * The bytes of a page, compressed by gzip at its best, file by file.
 * @param {string} name of {@link pages}
 * @returns `start`: what it loads before it does anything; `used`: what it has loaded when it has done its work; `all`:
 *   all of its files, which nothing but the whole of seqkit's features would load
 */
export async function pageSize(name) {
  const { code, file, use } = pages[name];
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-page-'));
  try {
    const chunks = await bundled(code, { dir: join(folder, 'measured') });
    const bytes = new Map(chunks.map((chunk) => [chunk.fileName, gzipSync(chunk.code, { level: 9 }).length]));
    const sum = (names) => [...names].reduce((total, each) => total + (bytes.get(each) ?? 0), 0);
    const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
    const start = importedBy('page.js', byName);
    let used = start;
    if (use) {
      // The same once more, each file with a line by which it tells that it runs.
      const mark = ({ fileName }) => `(globalThis.seqkitRan ??= new Set()).add(${JSON.stringify(fileName)});`;
      await bundled(code, { dir: join(folder, 'run'), banner: mark });
      globalThis.seqkitRan = new Set();
      const page = await import(pathToFileURL(join(folder, 'run/page.js')));
      await use(page, new Uint8Array(readFileSync(join(release, file))));
      used = new Set(globalThis.seqkitRan);
    }
    const modules = [...used].flatMap((each) =>
      Object.entries(byName.get(each)?.modules ?? {}).map(([id, { renderedLength = 0 }]) => [
        id,
        renderedLength,
      ]),
    );
    return { start: sum(start), used: sum(used), all: sum(bytes.keys()), files: used.size, modules };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const kilobytes = (count) => (count / 1000).toFixed(1);
  console.log('| page | at its start, kB | when it has done its work, kB | all of its files, kB |');
  console.log('| --- | --- | --- | --- |');
  for (const name of Object.keys(pages)) {
    if (process.argv[3] && !name.includes(process.argv[3])) continue;
    const { start, used, all, modules } = await pageSize(name);
    console.log(
      `| ${name} | ${kilobytes(start)} | ${pages[name].use ? kilobytes(used) : ''} | ${kilobytes(all)} |`,
    );
    if (!process.argv.includes('--modules')) continue;
    for (const [id, length] of modules.sort(([, a], [, b]) => b - a).slice(0, 200)) {
      console.log(String(length).padStart(8), id.replace(join(root, 'dist/browser/'), ''));
    }
  }
}
