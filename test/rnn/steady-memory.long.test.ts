import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

interface Printed {
  workers: number;
  /** What twenty steps left behind for the garbage collector, of one. */
  bytesPerStep: number;
  samples: { step: number; rss: number; heapUsed: number; arrayBuffers: number }[];
}

const script = path.resolve(import.meta.dirname, '../support/steady-memory.mjs');
const MB = 2 ** 20;

it.each([1, 2])('memory stays as it is over 5,000 steps, and the process ends: %d threads', (threads) => {
  // A thread that kept the process alive would run into the time limit.
  const printed = execFileSync(
    process.execPath,
    ['--expose-gc', '--min-semi-space-size=64', script, '5000', String(threads)],
    {
      encoding: 'utf8',
      timeout: 14 * 60_000,
    },
  );
  const { workers, bytesPerStep, samples } = JSON.parse(printed) as Printed;
  expect(workers).toBe(threads - 1);
  const most = (what: 'rss' | 'heapUsed' | 'arrayBuffers', from: number, to: number): number =>
    Math.max(...samples.filter(({ step }) => step > from && step <= to).map((sample) => sample[what]));
  const growth = {
    rss: (most('rss', 4000, 5000) - most('rss', 1500, 2500)) / MB,
    heapUsed: (most('heapUsed', 4000, 5000) - most('heapUsed', 1500, 2500)) / MB,
    arrayBuffers: (most('arrayBuffers', 4000, 5000) - most('arrayBuffers', 1500, 2500)) / MB,
  };
  const rss = `${(most('rss', 0, 2500) / MB).toFixed(1)} and ${(most('rss', 2500, 5000) / MB).toFixed(1)} MB`;
  console.log(
    `${threads} threads: at most ${rss} resident in the first and second half; ` +
      `${Math.round(bytesPerStep)} bytes a step left to the collector; growth`,
    growth,
  );
  // A copy of what flows through one layer at each step would be 256 KB, of the weights as much.
  expect(growth.rss).toBeLessThan(4);
  expect(growth.heapUsed).toBeLessThan(1);
  expect(growth.arrayBuffers).toBeLessThan(1);
  expect(bytesPerStep).toBeGreaterThan(0);
  expect(bytesPerStep).toBeLessThan(32 * 1024);
});
