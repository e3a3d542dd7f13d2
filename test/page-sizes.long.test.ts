import { expect, it } from 'vitest';
import { pageSize } from '../scripts/page-sizes.mjs';

// In kB, compressed, as `node scripts/page-sizes.mjs` counts them.

/** What a page loads before it does anything, and what it has loaded when it has done its work. */
const MOST: Readonly<Record<string, { start: number; used: number }>> = {
  'a trigger word detected': { start: 89, used: 107 },
  'a Sequential that predicts': { start: 50, used: 79 },
  'word vectors searched': { start: 16, used: 39 },
  'text generated': { start: 80, used: 98 },
};

/** Modules that only training needs. */
const TRAINS = /rnn\/(training\/(trainer|fit|divergence)|losses\/ctc|metrics\/auc|engine\/reference\/)/;

for (const [name, most] of Object.entries(MOST)) {
  it(`${name}: a page loads no more than it did, and nothing that trains`, async () => {
    const { start, used, modules } = await pageSize(name);
    expect(start / 1000).toBeLessThan(most.start);
    expect(used / 1000).toBeLessThan(most.used);
    // What it runs is among what it loads.
    expect(used).toBeGreaterThan(start);
    const ids = modules.map(([id]) => id);
    expect(ids.length).toBeGreaterThan(10);
    expect(ids.filter((id) => TRAINS.test(id))).toEqual([]);
  });
}

it('all of seqkit is 325 kB at most, without the packages of others, which come in files of their own', async () => {
  const { all, packages, modules } = await pageSize('all of seqkit');
  expect((all - packages) / 1000).toBeLessThan(325);
  expect(all / 1000).toBeLessThan(625);
  // It has what trains: else the tests above would find nothing anywhere.
  expect(modules.some(([id]) => /losses\/ctc/.test(id))).toBe(true);
});
