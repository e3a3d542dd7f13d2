import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TriggerEvaluation } from '../../src/audio/trigger-evaluation.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { encodeWav } from '../../src/audio/wav.js';
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
