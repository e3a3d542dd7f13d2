import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readmeCommands, readmeFences } from './support/readme-fences.js';
import { runCli } from './support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const snippets = readmeFences().filter(({ language, mark }) => language === 'ts' && mark === 'quick');

describe('README', () => {
  it.each(snippets.map(({ code }, index) => [index + 1, code]))('snippet %i', async (index, code) => {
    const file = path.join(folder, `snippet-${index}.ts`);
    writeFileSync(file, code);
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    expect(log).toHaveBeenCalled();
    log.mockRestore();
  });

  it.each(readmeCommands('quick').map((args) => [args.join(' '), args] as const))(
    'seqkit %s',
    async (_line, args) => {
      const { status, stderr, stdout } = await runCli(args);
      expect(stderr).not.toContain('error:');
      expect({ status, printed: stdout !== '' }).toEqual({ status: 0, printed: true });
    },
  );

  it('marks each fence for the tests, or is one of installation', () => {
    for (const { language, mark, code } of readmeFences()) {
      if (language === 'sh' && /^npm (ci|install)\b/.test(code)) continue;
      expect(['quick', 'long'], code).toContain(mark);
    }
  });
});
