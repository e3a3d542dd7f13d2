import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FeatureExtractor } from '../../src/audio/signal/features.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-coursera-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('train-trigger --preset coursera goes from clips to a detector', async () => {
  const clips = path.join(folder, 'clips');
  for (const kind of ['activates', 'negatives', 'backgrounds']) {
    const from = repositoryFile(`data/clips/${kind}`);
    mkdirSync(path.join(clips, kind), { recursive: true });
    for (const name of readdirSync(from).sort().slice(0, 8)) {
      cpSync(path.join(from, name), path.join(clips, kind, name));
    }
  }
  const model = path.join(folder, 'model.safetensors');
  const quick = [
    '--preset',
    'coursera',
    '--spoken',
    '0',
    '--examples',
    '12',
    '--epochs',
    '2',
    '--out',
    model,
  ];
  const { status, stdout, stderr } = await runCli(['train-trigger', clips, ...quick, '--json']);
  expect(status, stderr).toBe(0);
  // Untrained, four fifths dropped, the logits have a deviation of about 3 and the loss is about 1.35.
  expect((JSON.parse(stdout) as { finalLoss: number }).finalLoss).toBeLessThan(1.35);
  const loaded = await TriggerModel.load(model);
  expect(loaded.settings.features).toMatchObject({ sampleRate: 44_100, frameSamples: 200, bands: 101 });
  // The stream gives the same as all 1375 steps at once.
  const sound = Float32Array.from({ length: 2 * 44_100 }, (_, i) => 0.1 * Math.sin(0.001 * i * i));

  const features = new FeatureExtractor(loaded.settings.features).extract(sound);
  const logits = await loaded.logits(features, features.length / 101);
  const scores: number[] = [];
  const stream = loaded.stream();
  stream.on('score', ({ score }) => void scores.push(score));
  for (let at = 0; at < sound.length; at += 999) stream.push(sound.subarray(at, at + 999));
  stream.dispose();
  expect(scores.length).toBe(logits.length);
  scores.forEach((score, i) => {
    expect(Math.abs(score - 1 / (1 + Math.exp(-logits[i])))).toBeLessThan(1e-5);
  });
  const recording = repositoryFile('data/demo/recording.wav');
  const heard = await runCli(['detect', model, recording, '--json']);
  expect(heard.status, heard.stderr).toBe(0);
  expect(JSON.parse(heard.stdout)).toMatchObject([{ file: recording }]);
});
