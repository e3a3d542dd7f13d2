/**
 * Words a second of Word2Vec and FastText beside gensim and fastText on the same corpus and
 * settings, in turn. Needs `npm run build`; a peer that is not installed is named and left out.
 *
 *   node bench/word2vec.mjs [--workers 1,2] [--megabytes 20] [--rounds 3] [--json]
 *
 * Skip-gram, 100 numbers, window 5, 5 noise words, one pass, sample 1e-4, learning rate 0.05;
 * subwords of 3 to 6 characters in 200,000 buckets. Wall time counts without the vocabulary's
 * pass, but for fastText, which reports its own rate. `cpu` is words by processor second, which other
 * programs on the machine disturb less.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { FastText, fileCorpus, Word2Vec } from '../dist/embeddings/index.js';
import { writeZipfCorpus } from './word2vec-corpus.mjs';

const run = promisify(execFile);
const { values } = parseArgs({
  options: {
    workers: { type: 'string', default: '1,2' },
    megabytes: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'seqkit-word2vec-'));
const corpus = join(folder, 'corpus.txt');
const settings = {
  vectorSize: 100,
  window: 5,
  minCount: 5,
  sg: 1,
  negative: 5,
  sample: 1e-4,
  epochs: 1,
  alpha: 0.05,
};

async function ours(Model, workers) {
  const model = new Model({ ...settings, workers, ...(Model === FastText && { bucket: 200_000 }) });
  const text = fileCorpus(corpus);
  await model.buildVocab(text);
  const before = process.cpuUsage();
  const { words, wordsPerSecond } = await model.train(text);
  const { user, system } = process.cpuUsage(before);
  return { wordsPerSecond, wordsPerProcessorSecond: (words / (user + system)) * 1e6 };
}

async function gensim(workers) {
  const options = { vector_size: 100, window: 5, min_count: 5, sg: 1, negative: 5, sample: 1e-4, epochs: 1 };
  const asked = JSON.stringify({ corpus, options: { ...options, alpha: 0.05, workers } });
  const script = fileURLToPath(new URL('word2vec-peers.py', import.meta.url));
  return JSON.parse((await run('/usr/bin/python3', [script, asked])).stdout);
}

/** Its last line of progress gives words a second of wall time and thread. */
async function fastText(workers, subwords) {
  const flags = {
    input: corpus,
    output: join(folder, 'out'),
    dim: 100,
    ws: 5,
    neg: 5,
    epoch: 1,
    minCount: 5,
  };
  const more = {
    lr: 0.05,
    t: 1e-4,
    bucket: 200_000,
    thread: workers,
    minn: subwords ? 3 : 0,
    maxn: subwords ? 6 : 0,
  };
  const args = Object.entries({ ...flags, ...more }).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const { stdout, stderr } = await run('fasttext', ['skipgram', ...args], { maxBuffer: 1 << 26 });
  const rates = [...`${stdout}${stderr}`.matchAll(/words\/sec\/thread:\s+(\d+)/g)];
  return { wordsPerSecond: Number(rates.at(-1)[1]) * workers, wordsPerProcessorSecond: NaN };
}

const contestants = {
  'seqkit Word2Vec': (workers) => ours(Word2Vec, workers),
  'gensim Word2Vec': gensim,
  'fastText, no subwords': (workers) => fastText(workers, false),
  'seqkit FastText': (workers) => ours(FastText, workers),
  'fastText, subwords': (workers) => fastText(workers, true),
};

try {
  await writeZipfCorpus(corpus, Number(values.megabytes));
  for (const workers of values.workers.split(',').map(Number)) {
    const found = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const [name, measure] of Object.entries(contestants)) {
        try {
          found[name]?.push(await measure(workers));
        } catch (error) {
          process.stderr.write(`${name} left out: ${String(error.message).split('\n')[0]}\n`);
          delete found[name];
        }
      }
    }
    for (const [name, results] of Object.entries(found)) {
      const median = (key) =>
        Math.round(results.map((result) => result[key]).sort((a, b) => a - b)[results.length >> 1]);
      const line = {
        name,
        workers,
        node: process.versions.node,
        words: median('wordsPerSecond'),
        cpu: median('wordsPerProcessorSecond'),
      };
      if (values.json) process.stdout.write(`${JSON.stringify(line)}\n`);
      else {
        const figures = [line.words, line.cpu].map((value) =>
          (Number.isNaN(value) ? '-' : value.toLocaleString('en-US')).padStart(10),
        );
        process.stdout.write(
          `${name.padEnd(24)} ${workers} workers ${figures[0]} words/s ${figures[1]} per processor second\n`,
        );
      }
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
