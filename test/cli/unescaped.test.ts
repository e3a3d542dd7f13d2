import { expect, it } from 'vitest';
import { unescaped } from '../../src/cli/options/unescaped.js';

it.each([
  ['A\\nB', 'A\nB'],
  ['a\\tb\\rc', 'a\tb\rc'],
  ['C:\\\\new', 'C:\\new'],
  ['\\\\\\n', '\\\n'],
  ['\\q and \\', '\\q and \\'],
  ['plain', 'plain'],
])('%j means %j', (typed, meant) => {
  expect(unescaped(typed)).toBe(meant);
});
