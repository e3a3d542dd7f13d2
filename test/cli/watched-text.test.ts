import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { watchedText } from '../../src/cli/text/watched-text.js';
import { fileText } from '../../src/text/corpus/text-source.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-watched-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('a watched text is the same text, and shows how far it is', async () => {
  const path = join(folder, 'text.txt');
  const text = 'é'.repeat(2 ** 20);
  writeFileSync(path, text);
  const lines: string[] = [];
  let clock = 0;
  const source = watchedText(fileText(path), [path], {
    target: { write: (line) => lines.push(line) },
    now: () => (clock += 20_000),
  });
  for (const pass of [1, 2]) {
    let read = '';
    for await (const piece of source.chunks()) read += piece;
    expect(read).toBe(text);
    expect(lines).toHaveLength(2 * pass);
  }
  // Two megabytes in two pieces.
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^reading 50%, /) as string,
    expect.stringMatching(/^reading 100%, /) as string,
  ]);
});
