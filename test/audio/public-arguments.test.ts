import binaryen from 'binaryen';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as audio from '../support/all-of-audio.js';
import { SeqkitError } from '../../src/base/errors.js';
import { Random } from '../../src/base/math/random.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { EMBEDDING_WEIGHTS } from '../../src/audio/embedding/embedding-network.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import type { Stepper } from '../../src/rnn/model/stepper.js';
import { wrongValues } from '../support/wrong-values.js';

// Every function, constructor and method that `seqkit/audio` and `seqkit/audio/advanced` export is called with valid arguments of which one, or
// one entry, is replaced by a value of each kind. Where the kind is another, it is refused; where it is the same, it
// is refused or gives numbers that are numbers.

const RATE = 16_000;
const listening = { sampleRate: RATE, threshold: 0.5, spectrum: 'fast' } as const;
const noise = (length: number, level = 0.1): Float32Array => {
  const random = new Random(length);
  return Float32Array.from({ length }, () => level * random.normal());
};
const word = (): Float32Array => {
  const samples = noise(8000, 1e-4);
  for (let i = 2000; i < 6000; i++) samples[i] += 0.3 * Math.sin(0.7 * i);
  return samples;
};
const waveform = () => ({ samples: word(), sampleRate: RATE });
const clip = (name: string) => ({ name, samples: word(), speech: { start: 2000, end: 6000 } });
const clips = () =>
  ({
    sampleRate: RATE,
    activates: [clip('activates/a.wav'), clip('activates/b.wav')],
    negatives: [clip('negatives/a.wav')],
    backgrounds: [{ ...clip('backgrounds/a.wav'), samples: noise(20_000) }],
  }) as unknown as audio.ClipSet;
const files = () => [{ path: 'activates/a.wav', bytes: audio.encodeWav(waveform()) }];
const synthesis = () => ({ ...audio.DEFAULT_SYNTHESIS, exampleSeconds: 1 });
const mixture = () => audio.mixExample(clips(), synthesis(), new Random(1));
const firing = () => ({ threshold: 0.5, smoothSteps: 2, refractorySeconds: 1 });
const scored = (): audio.ScoredRecording => ({
  name: 'a',
  seconds: 1000,
  words: [{ endSeconds: 1 }],
  triggers: ['activate'],
  scores: Float32Array.from({ length: 60 }, (_, i) => (i % 40 < 5 ? 0.9 : 0.1)),
  stepsPerSecond: 30,
  firstStepSeconds: 0.1,
});
const span = (startSeconds: number) => ({ startSeconds, endSeconds: startSeconds + 1, score: 0.5 });

const clipFolder = mkdtempSync(path.join(tmpdir(), 'seqkit-arguments-'));
mkdirSync(path.join(clipFolder, 'activates'));
writeFileSync(path.join(clipFolder, 'activates/a.wav'), files()[0].bytes);
afterAll(() => rmSync(clipFolder, { recursive: true, force: true }));

let model: audio.TriggerModel;
let stepper: Stepper;
beforeAll(async () => {
  model = new audio.TriggerModel({ engine: 'wasm', threads: 1 });
  await model.fit(clips(), { examples: 2, epochs: 1 });
  const network = new Sequential([new Dense({ units: 1 })], { engine: 'wasm', threads: 1 });
  await network.build([1, 11 * 40]);
  stepper = network.stepper();
});

let ear: audio.SpeechEmbedding;
const earFile = (): audio.EmbeddingFile => ({
  weights: new Map(
    EMBEDDING_WEIGHTS.map(({ name, shape }) => [
      name,
      new Float32Array(shape.reduce((a, b) => a * b)).fill(0.01),
    ]),
  ),
  notice: 'a notice',
});
beforeAll(async () => {
  ear = await audio.SpeechEmbedding.of(earFile());
});

