import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runAndStop } from '../support/stopped-command.js';

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-outputs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const vectors = at('vectors.txt');
writeFileSync(vectors, Array.from({ length: 20_000 }, (_, i) => `word${i} ${Math.sin(i)} 1\n`).join(''));
writeFileSync(at('text.txt'), 'the quick brown fox jumps over the lazy dog. '.repeat(3_000));
writeFileSync(at('corpus.txt'), 'the quick brown fox jumps over the lazy dog\n'.repeat(60_000));
writeFileSync(at('tune.abc'), 'X:1\nT:One\nM:4/4\nL:1/8\nK:C\nCDEF GABc|cBAG FEDC|\n\n'.repeat(200));

/** Commands with much to say. */
const commands = [
  ['neighbors', 'word1', '--vectors', vectors, '--topn', '20000'],
  ['neighbors', 'word1', '--vectors', vectors, '--topn', '20000', '--json'],
  ['similarity', 'word1', 'word2', '--vectors', vectors],
  ['--help'],
  ['train-text', '--help'],
];

describe('a command whose standard output', () => {
  it.skipIf(!existsSync('/dev/full')).each(commands)(
    'is full ends in one line with status 1: %s',
    (...args) => {
      const { status, stderr } = spawnSync(process.execPath, [main, ...args.filter(Boolean)], {
        stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
        encoding: 'utf8',
      });
      const lines = stderr.split('\n').filter((line) => /error/.test(line));
      const said = 'Cannot write to standard output: the disk is full.';
      expect({ status, lines }).toEqual({
        status: 1,
        lines: [
          args.includes('--json')
            ? JSON.stringify({ error: { code: 'file-access', message: said } })
            : `error: ${said}`,
        ],
      });
      expect(stderr).not.toMatch(/\n\s+at /);
    },
  );

  it.each(commands)('is closed ends without a word and with status 0: %s', async (...args) => {
    const child = spawn(process.execPath, [main, ...args.filter(Boolean)]);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, stderr: stderr.replace(/^The query .*\n/gm, '') }).toEqual({ status: 0, stderr: '' });
  });

  it('is open goes on where standard error is closed', async () => {
    const child = spawn(process.execPath, [main, 'neighbors', 'word1', '--vectors', vectors, '--topn', '1']);
    child.stderr.destroy();
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, lines: stdout.trim().split('\n').length }).toEqual({ status: 0, lines: 1 });
  });
});

describe('standard input in place of a file', () => {
  it('is kept for as long as the command runs', () => {
    const temporary = mkdtempSync(at('tmp-'));
    const args = ['train-embeddings', '-', '--vector-size', '4', '--epochs', '1', '--out', at('piped.vec')];
    const { status } = spawnSync(process.execPath, [main, ...args], {
      input: 'a b c d\n'.repeat(100),
      env: { ...process.env, TMPDIR: temporary },
    });
    expect({ status, left: readdirSync(temporary) }).toEqual({ status: 0, left: [] });
  });
});

/** Trainings, and what they say once they have begun. */
const trainings = {
  'train-text': [[at('text.txt'), '--units', '16', '--layers', '1', '--epochs', '500'], 'an epoch is'],
  'train-music': [[at('tune.abc'), '--units', '16', '--layers', '1', '--epochs', '500'], 'an epoch is'],
  'train-embeddings': [[at('corpus.txt'), '--epochs', '500', '--threads', '1'], 'different ones'],
} as const;

describe.each(Object.entries(trainings))('%s', (command, [args, cue]) => {
  const line = [command, ...args, '--out', at(`${command}.safetensors`)];

  it.each(['SIGHUP', 'SIGTERM'] as const)(
    'asked by %s to stop saves its state and says how to go on',
    async (signal) => {
      const { status, stderr } = await runAndStop([...line, '--force'], signal, cue);
      expect(status).toBe(130);
      expect(stderr).toMatch(/stopped: .*(saved in|what was learned is in) \S+/);
      expect(stderr).toContain('--resume');
      expect(readdirSync(folder).filter((name) => /\.(lock|tmp)$/.test(name))).toEqual([]);
    },
  );
});

describe.each([...Object.keys(trainings), 'train-trigger'])('%s', (command) => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    'asked by %s to stop as it starts says so',
    async (signal) => {
      // Tells as soon as somebody listens to signals, while the rest is still being loaded.
      const script = `const timer = setInterval(() => {
      if (process.listenerCount('SIGTERM') === 0) return;
      clearInterval(timer);
      process.stderr.write('here ');
    }, 1);`;
      const cue = `data:text/javascript,${encodeURIComponent(script)}`;
      const child = spawn(process.execPath, ['--import', cue, main, command, at('none')]);
      let stderr = '';
      child.stderr.on('data', (data: Buffer) => {
        if (stderr === '') child.kill(signal);
        stderr += data.toString();
      });
      const ended = await new Promise((resolve) => child.on('close', (status, by) => resolve([status, by])));
      expect([ended, stderr]).toEqual([
        [130, null],
        `here stopped: by ${signal}, outside the training. What was saved before stands.\n`,
      ]);
    },
  );
});
