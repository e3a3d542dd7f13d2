import { createRequire } from 'node:module';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteBuffer } from 'flatbuffers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GOOGLE_EMBEDDING } from '../../src/audio/embedding/known-embeddings.js';
import {
  checkOpenWakeWord,
  readOnnxGraph,
  toOpenWakeWord,
  type OnnxRuntime,
} from '../../src/exchange/index.js';
import { Random } from '../../src/index.js';
import { repositoryFile } from '../support/clip-files.js';
import { runCli } from '../support/run-cli.js';
import { wakeWordDetector, type WakeWordDetector } from './support/wake-word-model.js';

const require = createRequire(import.meta.url);
const runtime = require('onnxruntime-web') as OnnxRuntime & {
  Tensor: new (type: 'float32', data: Float32Array, dims: number[]) => unknown;
};
const folder = mkdtempSync(join(tmpdir(), 'seqkit-wake-'));
/** All of one name for a file, and one of that of another with a number behind. */
const words = ['Hey Robot', 'hey robot!', 'hey robot 2'];
const stems = ['hey_robot', 'hey_robot_2', 'hey_robot_2_2'];
let detector: WakeWordDetector;
const model = () => new Blob([detector.bytes as BlobPart]);

beforeAll(async () => {
  detector = await wakeWordDetector(words, 3);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What onnxruntime gives of windows (frames, 96). */
async function scoresOf(
  bytes: Uint8Array,
  frames: number,
  windows: readonly Float32Array[],
): Promise<number[]> {
  const session = await runtime.InferenceSession.create(bytes);
  const scores: number[] = [];
  for (const data of windows) {
    const input = new runtime.Tensor('float32', data, [1, frames, 96]);
    const { score } = (await session.run({ embeddings: input } as never)) as unknown as {
      score: { data: Float32Array; dims: number[] };
    };
    expect(score.dims).toEqual([1, 1]);
    scores.push(score.data[0]);
  }
  return scores;
}

/** The operators of a .tflite file by their numbers, and the shapes of its inputs and outputs, as its schema has them. */
function tfliteFacts(bytes: Uint8Array) {
  const buffer = new ByteBuffer(bytes);
  const field = (table: number, index: number): number => {
    const vtable = table - buffer.readInt32(table);
    const slot = 4 + 2 * index;
    return slot < buffer.readInt16(vtable) ? buffer.readInt16(vtable + slot) : 0;
  };
  const at = (place: number): number => place + buffer.readInt32(place);
  const vector = (table: number, index: number): number[] => {
    const start = at(table + field(table, index));
    return Array.from({ length: buffer.readInt32(start) }, (_, i) => start + 4 + 4 * i);
  };
  const root = at(0);
  const [graph, ...more] = vector(root, 2).map(at);
  const tensors = vector(graph, 0).map(at);
  const shapes = (index: number) =>
    vector(graph, index).map((place) =>
      vector(tensors[buffer.readInt32(place)], 0).map((size) => buffer.readInt32(size)),
    );
  const data = vector(root, 4)
    .map(at)
    .filter((table) => field(table, 0) > 0)
    .map((table) => vector(table, 0)[0]);
  return {
    version: buffer.readInt32(root + field(root, 0)),
    graphs: 1 + more.length,
    codes: vector(root, 1).map((place) => {
      const table = at(place);
      const old = field(table, 0) === 0 ? 0 : buffer.readInt8(table + field(table, 0));
      expect(field(table, 1)).toBe(0); // No operator of somebody's own.
      return [old, field(table, 3) === 0 ? 0 : buffer.readInt32(table + field(table, 3))];
    }),
    inputs: shapes(1),
    outputs: shapes(2),
    operations: vector(graph, 3).length,
    unaligned: data.filter((start) => start % 16 !== 0),
  };
}

describe('toOpenWakeWord', () => {
  it.each([16, 22])(
    'gives what the model gives after %i embeddings from a state of zeros',
    async (frames) => {
      const models = await toOpenWakeWord(model(), { frames });
      expect(models.map(({ stem }) => stem)).toEqual(stems);
      expect(models.map(({ word }) => word)).toEqual(words);
      expect(models.map(({ threshold }) => threshold)).toEqual(
        words.map((word) => detector.thresholds[word]),
      );
      for (const { bytes } of models) {
        const { inputs, outputs } = readOnnxGraph(bytes);
        expect(inputs.map(({ shape }) => shape)).toEqual([[1, frames, 96]]);
        expect(outputs.map(({ shape }) => shape)).toEqual([[1, 1]]);
      }
      const random = new Random(5);
      const windows = Array.from({ length: 3 }, () => detector.embeddings(frames, random));
      for (const [output, { bytes }] of models.entries()) {
        const scores = await scoresOf(bytes, frames, windows);
        scores.forEach((score, i) => {
          expect(Math.abs(score - detector.scores(windows[i])[output])).toBeLessThan(1e-5);
        });
      }
    },
  );

  // What they compute, LiteRT says in test/browser/litert.long.test.ts.
  it('gives TensorFlow Lite of operators that are built in, and the JSON beside it', async () => {
    const models = await toOpenWakeWord(model());
    for (const { tflite, manifest, stem, word } of models) {
      expect(Buffer.from(tflite.subarray(4, 8)).toString()).toBe('TFL3');
      const { codes, ...facts } = tfliteFacts(tflite);
      expect(facts).toEqual({
        ...{ version: 3, graphs: 1, inputs: [[1, 16, 96]], outputs: [[1, 1]], unaligned: [] },
        // Around the steps: reshape, scale, offset, three products, two cuts, the product and sigmoid at the end.
        operations: 10 + 16 * 11,
      });
      // RESHAPE, MUL, ADD, FULLY_CONNECTED, SPLIT, LOGISTIC, TANH, SUB
      expect(codes).toEqual([22, 18, 0, 9, 49, 14, 28, 41].map((code) => [code, code]));
      expect(manifest).toEqual({
        ...{ type: 'openWakeWord', wake_word: word, model: `${stem}.tflite` },
        openWakeWord: { probability_cutoff: detector.thresholds[word] },
      });
    }
  });

  it('moves scores so that another one stands for the threshold', async () => {
    const raw = detector.embeddings(16, new Random(6));
    const own = detector.scores(raw);
    for (const [output, each] of (await toOpenWakeWord(model(), { threshold: 0.5 })).entries()) {
      expect(each.threshold).toBe(0.5);
      expect(each.manifest.openWakeWord.probability_cutoff).toBe(0.5);
      const odds = (p: number): number => p / (1 - p);
      const moved = odds(own[output]) / odds(detector.thresholds[words[output]]);
      const [score] = await scoresOf(each.bytes, 16, [raw]);
      expect(Math.abs(score - moved / (1 + moved))).toBeLessThan(1e-5);
    }
    const never = await wakeWordDetector(['one'], 1, 1);
    const file = new Blob([never.bytes as BlobPart]);
    expect((await toOpenWakeWord(file))[0].threshold).toBe(1);
    await expect(toOpenWakeWord(file, { threshold: 0.5 })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('the threshold 1 for "one"') as string,
    });
    for (const threshold of [0, 1, Number.NaN]) {
      await expect(toOpenWakeWord(model(), { threshold })).rejects.toMatchObject({ code: 'bad-value' });
    }
  });

  it('is run on a sample, and told from a file of another model', async () => {
    const models = await toOpenWakeWord(model(), { threshold: 0.5 });
    const { largest, magnitude, numbers } = await checkOpenWakeWord(runtime, model(), models);
    expect(largest).toBeLessThan(1e-5);
    expect(numbers).toBe(4 * words.length);
    expect(magnitude).toBeGreaterThan(0.2);
    const other = await wakeWordDetector(words, 4);
    const differs = await checkOpenWakeWord(runtime, new Blob([other.bytes as BlobPart]), models);
    expect(differs.largest).toBeGreaterThan(0.01);
    await expect(checkOpenWakeWord({} as never, model(), models)).rejects.toMatchObject({
      code: 'bad-value',
    });
  });

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
    await expect(toOpenWakeWord(model(), { frames: 0 })).rejects.toMatchObject({ code: 'bad-value' });
  });

  it("is refused through another embedding than Google's, which is all that openWakeWord has", async () => {
    const [own, googles] = await Promise.all(
      ['0123456789abcdef', GOOGLE_EMBEDDING].map((hash) => wakeWordDetector(['tea'], 5, 0.5, hash)),
    );
    await expect(toOpenWakeWord(new Blob([own.bytes as BlobPart]))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(
        /speech embedding 0123456789abcdef, and openWakeWord runs Google's/,
      ) as string,
    });
    await expect(toOpenWakeWord(new Blob([googles.bytes as BlobPart]))).resolves.toHaveLength(1);
  });

  it('is written by the command, files for each word', async () => {
    const file = join(folder, 'robot.safetensors');
    writeFileSync(file, detector.bytes);
    const written = async (...args: string[]) => {
      const { status, stdout, stderr } = await runCli(['export', file, ...args]);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      return stdout;
    };
    const all = join(folder, 'all');
    expect(await written('--to', 'openwakeword', '--out', all)).toContain(
      'Scores that count: Hey Robot from 0.',
    );
    const names = stems.flatMap((stem) => [`${stem}.json`, `${stem}.onnx`, `${stem}.tflite`]);
    expect(readdirSync(all).sort()).toEqual(names.sort());

    const home = join(folder, 'home');
    expect(await written('--to', 'tflite', '--threshold', '0.5', '--out', home)).toContain(
      'Scores that count: Hey Robot from 0.5 on, hey robot! from 0.5 on',
    );
    expect(readdirSync(home).sort()).toEqual(names.filter((name) => !name.endsWith('.onnx')));
    const [first] = await toOpenWakeWord(file, { threshold: 0.5 });
    expect(readFileSync(join(home, 'hey_robot.tflite'))).toEqual(Buffer.from(first.tflite));
    expect(JSON.parse(readFileSync(join(home, 'hey_robot.json'), 'utf8'))).toEqual(first.manifest);

    const refused = await runCli(['export', file, '--threshold', '0.5']);
    expect(refused).toMatchObject({ status: 2 });
    expect(refused.stderr).toContain('--threshold is for --to openwakeword or tflite alone.');
  });
});
