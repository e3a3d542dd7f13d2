import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClips } from '../../src/audio/clips/read-clips.js';
import type { Mistake, TriggerEvaluation } from '../../src/audio/detection/trigger-evaluation.js';
import type { TriggerEvent } from '../../src/audio/detection/stream-events.js';
import { decodeWav, encodeWav } from '../../src/audio/signal/wav.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { runCli } from '../support/run-cli.js';
import { whistle, whistleFiles } from '../support/whistles.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-thresholds-'));
const clips = path.join(folder, 'clips');
const talk = path.join(folder, 'talk.wav');
const [two, one, clipEnd] = ['two', 'one', 'clip-end'].map((name) =>
  path.join(folder, `${name}.safetensors`),
);
const files = whistleFiles(['rising', 'falling'], 'level', 4);
const alone = files.map((file) => ({ ...file, path: file.path.replace(/activates\/\w+\//, 'activates/') }));

async function written(file: string, words: string[], wordEnd: 'speech' | 'clip'): Promise<TriggerModel> {
  const model = new TriggerModel({ seed: 3, words, synthesis: { wordEnd } });
  await model.fit(readClips(words.length === 1 ? alone : files, 16_000), { examples: 8, epochs: 1 });
  model.setThreshold(0.5);
  await model.save(file);
  return model;
}
let model: TriggerModel;
beforeAll(async () => {
  for (const { path: name, bytes } of files) {
    mkdirSync(path.dirname(path.join(clips, name)), { recursive: true });
    writeFileSync(path.join(clips, name), bytes);
  }
  const samples = new Float32Array(2 * 16_000 * 3);
  (['rising', 'level', 'falling'] as const).forEach((word, i) =>
    samples.set(whistle(word, 100 + i), 2 * 16_000 * i),
  );
  writeFileSync(talk, encodeWav({ samples, sampleRate: 16_000 }));
  model = await written(two, ['falling', 'rising'], 'speech');
  await written(one, ['rising'], 'speech');
  await written(clipEnd, ['falling', 'rising'], 'clip');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const low = ['--threshold', 'rising=0.001'];

describe('--threshold word=score', () => {
  const commands = {
    detect: ['detect', two, talk],
    'simulate-trigger': ['simulate-trigger', two, talk],
    'eval-trigger': ['eval-trigger', two, clips],
    listen: ['listen', two, '--recorder', `cat "${talk}"`],
  };

  it('sets that word alone in detect, simulate-trigger and listen', async () => {
    const recording = decodeWav(readFileSync(talk), talk);
    const expected = await model.detect(recording, { threshold: { rising: 0.001 } });
    expect(expected.length).toBeGreaterThan(0);
    expect(new Set(expected.map(({ word }) => word))).toEqual(new Set(['rising']));
    const detected = await runCli([...commands.detect, ...low, '--json']);
    expect(JSON.parse(detected.stdout)).toEqual([{ file: talk, events: expected }]);
    const simulated = await runCli([...commands['simulate-trigger'], ...low, '--json']);
    const { events } = JSON.parse(simulated.stdout) as { events: TriggerEvent[] };
    expect(events.map(({ word }) => word)).toEqual(expected.map(({ word }) => word));
    const raw = path.join(folder, 'talk.raw');
    writeFileSync(raw, readFileSync(talk).subarray(44));
    const heard = await runCli(['listen', two, '--recorder', `cat "${raw}"`, ...low, '--json']);
    expect(heard.status, heard.stderr).toBe(0);
    const lines = heard.stdout.trim().split('\n').map((line) => JSON.parse(line) as TriggerEvent); // prettier-ignore
    expect(lines).toEqual(expected);
  });

  it('is what eval-trigger judges by, and two words have two', async () => {
    const { stdout, status, stderr } = await runCli([...commands['eval-trigger'], ...low, '--json']);
    expect(status, stderr).toBe(0);
    expect((JSON.parse(stdout) as TriggerEvaluation).thresholds).toEqual({ falling: 0.5, rising: 0.001 });
    const both = ['--threshold', 'rising=0.25', '--threshold', 'falling=0.75'];
    const set = await runCli([...commands['eval-trigger'], ...both, '--json']);
    expect((JSON.parse(set.stdout) as TriggerEvaluation).thresholds).toEqual({ falling: 0.75, rising: 0.25 });
  });

  it.each(Object.entries(commands))(
    '%s refuses what is no word of the model, or no score',
    async (_, command) => {
      for (const [given, message] of [
        [['--threshold', 'maybe=0.5'], 'There is no word "maybe" to set a threshold for.'],
        [['--threshold', 'rising=2'], 'at most 1'],
        [['--threshold', 'rising=abc'], 'Expected a number'],
        [['--threshold', 'rising='], 'Expected a number'],
        [['--threshold', '=0.5'], 'There is no word before "="'],
        [['--threshold', 'rising=0.5', '--threshold', '0.5'], 'one for all words, or word=score for each'],
        [['--threshold', 'rising=0.5', '--threshold', 'rising=0.6'], '"rising" is there twice'],
      ] as const) {
        const { status, stdout, stderr } = await runCli([...command, ...given]);
        expect([given, status, stdout]).toEqual([given, 2, '']);
        expect(stderr).toContain(message);
        expect(stderr).toContain(
          message.includes('maybe') ? 'The model hears "falling", "rising".' : '--threshold',
        );
      }
    },
  );

  it('names the word of a model of one too', async () => {
    const { status, stderr } = await runCli(['detect', one, talk, '--threshold', 'rising=1']);
    expect(status, stderr).toBe(0);
    const wrong = await runCli(['detect', one, talk, '--threshold', 'falling=1']);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('There is no word "falling"');
  });
});

describe('--clip-end', () => {
  const seconds = (name: string) => {
    const { samples, sampleRate } = decodeWav(readFileSync(path.join(clips, name)), name);
    return samples.length / sampleRate;
  };

  it('has show-clip play all of a clip and label from its end', async () => {
    const args = ['show-clip', '2', clips, '--spoken', '0', '--out', path.join(folder, 'x.wav'), '--force'];
    const placed = async (...more: string[]) => {
      const { stdout, stderr, status } = await runCli([...args, ...more, '--json']);
      expect(status, stderr).toBe(0);
      const { placed: all } = JSON.parse(stdout) as {
        placed: {
          kind: string;
          speed: number;
          startSeconds: number;
          speechEndSeconds: number;
          sources: { name: string; fromSeconds: number; toSeconds: number }[];
        }[];
      };
      return all.filter(({ kind }) => kind === 'activate');
    };
    const whole = await placed('--clip-end');
    expect(whole.length).toBeGreaterThan(0);
    for (const { sources, startSeconds, speechEndSeconds, speed } of whole) {
      const [{ name, fromSeconds, toSeconds }] = sources;
      expect([fromSeconds, toSeconds]).toEqual([0, seconds(name)]);
      expect(speechEndSeconds - startSeconds).toBeCloseTo(seconds(name) / speed, 3);
    }
  });

  it('is kept in the model: eval-trigger expects the word at the end of its clip', async () => {
    const missed = async (file: string) => {
      const args = ['eval-trigger', file, clips, '--threshold', '1', '--json'];
      const { mistakes } = JSON.parse((await runCli(args)).stdout) as { mistakes: Mistake[] };
      return mistakes.filter(({ kind }) => kind === 'missed');
    };
    const [byClip, bySpeech] = [await missed(clipEnd), await missed(two)];
    expect(byClip.length).toBeGreaterThan(0);
    for (const { file, timeSeconds } of byClip) expect(timeSeconds).toBe(seconds(file));
    for (const { file, timeSeconds } of bySpeech) expect(timeSeconds).toBeLessThan(seconds(file) - 0.1);
  });

  it.each([
    ['train-trigger', ['train-trigger', clips, '--clip-end=speech']],
    ['show-clip', ['show-clip', '1', clips, '--clip-end', 'yes', 'no', 'no']],
  ])('%s takes no value for it', async (_, args) => {
    expect((await runCli(args)).status).toBe(2);
  });
});
