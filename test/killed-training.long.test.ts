import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeModel } from '../src/rnn/graph/model-file.js';
import { Random } from '../src/base/math/random.js';
import { killUntilDone } from './support/kill-until-done.js';
import { runAndStop } from './support/stopped-command.js';

const top = path.resolve(import.meta.dirname, '..');
const main = path.join(top, 'dist/cli/main.js');
const fitScript = path.join(top, 'test/support/killed-fit.mjs');
const enough = { kills: 12, insideWrites: 3 };

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'seqkit-killed-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function finish(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
}

const stepOf = (file: string): number => {
  const { training } = decodeModel(fs.readFileSync(file), file);
  return (JSON.parse(training!) as { step: number }).step;
};

/** Sentences of a few words, so that there is something to learn. */
function corpus(sentences: number): string {
  const random = new Random(3);
  const words = ['the', 'old', 'miller', 'saw', 'a', 'fox', 'and', 'seven', 'geese', 'near', 'his', 'bridge'];
  return Array.from(
    { length: sentences },
    () => `${Array.from({ length: 6 }, () => random.choice(words)).join(' ')}.\n`,
  ).join('');
}

describe('killed twelve times with SIGKILL, three times or more while a checkpoint was written,', () => {
  it('fit ends with the bytes of an uninterrupted run', async () => {
    const checkpoints = path.join(folder, 'checkpoints');
    fs.mkdirSync(checkpoints);
    const [whole, pieces] = ['whole', 'pieces'].map((name) => path.join(folder, `${name}.safetensors`));
    finish([fitScript, '-', whole]);
    const checkpoint = path.join(checkpoints, 'run.safetensors');
    const lives = await killUntilDone([fitScript, checkpoint, pieces], {
      folder: checkpoints,
      random: new Random(1),
      ...enough,
    });
    console.log(
      `fit: ${lives.kills} kills, ${lives.killsInsideWrites} inside a write; checkpoints of each life: ${lives.writes.join(' ')}; ${stepOf(checkpoint)} steps`,
    );
    expect(lives.kills).toBeGreaterThanOrEqual(enough.kills);
    expect(lives.killsInsideWrites).toBeGreaterThanOrEqual(enough.insideWrites);
    // Runs between kills that saw three checkpoints or more.
    expect(lives.writes.filter((writes) => writes >= 3).length).toBeGreaterThanOrEqual(2);
    expect(fs.readFileSync(pieces).equals(fs.readFileSync(whole))).toBe(true);
    expect(fs.readdirSync(checkpoints)).toEqual(['run.safetensors']);
  });

  it('train-text ends with the bytes of an uninterrupted run', async () => {
    const text = path.join(folder, 'text.txt');
    fs.writeFileSync(text, corpus(4_000));
    const train = (name: string): string[] => [
      ...[
        main,
        'train-text',
        text,
        '--units',
        '96',
        '--dropout',
        '0.2',
        '--epochs',
        '8',
        '--seq-length',
        '32',
      ],
      ...['--threads', '2'],
      ...['--out', path.join(folder, `${name}.safetensors`), '--resume', '--checkpoint-steps'],
      name === 'whole' ? '1000000' : '10',
    ];
    finish(train('whole'));
    const checkpoints = path.join(folder, 'pieces.checkpoints');
    fs.mkdirSync(checkpoints);
    const lives = await killUntilDone(train('pieces'), {
      folder: checkpoints,
      random: new Random(2),
      ...enough,
    });
    console.log(`train-text: ${lives.kills} kills, ${lives.killsInsideWrites} inside a write`);
    expect(lives.stderr).toMatch(/Going on from step [\d,]+\./);
    const [whole, pieces] = ['whole', 'pieces'].map((name) => path.join(folder, `${name}.safetensors`));
    expect(fs.readFileSync(pieces).equals(fs.readFileSync(whole))).toBe(true);
    // After every kill there was a checkpoint, once there had been one.
    const first = lives.complete.findIndex((names) => names.length > 0);
    expect(lives.complete.slice(first).every((names) => names.length > 0)).toBe(true);
    const metrics = fs.readFileSync(path.join(checkpoints, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
    const steps = metrics.map((line) => (JSON.parse(line) as { step: number }).step);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
    expect(steps.length).toBeGreaterThan(50);
  });
});

describe('asked to stop,', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s, train-text saves and says how to go on', async (name) => {
    const text = path.join(folder, 'text.txt');
    const out = path.join(folder, 'model.safetensors');
    fs.writeFileSync(text, corpus(2_000));
    const args = ['train-text', text, '--units', '64', '--epochs', '4', '--out', out];
    const { status, stdout, stderr } = await runAndStop(args, name, 'to train on');
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(fs.existsSync(out)).toBe(false);
    const [, saved] = /stopped: after step [\d,]+; saved in (\S+), which/.exec(stderr) ?? [];
    expect(stderr).toContain(`Go on with: seqkit ${args.join(' ')} --resume\n`);
    finish([main, 'generate', saved, '--length', '10']);

    finish([main, ...args, '--resume']);
    const whole = path.join(folder, 'whole.safetensors');
    finish([main, ...args.slice(0, -1), whole]);
    expect(fs.readFileSync(out).equals(fs.readFileSync(whole))).toBe(true);
  });
});
