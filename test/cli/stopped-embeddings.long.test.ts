import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { Random } from '../../src/base/math/random.js';
import { runAndStop } from '../support/stopped-command.js';

const main = path.resolve(import.meta.dirname, '../../dist/cli/main.js');
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-stopped-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

beforeAll(() => {
  const random = new Random(4);
  // Frequent words first, as in a language; a quarter of a million of them take a second to train on.
  const word = (): string => `w${Math.floor(2_000 * random.uniform(0, 1) ** 3)}`;
  const lines = Array.from({ length: 20_000 }, () => Array.from({ length: 12 }, word).join(' '));
  writeFileSync(at('corpus.txt'), `${lines.join('\n')}\n`);
});

const train = (out: string, threads: number): string[] => [
  ...['train-embeddings', at('corpus.txt'), '--vector-size', '20', '--epochs', '4'],
  ...['--threads', String(threads), '--out', at(out)],
];

function finish(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: 'utf8' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
}

describe('train-embeddings, asked to stop,', () => {
  it.each([
    ['SIGINT', 1],
    ['SIGTERM', 2],
  ] as const)('by %s with %i threads, keeps the run and says how to go on', async (name, threads) => {
    const out = `${name}.safetensors`;
    const args = train(out, threads);
    const { status, signal, stdout, stderr } = await runAndStop(args, name, 'different ones');
    expect({ status, signal, stdout }).toEqual({ status: 130, signal: null, stdout: '' });
    expect(stderr).toMatch(/stopped: in pass [1-4] of 4; what was learned is in \S+\.checkpoint\.\n/);
    const [, command] = /\nGo on with: seqkit (.*)\n/.exec(stderr) ?? [];
    expect(command).toBe([...args, '--resume'].join(' '));
    expect(existsSync(at(out))).toBe(false);

    finish(command.split(' '));
    expect(readdirSync(folder).filter((file) => file.startsWith(name))).toEqual([out]);
    if (threads === 1) {
      finish(train('whole.safetensors', 1));
      expect(readFileSync(at(out)).equals(readFileSync(at('whole.safetensors')))).toBe(true);
    } else expect((await KeyedVectors.load(at(out))).size).toBe(2_000);
  });
});
