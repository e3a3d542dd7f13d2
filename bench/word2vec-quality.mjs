/**
 * How well vectors of a corpus agree with people about pairs of words: Spearman's correlation,
 * for Word2Vec and for gensim's with the same settings, the mean over seeds. Needs `npm run build`
 * and python3-gensim.
 *
 *   node bench/word2vec-quality.mjs corpus.txt wordsim353.tsv [--seeds 5] [--sg 1] [--workers 1] [--epochs 5] [--alpha 0.025] [--only seqkit|file|lines]
 *
 * gensim has two ways to read: corpus_file ("file") and an iterable, here LineSentence ("lines"). By
 * file, each worker lets the learning rate fall by its own share of the text alone, so that with
 * several it falls less than the settings say, and blank lines count as read sentences: compare by
 * one worker, or by lines.
 *
 * The text is split at white space after it was put into lower case and all but letters was taken
 * out, the same file for both.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { fileCorpus, KeyedVectors, Word2Vec } from '../dist/embeddings/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' },
    first: { type: 'string', default: '1' },
    sg: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    epochs: { type: 'string', default: '5' },
    alpha: { type: 'string', default: '0.025' },
    only: { type: 'string' },
  },
});
const [corpus, pairsFile] = positionals;
const folder = await mkdtemp(join(tmpdir(), 'seqkit-quality-'));
const [sg, workers, epochs, alpha] = [values.sg, values.workers, values.epochs, values.alpha].map(Number);

/** Ranks from 1, the mean rank for equals. */
function ranks(numbers) {
  const order = numbers.map((_, i) => i).sort((a, b) => numbers[a] - numbers[b]);
  const found = new Array(numbers.length);
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && numbers[order[end]] === numbers[order[i]]) end++;
    for (let k = i; k < end; k++) found[order[k]] = (i + end + 1) / 2;
    i = end;
  }
  return found;
}

function correlation(a, b) {
  const mean = (x) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x, mx, y, my) => x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0);
  return product(a, meanA, b, meanB) / Math.sqrt(product(a, meanA, a, meanA) * product(b, meanB, b, meanB));
}

const title = (name) => (name === 'seqkit' ? name : `gensim by ${name}`);

const judgements = (await readFile(pairsFile, 'utf8'))
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.toLowerCase().split('\t'));

function judge(vectors) {
  const known = judgements.filter(([a, b]) => vectors.has(a) && vectors.has(b));
  const cosines = known.map(([a, b]) => vectors.similarity(a, b));
  return {
    score: 100 * correlation(ranks(cosines), ranks(known.map(([, , human]) => Number(human)))),
    pairs: known.length,
  };
}

try {
  const text = (await readFile(corpus, 'utf8')).toLowerCase().replace(/[^\p{L}\n]+/gu, ' ');
  const cleaned = join(folder, 'corpus.txt');
  await writeFile(cleaned, text);
  const script = fileURLToPath(new URL('word2vec-peers.py', import.meta.url));
  const contestants = {
    async seqkit(seed) {
      const model = new Word2Vec({ sg, workers, epochs, alpha, seed });
      await model.fit(fileCorpus(cleaned));
      return model.wv;
    },
    file: (seed) => gensim(seed, 'file'),
    lines: (seed) => gensim(seed, 'lines'),
  };
  const gensim = async (seed, reading) => {
    const out = join(folder, 'gensim.txt');
    const asked = { corpus: cleaned, reading, out, options: { sg, workers, epochs, alpha, seed } };
    await promisify(execFile)('/usr/bin/python3', [script, JSON.stringify(asked)]);
    return KeyedVectors.load(out);
  };
  const names = Object.keys(contestants).filter((name) => values.only === undefined || values.only === name);
  const scores = Object.fromEntries(names.map((name) => [name, []]));
  for (let i = 0; i < Number(values.seeds); i++) {
    const seed = Number(values.first) + i;
    for (const name of names) {
      const { score, pairs } = judge(await contestants[name](seed));
      scores[name].push(score);
      process.stdout.write(`${title(name)}, seed ${seed}: ${score.toFixed(2)} over ${pairs} pairs\n`);
    }
  }
  for (const name of names) {
    const mean = scores[name].reduce((sum, value) => sum + value, 0) / scores[name].length;
    process.stdout.write(`${title(name)}, mean of ${scores[name].length}: ${mean.toFixed(2)}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
