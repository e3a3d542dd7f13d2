// The kinds of file that seqkit opens: small whole ones, and what opening one comes to as a text.
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { crc32 } from '../../dist/base/encoding/crc32.js';
import { decodeSafetensors } from '../../dist/base/encoding/safetensors.js';
import { EMBEDDING_WEIGHTS } from '../../dist/audio/embedding/embedding-network.js';
import { encodeWav, readClips, SpeechEmbedding, TriggerModel, decodeWav } from '../../dist/audio/index.js';
import { decodeModel } from '../../dist/rnn/graph/model-file.js';
import { decodeCheckpoint } from '../../dist/rnn/training/checkpoint.js';
import {
  Adam,
  BatchNormalization,
  Bidirectional,
  Conv1D,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  GRU,
  KeyedVectors,
  LayerNormalization,
  LSTM,
  MaxPooling2D,
  Model,
  MusicModel,
  Random,
  Sequential,
  TextModel,
} from '../../dist/index.js';
import { wordsBeside } from '../../dist/embeddings/formats/neighbour-files.js';
import { FastText, Word2Vec } from '../../dist/embeddings/index.js';
import {
  checkpointFromPyTorch,
  fromBrain,
  fromKeras,
  fromOnnx,
  fromOpenWakeWord,
  fromMl5,
  fromPyTorch,
  fromTfjs,
  readOnnxGraph,
  toOnnx,
  toPyTorch,
  toTfjs,
} from '../../dist/exchange/index.js';
import { readTfliteGraph, tfliteFloats } from '../../dist/exchange/tflite/read/read-tflite-graph.js';
import { TfliteBuilder } from '../../dist/exchange/tflite/tflite-builder.js';
import {
  Chatbot,
  parseConll,
  parsePairs,
  readDialogues,
  readExamples,
  readIntents,
  Seq2Seq,
  SequenceClassifier,
  SequenceRegressor,
  SequenceTagger,
} from '../../dist/tasks/index.js';
import { readMidi, readTunes, Vocabulary } from '../../dist/text/index.js';

const engine = { engine: 'wasm', threads: 1 };
const numbers = (values) => Array.from(values, (value) => value.toString()).join(' ');

/** A wake word of dense layers in a file of TensorFlow Lite. */
function denseWakeWord() {
  const model = new TfliteBuilder();
  const input = model.input('in', [1, 16, 96]);
  const flat = model.op('RESHAPE', [input, model.ints('shape', [1, 1536])], [1, 1536]);
  const weights = model.floats(
    'w',
    [2, 1536],
    Array.from({ length: 3072 }, (_, i) => Math.sin(i) / 40),
  );
  const hidden = model.op('FULLY_CONNECTED', [flat, weights], [1, 2]);
  const out = model.op('FULLY_CONNECTED', [hidden, model.floats('v', [1, 2], [1, -1])], [1, 1]);
  return model.bytes([input], [model.op('LOGISTIC', [out], [1, 1])], 'a word');
}

/** Words, twelve lines of them, for vectors and questions. */
const words = 'king queen man woman boy girl paris france rome italy cat dog house tree river stone'.split(
  ' ',
);
const random = new Random(5);
const rows = Float32Array.from({ length: words.length * 6 }, () => random.normal());
const sentences = Array.from({ length: 60 }, () => words.map(() => words[random.integer(words.length)]));
const corpus = sentences.map((sentence) => sentence.join(' ')).join('\n');

function network() {
  return new Sequential(
    [
      new Conv1D({ filters: 4, kernelSize: 3, padding: 'causal' }),
      new BatchNormalization(),
      new Bidirectional({ layer: new LSTM({ units: 3, returnSequences: true, peepholes: true }) }),
      new GRU({ units: 3 }),
      new Dropout({ rate: 0.1 }),
      new Dense({ units: 2 }),
    ],
    { seed: 3, ...engine },
  );
}
const series = {
  data: Float32Array.from({ length: 4 * 7 * 3 }, (_, i) => ((i * 37) % 101) / 50 - 1),
  shape: [4, 7, 3],
};
const targets = { data: Float32Array.from({ length: 4 * 2 }, (_, i) => (i % 3) - 1), shape: [4, 2] };

