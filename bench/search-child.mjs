/** seqkit in the search benchmark: opens a file, then answers a query a line. See search.mjs. */
import { statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { KeyedVectors } from '../dist/embeddings/index.js';

const [file, threads, topn, kind] = process.argv.slice(2);
// The size of a process in which nothing has been opened.
const before = process.memoryUsage.rss();
const started = performance.now();
const vectors = await KeyedVectors.load(file, { threads: Number(threads), int8Search: kind === 'int8' });
const openMs = performance.now() - started;
const first = vectors.get('w0');
vectors.similarByVector(first, Number(topn));
// The helpers are up before the first query counts.
await new Promise((resolve) => setTimeout(resolve, 500));
vectors.similarByVector(first, Number(topn));
const bytes = vectors.size * vectors.vectorSize * 4;
const memoryRatio = (process.memoryUsage.rss() - before) / bytes;
print({ openMs, memoryRatio, fileBytes: statSync(file).size });

for await (const line of createInterface({ input: process.stdin })) {
  const vector = vectors.get(`w${line}`);
  const began = performance.now();
  const answers = vectors.similarByVector(vector, Number(topn));
  print({ ms: performance.now() - began, answers: answers.map(({ word }) => Number(word.slice(1))) });
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
