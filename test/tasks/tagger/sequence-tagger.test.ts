import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../../src/base/encoding/safetensors.js';
import { Random } from '../../../src/base/math/random.js';
import { Sequential } from '../../../src/rnn/model/sequential.js';
import { Dense } from '../../../src/rnn/layers/dense.js';
import { SequenceTagger } from '../../../src/tasks/tagger/sequence-tagger.js';
import { parseConll, type TaggedSequence } from '../../../src/tasks/tagger/tagged-sequences.js';
import { runCli } from '../../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-tagger-'));
const at = (name: string): string => path.join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const places = ['Rome', 'Oslo', 'Lima', 'Paris', 'Cairo', 'Quito', 'Delhi', 'Tokyo', 'Miami', 'Perth'];
/** Wishes with places (two words at times) and days; the last place of `held` is in none of `training`. */
function wishes(count: number, from: readonly string[], seed: number): TaggedSequence[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const place = random.choice(from);
    const long = random.uniform() < 0.4;
    const name = long ? ['New', place] : [place];
    const day = random.choice(['monday', 'friday', 'sunday']);
    const pairs: [string, string][] = [
      ...random
        .choice([
          ['fly', 'to'],
          ['a', 'train', 'to'],
          ['go', 'to'],
        ])
        .map((w): [string, string] => [w, 'O']),
      ...name.map((w, i): [string, string] => [w, i === 0 ? 'B-place' : 'I-place']),
      ...(random.uniform() < 0.6
        ? ([
            ['on', 'O'],
            [day, 'B-day'],
          ] as [string, string][])
        : []),
    ];
    return { tokens: pairs.map(([token]) => token), tags: pairs.map(([, tag]) => tag) };
  });
}
const training = wishes(150, places.slice(0, 9), 1);
const held = wishes(60, places, 2);
const small = { units: 12, embeddingDim: 12, dropout: 0.1, seed: 2, engine: 'wasm' } as const;
const run = { epochs: 8, batchSize: 16, learningRate: 2e-2 } as const;

let tagger: SequenceTagger;
beforeAll(async () => {
  tagger = new SequenceTagger(small);
  await tagger.fit(training, run);
}, 60_000);
afterAll(() => tagger.dispose());

describe('SequenceTagger', () => {
  it('finds places and days, in words that it never saw too', async () => {
    const figures = await tagger.evaluate(held);
    expect(figures.entities!.f1).toBeGreaterThan(0.97);
    expect(tagger.labels).toEqual(['B-day', 'B-place', 'I-place', 'O']);
    const { tags, entities } = await tagger.tag(['fly', 'to', 'New', 'Perth', 'on', 'friday']);
    expect(tags).toEqual(['O', 'O', 'B-place', 'I-place', 'O', 'B-day']);
    expect(entities).toEqual([
      { type: 'place', start: 2, end: 4 },
      { type: 'day', start: 5, end: 6 },
    ]);
  });

  it('gives the same alone and among others, and after saving', async () => {
    const tokens = held.slice(0, 40).map((one) => one.tokens);
    const together = await tagger.tagAll(tokens);
    for (const i of [0, 7, 39]) expect(await tagger.tag(tokens[i])).toEqual(together[i]);
    await tagger.save(at('m.safetensors'));
    const again = await SequenceTagger.load(at('m.safetensors'), { engine: 'wasm' });
    expect(await again.tagAll(tokens)).toEqual(together);
    expect(again.figures).toEqual(tagger.figures);
    await again.fit(training, { epochs: 1 });
    await expect(again.fit([training[0], { tokens: ['x'], tags: ['B-new'] }])).rejects.toThrow(/tag "B-new"/);
    await again.dispose();
  });

  it('learns motifs of single letters, with and without a CRF', async () => {
    const random = new Random(4);
    const strands = Array.from({ length: 120 }, (): TaggedSequence => {
      const tokens = Array.from({ length: 12 }, () => random.choice([...'ACGT']));
      const start = random.integer(8);
      [...'TATA'].forEach((letter, i) => (tokens[start + i] = letter));
      const motif = tokens.join('').indexOf('TATA');
      const tags = tokens.map((_, t) => (t === motif ? 'B-box' : t > motif && t < motif + 4 ? 'I-box' : 'O'));
      return { tokens, tags };
    });
    for (const crf of [true, false]) {
      const finder = new SequenceTagger({ ...small, units: 16, crf });
      await finder.fit(strands.slice(20), { epochs: 30, batchSize: 20, learningRate: 2e-2, heldOut: 0 });
      expect((await finder.evaluate(strands.slice(0, 20))).accuracy).toBeGreaterThan(0.9);
      await finder.dispose();
    }
  }, 60_000);

  it('refuses what does not fit', async () => {
    const fresh = new SequenceTagger(small);
    await expect(fresh.tag(['a'])).rejects.toThrow(/not been trained/);
    await expect(fresh.fit([{ tokens: ['a', 'b'], tags: ['O'] }])).rejects.toThrow(/2 tokens and 1 tags/);
    await expect(tagger.tag([])).rejects.toThrow(/tag: tokens/);
    await expect(tagger.tag('fly to Rome' as never)).rejects.toThrow(/tag: tokens/);
  });

  it('refuses files that contradict themselves', async () => {
    const { tensors, metadata } = decodeSafetensors(tagger.toBytes(), 'm');
    for (const change of ['units', 'labels', 'crf'] as const) {
      const settings = JSON.parse(metadata['settings']) as { architecture: object; labels: string[] };
      if (change === 'labels') settings.labels.pop();
      else Object.assign(settings.architecture, change === 'crf' ? { crf: false } : { units: 16_000 });
      const bytes = encodeSafetensors(Object.fromEntries(tensors), {
        ...metadata,
        settings: JSON.stringify(settings),
      });
      await expect(SequenceTagger.load(bytes)).rejects.toThrow(/another network than its settings/);
    }
    const other = new Sequential([new Dense({ units: 1 })]);
    await other.build([2]);
    await expect(SequenceTagger.load(other.toBytes())).rejects.toThrow(/not a SequenceTagger/);
  });
});