async function fitted(path) {
  const model = network();
  model.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
  const checkpoint = path === undefined ? {} : { checkpoint: { path, everySteps: 1 } };
  await model.fit(series, targets, { epochs: 1, batchSize: 2, ...checkpoint });
  return model;
}

const torchLayers = () => [
  new GRU({ units: 3, returnSequences: true }),
  new LSTM({ units: 2 }),
  new Dense({ units: 2 }),
];

/** What the moments of a training that comes back belong to. */
const returning = {};

/** The numbers of a model that is then not needed any more. */
async function weightsOf(model) {
  const all = model.layers.flatMap((layer) => layer.getWeights().map(({ data }) => numbers(data)));
  await model.dispose();
  return all.join('\n');
}

const tunes =
  'X:1\nT:One\nM:4/4\nL:1/8\nK:D\n|:DEFG ABcd|d2A2 F2D2:|\n\nX:2\nT:Two\nM:6/8\nL:1/8\nK:G\nGAB c2d|(3efg f e2d|[1 G3 G3:|[2 G6|]\n';

async function saved(model, folder, name) {
  const path = `${folder}/${name}`;
  await model.save(path, { force: true });
  return readFileSync(path);
}

const encoded = (text) => new TextEncoder().encode(text);

const intents = {
  intents: [
    { tag: 'hello', patterns: ['hello', 'good morning'], responses: ['Hi!', 'Hello {name}.'] },
    {
      tag: 'book',
      patterns: ['book a table for [tomorrow](date)', 'a table, please', '[two](number) seats'],
      responses: ['A table for {people}, {date}.'],
      slots: [{ name: 'people', entity: 'number', question: 'How many?' }],
      contextOut: 'booked',
    },
    { tag: 'cancel', patterns: ['cancel it', 'we cannot come'], responses: ['Gone.'], contextIn: 'booked' },
  ],
  entities: { diet: { values: { vegan: ['plant based'] } }, flight: { pattern: '[A-Z]{2}[0-9]{3}' } },
  fallback: ['What?'],
  outOfScope: ['who are you?'],
};
const rasa = `version: "3.1"
nlu:
- intent: hello
  examples: |
    - hello
    - good morning
- intent: book
  examples: |
    - a table for [tomorrow](date)
    - a table for [tmrw]{"entity": "date", "value": "tomorrow"}
- synonym: vegan
  examples: |
    - plant based
- lookup: city
  examples: |
    - Rome
    - Oslo
- regex: flight
  examples: |
    - [A-Z]{2}
`;
const corpusOfNlp = {
  name: 'Corpus',
  locale: 'en-US',
  data: [
    { intent: 'hello', utterances: ['hello', 'good morning'], answers: ['Hi!'] },
    { intent: 'book', utterances: ['a table for @date'], answers: [{ answer: 'Yours.', opts: 'true' }] },
  ],
  entities: { diet: { options: { vegan: ['vegan', 'plant based'] } } },
};
const stories = `stories:
  - story: a table
    steps:
      - user: hello
        intent: hello
        bot: [Hi!, "Hello {name}."]
      - user: a table
        contains: many
  - story: other
    steps: [{ user: "who?", intent: null }]
`;
const columns = Array.from(
  { length: 12 },
  (_, i) => `fly VB O\nto IN O\n${i % 2 ? 'Rome' : 'Oslo'} NN B-place\n`,
).join('\n');
const pairs = Array.from({ length: 12 }, (_, i) => `${words[i]} ${words[i + 1]}\t${i}`).join('\n');
const examplesCsv = `text,label,group\n${sentences
  .slice(0, 12)
  .map((sentence, i) => `"${sentence.slice(0, 4).join(' ')}",${i % 2 ? 'odd' : 'even'},${i % 3}`)
  .join('\n')}\n`;
const seasons = { values: Array.from({ length: 80 }, (_, i) => Math.sin(i / 3) + i / 50) };

async function classifier(options) {
  const examples = sentences.map((sentence, i) => ({
    text: `${sentence.slice(0, 5).join(' ')} ${i % 2 ? 'good' : 'bad'}`,
    label: i % 2 ? 'odd' : 'even',
  }));
  const model = await SequenceClassifier.train(examples, { input: 'words', ...options });
  return model.toBytes();
}

