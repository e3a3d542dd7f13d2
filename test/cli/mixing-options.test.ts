import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExampleRecord } from '../../src/audio/examples/example-record.js';
import { runCli } from '../support/run-cli.js';
import { whistleFiles } from '../support/whistles.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-mixing-'));
const clips = path.join(folder, 'clips');
beforeAll(() => {
  for (const { path: name, bytes } of whistleFiles(['rising'], 'level', 4)) {
    mkdirSync(path.dirname(path.join(clips, name)), { recursive: true });
    writeFileSync(path.join(clips, name), bytes);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function example(number: number, ...options: string[]): Promise<ExampleRecord> {
  const args = ['show-clip', `${number}`, clips, '--spoken', '0', '--out', path.join(folder, 'x.wav')];
  const { stdout, stderr, status } = await runCli([...args, ...options, '--force', '--json']);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as ExampleRecord;
}
async function records(...options: string[]): Promise<ExampleRecord[]> {
  const all: ExampleRecord[] = [];
  for (let number = 0; number < 12; number++) all.push(await example(number, ...options));
  return all;
}

describe('the options of mixing', () => {
  it('are off unless they are asked for', async () => {
    for (const { placed, equalizer, lowPass } of await records()) {
      expect([equalizer, lowPass]).toEqual([undefined, undefined]);
      for (const { pitchSemitones, kind } of placed) {
        expect(pitchSemitones).toBeUndefined();
        expect(kind).not.toBe('room-tone');
      }
    }
  });

  it('--pitch, --equalizer and --low-pass do what they say to some of the examples', async () => {
    const mixed = await records('--pitch', '2', '--equalizer', '6', '--low-pass', '3000');
    const semitones = mixed.flatMap(({ placed }) => placed.flatMap((clip) => clip.pitchSemitones ?? []));
    const gains = mixed.flatMap(({ equalizer = [] }) => equalizer.map(({ gainDb }) => gainDb));
    const cutoffs = mixed.flatMap(({ lowPass }) => lowPass?.hz ?? []);
    for (const [values, low, high] of [
      [semitones, -2, 2],
      [gains, -6, 6],
      [cutoffs, 3000, 7000],
    ] as const) {
      expect(values.length).toBeGreaterThan(0);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
    }
    expect(cutoffs.length).toBeLessThan(mixed.length);
  });

  it.each([
    ['--low-pass', '100', 'Expected a number from 500 to 7000'],
    ['--equalizer', '0', 'Expected a number'],
    ['--pitch', 'high', 'Expected a number'],
  ])('refuse %s %s', async (option, value, message) => {
    const { status, stderr } = await runCli(['show-clip', '1', clips, option, value]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
