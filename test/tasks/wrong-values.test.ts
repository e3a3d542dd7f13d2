import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import * as tasks from '../../src/tasks/index.js';
import { faultsOf, path, whole } from '../support/wrong-calls.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-wrong-tasks-'));
const at = (name: string) => path(join(folder, name));
afterAll(() => rmSync(folder, { recursive: true }));

const texts = ['a good day', 'a bad day', 'good night', 'bad night'];
const examples = [...texts, ...texts, ...texts].map((text) => ({
  text,
  label: text.includes('good') ? 'good' : 'bad',
}));
const pairs: [string, string][] = [
  ['ab', 'ba'],
  ['cd', 'dc'],
];
const tagged = [
  { tokens: ['to', 'Oslo'], tags: ['O', 'B-city'] },
  { tokens: ['from', 'Rome'], tags: ['O', 'B-city'] },
];
const intents = [
  { tag: 'hello', patterns: ['hello', 'good day', 'hi there'], responses: ['Hello.'] },
  { tag: 'bye', patterns: ['goodbye', 'see you later', 'good night'], responses: ['Bye.'] },
];
const words = KeyedVectors.fromRows(
  ['good', 'bad', 'day', 'night'],
  Float32Array.from({ length: 16 }, (_, i) => Math.sin(i * i + 1)),
);
const features = tasks.NgramFeatures.fit(texts);
const rows = texts.map((text) => features.transform(text));
const regression = tasks.LogisticRegression.fit(rows, [0, 1, 0, 1], 2);

const steps = Array.from({ length: 40 }, (_, t) => Math.sin(t));

let classifier: tasks.SequenceClassifier;
let seq2seq: tasks.Seq2Seq;
let tagger: tasks.SequenceTagger;
let regressor: tasks.SequenceRegressor;
let bot: tasks.Chatbot;
let sentences: tasks.SentenceVectors;

beforeAll(async () => {
  classifier = await tasks.SequenceClassifier.train(examples, { encoder: 'linear' });
  seq2seq = new tasks.Seq2Seq({ units: 4, embeddingDim: 4 });
  await seq2seq.fit(pairs, { epochs: 1, heldOut: 0 });
  tagger = new tasks.SequenceTagger({ units: 4, embeddingDim: 4 });
  await tagger.fit(tagged, { epochs: 1, heldOut: 0 });
  regressor = new tasks.SequenceRegressor({ units: 2, context: 2, engine: 'wasm' });
  await regressor.fit({ values: steps }, { epochs: 1 });
  bot = await tasks.Chatbot.train(intents, { vectors: false });
  sentences = await tasks.SentenceVectors.fit(texts, { vectors: words });
  writeFileSync(join(folder, 'table.csv'), 'text,label\ngood day,good\nbad day,bad\n');
  writeFileSync(join(folder, 'intents.json'), JSON.stringify({ intents }));
  writeFileSync(
    join(folder, 'stories.yml'),
    '- name: hello\n  steps:\n    - user: hello\n      bot: Hello.\n',
  );
});

