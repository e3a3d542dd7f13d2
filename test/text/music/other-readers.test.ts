import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeWav } from '../../../src/audio/signal/wav.js';
import { tuneMidi, tuneSound } from '../../../src/text/index.js';

const isHere = (program: string, ...args: string[]): boolean => spawnSync(program, args).error === undefined;
/** Quarters of half a second: A for two of them, then d for two, then F sharp for four; and all again. */
const abc = 'X:1\nT:t\nM:4/4\nL:1/4\nK:D\n|:A2d2|F4:|\n';
const names = ['A', 'd', 'F'];
const hertz = [440, 440 * 2 ** (5 / 12), 440 * 2 ** (-3 / 12)];

describe('what is written is read by other programs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-readers-'));
  const [wav, midi] = ['tune.wav', 'tune.mid'].map((name) => join(folder, name));
  beforeAll(async () => {
    writeFileSync(wav, encodeWav(await tuneSound(abc, { tempo: 120 })));
    writeFileSync(midi, await tuneMidi(abc, { tempo: 120 }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('a WAV file by sox: its length, and each note at its time', ({ skip }) => {
    skip(!isHere('sox', '--version'), 'sox is not installed: apt-get install sox');
    /** What sox tells of a stretch in seconds, as it sounds between two frequencies. */
    const stat = (name: string, ...effects: string[]): number => {
      const { stderr, status } = spawnSync('sox', [wav, '-n', ...effects, 'stat'], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      expect(stderr).not.toMatch(/WARN|FAIL/);
      return Number(new RegExp(`${name}:\\s+([\\d.]+)`).exec(stderr)![1]);
    };
    const seconds = stat('Length \\(seconds\\)');
    // Eight seconds, and what the last note rings on.
    expect(seconds).toBeGreaterThan(8);
    expect(seconds).toBeLessThan(12);
    const peak = stat('Maximum amplitude');
    expect(peak).toBeGreaterThan(0.2);
    expect(peak).toBeLessThanOrEqual(1);
    for (const [from, to, note] of [
      [0, 1, 0],
      [1, 2, 1],
      [2, 4, 2],
      [4, 5, 0],
      [5, 6, 1],
      [6, 8, 2],
    ]) {
      const levels = hertz.map((each) =>
        stat(
          'RMS     amplitude',
          'trim',
          `${from + 0.1}`,
          `${to - from - 0.2}`,
          'sinc',
          '-t',
          '20',
          `${each / 1.03}-${each * 1.03}`,
        ),
      );
      const [loudest, next] = levels.toSorted((a, b) => b - a);
      expect(names[levels.indexOf(loudest)]).toBe(names[note]);
      expect(loudest / next).toBeGreaterThan(10);
    }
  });

  it('a MIDI file by mftext of abcmidi: each note at its tick', ({ skip }) => {
    skip(!isHere('mftext'), 'mftext is not installed: apt-get install abcmidi');
    const { stdout } = spawnSync('mftext', [midi], { encoding: 'utf8' });
    expect(stdout).toMatch(/^Header format=1 ntrks=2 division=480$/m);
    expect(stdout).toMatch(/microseconds-per-MIDI-quarter-note=500000$/m);
    const events = [...stdout.matchAll(/^Time=(\d+)\s+Note (on|off), chan=1 pitch=(\d+)/gm)];
    const pass = (from: number): string[] =>
      [
        [0, 'on', 69],
        [960, 'off', 69],
        [960, 'on', 74],
        [1920, 'off', 74],
        [1920, 'on', 66],
        [3840, 'off', 66],
      ].map(([time, what, pitch]) => `${from + Number(time)} ${what} ${pitch}`);
    expect(events.map(([, time, what, pitch]) => `${time} ${what} ${pitch}`)).toEqual([
      ...pass(0),
      ...pass(3840),
    ]);
  });
});
