import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KeyedVectors } from '../src/embeddings/index.js';
import { TriggerModel } from '../src/audio/index.js';
import { Adam, Dense, Dropout, GRU, Model, Sequential, type Tensor } from '../src/rnn/index.js';
import { decodeModel } from '../src/rnn/graph/model-file.js';
import { sizeOf } from '../src/rnn/program/tensor.js';
import { decodeCheckpoint } from '../src/rnn/training/checkpoint.js';
import { relativeError } from '../src/rnn/gradient-check/gradient-check.js';
import { MusicModel, TextModel } from '../src/text/index.js';

/** What a release answered; release.mjs made it, with the files beside it. */
interface Expected {
  sequential: { predictions: number[] };
  graph: { predictions: number[][] };
  checkpoint: { step: number; predictions: number[] };
  text: { text: string; loss: number };
  music: { text: string; loss: number; tunes: number };
  vectors: { words: string[]; rows: number[][] };
  trigger: { bands: number; logits: number[] };
}

const golden = path.join(import.meta.dirname, 'golden');
const releases = readdirSync(golden).filter((name) => name.startsWith('release-'));
const options = { engine: 'wasm', threads: 1 } as const;

// As in release.mjs.
const wave = (...shape: number[]): Tensor => ({
  data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 37) % 101) / 50 - 1),
  shape,
});
const tokens = (count: number, ...shape: number[]): Tensor => ({
  data: Int32Array.from({ length: sizeOf(shape) }, (_, i) => (i * 7) % count),
  shape,
});

/** Float32 kernels of a later release may round otherwise. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  expect(relativeError([found], [expected])).toBeLessThan(1e-5);
}

it('one of each release stays', () => {
  expect(releases).toContain('release-0.1.0');
});

describe.each(releases)('what %s saved opens:', (release) => {
  const at = (name: string): string => path.join(golden, release, name);
  const expected = JSON.parse(readFileSync(at('expected.json'), 'utf8')) as Expected;

  it('layers one after the other, with their settings', async () => {
    const { model, file } = await Sequential.open(at('sequential.safetensors'), options);
    expectClose((await model.predict(wave(3, 7, 3))).data, expected.sequential.predictions);
    expect(file.settings).toEqual({ note: 'kept as it is' });
    await model.dispose();
  });

  it('a graph of layers', async () => {
    const model = await Model.load(at('graph.safetensors'), options);
    const answers = await model.predictAll([tokens(11, 3, 6), wave(3, 5, 3)]);
    answers.forEach(({ data }, i) => expectClose(data, expected.graph.predictions[i]));
    expect(answers).toHaveLength(expected.graph.predictions.length);
    await model.dispose();
  });

  it('a checkpoint, as a model and as a training', async () => {
    const file = at('checkpoint.safetensors');
    const model = await Sequential.load(file, options);
    expectClose((await model.predict(wave(3, 5, 3))).data, expected.checkpoint.predictions);
    const weights = model.layers.flatMap((layer) => [...layer.weights]);
    const { state, position } = decodeCheckpoint(decodeModel(readFileSync(file), file), weights, file);
    expect(state.step).toBe(expected.checkpoint.step);
    // Two batches an epoch.
    expect(position).toMatchObject({ epoch: 3, batch: 1 });
    // The weights and two moments of each.
    const trained = weights.filter(({ trainable }) => trainable).length;
    expect(state.buffers.size).toBe(3 * trained);
    await model.dispose();
  });

  it('a checkpoint, from which its run goes on', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-release-'));
    try {
      const file = path.join(folder, 'checkpoint.safetensors');
      copyFileSync(at('checkpoint.safetensors'), file);
      // As in release.mjs.
      const layers = [new GRU({ units: 5 }), new Dropout({ rate: 0.3 }), new Dense({ units: 2 })];
      const model = new Sequential(layers, { ...options, seed: 3 });
      model.compile({ loss: 'meanSquaredError', optimizer: new Adam({ learningRate: 0.01 }) });
      const batches: [number, number][] = [];
      const history = await model.fit(wave(8, 5, 3), wave(8, 2), {
        ...{ epochs: 4, batchSize: 4, validationSplit: 0.25, resume: true },
        checkpoint: { path: file },
        earlyStopping: { patience: 9, restoreBest: true },
        onBatch: ({ epoch, batch }) => void batches.push([epoch, batch]),
      });
      expect(batches).toEqual([
        [3, 2],
        [4, 1],
        [4, 2],
      ]);
      expect(history.loss).toHaveLength(4);
      await model.dispose();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('a text model', async () => {
    const model = await TextModel.load(at('text.safetensors'), options);
    const { loss } = await model.evaluate(expected.text.text, { batchSize: 1, seqLength: 20 });
    expect(loss / expected.text.loss).toBeCloseTo(1, 5);
    expect(model.generate({ prime: 'the', length: 20, seed: 1 })).toHaveLength(3 + 20);
    await model.dispose();
  });

  it('a music model, which composes', async () => {
    const model = await MusicModel.load(at('music.safetensors'), options);
    const { loss } = await model.text.evaluate(expected.music.text, { batchSize: 1, seqLength: 20 });
    expect(loss / expected.music.loss).toBeCloseTo(1, 5);
    expect(model.seen.tunes).toBe(expected.music.tunes);
    const [tune] = await model.compose({ seed: 1, maxBars: 4 });
    expect(tune.abc).toMatch(/^X:1\n/);
    await model.text.dispose();
  });

  it.each([
    ['float32', 0],
    ['float16', 1e-3],
    ['int8', 1e-2],
  ])('vectors of %s', async (precision, tolerance) => {
    const vectors = await KeyedVectors.load(at(`vectors-${precision}.safetensors`));
    expect([...vectors.words()]).toEqual(expected.vectors.words);
    expected.vectors.words.forEach((word, i) => {
      const error = relativeError([vectors.get(word)], [expected.vectors.rows[i]]);
      expect(error, word).toBeLessThanOrEqual(tolerance);
    });
  });

  it('a trigger model', async () => {
    const model = await TriggerModel.load(at('trigger.safetensors'), options);
    const { bands, logits } = expected.trigger;
    expect([model.word, model.settings.features.bands]).toEqual(['activate', bands]);
    const features = wave(1, 40, bands).data as Float32Array;
    expectClose(await model.logits(features, 40), logits);
    expect(model.trainedOn).toMatchObject({ activates: 2, examples: 8, epochs: 1 });
  });
});
