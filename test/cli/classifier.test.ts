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

it('judges a named encoder by folds, takes vectors, and tells that a regression did not converge', async () => {
  const vectors = join(folder, 'vectors.txt');
  writeFileSync(vectors, ['fine 1 0', 'lovely 1 0.1', 'dull 0 1', 'awful 0.1 1', 'a 1 1'].join('\n'));
  const out = join(folder, 'average.safetensors');
  const asked = ['--encoder', 'average', '--vectors', vectors, '--folds', '4', '--out', out];
  const trained = await runCli(['train-classifier', data, ...columns, ...asked]);
  expect(trained.status, trained.stderr).toBe(0);
  expect(trained.stdout).toMatch(/cross-validation .*\n +average +\d+\.\d% .* taken\nencoder +average\n/);
  expect(trained.stderr).toContain('average, fold 4 of 4');
  expect((await runCli(['classify', out, 'lovely'])).stdout).toContain('good');

  const steep = ['--encoder', 'linear', '--C', '1e300', '--out', join(folder, 'steep.safetensors')];
  const noted = await runCli(['train-classifier', data, ...columns, ...steep]);
  expect(noted.stderr).toMatch(/The logistic regression did not converge: .* take a smaller C\./);
  const json = await runCli(['train-classifier', data, ...columns, ...steep, '--force', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ notes: [expect.stringContaining('did not converge')] });
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
  const lost = await runCli(['train-classifier', data, '--encoder', 'gru', '--resume']);
  expect([lost.status, lost.stderr]).toEqual([2, expect.stringContaining('Give --checkpoint too.')]);
  const saved = ['--encoder', 'gru', '--folds', '3', '--checkpoint', join(folder, 'c')];
  const folded = await runCli(['train-classifier', data, ...saved]);
  expect([folded.status, folded.stderr]).toEqual([
    2,
    expect.stringContaining('Cross-validation is not saved'),
  ]);
});
