import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importViolations, type Sources } from './support/import-flow.js';

const top = path.resolve(import.meta.dirname, '..');

/** All of `src` but AssemblyScript and generated code. */
function ownSources(): Sources {
  const sources = new Map<string, string>();
  for (const name of readdirSync(path.join(top, 'src'), { recursive: true, encoding: 'utf8' })) {
    const file = path.posix.join('src', name.split(path.sep).join('/'));
    if (!/\.tsx?$/.test(file) || /\/(assembly\/|binary\.ts)/.test(file)) continue;
    sources.set(file, readFileSync(path.join(top, file), 'utf8'));
  }
  return sources;
}

describe('imports', () => {
  it('run one way, without a cycle', () => {
    const sources = ownSources();
    expect(sources.size).toBeGreaterThan(10);
    expect(importViolations(sources)).toEqual([]);
  });
});

describe('importViolations', () => {
  const check = (files: Record<string, string>): string[] => importViolations(new Map(Object.entries(files)));

  it('lets imports run downhill', () => {
    expect(
      check({
        'src/rnn/random.ts': '',
        'src/report/plot.ts': '',
        'src/audio/wav.ts': `import { WaveFile } from 'wavefile'; import { r } from '../rnn/random.js';`,
        'src/cli/main.ts': `import 'node:fs'; export * from '../audio/wav.js'; await import('../report/plot.js');`,
      }),
    ).toEqual([]);
  });

  it.each([
    [
      'an import uphill',
      'src/rnn/a.ts',
      `import { b } from '../text/b.js';`,
      'src/text/b.ts',
      'against the flow',
    ],
    [
      'front ends that meet',
      'src/audio/a.ts',
      `export * from '../text/b.js';`,
      'src/text/b.ts',
      'against the flow',
    ],
    [
      'a type-only import uphill',
      'src/rnn/a.ts',
      `import type { B } from '../cli/b.js';`,
      'src/cli/b.ts',
      'against',
    ],
    [
      'a lazy import uphill',
      'src/rnn/a.ts',
      `await import('../tasks/b.js');`,
      'src/tasks/b.ts',
      'against the flow',
    ],
    [
      'a report that leans on us',
      'src/report/a.ts',
      `import '../rnn/b.js';`,
      'src/rnn/b.ts',
      'against the flow',
    ],
    ['a room without a rule', 'src/extra/a.ts', `import '../rnn/b.js';`, 'src/rnn/b.ts', 'no rule'],
    [
      'an engine by name',
      'src/rnn/cells/a.ts',
      `import '../engine/wasm/b.js';`,
      'src/rnn/engine/wasm/b.ts',
      'engine',
    ],
    [
      'an engine that leans on another',
      'src/rnn/engine/gpu/a.ts',
      `import '../reference/b.js';`,
      'src/rnn/engine/reference/b.ts',
      'may name a concrete engine',
    ],
  ])('finds %s', (_what, file, source, target, rule) => {
    expect(check({ [file]: source, [target]: '' })).toEqual([expect.stringContaining(rule)]);
  });

  it('finds the platform outside its rooms', () => {
    expect(check({ 'src/rnn/a.ts': `import fs from 'node:fs';` })).toEqual([
      expect.stringContaining('src/base/host/'),
    ]);
    expect(check({ 'src/rnn/a.ts': `import fs from 'fs/promises';` })).toHaveLength(1);
    expect(check({ 'src/rnn/a.ts': `import { Command } from 'commander';` })).toHaveLength(1);
    expect(check({ 'src/base/host/a.ts': `import fs from 'node:fs';` })).toEqual([]);
  });

  it('finds a missing file', () => {
    expect(check({ 'src/rnn/a.ts': `import './gone.js';` })).toEqual([
      expect.stringContaining('no such file'),
    ]);
  });

  it('finds cycles, of types and workers too, and names the way round', () => {
    expect(
      check({
        'src/rnn/a.ts': `import type { B } from './b.js';`,
        'src/rnn/b.ts': `import './host/c.js';`,
        'src/rnn/host/c.ts': `new Worker(new URL('../a.js', import.meta.url));`,
      }),
    ).toEqual([
      'cycle: src/rnn/a.ts -> src/rnn/b.ts -> src/rnn/host/c.ts -> src/rnn/a.ts',
      'cycle: src/rnn -> src/rnn/host -> src/rnn',
    ]);
    expect(check({ 'src/rnn/a.ts': `import './a.js';` })).toHaveLength(1);
  });

  it('finds folders that lead back to each other, though no file does', () => {
    expect(
      check({
        'src/rnn/cells/a.ts': `import '../layers/b.js';`,
        'src/rnn/layers/b.ts': '',
        'src/rnn/layers/c.ts': `import '../graph/d.js';`,
        'src/rnn/graph/d.ts': `import type { E } from '../cells/e.js';`,
        'src/rnn/cells/e.ts': '',
      }),
    ).toEqual(['cycle: src/rnn/cells -> src/rnn/layers -> src/rnn/graph -> src/rnn/cells']);
  });
});
