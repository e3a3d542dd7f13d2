import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCli } from '../support/run-cli.js';

const golden = (name: string) =>
  fileURLToPath(new URL(`../golden/release-0.1.0/${name}.safetensors`, import.meta.url));

it.each([
  [['generate', golden('trigger')], 'holds a TriggerModel, not a TextModel.', 'train-text', 'detect'],
  [['detect', golden('vectors-int8'), 'x.wav'], 'holds a KeyedVectors, not', undefined, 'analogy'],
  [
    ['analogy', 'a', 'b', 'c', '--vectors', golden('text')],
    'holds a TextModel, not word vectors.',
    undefined,
    'generate',
  ],
  [['translate', golden('graph'), 'hello'], 'holds a Model, not a Seq2Seq.', 'train-seq2seq', undefined],
])('%j says which command makes what it takes, and which takes what was given', async (...given) => {
  const [args, message, made, taken] = given;
  const { status, stderr } = await runCli(args);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  if (made !== undefined) expect(stderr).toContain(`Give a file that ${made} made.`);
  if (taken !== undefined) expect(stderr).toContain(`This one is for seqkit ${taken}.`);
  expect(stderr).not.toContain('.load');
});
