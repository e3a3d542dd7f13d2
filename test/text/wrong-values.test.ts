import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { CharacterCounts } from '../../src/text/corpus/character-counts.js';
import * as text from '../../src/text/index.js';
import {
  CopyCheck,
  ContiguousBatches,
  Spelling,
  storeOf,
  TextModel,
  type TextSession,
  Tokenizer,
  Vocabulary,
} from '../../src/text/index.js';
import { faultsOf, methodsOf, path, whole } from '../support/wrong-calls.js';

/** What the room of music has of its own. */
const music = [
  ...['MusicModel', 'readTunes', 'isMidi', 'readMidi', 'writeTunes', 'tuneSheet', 'tuneSound', 'tuneCursor'],
  ...['parseWarnings', 'tuneMidi', 'playFaults', 'describeTunes', 'TuneModel', 'openComposer', 'tuneFigures'],
  ...['tuneDivergence', 'harmonize'],
];

const sample = 'the cat sat on the mat. the dog sat on the log. ';
const small = { cell: 'rnn', units: 3, layers: 1, engine: 'wasm', threads: 1 } as const;
const fitting = { batchSize: 1, seqLength: 4, steps: 1, heldOut: 0.2 };
const folder = mkdtempSync(join(tmpdir(), 'seqkit-wrong-'));
const at = (name: string) => path(join(folder, name));
const progress = (): void => undefined;
const vocabulary = Vocabulary.of('abc');
const tokens = vocabulary.encode('abcabcabcabcabc');
const logits = Float64Array.of(0.1, 0.5, -1);
const sampling = { temperature: 0.8, topK: 2, topP: 0.9, repetitionPenalty: 1.1, repetitionWindow: 3 };
const counts = new CharacterCounts();
counts.add('abca');
let model: TextModel;
let session: TextSession;

beforeAll(async () => {
  model = new TextModel(small);
  await model.fit(sample, fitting);
  await model.save(join(folder, 'model.safetensors'));
  session = model.session();
  writeFileSync(join(folder, 'a.txt'), sample);
});

afterAll(async () => {
  session.dispose();
  await model.dispose();
  rmSync(folder, { recursive: true });
});

const functions: Record<string, () => readonly unknown[]> = {
  TextModel: () => [
    {
      ...{ ...small, dropout: 0.1, residual: false, tied: false, tokens: 'characters', minCount: 1 },
      ...{ byteFallback: true, lines: false, seed: 1, onEngine: progress },
    },
  ],
  TextSession: () => [whole({ model: undefined, vocabulary, lines: false }), 1],
  CopyCheck: () => ['abc'],
  toBits: () => [1],
  lossCurve: () => [[{ step: 1, loss: 2, heldOutLoss: null }], 'a title'],
  fileText: () => [at('a.txt'), { name: 'x' }],
  Vocabulary: () => [['a', 'b'], { bytes: 'halves', spelled: true }],
  Spelling: () => [whole(vocabulary)],
  Tokenizer: () => [{ numWords: 3, filters: '!', lower: true, split: ' ', charLevel: false, oovToken: '?' }],
  padSequences: () => [[[1, 2], [3]], { maxLength: 2, padding: 'pre', truncating: 'post', value: 0 }],
  distribution: () => [logits, 0.5],
  draw: () => [[0.5, 0.5], new Random(1)],
  likeliest: () => [logits],
  nucleus: () => [Float64Array.of(0.5, 0.3, 0.2), { topK: 2, topP: 0.9 }],
  penalize: () => [logits, [1], { repetitionPenalty: 2, repetitionWindow: 3 }],
  sampleToken: () => [logits, new Random(1), sampling, [1]],
  splitCorpus: () => [whole(storeOf(tokens)), { batchSize: 1, seqLength: 2, heldOut: 0.2, test: 0.2 }],
  ContiguousBatches: () => [whole(storeOf(tokens)), { lanes: 2, steps: 2, freshEvery: 3 }],
  storeOf: () => [tokens],
  decodeUtf8: () => [new TextEncoder().encode('abc'), 'x'],
};

const statics: Record<string, () => readonly unknown[]> = {
  'TextModel.load': () => [
    at('model.safetensors'),
    { engine: 'wasm', threads: 1, onEngine: progress, verify: true },
  ],
  'TextModel.fromBytes': () => [model.toBytes(), { engine: 'wasm', threads: 1, verify: true }],
  'Vocabulary.of': () => ['abc', { order: 'codePoint' }],
  'Vocabulary.ofBytes': () => [],
  'Vocabulary.ofCounts': () => [whole(counts), { minCount: 1, bytes: 'halves', always: 'x' }],
  'Tokenizer.from': () => [
    { formatVersion: 1, options: { lower: true }, documentCount: 1, words: [['a', 1, 1]] },
  ],
  'Vocabulary.from': () => [{ characters: ['a', 'b'], bytes: 'halves', spelled: true }],
};

const writing = { prime: 'the', length: 2, stop: ['x'], seed: 1, ...sampling };
const several = { ...writing, count: 2 };