describe('columns', () => {
  it('are read as the CoNLL tasks have them', () => {
    const text = '-DOCSTART- -X- O\n\nU.N. NNP B-org\nof IN O\n\n# a comment\nRome NNP B-place\n';
    expect(parseConll(text)).toEqual([
      { tokens: ['U.N.', 'of'], tags: ['B-org', 'O'] },
      { tokens: ['Rome'], tags: ['B-place'] },
    ]);
    expect(parseConll('1\tNew York\tN\n2-3\tx\ty\n2\tsleeps\tV\n', { tokenColumn: 1, tagColumn: 2 })).toEqual(
      [{ tokens: ['New York', 'sleeps'], tags: ['N', 'V'] }],
    );
  });
  it.each([
    ['a column less', 'a b O\nc O\n', /c\.txt, line 2: expected 3 columns/],
    ['no tag', 'a\n', /c\.txt, line 1: expected a token in column 1/],
    ['nothing', '\n\n', /c\.txt: there are no sequences/],
  ])('with %s are refused by their line', (_, text, message) => {
    expect(() => parseConll(text, { name: 'c.txt' })).toThrow(message);
  });
  it('are two', () => {
    expect(() => parseConll('a b O\n', { tokenColumn: 1, tagColumn: 1 })).toThrow(
      'the tokens and the tags are both in column 2',
    );
  });
});

it('refuses tokens of one tag, which leave nothing to learn', async () => {
  const plain = { tokens: ['a', 'b'], tags: ['O', 'O'] };
  await expect(new SequenceTagger().fit([plain, plain])).rejects.toMatchObject({
    code: 'too-little-data',
    message: 'All tokens have the tag "O".',
  });
});

it('train-tagger and tag: from columns to columns', async () => {
  const columns = (sequences: readonly TaggedSequence[]) =>
    sequences
      .map(({ tokens, tags }) => tokens.map((token, t) => `${token} ${tags[t]}\n`).join(''))
      .join('\n');
  writeFileSync(at('train.txt'), columns(training));
  writeFileSync(at('test.txt'), columns(held));
  const options = [
    '--units',
    '12',
    '--embedding',
    '12',
    '--dropout',
    '0.1',
    '--epochs',
    '8',
    '--learning-rate',
    '0.02',
  ];
  const files = ['--test', at('test.txt'), '--out', at('cli.safetensors')];
  const trained = await runCli(['train-tagger', at('train.txt'), ...options, ...files, '--engine', 'wasm']);
  expect(trained.status).toBe(0);
  expect(trained.stdout).toMatch(
    /tags +B-day, B-place, I-place, O\n[^]*entities +precision \d+\.\d+%, recall/,
  );
  const { stdout } = await runCli(['tag', at('cli.safetensors'), 'fly to Oslo']);
  expect(stdout).toBe('fly\tO\nto\tO\nOslo\tB-place\n');
  const json = await runCli(['tag', at('cli.safetensors'), 'fly', 'to', 'Oslo', '--json']);
  expect(JSON.parse(json.stdout)).toMatchObject({ entities: [{ type: 'place', start: 2, end: 3 }] });
  const inspected = await runCli(['inspect', at('cli.safetensors')]);
  expect(inspected.stdout).toContain('SequenceTagger');
}, 60_000);
