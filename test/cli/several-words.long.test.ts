import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TriggerEvaluation } from '../../src/audio/detection/trigger-evaluation.js';
import type { TriggerEvent } from '../../src/audio/detection/stream-events.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { encodeWav } from '../../src/audio/signal/wav.js';
import { runCli } from '../support/run-cli.js';
import { whistle, whistleFiles, type Whistle } from '../support/whistles.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-words-'));
const clips = path.join(folder, 'clips');
const model = path.join(folder, 'model.safetensors');
const talk = path.join(folder, 'talk.wav');
/** What is whistled in the recording, one every two seconds. */
const spoken: Whistle[] = ['rising', 'level', 'falling', 'rising', 'falling', 'level'];

beforeAll(async () => {
  for (const { path: name, bytes } of whistleFiles(['rising', 'falling'], 'level', 20)) {
    mkdirSync(path.dirname(path.join(clips, name)), { recursive: true });
    writeFileSync(path.join(clips, name), bytes);
  }
  const samples = new Float32Array(2 * 16_000 * spoken.length);
  // Numbers beyond those of the clips: other pitches.
  spoken.forEach((word, i) => samples.set(whistle(word, 100 + i), 2 * 16_000 * i));
  writeFileSync(talk, encodeWav({ samples, sampleRate: 16_000 }));
  const quick = [
    '--spoken',
    '0',
    '--examples',
    '240',
    '--epochs',
    '20',
    '--hold-out',
    '0.2',
    '--out',
    model,
    '--seed',
    '2',
  ];
  const { status, stdout, stderr } = await runCli(['train-trigger', clips, ...quick, '--json']);
  expect(status, stderr).toBe(0);
  expect(stderr).toMatch(/\d+ clips of "falling", \d+ clips of "rising", \d+ of other words/);
  expect(JSON.parse(stdout)).toMatchObject({ words: ['falling', 'rising'] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a model of several words', () => {
  it('tells them apart, and from another', async () => {
    const { stdout } = await runCli(['detect', model, talk, '--json']);
    const [{ events }] = JSON.parse(stdout) as [{ events: { word: string; timeSeconds: number }[] }];
    const expected = spoken.flatMap((word, i) => (word === 'level' ? [] : [{ word, after: 2 * i }]));
    expect(events.map(({ word }) => word)).toEqual(expected.map(({ word }) => word));
    events.forEach(({ timeSeconds }, i) => {
      expect(timeSeconds - expected[i].after).toBeGreaterThan(0.5);
      expect(timeSeconds - expected[i].after).toBeLessThan(1.5);
    });
  });

  it('keeps its words in the file', async () => {
    const loaded = await TriggerModel.load(model);
    expect(loaded.words).toEqual(['falling', 'rising']);
    const stream = loaded.stream({ spectrum: 'fast' });
    stream.on('score', ({ score, scores }) => expect(score).toBe(Math.max(...scores)));
    expect(stream.push(new Float32Array(16_000))).toEqual([]);
    stream.dispose();
  });

  it('is judged word by word', async () => {
    const { stdout } = await runCli(['eval-trigger', model, clips, '--json']);
    const { perWord, ...all } = JSON.parse(stdout) as TriggerEvaluation & { words: number };
    expect(all.words).toBe(40);
    expect(Object.keys(perWord!)).toEqual(['falling', 'rising']);
    for (const { words, found } of Object.values(perWord!)) {
      expect(words).toBe(20);
      expect(found).toBeGreaterThanOrEqual(18);
    }
    const text = (await runCli(['eval-trigger', model, clips])).stdout;
    expect(text).toMatch(/found +\d+ of 20 "falling"/);
    expect(text).toMatch(/found +\d+ of 20 "rising"/);
    expect(text).toMatch(/found +\d+ of 40 "falling" or "rising"/);
  });

  it('is heard alike in a file, in a long recording and live', async () => {
    const times = (events: TriggerEvent[]) => events.map(({ word, timeSeconds }) => [word, timeSeconds]);
    const [{ events }] = JSON.parse((await runCli(['detect', model, talk, '--json'])).stdout) as [
      { events: TriggerEvent[] },
    ];
    const simulated = JSON.parse((await runCli(['simulate-trigger', model, talk, '--json'])).stdout) as {
      events: TriggerEvent[];
    };
    expect(times(simulated.events)).toEqual(times(events));
    // Its 16-bit samples, behind the 44 bytes of the header.
    const args = ['listen', model, '--recorder', `tail -c +45 "${talk}"`, '--json'];
    const { stdout } = await runCli(args);
    const lines = stdout.trim().split('\n').map((line) => JSON.parse(line) as TriggerEvent); // prettier-ignore
    expect(times(lines)).toEqual(times(events));
  });

  it('is calibrated, each of its words by itself', async () => {
    const out = path.join(folder, 'calibrated.safetensors');
    const args = ['calibrate-trigger', model, clips, '--false-alarms', '400', '--out', out, '--json'];
    const { status, stdout, stderr } = await runCli(args);
    expect(status, stderr).toBe(0);
    const { perWord, falseAlarmsPerHour, missed } = JSON.parse(stdout) as {
      perWord: Record<string, { threshold: number; falseAlarmsPerHour: number }>;
      falseAlarmsPerHour: number;
      missed: number;
    };
    const each = Object.entries(perWord);
    // The words share the alarms by what each misses.
    const alarms = each.map(([, figures]) => figures.falseAlarmsPerHour);
    expect(alarms.reduce((sum, rate) => sum + rate, 0)).toBeLessThanOrEqual(400);
    const evaluate = async (...options: string[]) =>
      JSON.parse(
        (await runCli(['eval-trigger', out, clips, ...options, '--json'])).stdout,
      ) as TriggerEvaluation;
    const evaluated = await evaluate();
    const thresholds = Object.fromEntries(each.map(([word, { threshold }]) => [word, threshold]));
    expect(evaluated.thresholds).toEqual(thresholds);
    expect(evaluated.falseAlarmsPerHour).toBeCloseTo(falseAlarmsPerHour, 9);
    expect(1 - evaluated.shareFound).toBeCloseTo(missed, 9);
    // Another for one of them, which the others do not feel.
    const [[word, { threshold }], ...others] = each;
    const { thresholds: set } = await evaluate('--threshold', `${word}=${threshold / 2}`);
    expect(set).toEqual({
      [word]: threshold / 2,
      ...Object.fromEntries(others.map(([name, of]) => [name, of.threshold])),
    });
  });

  it('is trained for one of them alone where that is asked for', async () => {
    const out = path.join(folder, 'one.safetensors');
    const quick = ['--spoken', '0', '--examples', '8', '--epochs', '1', '--out', out];
    const { stderr, status } = await runCli(['train-trigger', clips, '--word', 'rising', ...quick]);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('20 clips of the other words in activates/ serve as negatives.');
    const none = await runCli(['train-trigger', clips, '--word', 'loud', ...quick, '--force']);
    expect([none.status, none.stderr]).toEqual([
      2,
      expect.stringContaining('several words: falling, rising'),
    ]);
  });
});
