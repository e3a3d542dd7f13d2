import { readdirSync, readFileSync } from 'node:fs';
import { readClips } from '../dist/audio/index.js';
import { ExamplePool } from '../dist/audio/examples/example-pool.js';
import { triggerPreset } from '../dist/audio/detection/trigger-settings.js';
import { hardwareThreads } from '../dist/base/host/thread-support.js';
import { round } from './character-model.mjs';

export const options = { clips: 'data/clips', examples: 600, threads: hardwareThreads(), rounds: 3 };

/** Training examples of 6 s mixed with their features, on one thread and on several, in turn. */
export async function measure({ clips: folder, examples, threads, rounds }) {
  const files = ['activates', 'negatives', 'backgrounds'].flatMap((kind) =>
    readdirSync(`${folder}/${kind}`)
      .filter((name) => name.endsWith('.wav'))
      .map((name) => ({ path: `${kind}/${name}`, bytes: readFileSync(`${folder}/${kind}/${name}`) })),
  );
  const clips = readClips(files, 16_000);
  const jobs = Array.from({ length: examples }, (_, n) => ({ place: n, number: { seed: 1, example: n } }));
  const best = {};
  for (let turn = 0; turn < rounds; turn++) {
    for (const count of new Set([1, threads])) {
      const pool = new ExamplePool(clips, triggerPreset('standard'), examples, 1, ['activate'], {
        threads: count,
      });
      // The threads start, and everything is compiled.
      await pool.mixAll(jobs.slice(0, 64));
      const startedAt = performance.now();
      await pool.mixAll(jobs);
      best[count] = Math.min(best[count] ?? Infinity, (performance.now() - startedAt) / examples);
      pool.dispose();
    }
  }
  return {
    ...{ bench: 'mixing', examples, threads },
    msOnOneThread: round(best[1]),
    msPerExample: round(best[threads]),
    timesAsFast: round(best[1] / best[threads]),
  };
}

export function table({ examples, threads, msOnOneThread, msPerExample, timesAsFast }) {
  return [
    `${examples} examples of 6 s: ${msOnOneThread} ms each on one thread, ${msPerExample} on ${threads}: ${timesAsFast} times as fast`,
  ];
}