async function classified(bytes, path, tell) {
  const model = await SequenceClassifier.load(path, engine);
  tell(model.notes);
  const answer = await model.classify('king queen good');
  await model.dispose?.();
  return JSON.stringify(answer);
}

/** A training that goes on from a checkpoint; it has ended where the checkpoint is whole. */
async function tagged(path) {
  const tagger = new SequenceTagger({ units: 4, embeddingDim: 4, ...engine });
  try {
    const checkpoint = { path, everySteps: 1 };
    await tagger.fit(parseConll(columns, { name: 'columns' }), {
      epochs: 2,
      heldOut: 0.2,
      checkpoint,
      resume: true,
    });
    return Buffer.from(tagger.toBytes()).toString('base64');
  } finally {
    await tagger.dispose();
  }
}

/** The files of a model of ml5 of four characters and three units, in their order. */
function ml5Files() {
  const shapes = { cell_0_kernel: [7, 12], cell_0_bias: [12], softmax_w: [3, 4], softmax_b: [4] };
  const named = Object.entries(shapes);
  const json = (value) => Buffer.from(JSON.stringify(value));
  const weights = named.map(([name, shape], i) => {
    const length = shape.reduce((a, b) => a * b);
    return [name, Buffer.from(Float32Array.from({ length }, (_, j) => Math.sin(i + j)).buffer)];
  });
  return [
    [
      'manifest.json',
      json(Object.fromEntries(named.map(([name, shape]) => [name, { filename: name, shape }]))),
    ],
    ['vocab.json', json({ a: 0, b: 1, ' ': 2, 水: 3 })],
    ...weights,
  ];
}

/** A model of TensorFlow.js with layers of several kinds. */
async function tfjsFiles() {
  const model = new Sequential(
    [
      new Conv1D({ filters: 3, kernelSize: 2, padding: 'same' }),
      new BatchNormalization(),
      new Bidirectional({ layer: new LSTM({ units: 2, returnSequences: true }) }),
      new GRU({ units: 3, resetAfter: false }),
      new Dense({ units: 2 }),
    ],
    { seed: 4, ...engine },
  );
  await model.build([7, 3]);
  const { files } = await toTfjs(model);
  await model.dispose();
  return files;
}

/** @returns what opening comes to, or the error it ended in */
async function withVectors(bytes, path, tell) {
  const vectors = await KeyedVectors.fromBytes(bytes, { threads: 1 });
  tell(vectors.notes);
  try {
    const some = [...vectors.words()].slice(0, 20);
    return some.map((word) => `${word} ${numbers(vectors.get(word))}`).join('\n');
  } finally {
    vectors.dispose?.();
  }
}

/** A kind of text without a digest. */
const ofText = (text, read) => ({
  holds: false,
  make: async () => [encoded(text)],
  open: (bytes) => read(bytes).then(JSON.stringify),
});

/**
 * Each kind: `make` gives whole files, `open` what one says, its notes told apart; `holds` whether our own digest
 * guards its numbers.
 * @type {Record<string, { holds: boolean, file?: string, make(folder: string): Promise<Uint8Array[]>, open(bytes: Uint8Array, path: string, tell: (notes: readonly string[]) => void): Promise<string> }>}
 */
