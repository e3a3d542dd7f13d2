/** One load of the loading benchmark, in a process of its own: see loading.mjs and digest.mjs. */
import { readFileSync } from 'node:fs';
import { KeyedVectors } from '../dist/embeddings/index.js';

const [file, kind] = process.argv.slice(2);
const before = process.memoryUsage.rss();
const started = performance.now();
const vectors = await KeyedVectors.load(file, { int8Search: kind === 'int8', verify: kind !== 'unverified' });
const ms = performance.now() - started;
// Not maxRSS of the process, which begins with what its parent had.
const [, mostKB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
const mostMB = mostKB === undefined ? NaN : (mostKB * 1024 - before) / 1e6;
// A search touches all that it needs; what was only passing is given back meanwhile.
vectors.similarByVector(vectors.get('w0'));
for (let round = 0; round < 20; round++) {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
const keptMB = (process.memoryUsage.rss() - before) / 1e6;
const keptTimes = (keptMB * 1e6) / (vectors.size * vectors.vectorSize * 4);
process.stdout.write(`${JSON.stringify({ ms, mostMB, keptMB, keptTimes })}\n`);
process.exit();
