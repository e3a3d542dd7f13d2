import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-trigger-cli-'));
const clips = path.join(folder, 'clips');
const model = path.join(folder, 'trigger.safetensors');
const recording = repositoryFile('data/demo/recording.wav');
const quick = ['--examples', '16', '--epochs', '1', '--spoken', '0', '--out', model];

beforeAll(() => {
  const from = repositoryFile('data/clips/activates');
  mkdirSync(path.join(clips, 'activates'), { recursive: true });
  for (const name of readdirSync(from).sort().slice(0, 6)) {
    cpSync(path.join(from, name), path.join(clips, 'activates', name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('train-trigger and detect', () => {
  it('leaves a checkpoint alone that another run has, before a clip is read', async () => {
    const checkpoint = path.join(folder, 'locked.safetensors');
    const holder = { pid: process.ppid, host: hostname(), since: '2026-01-01T00:00:00.000Z' };
    writeFileSync(path.join(folder, '.locked.safetensors.lock'), JSON.stringify(holder));
    const args = ['train-trigger', path.join(folder, 'nowhere'), ...quick, '--checkpoint', checkpoint];
    const { status, stderr } = await runCli(args);
    expect(status).toBe(1);
    expect(stderr).toContain(
      `error: ${checkpoint} is in use by another run: process ${process.ppid}, since 2026-01-01T00:00:00.000Z.`,
    );
  });

  it('says what is wrong before it says what is missing', async () => {
    vi.stubEnv('SEQKIT_DATA', path.join(folder, 'no-embedding'));
    const { status, stderr } = await runCli(['train-trigger', '--word', '']);
    vi.unstubAllEnvs();
    expect(status).toBe(2);
    expect(stderr).toBe('error: --word takes a word or phrase, not nothing.\n');
  });

  it('has nothing said by voices for a model that cannot be', async () => {
    const preset = ['--features', 'embedding', '--preset', 'coursera'];
    const { stderr } = await runCli(['train-trigger', '--word', 'tea', ...preset]);
    expect(stderr).toMatch(/^error: Features embedding do not go with the preset coursera\./);
  });

  it('reads a folder at the rate of the features, which need not be that of the preset', async () => {
    const other = [
      '--preset',
      'coursera',
      '--features',
      'mfcc',
      '--out',
      path.join(folder, 'mfcc.safetensors'),
    ];
    const { stderr } = await runCli(['train-trigger', clips, ...quick, ...other, '--patience', '2']);
    // Which a training says that has taken the clips.
    expect(stderr).toContain(
      'error: This preset judges no epochs, so that patience cannot tell when to stop.',
    );
  });

  it('trains on a folder, says what it made up for, and refuses to overwrite', async () => {
    const first = await runCli(['train-trigger', clips, ...quick, '--json']);
    expect(first.status).toBe(0);
    expect(first.stderr).toContain(
      'negatives holds no WAV files: the 86 negatives that come with seqkit serve.',
    );
    expect(first.stderr).toContain(
      'backgrounds holds no WAV files: the 3 backgrounds that come with seqkit serve.',
    );
    const { finalLoss, seconds, ...rest } = JSON.parse(first.stdout) as Record<string, unknown>;
    expect(rest).toEqual({
      model,
      word: 'activate',
      seed: 1,
      activates: 6,
      negatives: 86,
      backgrounds: 3,
      examples: 16,
      epochs: 1,
    });
    expect(finalLoss).toBeGreaterThan(0);
    expect(seconds).toBeTypeOf('number');
    expect(statSync(model).size).toBeLessThan(1_000_000);

    const again = await runCli(['train-trigger', clips, ...quick]);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain(model);
    const forced = await runCli([
      'train-trigger',
      clips,
      ...quick,
      '--force',
      '--word',
      'jarvis',
      '--voices',
      '0',
    ]);
    expect(forced.status).toBe(0);
    expect(forced.stdout).toContain(`${model}: hears "jarvis"; 16 examples, 1 epoch, loss `);
    expect(forced.stderr).toContain('It fires from a score of 0.800 on, which is not set by clips');
  });

  it('takes the takes of one person along, and tries those that it held back', async () => {
    const mine = path.join(folder, 'my-voice');
    const from = repositoryFile('data/clips/activates');
    mkdirSync(path.join(mine, 'activates'), { recursive: true });
    for (const name of readdirSync(from).sort().slice(6, 16))
      cpSync(path.join(from, name), path.join(mine, 'activates', name));
    const out = path.join(folder, 'mine.safetensors');
    const args = ['train-trigger', clips, ...quick, '--from', model, '--mine', mine, '--out', out];
    const { status, stdout, stderr } = await runCli([...args, '--json']);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(
      `8 takes in ${mine} make a third of the words in training; 2 more are held back, to be tested on.`,
    );
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({ activates: 6, ownTakes: 8 });
    const found = expect.toSatisfy((count: number) => count >= 0 && count <= 20) as number;
    expect(result['mine']).toEqual({ takes: 2, tries: 20, found, foundBefore: found });
    const none = await runCli([...args, '--force', '--mine', path.join(folder, 'nowhere')]);
    expect([none.status, none.stderr]).toEqual([1, expect.stringContaining('nowhere')]);
    const empty = path.join(folder, 'no-takes');
    mkdirSync(empty);
    const nothing = await runCli([...args, '--force', '--mine', empty]);
    expect(nothing.stderr).toContain(`error: ${empty} holds no sound files.`);
  });

  it('prints the times it fired', async () => {
    const json = await runCli(['detect', model, recording, '--threshold', '0.02', '--json']);
    expect(json.status).toBe(0);
    const results = JSON.parse(json.stdout) as { file: string; events: Record<string, unknown>[] }[];
    expect(results.map(({ file }) => file)).toEqual([recording]);
    expect(results[0].events.length).toBeGreaterThan(0);
    for (const event of results[0].events) {
      expect(Object.keys(event)).toEqual(['word', 'timeSeconds', 'score']);
      expect(event['word']).toBe('jarvis');
    }
    const text = await runCli(['detect', model, recording, '--threshold', '0.02']);
    expect(text.stdout.trim().split('\n')).toHaveLength(results[0].events.length);
    expect(text.stdout).toMatch(/recording\.wav {2}\d+\.\d\d s {2}jarvis {2}0\.\d\d\n/);
  });

  it('says so where the word is not heard', async () => {
    const { status, stdout, stderr } = await runCli(['detect', model, recording, '--threshold', '1']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('recording.wav: "jarvis" was not heard.');
  });

  it('names a bad clip, and does not train without it', async () => {
    const bad = path.join(folder, 'bad');
    cpSync(clips, bad, { recursive: true });
    const whole = readFileSync(recording);
    writeFileSync(path.join(bad, 'activates', 'anna_cut.wav'), whole.subarray(0, 3000));
    const out = path.join(folder, 'never.safetensors');
    const { status, stderr } = await runCli(['train-trigger', bad, '--out', out]);
    expect(status).toBe(1);
    expect(stderr).toContain('One clip cannot be used:');
    expect(stderr).toMatch(
      /activates\/anna_cut\.wav: byte 40: the header claims \d+ bytes of samples, only 2956 are there/,
    );
    expect(readdirSync(folder)).not.toContain('never.safetensors');
  });

  it.each([
    [['train-trigger', path.join(folder, 'nowhere')], 1, 'There is no folder of clips at'],
    [['train-trigger', folder], 1, 'holds no WAV files'],
    [
      ['train-trigger', clips, '--preset', 'fancy', '--out', path.join(folder, 'x')],
      2,
      'There is no preset "fancy"',
    ],
    [['train-trigger', clips, '--epochs', '0'], 2, 'whole number from 1'],
    [['detect', recording, recording], 1, 'recording.wav'],
    [['detect', model, path.join(folder, 'none.wav')], 1, 'none.wav'],
    [['detect', model, model], 1, 'expected a WAV file'],
    [['detect', model, recording, '--threshold', '0'], 2, 'above 0'],
    [['detect', model], 2, 'wav'],
  ])('%j ends with status %i', async (args, status, message) => {
    const result = await runCli(args);
    expect(result.status).toBe(status);
    expect(result.stderr).toContain(message);
  });
});