const classes = {
  CopyCheck: {
    make: () => new CopyCheck('abc'),
    methods: { read: () => ['ab'], break: () => [], report: () => [] },
  },
  ContiguousBatches: {
    make: () => new ContiguousBatches(storeOf(tokens), { batchSize: 2, steps: 2 }),
    methods: { batch: () => [1] },
  },
  Spelling: {
    make: () => new Spelling(vocabulary),
    methods: {
      nameOf: () => [1],
      allows: () => [1],
      mask: () => [Float32Array.of(1, 2, 3)],
      push: () => [1],
      end: () => [],
    },
  },
  Vocabulary: {
    make: () => vocabulary,
    methods: {
      ...{ has: () => ['a'], unknownIn: () => ['abx'], encode: () => ['abc'], decode: () => [[0, 1, 2]] },
      ...{ toJSON: () => [], room: () => [3], withSpelled: () => [false] },
      withPieces: () => [{ kind: 'words', words: ['ab'] }],
    },
  },
  Tokenizer: {
    make: () => {
      const tokenizer = new Tokenizer();
      tokenizer.fitOnTexts(['a b a']);
      return tokenizer;
    },
    methods: {
      ...{ fitOnTexts: () => [['a b', ['c']]], textsToSequences: () => [['a b', ['c']]] },
      ...{ sequencesToTexts: () => [[[1, 2]]], wordOf: () => [1], toJSON: () => [] },
    },
  },
  TextSession: {
    make: () => session,
    methods: {
      ...{ feed: () => ['the'], predict: () => [{ temperature: 0.5 }], next: () => [sampling] },
      reset: () => [],
    },
  },
  TextModel: {
    make: () => model,
    methods: {
      countParameters: () => [],
      hasSeen: () => ['a line'],
      evaluate: () => [sample, { batchSize: 1, seqLength: 4 }],
      generate: () => [writing],
      stream: () => [writing],
      generateSamples: () => [several],
      streamSamples: () => [{ ...several, signal: new AbortController().signal }],
      session: () => [{ seed: 1 }],
      stepper: () => [{ batch: 1 }],
      save: () => [at('out.safetensors'), { force: true }],
      toBytes: () => [],
      fit: () => [
        sample,
        {
          ...{ ...fitting, epochs: 1, minutes: 1, learningRate: 1e-3, schedule: 'cosine', warmup: 0.1 },
          ...{ clipNorm: 1, labelSmoothing: 0, test: 0, earlyStopping: { patience: 1 }, resume: false },
          ...{ checkpoint: undefined, sample: undefined, onStart: progress, onProgress: progress },
          signal: undefined,
        },
      ],
    },
  },
} satisfies Record<string, { make: () => object; methods: Record<string, () => readonly unknown[]> }>;

describe('wrong values', () => {
  it('are tried on all that the module has but music', () => {
    const names = Object.keys(text).filter((name) => !music.includes(name));
    expect(names.sort()).toEqual(Object.keys(functions).sort());
    for (const [name, { methods }] of Object.entries(classes)) {
      const found = methodsOf(text[name as keyof typeof classes]);
      expect(found.methods.filter((method) => method !== 'dispose')).toEqual(Object.keys(methods).sort());
      expect(found.statics.map((method) => `${name}.${method}`)).toEqual(
        Object.keys(statics)
          .filter((method) => method.startsWith(`${name}.`))
          .sort(),
      );
    }
    const made = Object.entries(text).filter(([, value]) => /^class /.test(String(value)));
    expect(
      made
        .map(([name]) => name)
        .filter((name) => !music.includes(name))
        .sort(),
    ).toEqual(Object.keys(classes).sort());
  });

  it('are found by what tries them', async () => {
    expect(await faultsOf('length', (of: string) => of.length, ['a'])).toContainEqual(
      expect.stringContaining('length, argument 0 null throws TypeError'),
    );
    expect(await faultsOf('half', ({ of }: { of: number }) => of / 2, [{ of: 2 }])).toContain(
      'half, of a text gives NaN',
    );
  });

  it.each(Object.keys(functions))('are refused or answered by %s', async (name) => {
    const made = text[name as 'TextModel'] as unknown as new (...given: never[]) => unknown;
    const call = (...given: never[]): unknown =>
      name in classes ? new made(...given) : (made as unknown as (...all: never[]) => unknown)(...given);
    expect(await faultsOf(name, call, functions[name]())).toEqual([]);
  });

  it.each(Object.keys(statics))('are refused or answered by %s', async (name) => {
    const [kind, method] = name.split('.') as ['Vocabulary', 'of'];
    const owner = text[kind];
    const call = (...given: never[]): unknown => (owner[method] as (...all: never[]) => unknown)(...given);
    expect(await faultsOf(name, call, statics[name]())).toEqual([]);
  });

  it.each(
    Object.entries(classes).flatMap(([name, { methods }]) =>
      Object.keys(methods).map((method) => [name, method] as const),
    ),
  )('are refused or answered by %s.%s', async (name, method) => {
    const { make, methods } = classes[name as keyof typeof classes];
    const given = (methods as Record<string, () => readonly unknown[]>)[method]();
    const call = (...all: never[]): unknown =>
      (make() as unknown as Record<string, (...each: never[]) => unknown>)[method](...all);
    expect(await faultsOf(`${name}.${method}`, call, given)).toEqual([]);
  });
});

describe('a value that is right in another spelling', () => {
  it("of Keras's names is taken", () => {
    expect(new TextModel({ cell: 'LSTM' as 'lstm' }).architecture.cell).toBe('lstm');
    expect(new TextModel({ cell: 'SimpleRNN' as 'rnn' }).architecture.cell).toBe('rnn');
  });

  it('of one stop string is not taken for its letters', async () => {
    const model = new TextModel(small);
    await model.fit(sample, fitting);
    const whole = model.generate({ length: 40, seed: 2 });
    const stop = whole.slice(10, 14);
    expect(model.generate({ length: 40, seed: 2, stop })).toBe(
      model.generate({ length: 40, seed: 2, stop: [stop] }),
    );
    expect(model.generate({ length: 40, seed: 2, stop }).length).toBe(whole.indexOf(stop));
    await model.dispose();
  });
});