export const kinds = {
  model: {
    holds: true,
    make: async (folder) => [await saved(await fitted(), folder, 'model.safetensors')],
    async open(bytes, path, tell) {
      const model = await Sequential.load(path, engine);
      tell(model.notes);
      const { data } = await model.predict(series);
      await model.dispose();
      return numbers(data);
    },
  },
  'graph model': {
    holds: true,
    make: async () => [readFileSync(golden('graph'))],
    async remake(bytes, path) {
      const model = await Model.load(path, engine);
      await model.save(path, { force: true });
      return readFileSync(path);
    },
    async open(bytes, path, tell) {
      const model = await Model.load(path, engine);
      tell(model.notes);
      return [
        model.seed,
        ...model.layers.flatMap(({ weights }) => weights.map((weight) => numbers(weight.get().data))),
      ].join('\n');
    },
  },
  checkpoint: {
    holds: true,
    async make(folder) {
      const path = `${folder}/checkpoint.safetensors`;
      await fitted(path);
      return [readFileSync(path)];
    },
    async open(bytes, path, tell) {
      const model = await Sequential.load(path, engine);
      tell(model.notes);
      const weights = model.layers.flatMap((layer) => [...layer.weights]);
      const { state } = decodeCheckpoint(decodeModel(bytes, path), weights, path);
      const text = [...state.buffers].map(([name, data]) => `${name} ${numbers(data)}`).join('\n');
      await model.dispose();
      return `${state.step} ${text}`;
    },
  },
  'text model': {
    holds: true,
    async make(folder) {
      const model = new TextModel({ cell: 'gru', units: 6, layers: 2, seed: 1, ...engine });
      await model.fit(corpus.slice(0, 1500), { seqLength: 10, batchSize: 4, epochs: 1 });
      return [await saved(model, folder, 'text.safetensors')];
    },
    async open(bytes, path, tell) {
      const model = await TextModel.load(path, engine);
      tell(model.notes);
      const text = model.generate({ prime: 'king', length: 10, seed: 1 });
      await model.dispose?.();
      return text;
    },
  },
  'music model': {
    holds: true,
    async make(folder) {
      const model = new MusicModel({ units: 6, layers: 1, seed: 1, ...engine });
      await model.fit(readTunes(tunes.repeat(4)).tunes, { batchSize: 2, epochs: 1 });
      return [await saved(model, folder, 'music.safetensors')];
    },
    async open(bytes, path, tell) {
      const model = await MusicModel.load(path, engine);
      tell(model.notes);
      const { loss } = await model.text.evaluate('K:D\nDEFG ABcd|', { batchSize: 1, seqLength: 5 });
      await model.text.dispose?.();
      return `${loss}`;
    },
  },
  'trigger model': {
    holds: true,
    make: async () => [readFileSync(golden('trigger'))],
    async remake(bytes, path) {
      const model = await TriggerModel.load(path, engine);
      await model.save(path, { force: true });
      return readFileSync(path);
    },
    async open(bytes, path, tell) {
      const model = await TriggerModel.load(path, engine);
      tell(model.notes);
      const stream = model.stream({ sampleRate: 16_000 });
      const scores = [];
      stream.on('score', ({ score }) => scores.push(score));
      stream.push(Float32Array.from({ length: 3_200 }, (_, i) => Math.sin(i / 3) / 4));
      stream.dispose();
      await model.dispose?.();
      return numbers(scores);
    },
  },
  ...Object.fromEntries(
    ['float32', 'float16', 'int8'].map((precision) => [
      `vectors ${precision}`,
      {
        holds: true,
        async make(folder) {
          const path = `${folder}/${precision}.safetensors`;
          await KeyedVectors.fromRows(words, rows).save(path, { precision, force: true });
          return [readFileSync(path)];
        },
        open: withVectors,
      },
    ]),
  ),
  'word vectors in training': {
    holds: true,
    async make() {
      const model = new Word2Vec({ vectorSize: 4, minCount: 1, epochs: 1, seed: 1, workers: 1 });
      await model.fit(sentences);
      return [model.toBytes()];
    },
    async open(bytes) {
      const model = await Word2Vec.fromBytes(bytes);
      return words.map((word) => numbers(model.wv.has(word) ? model.wv.get(word) : [])).join('\n');
    },
  },
  'word2vec binary': {
    holds: false,
    async make(folder) {
      const path = `${folder}/vectors.bin`;
      await KeyedVectors.fromRows(words, rows).save(path, { format: 'word2vec-binary', force: true });
      return [readFileSync(path)];
    },
    open: withVectors,
  },
  'vectors as text': {
    holds: false,
    make: async () => {
      const lines = words.map((word, i) => `${word} ${numbers(rows.subarray(6 * i, 6 * i + 6))}\n`).join('');
      return [Buffer.from(lines), Buffer.from(`${words.length} 6\n${lines}`)];
    },
    open: withVectors,
  },
  'vectors gzipped': {
    holds: false,
    make: async () => [
      gzipSync(words.map((word, i) => `${word} ${numbers(rows.subarray(6 * i, 6 * i + 6))}\n`).join('')),
    ],
    open: withVectors,
  },
  'vectors zipped': {
    holds: false,
    make: async () => [
      zip({
        'vectors.txt': words
          .map((word, i) => `${word} ${numbers(rows.subarray(6 * i, 6 * i + 6))}\n`)
          .join(''),
      }),
    ],
    async open(bytes, path) {
      const vectors = await KeyedVectors.load(path, { threads: 1 });
      return `${[...vectors.words()].join(' ')} ${vectors.vectorSize}`;
    },
  },
  'gensim saved': {
    holds: false,
    make: async () =>
      ['plain.kv', 'plain.model', 'protocol2.kv', 'fasttext.kv'].map((file) =>
        readFileSync(new URL(`../../test/golden/gensim-saved/${file}`, import.meta.url)),
      ),
    open: withVectors,
  },
  'matrix of NumPy': {
    holds: false,
    async make(folder) {
      const path = `${folder}/vectors.npy`;
      await KeyedVectors.fromRows(words, rows).save(path, { force: true });
      return [readFileSync(path)];
    },
    async open(bytes, path) {
      writeFileSync(wordsBeside(path), `${words.join('\n')}\n`);
      const vectors = await KeyedVectors.load(path, { threads: 1 });
      return words.map((word) => numbers(vectors.get(word))).join('\n');
    },
  },
  'fastText model': {
    holds: false,
    async make(folder) {
      const model = new FastText({ vectorSize: 4, minCount: 1, epochs: 1, bucket: 20, seed: 1, workers: 1 });
      await model.fit(sentences);
      const path = `${folder}/model.bin`;
      await model.wv.save(path, { format: 'fasttext-binary', force: true });
      return [readFileSync(path)];
    },
    open: withVectors,
  },
  wav: {
    holds: false,
    async make() {
      const samples = Float32Array.from({ length: 400 }, (_, i) => Math.sin(i / 5) / 2);
      return [encodeWav({ samples, sampleRate: 16_000 })];
    },
    async open(bytes, path) {
      const { samples, sampleRate } = decodeWav(bytes, path);
      return `${sampleRate} ${samples.length} ${numbers(samples.subarray(0, 50))}`;
    },
  },
  'clip folder': {
    holds: false,
    async make() {
      const samples = Float32Array.from({ length: 8_000 }, (_, i) =>
        i > 2_000 && i < 5_000 ? Math.sin(i / 5) / 2 : 1e-4,
      );
      return [encodeWav({ samples, sampleRate: 16_000 })];
    },
    async open(bytes) {
      const { activates } = readClips([{ path: 'activates/a.wav', bytes }], 16_000);
      return `${activates.length}`;
    },
  },
  midi: {
    holds: false,
    make: async () => [midi()],
    async open(bytes) {
      return JSON.stringify(readMidi(bytes));
    },
  },
  abc: {
    holds: false,
    make: async () => [Buffer.from(tunes)],
    async open(bytes) {
      return JSON.stringify(readTunes(new TextDecoder().decode(bytes)).tunes.length);
    },
  },
  onnx: {
    holds: false,
    async make() {
      const model = network();
      await model.build([7, 3]);
      return [(await toOnnx(model)).bytes, (await toOnnx(golden('text'), { step: true, int8: true })).bytes];
    },
    async open(bytes, path) {
      const { nodes, initializers } = readOnnxGraph(bytes, path);
      const weights = [...initializers.values()].map(({ name, data }) => `${name} ${numbers(data)}`);
      return `${nodes.map(({ opType }) => opType)} ${weights}`;
    },
  },
  'onnx layers': {
    holds: false,
    async make() {
      const layers = [
        new Conv1D({ filters: 4, kernelSize: 3, padding: 'causal', activation: 'relu' }),
        new BatchNormalization(),
        new GRU({ units: 3, returnSequences: true }),
        new LSTM({ units: 3, peepholes: true }),
        new Dense({ units: 2, activation: 'softmax' }),
      ];
      const bands = [
        new Conv2D({ filters: 3, kernelSize: [3, 2], bandPadding: 'same', activation: 'relu' }),
        new MaxPooling2D({ poolSize: [2, 2], channels: 3 }),
        new GRU({ units: 2 }),
        new Dense({ units: 2 }),
      ];
      return Promise.all(
        [layers, bands].map(async (each) => {
          const model = new Sequential(each, engine);
          await model.build([7, 4]);
          return (await toOnnx(model)).bytes;
        }),
      );
    },
    async open(bytes) {
      return weightsOf(await fromOnnx(bytes));
    },
  },
  tflite: {
    holds: false,
    async make() {
      const model = new TfliteBuilder();
      const input = model.input('in', [1, 4]);
      const weights = model.floats('w', [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
      const dense = model.op('FULLY_CONNECTED', [input, weights], [1, 2]);
      const parts = model.split(dense, 1, 2, [1, 1]);
      const output = model.op('RESHAPE', [model.op('ADD', parts, [1, 1]), model.ints('shape', [1])], [1]);
      return [model.bytes([input], [output], 'a small one')];
    },
    async open(bytes, path) {
      const graph = readTfliteGraph(bytes, path);
      return JSON.stringify({ ...graph, tensors: graph.tensors.map((tensor) => tfliteFloats(tensor)) });
    },
  },
  'wake word': {
    holds: false,
    async make() {
      const layers = [
        new Bidirectional({ layer: new GRU({ units: 3, returnSequences: true }) }),
        new Flatten(),
        new LayerNormalization(),
        new Dense({ units: 1, activation: 'sigmoid' }),
      ];
      const model = new Sequential(layers, engine);
      await model.build([16, 96]);
      return [(await toOnnx(model)).bytes, denseWakeWord()];
    },
    async open(bytes) {
      // What it hears through plays no part here.
      const zeros = ({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))];
      const weights = new Map(EMBEDDING_WEIGHTS.map(zeros));
      const embedding = await SpeechEmbedding.of({ weights, notice: '' });
      try {
        const model = await fromOpenWakeWord(bytes, { embedding, ...engine });
        const logits = await model.logits(new Float32Array(96).fill(1), 1);
        await model.dispose();
        return numbers(logits);
      } finally {
        await embedding.dispose();
      }
    },
  },
  'state dict': {
    holds: false,
    async make() {
      const model = new Sequential(torchLayers(), engine);
      await model.build([7, 3]);
      return [(await toPyTorch(model))['model.safetensors']];
    },
    async open(bytes) {
      const model = await fromPyTorch(bytes, { layers: torchLayers(), inputShape: [7, 3] });
      return weightsOf(model);
    },
  },
  'torch checkpoint': {
    holds: false,
    async make() {
      const model = new Sequential(torchLayers(), engine);
      await model.build([7, 3]);
      const { 'model.safetensors': bytes } = await toPyTorch(model);
      return [torchCheckpoint(decodeSafetensors(bytes, 'the state_dict').tensors)];
    },
    async open(bytes) {
      return weightsOf(await fromPyTorch(bytes, { layers: torchLayers(), inputShape: [7, 3] }));
    },
  },
  'training from PyTorch': {
    holds: false,
    async make(folder) {
      const path = `${folder}/run.safetensors`;
      const model = new Sequential(torchLayers(), { seed: 3, ...engine });
      model.compile({ optimizer: new Adam({ learningRate: 0.01 }), loss: 'meanSquaredError' });
      await model.fit(series, targets, { epochs: 1, batchSize: 2, checkpoint: { path, everySteps: 1 } });
      returning.checkpoint = readFileSync(path);
      const files = await toPyTorch(returning.checkpoint, { training: { learningRate: 0.01 } });
      returning.weights = files['model.safetensors'];
      return [files['optimizer.safetensors']];
    },
    async open(optimizer) {
      const { weights, checkpoint } = returning;
      return numbers(await checkpointFromPyTorch(weights, { checkpoint, optimizer }));
    },
  },
  keras: {
    holds: false,
    make: async () =>
      [
        'keras1-gru.h5',
        'keras2.h5',
        'keras2-functional.h5',
        'keras3.h5',
        'tokens.keras',
        'functional.keras',
      ].map((file) => readFileSync(new URL(`../../test/golden/keras-files/${file}`, import.meta.url))),
    async open(bytes) {
      return weightsOf(await fromKeras(bytes));
    },
  },
  'brain.js network': {
    holds: false,
    async make() {
      const text = readFileSync(new URL('../../test/golden/brain-networks.json', import.meta.url), 'utf8');
      return JSON.parse(text).networks.map(({ json }) => Buffer.from(JSON.stringify(json)));
    },
    async open(bytes) {
      const model = await fromBrain(bytes);
      const text = model.generate({ length: 10, seed: 1 });
      await model.dispose();
      return text;
    },
  },
  'ml5 model': {
    holds: false,
    // All its files in one, which is cut again where the whole ones end.
    make: async () => [Buffer.concat(ml5Files().map(([, bytes]) => bytes))],
    async open(bytes) {
      let at = 0;
      const files = ml5Files().map(([name, whole], i, { length }) => {
        const start = at;
        at += whole.length;
        return [name, bytes.subarray(start, i === length - 1 ? undefined : at)];
      });
      const model = await fromMl5(Object.fromEntries(files));
      const text = model.generate({ length: 10, seed: 1 });
      await model.dispose();
      return text;
    },
  },
  'tensorflow.js model': {
    holds: false,
    // All its files in one, which is cut again where the whole ones end.
    async make() {
      return [Buffer.concat(Object.values(await tfjsFiles()))];
    },
    async open(bytes) {
      let at = 0;
      const whole = Object.entries(await tfjsFiles());
      const files = whole.map(([name, { length }], i) => {
        const start = at;
        at += length;
        return [name, bytes.subarray(start, i === whole.length - 1 ? undefined : at)];
      });
      return weightsOf(await fromTfjs(Object.fromEntries(files)));
    },
  },
  vocabulary: {
    holds: false,
    make: async () => [Buffer.from(JSON.stringify(Vocabulary.of('pease porridge hot')))],
    async open(bytes) {
      let value;
      try {
        value = JSON.parse(new TextDecoder().decode(bytes));
      } catch {
        return 'no JSON';
      }
      return String(Vocabulary.from(value).size);
    },
  },
  'classifier, linear': {
    holds: true,
    make: async () => [await classifier({ encoder: 'linear' })],
    open: classified,
  },
  'classifier, network': {
    holds: true,
    make: async () => [await classifier({ encoder: 'gru', units: 4, epochs: 1, ...engine })],
    open: classified,
  },
  chatbot: {
    holds: true,
    async make() {
      const bot = await Chatbot.train(intents, { vectors: false });
      return [bot.toBytes()];
    },
    async open(bytes, path, tell) {
      const bot = await Chatbot.load(path);
      tell(bot.notes);
      const session = bot.session();
      const replies = [];
      for (const text of ['good morning', 'a table for tomorrow', 'the menu', 'who are you?']) {
        replies.push(JSON.stringify(await session.reply(text)));
      }
      bot.dispose();
      return replies.join('\n');
    },
  },
  tagger: {
    holds: true,
    async make() {
      const tagger = new SequenceTagger({ units: 4, embeddingDim: 4, ...engine });
      await tagger.fit(parseConll(columns, { name: 'columns' }), { epochs: 1 });
      return [tagger.toBytes()];
    },
    async open(bytes, path, tell) {
      const tagger = await SequenceTagger.load(path, engine);
      tell(tagger.notes);
      const { figures } = tagger;
      const { tags } = await tagger.tag(['fly', 'to', 'Rome']);
      await tagger.dispose();
      return JSON.stringify([tags, figures]);
    },
  },
  seq2seq: {
    holds: true,
    async make() {
      const model = new Seq2Seq({ units: 4, embeddingDim: 4, ...engine });
      await model.fit(parsePairs(pairs, 'pairs'), { epochs: 1, heldOut: 0 });
      return [model.toBytes()];
    },
    async open(bytes, path, tell) {
      const model = await Seq2Seq.load(path, engine);
      tell(model.notes);
      const { text, logProbability } = model.translate('one two', { maxLength: 8 });
      await model.dispose();
      return `${text} ${logProbability}`;
    },
  },
  regressor: {
    holds: true,
    async make() {
      const model = new SequenceRegressor({ horizon: 3, context: 6, units: 4, ...engine });
      await model.fit(seasons, { epochs: 1, refit: false });
      return [model.toBytes()];
    },
    async open(bytes, path, tell) {
      const model = await SequenceRegressor.load(path, engine);
      tell(model.notes);
      const forecast = await model.forecast(seasons);
      await model.dispose();
      return JSON.stringify(forecast);
    },
  },
  'task checkpoint': {
    holds: true,
    async make(folder) {
      const path = `${folder}/task.checkpoint`;
      await tagged(path);
      return [readFileSync(path)];
    },
    open: (bytes, path) => tagged(path),
  },
  'intents.json': ofText(JSON.stringify(intents, null, 1), readIntents),
  'rasa nlu.yml': ofText(rasa, readIntents),
  'node-nlp corpus': ofText(JSON.stringify(corpusOfNlp, null, 1), readIntents),
  'stories.yml': ofText(stories, readDialogues),
  'conll columns': {
    holds: false,
    make: async () => [encoded(columns)],
    open: async (bytes) => JSON.stringify(parseConll(new TextDecoder().decode(bytes), { name: 'columns' })),
  },
  'pairs.tsv': {
    holds: false,
    make: async () => [encoded(pairs)],
    open: async (bytes) => JSON.stringify(parsePairs(new TextDecoder().decode(bytes), 'pairs')),
  },
  'examples.csv': {
    holds: false,
    make: async () => [encoded(examplesCsv)],
    open: (bytes) => readExamples(bytes, { format: 'csv' }).then(JSON.stringify),
  },
};

/** A file of the first release. */
function golden(name) {
  return new URL(`../../test/golden/release-0.1.0/${name}.safetensors`, import.meta.url);
}

/** An archive, by the layout of PKWARE's APPNOTE. @param files by name @param isPacked whether they are deflated */
function zip(files, isPacked = true) {
  const [locals, entries] = [[], []];
  for (const [name, content] of Object.entries(files)) {
    const bytes = Buffer.from(content);
    const packed = isPacked ? deflateRawSync(bytes) : bytes;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(isPacked ? 8 : 0, 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(Buffer.concat(locals).length, 10);
    locals.push(Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]));
    entries.push(
      Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, place, Buffer.from(name)]),
    );
  }
  const [body, directory] = [Buffer.concat(locals), Buffer.concat(entries)];
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(body.length, 16);
  return Buffer.concat([body, directory, end]);
}

