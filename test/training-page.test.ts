import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { fencesOf } from './support/readme-fences.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-training-page-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The programs of the page and what they print: what is marked `more` goes on with the one before it. */
const programs: { code: string; output: string }[] = [];
for (const { language, mark, code } of fencesOf('docs/training.md')) {
  const last = programs.at(-1);
  if (language === 'ts' && mark === 'quick') programs.push({ code, output: '' });
  else if (language === 'ts' && last) last.code += `\n${code}`;
  else if (mark === 'output' && last) last.output += code;
}

/** Losses may differ in their last digits from machine to machine. */
const rough = (text: string): string => text.trim().replaceAll(/\b0\.\d+/g, '0.#');

describe('docs/training.md', () => {
  it.each(programs.map(({ code, output }, i) => [i + 1, code, output] as const))(
    'program %i prints what the page says',
    async (number, code, output) => {
      const file = path.join(folder, `program-${number}.ts`);
      writeFileSync(file, code);
      const lines: string[] = [];
      const log = vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => {
        lines.push(
          values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' '),
        );
      });
      await import(/* @vite-ignore */ file);
      log.mockRestore();
      expect(rough(lines.join('\n'))).toBe(rough(output));
    },
  );

  it('has six', () => expect(programs).toHaveLength(6));
});
