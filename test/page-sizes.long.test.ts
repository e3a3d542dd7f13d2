import { expect, it } from 'vitest';
import { pageSize } from '../scripts/page-sizes.mjs';

// In kB, compressed, as `node scripts/page-sizes.mjs` counts them.

/** What a page loads before it does anything, and what it has loaded when it has done its work. */
const MOST: Readonly<Record<string, { start: number; used: number }>> = {
  'a trigger word detected': { start: 26.6, used: 83.2 },
  'a Sequential that predicts': { start: 37, used: 65 },
  'word vectors searched': { start: 9.4, used: 22.2 },
  'text generated': { start: 14.5, used: 66.9 },
};

/**
 * Modules that only training, a speech embedding or an old browser needs, or vectors that others wrote. What of them is
 * merged with others of its kind is known by the file that holds both.
 */
const UNASKED =
  /(encoding\/inflate|audio\/embedding\/(embedding-network|embedding-stream)|layers\/conv2d)\.js|rnn\/(training\/(trainer|fit|divergence)|losses\/ctc|metrics\/auc|engine\/(reference\/|wasm\/binary))|formats\/(text-vectors|fasttext-binary|foreign)|rnn\/training\/training|text\/(training|model\/text-fitting)/;

for (const [name, most] of Object.entries(MOST)) {
  it(`${name}: a page loads no more than it did, and nothing that it does not ask for`, async () => {
    const { start, used, modules } = await pageSize(name);
    expect(start / 1000).toBeLessThan(most.start);
    expect(used / 1000).toBeLessThan(most.used);
    // What it runs is among what it loads.
    expect(used).toBeGreaterThan(start);
    const ids = modules.map(([id]) => id);
    expect(ids.length).toBeGreaterThan(10);
    expect(ids.filter((id) => UNASKED.test(id))).toEqual([]);
  });
}

it('all of seqkit is 350 kB at most, without the packages of others, which come in files of their own', async () => {
  const { all, packages, modules } = await pageSize('all of seqkit');
  expect((all - packages) / 1000).toBeLessThan(350);
  expect(all / 1000).toBeLessThan(649);
  // It has what trains: else the tests above would find nothing anywhere.
  expect(modules.some(([id]) => /rnn\/training\/training\.js/.test(id))).toBe(true);
});

it('what is merged with others comes without them', async () => {
  // A class of a module that most pages need, and a function among all that hears a word.
  expect((await pageSize('an error told from others')).start / 1000).toBeLessThan(0.5);
  expect((await pageSize('a sound resampled')).start / 1000).toBeLessThan(4.5);
});
