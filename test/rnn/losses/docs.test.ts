import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { fencesOf } from '../../support/readme-fences.js';
import { lossNames, metricNames } from '../../../src/rnn/index.js';
import { readFileSync } from 'node:fs';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-losses-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('docs/losses-and-metrics.md', () => {
  const snippets = fencesOf('docs/losses-and-metrics.md').filter(({ mark }) => mark === 'quick');

  it.each(snippets.map(({ code }, index) => [index + 1, code]))('snippet %i runs', async (index, code) => {
    const file = path.join(folder, `snippet-${index}.ts`);
    writeFileSync(file, code);
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await import(/* @vite-ignore */ file);
    const printed: unknown[] = log.mock.calls.flat();
    log.mockRestore();
    expect(printed.length).toBeGreaterThan(0);
    // Losses before and after.
    const [first, last] = printed;
    if (typeof first === 'number' && typeof last === 'number') expect(last).toBeLessThan(first / 2);
  });

  it('has every loss and every metric', () => {
    const page = readFileSync(new URL('../../../docs/losses-and-metrics.md', import.meta.url), 'utf8');
    expect(snippets).toHaveLength(5);
    for (const name of [...lossNames, ...metricNames]) expect(page, name).toContain(`\`${name}\``);
  });
});
