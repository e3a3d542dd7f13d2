import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'classifier-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const data = join(folder, 'reviews.csv');
const model = join(folder, 'm.safetensors');
const words = { good: ['fine', 'lovely', 'great'], bad: ['dull', 'awful', 'tired'] };
const rows = Object.entries(words).flatMap(([label, own]) =>
  Array.from({ length: 12 }, (_, i) => `"a film, ${own[i % 3]} and ${own[(i + 1) % 3]}",${label}`),
);
writeFileSync(data, ['review,verdict', ...rows].join('\n'));
const columns = ['--text', 'review', '--label', 'verdict'];

it('trains, answers, judges and tells what is in the file', async () => {
  const trained = await runCli([
    'train-classifier',
    data,
    ...columns,
    '--encoder',
    'linear',
    '--out',
    model,
    '--learning-curve',
    join(folder, 'curve.svg'),
    '--json',
  ]);
  expect(trained.stderr).not.toContain('rror');
  expect(JSON.parse(trained.stdout)).toMatchObject({
    labels: ['bad', 'good'],
    encoder: 'linear',
    accuracy: 1,
    // Of each label ten, at least two at a time.
    learningCurve: [{ examples: 4 }, { examples: 6 }, { examples: 10 }, { examples: 20, accuracy: 1 }],
  });
  expect(readFileSync(join(folder, 'curve.svg'), 'utf8')).toContain('Learning curve of linear');
  const again = await runCli(['train-classifier', data, ...columns, '--out', model]);
  expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('is there already')]);

  const answer = await runCli(['classify', model, 'a lovely film', 'so dull', '--json', '--explain']);
  const [first, second] = answer.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect([first.label, second.label]).toEqual(['good', 'bad']);
  expect(first.words).toMatchObject([{ word: 'lovely' }, {}, {}]);
  const none = await runCli(['classify', model, 'a lovely film', '--threshold', '1']);
  expect(none.stdout).toMatch(/^none \(good \d+\.\d%\)\n$/);

  const picture = join(folder, 'confusion.svg');
  const calibration = join(folder, 'calibration.svg');
  const judged = await runCli([
    'eval-classifier',
    model,
    data,
    ...columns,
    '--picture',
    picture,
    '--calibration',
    calibration,
  ]);
  expect(judged.stdout).toContain('accuracy     100.0% of 24 examples');
  expect(readFileSync(picture, 'utf8')).toContain('>12</text>');
  expect(readFileSync(calibration, 'utf8')).toContain('share that was right');

  const inspected = await runCli(['inspect', model, '--json']);
  expect(JSON.parse(inspected.stdout)).toMatchObject({ kind: 'SequenceClassifier', digest: 'verified' });
});

it('draws the curve of the encoder that auto took, without what was asked of networks', async () => {
  const [out, curve] = ['auto.safetensors', 'auto.svg'].map((name) => join(folder, name));
  const asked = ['--units', '4', '--out', out, '--learning-curve', curve];
  const { status, stderr } = await runCli(['train-classifier', data, ...columns, ...asked]);
  expect(status, stderr).toBe(0);
  expect(readFileSync(curve, 'utf8')).toContain('Learning curve of linear');
});

it('names what is wrong with data and options', async () => {
  const once = join(folder, 'once.svg');
  const twice = ['--picture', once, '--calibration', once];
  const drawn = await runCli(['eval-classifier', model, data, ...columns, ...twice]);
  expect([drawn.status, drawn.stderr]).toEqual([2, expect.stringContaining('name the same file')]);

  const missing = await runCli(['train-classifier', data, '--out', join(folder, 'x.safetensors')]);
  expect(missing.stderr).toContain('line 2: there is no column "label"');
  const idle = await runCli(['train-classifier', data, '--encoder', 'linear', '--units', '8']);
  expect([idle.status, idle.stderr]).toEqual([2, expect.stringContaining('has no ')]);
});