/** What torch.save makes of a state_dict: a pickle of protocol 2, and the numbers of each tensor beside it. */
function torchCheckpoint(tensors) {
  const whole = (n) => [0x4a, ...new Uint8Array(Int32Array.of(n).buffer)];
  const text = (value) => [0x58, ...new Uint8Array(Uint32Array.of(value.length).buffer), ...encoded(value)];
  const name = (module, item) => encoded(`c${module}\n${item}\n`);
  const tuple = (items) => [0x28, ...items, 0x74];
  const pickle = [0x80, 2, 0x7d, 0x28];
  const files = {};
  [...tensors].forEach(([key, { shape, data }], i) => {
    const storage = [
      ...[...text('storage'), ...name('torch', 'FloatStorage'), ...text(`${i}`), ...text('cpu')],
      ...whole(data.length),
    ];
    const strides = shape.map((_, axis) =>
      shape.slice(axis + 1).reduce((product, side) => product * side, 1),
    );
    const rebuilt = [
      ...[
        ...tuple(storage),
        0x51,
        ...whole(0),
        ...tuple(shape.flatMap(whole)),
        ...tuple(strides.flatMap(whole)),
      ],
      ...[0x89, ...name('collections', 'OrderedDict'), 0x29, 0x52],
    ];
    pickle.push(...text(key), ...name('torch._utils', '_rebuild_tensor_v2'), ...tuple(rebuilt), 0x52);
    files[`archive/data/${i}`] = new Uint8Array(Float32Array.from(data).buffer);
  });
  pickle.push(0x75, 0x2e);
  return zip({ 'archive/data.pkl': Uint8Array.from(pickle), ...files, 'archive/version': '3\n' }, false);
}

/** A scale in four-four time, one track. */
function midi() {
  const events = [0x00, 0xff, 0x58, 0x04, 0x04, 0x02, 0x18, 0x08, 0x00, 0xff, 0x51, 0x03, 0x07, 0xa1, 0x20];
  for (const pitch of [60, 62, 64, 65, 67, 69, 71, 72])
    events.push(0x00, 0x90, pitch, 0x40, 0x83, 0x60, 0x80, pitch, 0x40);
  events.push(0x00, 0xff, 0x2f, 0x00);
  const header = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0x01, 0xe0];
  return Uint8Array.from([
    ...header,
    0x4d,
    0x54,
    0x72,
    0x6b,
    0,
    0,
    events.length >> 8,
    events.length & 255,
    ...events,
  ]);
}
