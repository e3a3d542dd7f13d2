/**
 * Makes the files of one release that later ones must open: node test/golden/release.mjs <folder>
 * such as test/golden/release-0.1.0, once, at that release (`npm run build` first). A folder of a
 * release that is out is never made again.
 *
 * Each file is small, and trained for some steps, so that nothing in it stands as it began; what the
 * release itself answered stands in expected.json.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClips } from '../../dist/audio/index.js';
import { triggerNetwork } from '../../dist/audio/trigger-network.js';
import { triggerPreset } from '../../dist/audio/detection/trigger-settings.js';
import {
  Adam,
  BatchNormalization,
  Bidirectional,
  Concatenate,
  Conv1D,
  Dense,
  Dropout,
  Embedding,
  GRU,
  input,
  KeyedVectors,
  LSTM,
  Masking,
  Model,
  MusicModel,
  Sequential,
  SimpleRNN,
  Standardize,
  TextModel,
  TimeDistributed,
  TriggerModel,
} from '../../dist/index.js';
import { readTunes } from '../../dist/text/index.js';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Give the folder to write to.');
mkdirSync(folder, { recursive: true });
const root = new URL('../../', import.meta.url);
const at = (name) => join(folder, name);
const numbers = (tensor) => Array.from(tensor.data);

/** Whole numbers make the inputs, so that the test can make them again. */
const wave = (...shape) => ({
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => ((i * 37) % 101) / 50 - 1),
  shape,
});
const tokens = (count, ...shape) => ({
  data: Int32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i * 7) % count),
  shape,
});
const run = { engine: 'wasm', threads: 1, seed: 3 };
const expected = {};

async function sequential() {
  const model = new Sequential(
    [
      new Standardize(),
      new Conv1D({ filters: 6, kernelSize: 3, padding: 'causal', activation: 'relu' }),
      new BatchNormalization(),
      new Dropout({ rate: 0.2 }),
      new Bidirectional({ layer: new LSTM({ units: 5, returnSequences: true }) }),
      new TimeDistributed({ layer: new Dense({ units: 4, activation: 'tanh' }) }),
      new GRU({ units: 6, recurrentDropout: 0.1 }),
      new Dense({ units: 2, kernelRegularizer: { l2: 0.01 } }),
    ],
    run,
  );
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.01 }) });
  await model.fit(wave(8, 7, 3), wave(8, 2), { epochs: 3, batchSize: 4 });
  await model.save(at('sequential.safetensors'), { force: true, settings: { note: 'kept as it is' } });
  return { predictions: numbers(await model.predict(wave(3, 7, 3))) };
}

async function graph() {
  const [words, values] = [input({ shape: [null], name: 'words' }), input({ shape: [null, 3] })];
  const embedded = new Embedding({ inputDim: 11, outputDim: 5, maskZero: true }).apply(words);
  const [sequence, state] = new GRU({ units: 4, returnSequences: true, returnState: true }).applyAll(
    embedded,
  );
  const read = new SimpleRNN({ units: 4 }).apply([new Masking({ maskValue: 9 }).apply(values), state]);
  const outputs = [
    new Dense({ units: 2, name: 'tags' }).apply(sequence),
    new Dense({ units: 1, activation: 'sigmoid' }).apply(new Concatenate().apply([read, state])),
  ];
  const model = new Model({ inputs: [words, values], outputs }, run);
  model.compile({
    loss: ['sparseCategoricalCrossentropy', { name: 'binaryCrossentropy', fromLogits: false }],
    lossWeights: [1, 0.5],
    optimizer: new Adam({ learningRate: 0.01 }),
  });
  await model.fit([tokens(11, 8, 6), wave(8, 5, 3)], [tokens(2, 8, 6), tokens(2, 8, 1)], { epochs: 3 });
  await model.save(at('graph.safetensors'), { force: true });
  const answers = await model.predictAll([tokens(11, 3, 6), wave(3, 5, 3)]);
  return { predictions: answers.map(numbers) };
}

async function checkpoint() {
  const model = new Sequential(
    [new GRU({ units: 5 }), new Dropout({ rate: 0.3 }), new Dense({ units: 2 })],
    run,
  );
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.01 }) });
  const control = new AbortController();
  let batches = 0;
  rmSync(at('checkpoint.safetensors'), { force: true });
  await model.fit(wave(8, 5, 3), wave(8, 2), {
    ...{ epochs: 4, batchSize: 4, validationSplit: 0.25, signal: control.signal },
    checkpoint: { path: at('checkpoint.safetensors'), everySteps: 1 },
    earlyStopping: { patience: 9, restoreBest: true },
    onBatch: () => ++batches === 5 && control.abort(),
  });
  return { step: batches, predictions: numbers(await model.predict(wave(3, 5, 3))) };
}

async function text() {
  const line = 'the quick brown fox jumps over the lazy dog. ';
  const model = new TextModel({ units: 16, layers: 2, dropout: 0.1, ...run });
  await model.fit(line.repeat(60), { epochs: 4, seqLength: 16, batchSize: 8, heldOut: 0.1 });
  await model.save(at('text.safetensors'), { force: true });
  const { loss } = await model.evaluate(line.repeat(2), { batchSize: 1, seqLength: 20 });
  return { text: line.repeat(2), loss };
}

async function music() {
  const abc = readFileSync(new URL('data/tunes/seqkit-tunes.abc', root), 'utf8');
  const { tunes } = readTunes(abc);
  const model = new MusicModel({ units: 16, layers: 1, ...run });
  await model.fit(tunes.slice(0, 12), { epochs: 3, seqLength: 32, batchSize: 8 });
  await model.save(at('music.safetensors'), { force: true });
  const sample = Array.from(model.text.vocabulary.characters).join('');
  const { loss } = await model.text.evaluate(sample, { batchSize: 1, seqLength: 20 });
  return { text: sample, loss, tunes: model.seen.tunes };
}

async function vectors() {
  const words = ['the', 'of', 'king', 'queen', 'ö', '浴室', 'New York'];
  const rows = KeyedVectors.fromRows(words, wave(words.length, 6).data);
  for (const precision of ['float32', 'float16', 'int8']) {
    await rows.save(at(`vectors-${precision}.safetensors`), { force: true, precision });
  }
  return { words, rows: words.map((word) => Array.from(rows.get(word))) };
}

async function trigger() {
  const clips = ['activates', 'negatives', 'backgrounds'].flatMap((kind) => {
    const from = new URL(`data/clips/${kind}/`, root);
    return readdirSync(from)
      .sort()
      .slice(0, 2)
      .map((name) => ({ path: `${kind}/${name}`, bytes: readFileSync(new URL(name, from)) }));
  });
  const settings = structuredClone(triggerPreset('standard'));
  Object.assign(settings.network, { filters: 8, units: 8 });
  const network = triggerNetwork(settings.network, run);
  const model = new TriggerModel({ word: 'activate', ...run }, { settings, network });
  await model.fit(readClips(clips, 16_000), { examples: 8, epochs: 1 });
  await model.save(at('trigger.safetensors'), { force: true });
  const { bands } = model.settings.features;
  return { bands, logits: Array.from(await model.logits(wave(1, 40, bands).data, 40)) };
}

for (const make of [sequential, graph, checkpoint, text, music, vectors, trigger]) {
  expected[make.name] = await make();
}
writeFileSync(at('expected.json'), `${JSON.stringify(expected)}\n`);
