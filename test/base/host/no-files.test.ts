import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as noFiles from '../../../src/base/host/web/no-files.js';
import * as noNodeThread from '../../../src/base/host/web/no-node-thread.js';
import * as nodeThread from '../../../src/base/host/node-thread.js';

/** The modules that the browser build replaces, as its script lists them. */
const script = readFileSync(new URL('../../../scripts/build-browser.mjs', import.meta.url), 'utf8');
const replaced = [...script.matchAll(/'(base\/host\/[\w-]+)'/g)]
  .map(([, name]) => name)
  .filter((name) => name !== 'base/host/node-thread');

it('has the names of all modules that it stands for, and no other', async () => {
  expect(replaced.length).toBeGreaterThan(5);
  const names = await Promise.all(
    replaced.map(async (name) =>
      Object.keys(
        (await import(/* @vite-ignore */ new URL(`../../../src/${name}.ts`, import.meta.url).href)) as object,
      ),
    ),
  );
  expect(Object.keys(noFiles).sort()).toEqual([...new Set(names.flat())].sort());
  expect(Object.keys(noNodeThread).sort()).toEqual(Object.keys(nodeThread).sort());
});

it('says of each what to do in a page', () => {
  const thrown = expect.objectContaining({ code: 'file-access', hint: expect.stringContaining('URL') });
  for (const [name, value] of Object.entries(noFiles)) {
    if (name === 'folderHost') continue;
    expect(() => (value as () => unknown)(), name).toThrow(thrown);
  }
  expect(() => (noFiles.folderHost as { list: unknown }).list).toThrow(thrown);
});
