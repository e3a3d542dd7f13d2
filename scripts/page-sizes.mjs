// Prints how many bytes pages load that use a part of seqkit, compressed: `node scripts/page-sizes.mjs`, after
// `npm run build`. Each page is bundled and minified by Rolldown out of dist/browser, runs, and is asked which of its
// files it has run by then. `--modules` also prints the largest modules of what each page has run, and `--ran` what of
// its code ran, in the same unit: no page that does the same with the same code can be less.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const release = join(root, 'test/golden/release-0.1.0');
const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** A network as it is saved: one LSTM, and Dense. */
async function smallNetwork() {
  const { Dense, LSTM, Sequential } = await import('../dist/rnn/index.js');
  const model = new Sequential([new LSTM({ units: 16 }), new Dense({ units: 2 })], {
    engine: 'wasm',
    threads: 1,
  });
  await model.build([4, 3]);
  const bytes = model.toBytes();
  await model.dispose();
  return bytes;
}

const saved = (name) => () => new Uint8Array(readFileSync(join(release, name)));

/**
 * Pages by what they do: what each imports, the file that it opens, and a use of it.
 * @type {Readonly<Record<string, { code: string, whole?: boolean, file?: () => unknown, use?: (page: any, bytes: Uint8Array) => unknown }>>}
 */
export const pages = {
  'a trigger word detected': {
    code: `export { TriggerModel } from 'seqkit/audio/detect';`,
    file: saved('trigger.safetensors'),
    use: async ({ TriggerModel }, bytes) => {
      const model = await TriggerModel.load(bytes);
      const stream = model.stream({ sampleRate: 16_000 });
      stream.push(new Float32Array(16_000));
      stream.dispose();
      await model.dispose();
    },
  },
  'a Sequential that predicts': {
    code: `export { Sequential } from 'seqkit/rnn';`,
    file: smallNetwork,
    use: async ({ Sequential }, bytes) => {
      const model = await Sequential.load(bytes);
      await model.predict({ data: new Float32Array(4 * 3), shape: [1, 4, 3] });
      await model.dispose();
    },
  },
  'word vectors searched': {
    code: `export { KeyedVectors } from 'seqkit/embeddings';`,
    file: saved('vectors-int8.safetensors'),
    use: async ({ KeyedVectors }, bytes) => {
      const vectors = await KeyedVectors.load(bytes);
      await vectors.mostSimilar({ positive: [vectors.wordAt(0)], topn: 2 });
      vectors.dispose();
    },
  },
  'text generated': {
    code: `export { TextModel } from 'seqkit/text';`,
    file: saved('text.safetensors'),
    use: async ({ TextModel }, bytes) => {
      const model = await TextModel.load(bytes);
      await model.generate({ length: 10, seed: 1 });
      await model.dispose();
    },
  },
  'a sound resampled': { code: `export { resample } from 'seqkit/audio/detect';` },
  'an error told from others': { code: `export { SeqkitError } from 'seqkit/rnn';` },
  'all of seqkit': { code: `export * from 'seqkit';`, whole: true },
};

/** An entry of the package as pages have it. */
function entryFile(name) {
  return join(root, exports[`.${name.slice('seqkit'.length)}`].default);
}

async function bundled(code, options) {
  const bundle = await rolldown({
    input: 'page',
    platform: 'browser',
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
 *   all of its files, which only a page that does everything would load; `packages`: what of these is gpu.js, vega, abcjs
 *   and umap-js, which come in files of their own
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
      await use(page, await file());
      used = new Set(globalThis.seqkitRan);
    }
    const modules = [...used].flatMap((each) =>
      Object.entries(byName.get(each)?.modules ?? {}).map(([id, { renderedLength = 0 }]) => [
        id,
        renderedLength,
      ]),
    );
    // Packages of others come in files of their own, where only drawing, or a GPU, asks for them.
    const others = chunks.filter(({ moduleIds }) =>
      moduleIds.some((id) => /_package_(abcjs|gpu|umap-js|vega)\b/.test(id)),
    );
    return {
      ...{ start: sum(start), used: sum(used), all: sum(bytes.keys()), files: used.size, modules },
      packages: sum(others.map(({ fileName }) => fileName)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The bytes of what runs of a page's code while it does its work, compressed, file by file.
 * @param {string} name of {@link pages}
 */
async function sizeThatRan(name) {
  const { code, file, use } = pages[name];
  const dir = mkdtempSync(join(tmpdir(), 'seqkit-page-'));
  const session = new Session();
  try {
    await bundled(code, { dir });
    const bytes = await file();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    await use(await import(pathToFileURL(join(dir, 'page.js'))), bytes);
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const own = result.filter(({ url }) => url.startsWith(pathToFileURL(dir).href));
    return own.reduce((sum, { url, functions }) => {
      const text = readFileSync(new URL(url), 'utf8');
      const ran = Array.from({ length: text.length }, () => true);
      // Those within come after those around them.
      for (const { startOffset, endOffset, count } of functions.flatMap(({ ranges }) => ranges)) {
        ran.fill(count > 0, startOffset, endOffset);
      }
      const kept = Array.from(ran, (did, i) => (did ? text[i] : '')).join('');
      return sum + gzipSync(kept, { level: 9 }).length;
    }, 0);
  } finally {
    session.disconnect();
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // Whoever reads the table may have seen enough of it, as `head` has.
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const kilobytes = (count) => (count / 1000).toFixed(1);
  console.log('| page | at its start, kB | when it has done its work, kB |');
  console.log('| --- | --- | --- |');
  for (const name of Object.keys(pages)) {
    const { start, used, all, packages, modules } = await pageSize(name);
    const then = !pages[name].whole
      ? kilobytes(used)
      : `${kilobytes(all)} with all that is loaded when asked for, ${kilobytes(packages)} of it packages of others`;
    console.log(`| ${name} | ${kilobytes(start)} | ${then} |`);
    if (process.argv.includes('--ran') && pages[name].use) {
      console.log(`${kilobytes(await sizeThatRan(name))} kB of this ran`);
    }
    if (!process.argv.includes('--modules')) continue;
    for (const [id, length] of modules.sort(([, x], [, y]) => y - x)) {
      console.log(String(length).padStart(8), id.replace(join(root, 'dist/browser/'), ''));
    }
  }
}