/** The right arguments of every function and method, with what to call. */
const calls: Record<string, () => readonly [(...given: never[]) => unknown, ...unknown[]]> = {
  Seq2Seq: () => [
    (options: never) => new tasks.Seq2Seq(options),
    {
      ...{
        cell: 'gru',
        units: 4,
        embeddingDim: 4,
        dropout: 0.1,
        sourceTokens: 'words',
        targetTokens: 'words',
      },
      ...{ lower: true, minCount: 1, seed: 1, engine: 'wasm', threads: 1, onEngine: () => undefined },
    },
  ],
  'Seq2Seq.fit': () => [
    async (...given: never[]) => {
      const model = new tasks.Seq2Seq({ units: 2, embeddingDim: 2 });
      await (model.fit as (...all: never[]) => unknown).apply(model, given);
      await model.dispose();
    },
    whole(pairs),
    { epochs: 1, batchSize: 2, learningRate: 0.01, scheduledSampling: 0, heldOut: 0, patience: 1 },
  ],
  'Seq2Seq.translate': () => [
    (...given: never[]) => (seq2seq.translate as (...all: never[]) => unknown).apply(seq2seq, given),
    'ab',
    { beam: 2, lengthPenalty: 0.5, maxLength: 3 },
  ],
  'Seq2Seq.translateAll': () => [(given: never) => seq2seq.translateAll(given), ['ab']],
  'Seq2Seq.evaluate': () => [(given: never) => seq2seq.evaluate(given), whole(pairs)],
  'Seq2Seq.load': () => [tasks.Seq2Seq.load.bind(tasks.Seq2Seq), at('none.safetensors'), { engine: 'wasm' }],
  parsePairs: () => [tasks.parsePairs, 'a\tb\n'],
  SequenceTagger: () => [
    (options: never) => new tasks.SequenceTagger(options),
    { cell: 'gru', units: 4, embeddingDim: 4, dropout: 0.1, crf: true, seed: 1, engine: 'wasm', threads: 1 },
  ],
  'SequenceTagger.fit': () => [
    async (...given: never[]) => {
      const model = new tasks.SequenceTagger({ units: 2, embeddingDim: 2 });
      await (model.fit as (...all: never[]) => unknown).apply(model, given);
      await model.dispose();
    },
    whole(tagged),
    { epochs: 1, batchSize: 2, learningRate: 0.01, heldOut: 0, patience: 1 },
  ],
  'SequenceTagger.tag': () => [(given: never) => tagger.tag(given), ['to', 'Oslo']],
  'SequenceTagger.tagAll': () => [(given: never) => tagger.tagAll(given), [['to']]],
  'SequenceTagger.evaluate': () => [(given: never) => tagger.evaluate(given), whole(tagged)],
  SequenceRegressor: () => [
    (options: never) => new tasks.SequenceRegressor(options),
    {
      ...{ horizon: 2, context: 4, season: 2, cell: 'gru', units: 4, dropout: 0.1, levels: [0.8] },
      ...{ seed: 1, engine: 'wasm', threads: 1 },
    },
  ],
  'SequenceRegressor.fit': () => [
    async (...given: never[]) => {
      const model = new tasks.SequenceRegressor({ units: 2, context: 2, engine: 'wasm' });
      await (model.fit as (...all: never[]) => unknown).apply(model, given);
      await model.dispose();
    },
    { values: steps },
    { epochs: 1, batchSize: 8, learningRate: 0.01, patience: 1, test: 0.2, validation: 0.2, refit: false },
  ],
  'SequenceRegressor.forecast': () => [(given: never) => regressor.forecast(given), { values: steps }],
  'SequenceRegressor.evaluate': () => [(given: never) => regressor.evaluate(given), { values: steps }],
  'SequenceRegressor.load': () => [
    tasks.SequenceRegressor.load.bind(tasks.SequenceRegressor),
    at('none.safetensors'),
    { engine: 'wasm' },
  ],
  parseSeries: () => [tasks.parseSeries, 'y,p\n1,2\n3,4\n', { target: 'y', known: ['p'], observed: [] }],
  parseConll: () => [tasks.parseConll, 'a O\n', { tokenColumn: 0, tagColumn: 1 }],
  entitiesOf: () => [tasks.entitiesOf, ['B-x', 'I-x']],
  'SequenceClassifier.train': () => [
    tasks.SequenceClassifier.train.bind(tasks.SequenceClassifier),
    whole(examples),
    {
      ...{ input: 'words', encoder: 'linear', C: 1, heldOut: 0.3, folds: 2, threshold: 0.1, seed: 1 },
      ...{ vocabularySize: 50, maxLength: 10, labelSmoothing: 0, classWeights: 'balanced' },
    },
  ],
  'SequenceClassifier.classify': () => [
    (...given: never[]) => (classifier.classify as (...all: never[]) => unknown).apply(classifier, given),
    'good',
    { top: 1, threshold: 0.5 },
  ],
  'SequenceClassifier.classifyAll': () => [(given: never) => classifier.classifyAll(given), ['good']],
  'SequenceClassifier.evaluate': () => [
    (...given: never[]) => (classifier.evaluate as (...all: never[]) => unknown).apply(classifier, given),
    whole(examples),
    { threshold: 0.2, mistakes: 1 },
  ],
  'SequenceClassifier.explain': () => [
    (...given: never[]) => (classifier.explain as (...all: never[]) => unknown).apply(classifier, given),
    'good day',
    { label: 'good', top: 1 },
  ],
  'SequenceClassifier.setThreshold': () => [(given: never) => classifier.setThreshold(given), 0.1],
  readExamples: () => [tasks.readExamples, at('table.csv'), { text: 'text', label: 'label' }],
  readExampleFolder: () => [tasks.readExampleFolder, at('none')],
  'Chatbot.train': () => [
    tasks.Chatbot.train.bind(tasks.Chatbot),
    whole(intents),
    { vectors: false, threshold: 0.3, seed: 1 },
  ],
  'Chatbot.understand': () => [
    (...given: never[]) => (bot.understand as (...all: never[]) => unknown).apply(bot, given),
    'hello',
    ['x'],
  ],
  'Chatbot.session': () => [(given: never) => void bot.session(given), undefined],
  'Chatbot.on': () => [
    (...given: never[]) => void (bot.on as (...all: never[]) => unknown).apply(bot, given),
    'hello',
    undefined,
  ],
  readIntents: () => [tasks.readIntents, at('intents.json')],
  readDialogues: () => [tasks.readDialogues, at('stories.yml')],
  'NgramFeatures.fit': () => [
    tasks.NgramFeatures.fit.bind(tasks.NgramFeatures),
    texts,
    { words: [1, 2], characters: [2, 3], minDocuments: 1, maxFeatures: 50, lower: true, sublinear: true },
  ],
  'NgramFeatures.transform': () => [(given: never) => features.transform(given), 'good day'],
  'LogisticRegression.fit': () => [
    tasks.LogisticRegression.fit.bind(tasks.LogisticRegression),
    whole(rows),
    [0, 1, 0, 1],
    2,
    { C: 1, classWeight: 'balanced', intercept: true, tolerance: 1e-3, maxIterations: 5 },
  ],
  'LogisticRegression.logits': () => [(given: never) => void regression.logits(given), rows[0]],
  'SentenceVectors.fit': () => [
    tasks.SentenceVectors.fit.bind(tasks.SentenceVectors),
    texts,
    { vectors: words, a: 1e-3, removeCommon: true, unknown: 'skip', includeVectors: true },
  ],
  'SentenceVectors.transform': () => [(given: never) => void sentences.transform(given), 'good'],
  ctcGreedy: () => [tasks.ctcGreedy, Float32Array.of(0.1, 0.9, 0.8, 0.2), { classes: 2 }],
  ctcBeamSearch: () => [tasks.ctcBeamSearch, Float32Array.of(0.1, 0.9, 0.8, 0.2), { classes: 2, beam: 2 }],
  viterbi: () => [tasks.viterbi, [1, 2, 3, 4], { transitions: [0, 1, 1, 0], start: [0, 0], end: [0, 0] }],
  attentionMapSvg: () => [
    tasks.attentionMapSvg,
    { tokens: ['a'], sourceTokens: ['b', 'c'], attention: [[0.5, 0.5]] },
  ],
  testDialogues: () => [
    tasks.testDialogues,
    whole(bot),
    [{ story: 's', steps: [{ user: 'hello', bot: 'Hello.' }] }],
  ],
};

describe('wrong values', () => {
  it.each(Object.keys(calls))('are refused or answered by %s', async (name) => {
    const [call, ...given] = calls[name]();
    expect(await faultsOf(name, call, given)).toEqual([]);
  });
});
