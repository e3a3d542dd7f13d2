import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { FastText, fileCorpus, Word2Vec } from '../dist/embeddings/index.js';
import { writeZipfCorpus } from './word2vec-corpus.mjs';

export const options = {
  /** Threads, one table row for each of the numbers. */
  workers: '1,2',
  megabytes: 20,
  rounds: 3,
};

/** What all train by; subwords have 3 to 6 characters and 200,000 buckets. */
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
const bucket = 200_000;

const run = promisify(execFile);

/**
 * Words a second of Word2Vec and FastText beside gensim and fastText on one random text, in turn, so
 * that all meet the same weather. A peer that is not installed is named and left out. The pass that
 * counts words is not timed; fastText reports its own rate. Rates by processor second, which other
 * programs on the machine disturb less, are of those that tell them.
 */
export async function measure({ workers, megabytes, rounds }) {
  const folder = await mkdtemp(join(tmpdir(), 'seqkit-word2vec-'));
  try {
    const corpus = join(folder, 'corpus.txt');
    await writeZipfCorpus(corpus, megabytes);
    const tables = [];
    for (const threads of String(workers).split(',').map(Number)) {
      tables.push(await inTurn(corpus, folder, threads, rounds));
    }
    return { bench: 'word2vec', node: process.versions.node, megabytes, rounds, settings, tables };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function* table({ node, megabytes, rounds, tables }) {
  yield `skip-gram of ${settings.vectorSize} numbers on ${megabytes} MB, Node ${node}, medians of ${rounds} rounds in turn`;
  for (const { workers, contestants, ratios } of tables) {
    yield (
      `  ${workers === 1 ? '1 thread' : `${workers} threads`}`.padEnd(26) +
      '     words/s   words per processor second'
    );
    for (const { name, wordsPerSecond, wordsPerProcessorSecond } of contestants) {
      const cell = (value) => (value === null ? '-' : value.toLocaleString('en-US')).padStart(12);
      yield `    ${name.padEnd(22)}${cell(wordsPerSecond)}${cell(wordsPerProcessorSecond)}`;
    }
    for (const { name, peer, times } of ratios) yield `    ${name} is ${times} x ${peer}`;
  }
}

async function inTurn(corpus, folder, workers, rounds) {
  const contestants = {
    Word2Vec: () => ours(Word2Vec, corpus, workers),
    'gensim Word2Vec': () => gensim(corpus, workers),
    'fastText, no subwords': () => fastText(corpus, folder, workers, false),
    FastText: () => ours(FastText, corpus, workers),
    'fastText, subwords': () => fastText(corpus, folder, workers, true),
  };
  const found = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measureOnce] of Object.entries(contestants)) {
      if (found[name] === undefined) continue;
      try {
        found[name].push(await measureOnce());
      } catch (error) {
        process.stderr.write(`${name} left out: ${String(error.message).split('\n')[0]}\n`);
        delete found[name];
      }
    }
  }
  const pairs = [
    ['Word2Vec', 'gensim Word2Vec'],
    ['Word2Vec', 'fastText, no subwords'],
    ['FastText', 'fastText, subwords'],
  ];
  return {
    workers,
    contestants: Object.entries(found).map(([name, results]) => ({
      name,
      wordsPerSecond: median(results.map(({ wordsPerSecond }) => wordsPerSecond)),
      wordsPerProcessorSecond: median(results.map(({ wordsPerProcessorSecond }) => wordsPerProcessorSecond)),
    })),
    ratios: pairs
      .filter(([name, peer]) => found[name] && found[peer])
      .map(([name, peer]) => {
        // Round by round: what slows the machine down for one slows the other.
        const each = found[name].map(
          ({ wordsPerSecond }, i) => wordsPerSecond / found[peer][i].wordsPerSecond,
        );
        return { name, peer, times: Number(middle(each).toFixed(2)) };
      }),
  };
}

async function ours(Model, corpus, workers) {
  const model = new Model({ ...settings, workers, ...(Model === FastText && { bucket }) });
  const text = fileCorpus(corpus);
  await model.buildVocab(text);
  const before = process.cpuUsage();
  const { words, wordsPerSecond } = await model.train(text);
  const { user, system } = process.cpuUsage(before);
  return { wordsPerSecond, wordsPerProcessorSecond: (words / (user + system)) * 1e6 };
}

async function gensim(corpus, workers) {
  const asked = JSON.stringify({ corpus, reading: 'file', options: { ...settings, workers } });
  const script = fileURLToPath(new URL('word2vec-peers.py', import.meta.url));
  return JSON.parse((await run('/usr/bin/python3', [script, asked])).stdout);
}

/** Its last line of progress gives words a second of wall time and thread. */
async function fastText(corpus, folder, workers, subwords) {
  const { vectorSize, window, negative, epochs, minCount, alpha, sample } = settings;
  const flags = {
    ...{ input: corpus, output: join(folder, 'out'), dim: vectorSize, ws: window, neg: negative },
    ...{ epoch: epochs, minCount, lr: alpha, t: sample, bucket, thread: workers },
    ...{ minn: subwords ? 3 : 0, maxn: subwords ? 6 : 0 },
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`-${name}`, String(value)]);
  const { stdout, stderr } = await run('fasttext', ['skipgram', ...args], { maxBuffer: 1 << 26 });
  const rates = [...`${stdout}${stderr}`.matchAll(/words\/sec\/thread:\s+(\d+)/g)];
  if (rates.length === 0) throw new Error('fasttext printed no rate');
  return { wordsPerSecond: Number(rates.at(-1)[1]) * workers, wordsPerProcessorSecond: null };
}

/** Of rates; null where there are none. */
function median(values) {
  return values.includes(null) ? null : Math.round(middle(values));
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}
