import { expect, it } from 'vitest';
import * as noFiles from '../../../src/base/host/web/no-files.js';
// @ts-expect-error A script, which is not typed.
import { REPLACED } from '../../../scripts/page-build/replaced.mjs';

const replaced = REPLACED as Readonly<Record<string, readonly string[]>>;

async function namesOf(module: string): Promise<string[]> {
  const { href } = new URL(`../../../src/${module}.ts`, import.meta.url);
  return Object.keys((await import(/* @vite-ignore */ href)) as object);
}

it.each(Object.keys(replaced))(
  '%s has the names of all modules that it stands for, and no other',
  async (web) => {
    const names = await Promise.all(replaced[web].map(namesOf));
    expect(names.flat().length).toBeGreaterThan(0);
    expect((await namesOf(web)).sort()).toEqual([...new Set(names.flat())].sort());
  },
);

it('says of each what to do in a page', () => {
  const thrown = expect.objectContaining({ code: 'file-access', hint: expect.stringContaining('URL') });
  for (const [name, value] of Object.entries(noFiles)) {
    if (name === 'folderHost') continue;
    expect(() => (value as () => unknown)(), name).toThrow(thrown);
  }
  expect(() => (noFiles.folderHost as { list: unknown }).list).toThrow(thrown);
});
