import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Random } from '../src/base/math/random.js';
import { killUntilDone } from './support/kill-until-done.js';

const main = path.resolve(import.meta.dirname, '../dist/cli/main.js');

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'seqkit-killed-music-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const modelOf = (name: string): string => path.join(folder, `${name}.safetensors`);
const train = (name: string, ...more: string[]): string[] => [
  ...[main, 'train-music', '--units', '64', '--epochs', '5', '--out', modelOf(name), ...more],
];

const brief = ['--epochs', '2'];

function finish(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}

it('train-music, killed with SIGKILL again and again, ends with the bytes of an uninterrupted run', async () => {
  finish(train('whole'));
  const checkpoints = path.join(folder, 'pieces.checkpoints');
  fs.mkdirSync(checkpoints);
  const lives = await killUntilDone(train('pieces', '--resume', '--checkpoint-steps', '5'), {
    ...{ folder: checkpoints, random: new Random(4), kills: 8, insideWrites: 2 },
  });
  console.log(`train-music: ${lives.kills} kills, ${lives.killsInsideWrites} inside a write`);
  expect(lives.stderr).toMatch(/Going on from step [\d,]+\./);
  expect(fs.readFileSync(modelOf('pieces')).equals(fs.readFileSync(modelOf('whole')))).toBe(true);
});

it('train-music, stopped by Ctrl-C, saves and says how to go on', async () => {
  const child = spawn(process.execPath, train('stopped', ...brief), { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  let asked = false;
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
    if (!asked && stderr.includes('to train on')) asked = child.kill('SIGINT');
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
  const [, saved] = /stopped: after step [\d,]+; saved in (\S+), which compose opens too/.exec(stderr) ?? [];
  expect(stderr).toContain(
    `Go on with: seqkit ${train('stopped', ...brief)
      .slice(1)
      .join(' ')} --resume\n`,
  );
  finish([main, 'compose', saved, '--bars', '4']);
  finish(train('stopped', ...brief, '--resume'));
  finish(train('whole', ...brief));
  expect(fs.readFileSync(modelOf('stopped')).equals(fs.readFileSync(modelOf('whole')))).toBe(true);
});