interface Recipe {
  call: (...args: never[]) => unknown;
  /** Valid arguments, made anew each time. */
  args: () => unknown[];
  /** Arguments and entries, by their path, that may be left out. */
  optional?: RegExp;
  /** What is not tried: a text is a file to be written, say. */
  skip?: (path: string, value: unknown) => boolean;
  /** Whether no number may mean that there was nothing to measure. */
  nan?: boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const of = <A extends unknown[]>(call: (...args: A) => unknown, ...args: unknown[]): Recipe => ({
  call: call,
  args: () => structured(args),
});
/** A copy that the call may change, of what is data; what is not stays what it is. */
function structured(value: unknown[]): unknown[] {
  const copy = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(copy);
    if (part instanceof Float32Array) return part.slice();
    return isRecord(part) ? Object.fromEntries(Object.entries(part).map(([k, v]) => [k, copy(v)])) : part;
  };
  return value.map(copy);
}
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const timing = { steps: 40, stepsPerSecond: 100, firstStepMs: 50 };
const labels = { labelSteps: 6, positiveWeight: 3, silentBeforeMs: 30, silentAfterMs: 20 };
const number = { seed: 1, example: 2 };
const detector = { threshold: 0.5, smoothSteps: 2, refractorySteps: 3 };
const detectors = { ...detector, waitSteps: 2, rivalSteps: 3 };
const extractor = () => new audio.FeatureExtractor(audio.DEFAULT_FEATURES, 'fast');
const stream = () => model.stream();
const numbered = () => audio.mixNumbered(clips(), synthesis(), number);
const record = () => audio.recordOf(numbered(), { ...number, sampleRate: RATE });
const notMade = (path: string, value: unknown) => value === undefined && /epochs|examples/.test(path);

