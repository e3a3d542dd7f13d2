import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SpeechEmbedding, TriggerModel } from '../src/audio/index.js';
import { encodeSafetensors } from '../src/base/encoding/safetensors.js';
import { SeqkitError } from '../src/base/errors.js';
import { KeyedVectors } from '../src/embeddings/index.js';
import { Model, Sequential } from '../src/rnn/index.js';
import {
  Chatbot,
  Seq2Seq,
  SequenceClassifier,
  SequenceRegressor,
  SequenceTagger,
} from '../src/tasks/index.js';
import { encodeTask } from '../src/tasks/file/task-file.js';
import { MusicModel, TextModel, TuneModel } from '../src/text/index.js';

const golden = (name: string) =>
  new Uint8Array(readFileSync(new URL(`golden/release-0.1.0/${name}.safetensors`, import.meta.url)));
const task = (kind: string) => encodeTask({ kind, settings: {}, tensors: {} });
const foreign = encodeSafetensors(
  { weight: { dtype: 'F32', shape: [1], data: new Float32Array(1) } },
  { format: 'pt' },
);

/** What files hold, how errors call it, and the class that opens it. */
const files: [string, Uint8Array, RegExp, RegExp?][] = [
  ['a text model', golden('text'), /a TextModel/, /TextModel.load/],
  ['a trigger model', golden('trigger'), /a TriggerModel/, /TriggerModel.load/],
  ['a chatbot', task('Chatbot'), /a Chatbot/, /Chatbot.load/],
  ['a classifier', task('SequenceClassifier'), /a SequenceClassifier/, /SequenceClassifier.load/],
  ['a network', golden('sequential'), /a Sequential/],
  ['a graph', golden('graph'), /a Model/],
  ['word vectors', golden('vectors-int8'), /a KeyedVectors/, /KeyedVectors.load/],
  [
    'a speech embedding',
    encodeSafetensors({}, { format: 'seqkit', kind: 'SpeechEmbedding' }),
    /SpeechEmbedding/,
  ],
  ['arrays of others', foreign, /a safetensors file, but not/],
];
const openers: [string, (bytes: Uint8Array) => Promise<unknown>, string?][] = [
  ['TextModel', (bytes) => TextModel.load(bytes), 'a text model'],
  ['MusicModel', (bytes) => MusicModel.load(bytes), 'a text model'],
  ['TuneModel', (bytes) => TuneModel.load(bytes), 'a text model'],
  ['TriggerModel', (bytes) => TriggerModel.load(bytes), 'a trigger model'],
  ['Chatbot', (bytes) => Chatbot.load(bytes), 'a chatbot'],
  ['SequenceClassifier', (bytes) => SequenceClassifier.load(bytes), 'a classifier'],
  ['SequenceTagger', (bytes) => SequenceTagger.load(bytes)],
  ['Seq2Seq', (bytes) => Seq2Seq.load(bytes)],
  ['SequenceRegressor', (bytes) => SequenceRegressor.load(bytes)],
  ['KeyedVectors', (bytes) => KeyedVectors.load(bytes), 'word vectors'],
  ['SpeechEmbedding', (bytes) => SpeechEmbedding.load(bytes), 'a speech embedding'],
];

it.each(openers)('%s says what a file of another kind holds, and what opens it', async (_, open, own) => {
  for (const [name, bytes, held, taken] of files.filter(([name]) => name !== own)) {
    const error: unknown = await open(bytes).catch((thrown: unknown) => thrown);
    expect(error, name).toBeInstanceOf(SeqkitError);
    const { code, message, hint = '' } = error as SeqkitError;
    expect(code).toBe('bad-file');
    expect(message, name).toMatch(held);
    expect(message, name).toMatch(/\bnot\b/);
    if (taken) expect(hint, name).toMatch(taken);
  }
});

it.each([
  ['Sequential', Sequential],
  ['Model', Model],
])('%s opens any network, and says what else a file holds', async (_, opener) => {
  for (const name of ['a chatbot', 'word vectors', 'a speech embedding', 'arrays of others']) {
    const [, bytes, held] = files.find((file) => file[0] === name)!;
    await expect(opener.load(bytes), name).rejects.toThrow(held);
  }
});
