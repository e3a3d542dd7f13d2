import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';

const script = path.resolve(import.meta.dirname, '../support/train-on-file.mjs');
const MB = 2 ** 20;

let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), 'seqkit-large-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

/** Words of random letters, a megabyte of them over and over. */
function corpus(name: string, megabytes: number): string {
  const random = new Random(4);
  const word = (): string =>
    Array.from({ length: 2 + random.integer(8) }, () => String.fromCharCode(97 + random.integer(26))).join(
      '',
    );
  const words = Array.from({ length: 3_000 }, word);
  let block = '';
  while (block.length < MB) block += `${Array.from({ length: 9 }, () => random.choice(words)).join(' ')}\n`;
  const file = path.join(folder, name);
  const descriptor = fs.openSync(file, 'w');
  for (let i = 0; i < megabytes; i++) fs.writeSync(descriptor, block.slice(0, MB));
  fs.closeSync(descriptor);
  return file;
}

interface Outcome {
  peakBytes: number;
  steps: number;
  heldOutLoss: number;
  measured: number;
}

function train(...files: string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...files], {
    ...{ encoding: 'utf8', env: { ...process.env, TMPDIR: folder } },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Outcome;
}

describe('a text larger than what is kept in memory', () => {
  it('trains in memory that does not grow with it', () => {
    const [small, large] = [corpus('small.txt', 25), corpus('large.txt', 125)];
    const measured = corpus('measured.txt', 2);
    const [one, other] = [train(small, measured), train(large, measured)];
    console.log(
      `peak memory: ${(one.peakBytes / MB).toFixed(0)} MB for 25 MB of text, ${(other.peakBytes / MB).toFixed(0)} MB for 125 MB`,
    );
    expect([one.steps, other.steps]).toEqual([30, 30]);
    expect(one.measured).toBe(2 * MB - 1);
    for (const { heldOutLoss } of [one, other]) expect(heldOutLoss).toBeLessThan(Math.log(28));
    // A hundred megabytes of text more: kept whole, as text or as tokens, it would be 100 MB more at least.
    expect(other.peakBytes - one.peakBytes).toBeLessThan(40 * MB);
    // Nothing of its own is left there.
    expect(fs.readdirSync(folder).sort()).toEqual(['large.txt', 'measured.txt', 'small.txt']);
  });
});