const voice = { engine: 'tone', name: 'a', language: 'en' };
const engine = () => ({
  ...{ name: 'tone', licence: 'MIT' },
  voices: () => Promise.resolve([voice]),
  speak: () => Promise.resolve(waveform()),
});
const choir = () => new audio.Voices([engine()], [voice]);
const request = () => ({ voice: { ...voice }, text: 'hey', ipa: 'heɪ', manner: { tempo: 1.1, pitch: 1.1 } });
/** A program that prints what flite prints when it is asked for its voices. */
const flite = () => {
  const said = 'Voices available: slt ';
  const program = binaryen.parseText(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\${said.length.toString(16)}\\00\\00\\00")
    (data (i32.const 16) "${said}")
    (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`);
  const bytes = program.emitBinary();
  program.dispose();
  return bytes;
};

/** How each export is called; constructors by the name of their class, methods as `Class#method`. */
const recipes = (): Record<string, Recipe> => ({
  Voices: {
    ...of(
      (...a: ConstructorParameters<typeof audio.Voices>) => new audio.Voices(...a),
      [engine()],
      [voice],
      ['a note'],
    ),
    optional: /^2$/,
  },
  'Voices#first': of((count: number) => choir().first(count), 1),
  'Voices#working': of(() => choir().working()),
  'Voices#speak': {
    ...of((request: audio.SpeechRequest) => choir().speak(request), request()),
    optional: /ipa|manner/,
  },
  'Voices#speakAll': {
    ...of(
      (...a: Parameters<audio.Voices['speakAll']>) => choir().speakAll(...a),
      [request()],
      () => undefined,
    ),
    optional: /ipa|manner|^1/,
  },
  'Voices.find': {
    ...of((options: { language?: string }) => audio.Voices.find(options), { language: 'en' }),
    optional: /^0|language/,
    skip: () => true,
  },
  openFlite: of(audio.openFlite, flite()),
  spokenTakes: {
    ...of(
      (a: audio.Pronunciation, b: audio.TakesOptions) => audio.spokenTakes(a, choir(), b),
      { text: 'hey', say: [{ text: 'hay', ipa: 'heɪ' }] },
      { count: 2, sampleRate: RATE, random: new Random(1), onProgress: () => undefined },
    ),
    optional: /^0\.say$|say\.0\.(ipa|text)$|onProgress/,
  },
  warpVoice: {
    ...of(audio.warpVoice, word(), RATE, { vocalTract: 1.1, tempo: 1.1 }),
    optional: /^2$|vocalTract|tempo/,
  },
  checkRecorder: of(
    (...a: [audio.Clip[], number]) => audio.checkRecorder(model, ...a),
    [clip('activates/a.wav')],
    RATE,
  ),
  tailThreshold: {
    ...of(
      audio.tailThreshold,
      [{ ...scored(), scores: noise(3000).map((x) => 1 / (1 + Math.exp(-9 * x))) }],
      'activate',
      firing(),
      5,
      new Random(1),
    ),
    optional: /thresholds/,
  },
  decodeWav: { ...of(audio.decodeWav, files()[0].bytes, 'a.wav', { repair: false }), optional: /^2/ },
  encodeWav: of(audio.encodeWav, waveform()),
  resample: of(audio.resample, waveform(), 8000),
  StreamResampler: of((a: number, b: number) => new audio.StreamResampler(a, b), RATE, 8000),
  'StreamResampler#push': of((x: Float32Array) => new audio.StreamResampler(RATE, 8000).push(x), word()),
  'StreamResampler#flush': of(() => new audio.StreamResampler(RATE, 8000).flush()),
  'StreamResampler#reset': of(() => new audio.StreamResampler(RATE, 8000).reset()),
  FeatureExtractor: {
    ...of(
      (a: audio.FeatureSettings, b: audio.SpectrumSource) =>
        new audio.FeatureExtractor(a, b).frameCount(1000),
      { ...audio.MFCC_FEATURES, densityHz: 8000 },
      'fast',
    ),
    optional: /^0$|^1|melBands|densityHz/,
    skip: (path, value) => path === '0.conventions' && value === undefined,
  },
  'FeatureExtractor#frameCount': of((n: number) => extractor().frameCount(n), 1000),
  'FeatureExtractor#extract': of((x: Float32Array) => extractor().extract(x), word()),
  'FeatureExtractor#frame': {
    ...of((...a: Parameters<audio.FeatureExtractor['frame']>) => {
      extractor().frame(...a);
      return a[1];
    }, word().subarray(0, 512), new Float32Array(80), 40), // prettier-ignore
    optional: /^2/,
  },
  featuresHash: { ...of(audio.featuresHash, audio.LIBROSA_FEATURES), optional: /conventions/ },
  powerDensity: of((size: number, hz: number) => audio.powerDensity(size, hz)(noise(200)), 200, 8000),
  'powerDensity()': of((x: Float32Array) => audio.powerDensity(200, 8000)(x), noise(200)),
  powerSpectrum: {
    ...of((...a: Parameters<typeof audio.powerSpectrum>) => audio.powerSpectrum(...a)(noise(512)), 'fast', 512, 'periodic'),
    optional: /^2/,
  }, // prettier-ignore
  'powerSpectrum()': of((x: Float32Array) => audio.powerSpectrum('meyda', 512)(x), noise(512)),
  hzFromMel: of(audio.hzFromMel, 1000),
  melFromHz: of(audio.melFromHz, 1000),
  melFilters: {
    ...of(audio.melFilters, {
      bands: 8,
      lowHz: 0,
      highHz: 8000,
      sampleRate: RATE,
      frameSamples: 512,
      scale: 'htk',
    }),
    optional: /scale/,
  },
  findSpeech: of(audio.findSpeech, word(), RATE),
  agreeOnSpeech: {
    ...of(audio.agreeOnSpeech as never, [clip('a')], RATE),
    optional: /word/,
    skip: (path) => path.endsWith('.name'),
  },
  readFalseAlarms: {
    ...of(audio.readFalseAlarms, files(), RATE, { repair: true, onLoss: () => {} }),
    optional: /^2/,
  },
  readClips: { ...of(audio.readClips, files(), RATE, { repair: true, onLoss: () => {} }), optional: /^2/ },
  readClipsAsync: {
    ...of(audio.readClipsAsync, files(), RATE, {
      ...{ repair: true, onLoss: () => {}, onProgress: () => {}, signal: new AbortController().signal },
    }),
    optional: /^2/,
  },
  readClipFolder: {
    ...of(audio.readClipFolder, clipFolder, RATE, { repair: true, onLoss: () => {}, words: ['go'] }),
    skip: (path, value) => path === '0' && isText(value) && value !== '',
    optional: /^2(\.[a-zA-Z]+)?$/,
  },
  readRooms: { ...of(audio.readRooms, files(), RATE, { repair: true, onLoss: () => {} }), optional: /^2/ },
  splitClips: of(audio.splitClips, clips().activates, 0.5, new Random(1)),
  checkClips: { ...of(audio.checkClips, files(), { repair: false }), optional: /^1/ },
  placeWithoutOverlap: of(audio.placeWithoutOverlap, [10, 20], 100, new Random(1)),
  equalize: {
    ...of(
      (...a: Parameters<typeof audio.equalize>) => {
        audio.equalize(...a);
        return a[0];
      },
      word(),
      [{ hz: 1000, gainDb: 6, q: 1 }],
      RATE,
    ),
  },
  shiftPitch: of(audio.shiftPitch, word(), 2, RATE),
  stretchTime: of(audio.stretchTime, word(), 1.5, RATE),
  mixExample: {
    ...of(audio.mixExample, clips(), synthesis(), new Random(1)),
    optional: /maxActivates/,
    // The gain of silence is none, in decibels.
    skip: (path, value) => path === '0.backgrounds.0.samples' && value instanceof Float32Array,
  },
  mixNumbered: { ...of(audio.mixNumbered, clips(), synthesis(), number), skip: asInMixExample },
  recordOf: {
    ...of(audio.recordOf, mixture(), { ...number, sampleRate: RATE }),
    // What a mixture tells is kept as it is.
    skip: (path) => path.startsWith('0.') && !/^0\.(samples|placed)(\.0)?$/.test(path),
  },
  remix: {
    ...of(audio.remix, record(), clips(), synthesis()),
    optional: /wordless/,
    skip: (path) => /^0\.(?!seed|example|fingerprint)/.test(path) || /^[12]\../.test(path),
  },
  endStep: of(audio.endStep, 205, timing),
  stepLabels: of(audio.stepLabels, [205], timing, labels),
  wordLabels: of(audio.wordLabels, [[205]], timing, labels),
  Detector: of((a: audio.DetectorSettings) => new audio.Detector(a).push(0.9), detector),
  'Detector#push': of((x: number) => new audio.Detector(detector).push(x), 0.5),
  'Detector#setThreshold': of((x: number) => new audio.Detector(detector).setThreshold(x), 0.5),
  'Detector#reset': of(() => new audio.Detector(detector).reset()),
  WordDetectors: of(
    (n: number, a: audio.WordDetectorSettings) => new audio.WordDetectors(n, a).flush(),
    2,
    detectors,
  ),
  'WordDetectors#push': {
    ...of((x: number[], at: number) => new audio.WordDetectors(2, detectors).push(x, at), [0.9, 0.8], 0),
    optional: /^1/,
    // Typed arrays are arrays of numbers too.
    skip: (path, value) => path === '0' && ArrayBuffer.isView(value),
  },
  'WordDetectors#setThresholds': of(
    (x: number[]) => new audio.WordDetectors(2, detectors).setThresholds(x),
    [0.5, 0.6],
  ),
  'WordDetectors#flush': of(() => new audio.WordDetectors(2, detectors).flush()),
  'WordDetectors#above': of((x: number) => new audio.WordDetectors(2, detectors).above(x), 1),
  'WordDetectors#reset': of(() => new audio.WordDetectors(2, detectors).reset()),
  matchEvents: { ...of(audio.matchEvents, [1, 2], [{ endSeconds: 1, word: 'a' }]), optional: /word/ },
  poissonInterval: of(audio.poissonInterval, 3),
  poissonUpperBound: of(audio.poissonUpperBound, 3),
  triggerReport: { ...of(audio.triggerReport, { words: 3, found: 2, falseAlarms: 1, hours: 2 }), nan: true },
  wilsonInterval: of(audio.wilsonInterval, 3, 5),
  intersectionOverUnion: { ...of(audio.intersectionOverUnion, span(0), span(0.5)), skip: scoreless },
  scoreSpans: { ...of(audio.scoreSpans, [span(0)], [span(0.1)], 0.2), skip: scoreless, nan: true },
  spanScores: {
    ...of(audio.spanScores, [{ detected: [span(0)], annotated: [span(0.1)] }], 0.2),
    ...{ skip: scoreless, nan: true },
  },
  nonMaxSuppression: {
    ...of(audio.nonMaxSuppression, [span(0), span(0.1)], {
      iouThreshold: 0.5,
      maxCount: 1,
      maxCountPerClass: 1,
    }),
    optional: /^1/,
  },
  suppressNonMaxima: { ...of(audio.suppressNonMaxima, [span(0), span(0.1)], 0.5), optional: /^1/ },
  firingsOf: of(audio.firingsOf, scored(), firing()),
  scoreRecording: {
    ...of(audio.scoreRecording, model, waveform(), { name: 'a', words: [], seconds: 1, leadSeconds: 0 }),
    optional: /^2\.(words|seconds|lead)/,
  },
  calibrateThreshold: { ...of(audio.calibrateThreshold, [scored()], firing(), 10), nan: true },
  calibrateThresholds: { ...of(audio.calibrateThresholds, [scored()], firing(), 10), nan: true },
  evaluateTrigger: { ...of(audio.evaluateTrigger, [scored()], firing()), nan: true },
  tradeoffCurve: { ...of(audio.tradeoffCurve, [scored()], firing(), [0.2, 0.5]), optional: /^2$/, nan: true },
  testRecordings: { ...of(audio.testRecordings, clips(), { signalToNoiseDb: 5, seed: 1 }), optional: /^1/ },
  detectorSettings: of(audio.detectorSettings, firing(), 30),
  triggerPreset: of(audio.triggerPreset, 'standard'),
  TriggerStream: {
    ...of(
      (parts: ConstructorParameters<typeof audio.TriggerStream>[0]) => void new audio.TriggerStream(parts),
      {
        words: ['activate'],
        sampleRate: RATE,
        preset: { features: model.settings.features, network: model.settings.network, firing: firing() },
        stepper,
        spectrum: 'fast',
      },
    ),
  },
  'TriggerStream#on': of(
    (a: 'score', b: () => void) => void stream().on(a, b),
    'score',
    () => {},
  ),
  'TriggerStream#off': of(
    (a: 'score', b: () => void) => void stream().off(a, b),
    'score',
    () => {},
  ),
  'TriggerStream#push': of((x: Float32Array) => stream().push(x), word()),
  'TriggerStream#setThreshold': of((x: number) => stream().setThreshold(x), 0.5),
  'TriggerStream#flush': of(() => stream().flush()),
  'TriggerStream#reset': of(() => stream().reset()),
  'TriggerStream#dispose': of(() => stream().dispose()),
  TriggerModel: {
    ...of((a: audio.TriggerModelOptions) => new audio.TriggerModel(a).settings, {
      ...{ word: 'computer', synthesis: synthesis(), labelSteps: 5, preset: 'standard', features: 'mfcc' },
      ...{ seed: 1, engine: 'wasm', onEngine: () => {}, threads: 1 },
    }),
    optional: /^0(\.[a-z]\w*)*$/i,
  },
  'TriggerModel#fit': {
    ...of(
      (a: audio.ClipSet, b: audio.TriggerFitOptions) =>
        new audio.TriggerModel({ engine: 'wasm', threads: 1 }).fit(a, b),
      clips(),
      { ...{ epochs: 1, examples: 1, resume: false, onProgress: () => {}, onExample: () => {} },
        ...{ onEpoch: () => {}, signal: new AbortController().signal } }, // prettier-ignore
    ),
    optional: /^1\./,
    skip: (path, value) =>
      notMade(path, value) ||
      /^0\..*\./.test(path) ||
      (path === '1' && value !== null && isRecordLike(value)),
  },
  SpeechEmbedding: of(() => audio.SpeechEmbedding.of(earFile()).then((one) => one.dispose())),
  'SpeechEmbedding#dispose': of(() => audio.SpeechEmbedding.of(earFile()).then((one) => one.dispose())),
  'SpeechEmbedding#embed': {
    ...of((x: Float32Array, rate: number) => ear.embed(x, rate).data, noise(16_000), RATE),
    optional: /^1/,
  },
  'SpeechEmbedding#stream': {
    ...of((a: audio.EmbeddingStreamOptions) => ear.stream(a).dispose(), { sampleRate: RATE }),
    optional: /^0/,
  },
  'SpeechEmbedding#toBytes': of(() => ear.toBytes().length),
  'SpeechEmbedding.default': of(() => audio.SpeechEmbedding.default().catch(() => 0)),
  'SpeechEmbedding.defaultPath': of(() => audio.SpeechEmbedding.defaultPath().then(() => 0)),
  'SpeechEmbedding.load': of(
    (a: Uint8Array) => audio.SpeechEmbedding.load(a).then((one) => one.dispose()),
    ear.toBytes(),
  ),
  'SpeechEmbedding.of': of(
    (a: audio.EmbeddingFile) => audio.SpeechEmbedding.of(a).then((one) => one.dispose()),
    earFile(),
  ),
  'TriggerModel#detect': {
    ...of((...a: Parameters<audio.TriggerModel['detect']>) => model.detect(...a), waveform(), {
      ...{ threshold: 0.5, spectrum: 'fast' },
    }),
    optional: /^1/,
  },
  'TriggerModel#stream': {
    ...of((a: audio.StreamOptions) => model.stream(a).flush(), listening),
    optional: /^0/,
  },
  'TriggerModel#listen': {
    ...of(
      async (a: Iterable<Float32Array>, b: audio.ListenOptions) => {
        const events = [];
        for await (const event of model.listen(a, b)) events.push(event);
        return events;
      },
      [noise(400)],
      { ...listening, format: 'float32', channels: 1 },
    ),
    optional: /^1/,
    // An empty iterable brings nothing, and bytes are chunks too.
    skip: (path, value) =>
      (path === '0' && value instanceof Map) ||
      (path === '0.0' && (value instanceof Uint8Array || value instanceof ArrayBuffer)),
  },
  'TriggerModel#toTransform': {
    ...of((a: audio.ListenOptions) => void model.toTransform(a).destroy(), {
      ...{ ...listening, format: 'float32', channels: 1 },
    }),
    optional: /^0/,
  },
  'TriggerModel#toTransformStream': {
    ...of((a: audio.ListenOptions) => void model.toTransformStream(a), {
      ...{ ...listening, format: 'float32', channels: 1 },
    }),
    optional: /^0/,
  },
  'TriggerModel#setThreshold': of((x: number) => model.setThreshold(x), 0.5),
  'TriggerModel#logits': of((x: Float32Array, n: number) => model.logits(x, n), noise(11 * 40), 11),
  'TriggerModel#toBytes': of(() => model.toBytes().length),
  'TriggerModel#save': {
    ...of((...a: Parameters<audio.TriggerModel['save']>) => model.save(...a), '/nowhere/a.safetensors', {
      force: false,
    }),
    skip: (path, value) => path === '0' && isText(value) && value !== '',
  },
  'TriggerModel#dispose': of(() => new audio.TriggerModel().dispose()),
  'TriggerModel.load': {
    ...of(
      disposing((...a: Parameters<typeof audio.TriggerModel.load>) => audio.TriggerModel.load(...a)),
      model.toBytes(),
      {
        engine: 'wasm',
        onEngine: () => {},
        threads: 1,
      },
    ),
    optional: /^1/,
  },
  'TriggerModel.from': {
    ...of(
      disposing((...a: Parameters<typeof audio.TriggerModel.from>) => audio.TriggerModel.from(...a)),
      model,
      {
        ...{
          word: 'lights',
          synthesis: {},
          seed: 2,
          engine: 'wasm',
          onEngine: () => {},
          threads: 1,
          train: 'all',
        },
      },
    ),
    optional: /^1/,
  },
});

/** Clips and settings are checked in one way. */
function asInMixExample(path: string): boolean {
  return /^[01]\../.test(path);
}
function scoreless(path: string): boolean {
  return path.endsWith('.score');
}
function isRecordLike(value: unknown): boolean {
  return value === undefined || Object.prototype.toString.call(value) === '[object Object]';
}
function disposing<A extends unknown[]>(make: (...args: A) => Promise<audio.TriggerModel>) {
  return async (...args: A) => (await make(...args)).dispose();
}

/** Whether a value is of the kind of a valid one, and so may be taken. */
function isSameKind(valid: unknown, value: unknown): boolean {
  if (valid instanceof audio.TriggerModel) return isText(value) || value instanceof Uint8Array;
  if (valid instanceof Uint8Array && isText(value)) return true;
  if (typeof valid === 'number') return typeof value === 'number' && !Number.isNaN(value);
  if (typeof valid !== 'object') return typeof value === typeof valid;
  if (ArrayBuffer.isView(valid))
    return Object.prototype.toString.call(valid) === Object.prototype.toString.call(value);
  if (Array.isArray(valid)) return Array.isArray(value);
  return isRecord(valid) && Object.prototype.toString.call(value) === '[object Object]';
}

/** Every place in arguments, with what is there. */
function* places(value: unknown, path: (string | number)[] = []): Generator<[(string | number)[], unknown]> {
  if (path.length > 0) yield [path, value];
  const entries = Array.isArray(value)
    ? value.slice(0, path.length === 0 ? undefined : 1).entries()
    : undefined;
  if (entries) for (const [i, part] of entries) yield* places(part, [...path, i]);
  else if (isRecord(value))
    for (const [key, part] of Object.entries(value)) yield* places(part, [...path, key]);
}

function replaced(args: unknown[], path: readonly (string | number)[], value: unknown): unknown[] {
  let parent = args as unknown as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) parent = parent[key] as typeof parent;
  parent[path.at(-1)!] = value;
  return args;
}

/** The first number in a result that is none; undefined where all are. */
function strangeNumber(result: unknown, depth = 0): number | undefined {
  if (typeof result === 'number') return Number.isFinite(result) ? undefined : result;
  if (typeof result !== 'object' || result === null || depth > 5) return undefined;
  if (ArrayBuffer.isView(result) || Array.isArray(result)) {
    for (const part of result as unknown as Iterable<unknown>) {
      const found = strangeNumber(part, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (Symbol.iterator in result) {
    const { value } = (result as unknown as Iterator<unknown>).next();
    return strangeNumber(value, depth + 1);
  }
  return isRecord(result) ? strangeNumber(Object.values(result), depth + 1) : undefined;
}

/** What is wrong with a call with one wrong value; undefined where nothing is. */
async function fault(
  { call, args, optional, nan }: Recipe,
  path: readonly (string | number)[],
  valid: unknown,
  value: unknown,
): Promise<string | undefined> {
  const mayBeMissing = value === undefined && optional?.test(path.join('.')) === true;
  try {
    const result: unknown = await call(...(replaced(args(), path, value) as never[]));
    if (!mayBeMissing && !isSameKind(valid, value)) return 'was taken';
    const strange = nan === true ? undefined : strangeNumber(result);
    return strange === undefined ? undefined : `gave ${strange}`;
  } catch (error) {
    if (!(error instanceof SeqkitError)) return `threw ${String(error)}`;
    if (error.message.includes('fault in seqkit')) return error.message;
    return mayBeMissing ? `was refused: ${error.message}` : undefined;
  }
}

/** The names of all that is called: functions, classes, and their methods. */
function callables(): string[] {
  return Object.entries<unknown>(audio).flatMap(([name, value]) => {
    if (typeof value !== 'function') return [];
    const maker = value as unknown as { prototype?: object };
    const methodsOf = (owner: object) =>
      Object.getOwnPropertyNames(owner).filter((key) => {
        const { value: method } = Object.getOwnPropertyDescriptor(owner, key)!;
        return typeof method === 'function' && key !== 'constructor';
      });
    if (!/^class/.test(Function.prototype.toString.call(value))) return [name];
    const own = methodsOf(maker.prototype!).map((method) => `${name}#${method}`);
    return [name, ...own, ...methodsOf(value).map((method) => `${name}.${method}`)];
  });
}

describe('every public function of audio', () => {
  it('is tried here', () => {
    const names = Object.keys(recipes()).filter((name) => !name.endsWith('()'));
    expect(names.sort()).toEqual(callables().sort());
    expect(names.length).toBeGreaterThan(70);
  });

  it('takes what is valid', async () => {
    for (const [name, { call, args, nan }] of Object.entries(recipes())) {
      if (name === 'FeatureExtractor' || name === 'TriggerModel#save') continue;
      const result: unknown = await call(...(args() as never[]));
      if (nan !== true) expect([name, strangeNumber(result)]).toEqual([name, undefined]);
    }
    await expect(recipes()['TriggerModel#save'].call('/nowhere/a' as never)).rejects.toBeInstanceOf(
      SeqkitError,
    );
  });

  it('refuses what is wrong, and gives no number out of it', async () => {
    const faults: string[] = [];
    let tried = 0;
    for (const [name, recipe] of Object.entries(recipes())) {
      for (const [path, valid] of places(recipe.args())) {
        for (const [title, value] of wrongValues) {
          // A class can be called by none that takes a function.
          if (recipe.skip?.(path.join('.'), value) === true || title === 'a class') continue;
          tried++;
          const found = await fault(recipe, path, valid, value);
          if (found !== undefined) faults.push(`${name} at ${path.join('.')}: ${title} ${found}`);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(tried).toBeGreaterThan(10_000);
  }, 120_000);
});
