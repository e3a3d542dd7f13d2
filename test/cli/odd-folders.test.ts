import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { runCli } from '../support/run-cli.js';
import { whistle, whistleFiles } from '../support/whistles.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-odd-folders-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A folder of clips that is as it should be, a new one for each test. */
let clips: string;
let number = 0;
beforeEach(() => {
  clips = path.join(folder, `clips ${++number}`);
  for (const { path: name, bytes } of whistleFiles(['rising'], 'level', 3)) {
    const file = path.join(clips, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
});
const place = (name: string, contents: string | Uint8Array = '') => {
  mkdirSync(path.dirname(path.join(clips, name)), { recursive: true });
  writeFileSync(path.join(clips, name), contents);
};
const wav = (samples: Float32Array) => encodeWav({ samples, sampleRate: 16_000 });
const checked = async () => {
  const { status, stdout } = await runCli(['check-clips', clips, '--json']);
  const { counts, problems } = JSON.parse(stdout) as {
    counts: Record<string, { clips: number }>;
    problems: { path: string; severity: string; detail: string }[];
  };
  return {
    status,
    counts: Object.fromEntries(Object.entries(counts).map(([kind, { clips: count }]) => [kind, count])),
    problems: problems.map((problem) => `${problem.severity}: ${problem.path}: ${problem.detail}`),
  };
};

describe('a folder of clips', () => {
  it('may be put together of links, and have any names', async () => {
    const elsewhere = path.join(folder, 'elsewhere');
    mkdirSync(elsewhere, { recursive: true });
    const files = whistleFiles([], 'level', 1);
    writeFileSync(path.join(elsewhere, 'rain.wav'), files.at(-1)!.bytes);
    writeFileSync(path.join(elsewhere, 'x.wav'), wav(whistle('rising', 30)));
    rmSync(path.join(clips, 'backgrounds'), { recursive: true });
    symlinkSync(elsewhere, path.join(clips, 'backgrounds'));
    symlinkSync(
      path.join(elsewhere, 'x.wav'),
      path.join(clips, 'activates', 'rising', 'Zoë_ärger (2) 漢字.wav'),
    );
    const { status, counts, problems } = await checked();
    expect([status, counts]).toEqual([1, { activates: 4, negatives: 3, backgrounds: 2 }]);
    // The word lies among the noises too, by its other name.
    expect(problems).toEqual([
      'warning: backgrounds/x.wav: a background of 1.1 s is as short as a word',
      'error: backgrounds/x.wav: it sounds exactly like activates/rising/Zoë_ärger (2) 漢字.wav',
    ]);
  });

  it('names what cannot be read, and waits for nothing', async () => {
    symlinkSync('/nowhere', path.join(clips, 'activates', 'rising', 'lost_1.wav'));
    symlinkSync(clips, path.join(clips, 'negatives', 'round'));
    spawnSync('mkfifo', [path.join(clips, 'negatives', 'pipe_1.wav')]);
    const { status, counts, problems } = await checked();
    expect(status).toBe(1);
    expect(counts).toEqual({ activates: 3, negatives: 3, backgrounds: 1 });
    expect(problems).toEqual([
      'error: activates/rising/lost_1.wav: there is no such file or folder',
      'error: negatives/pipe_1.wav: it is no regular file',
      'error: negatives/round: it leads back to a folder that it lies in',
    ]);
    const { stderr } = await runCli(['train-trigger', clips, '--out', path.join(folder, 'never')]);
    expect(stderr).toContain('3 clips cannot be used:');
  });

  it('names the folder of a word that holds no clips', async () => {
    mkdirSync(path.join(clips, 'activates', 'falling'));
    mkdirSync(path.join(clips, 'negatives', 'later'));
    expect(await checked()).toEqual({
      status: 0,
      counts: { activates: 3, negatives: 3, backgrounds: 1 },
      problems: ['warning: activates/falling: the folder is empty, so that its word is not trained'],
    });
  });

  it('may hold notes and models beside the clips', async () => {
    place('README.txt', 'whose voices these are');
    place('trigger.safetensors');
    place('activates/rising/.DS_Store');
    place('Activates/anna_1.wav', wav(whistle('rising', 40)));
    const { status, problems } = await checked();
    expect(status).toBe(1);
    expect(problems).toEqual([
      'error: Activates/anna_1.wav: it is in none of activates/, negatives/, backgrounds/',
      'warning: README.txt: it is no sound file that seqkit knows',
      'warning: trigger.safetensors: it is no sound file that seqkit knows',
    ]);
  });

  it('is refused where it is a file, or its clips lead nowhere', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect((await runCli(['check-clips', file])).stderr).toContain(`There is no folder of clips at ${file}.`);
    rmSync(path.join(clips, 'activates'), { recursive: true });
    symlinkSync('/nowhere', path.join(clips, 'activates'));
    const { status, stderr } = await runCli(['train-trigger', clips, '--out', path.join(folder, 'never')]);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining('activates: there is no such file or folder'),
    ]);
    expect(readdirSync(folder)).not.toContain('never');
  });

  it('says what a repair loses, among alarms and rooms too', async () => {
    const alarms = path.join(folder, 'alarms');
    mkdirSync(alarms);
    writeFileSync(path.join(alarms, 'one.wav'), wav(whistle('falling', 1)).subarray(0, 20_001));
    const out = path.join(folder, 'model');
    const few = ['--spoken', '0', '--examples', '4', '--epochs', '1', '--out', out, '--negatives', alarms];
    const strict = await runCli(['train-trigger', clips, ...few]);
    expect([strict.status, strict.stderr]).toEqual([1, expect.stringContaining('alarms/one.wav: byte 40')]);
    const repaired = await runCli(['train-trigger', clips, ...few, '--repair', '--hold-out', '0.3']);
    expect(repaired.status, repaired.stderr).toBe(0);
    expect(repaired.stderr).toContain('1 of 3 activates is held back, chosen by file.');
    expect(repaired.stderr).toContain('Their names tell 3 speakers, and it takes 5, named as in anna_1.wav');
    expect(repaired.stderr).toMatch(/alarms\/one\.wav: byte 40: .* cut off; the last 0\.\d\d s are lost/);
  });
});
