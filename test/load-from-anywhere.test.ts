import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TriggerModel } from '../src/audio/index.js';
import { FastText, KeyedVectors, Word2Vec, type FileSource } from '../src/embeddings/index.js';
import { Dense, Model, Sequential } from '../src/rnn/index.js';
import { MusicModel, readTunes, TextModel } from '../src/text/index.js';
import { Random } from '../src/base/math/random.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-anywhere-'));
const at = (name: string) => path.join(folder, `${name}.safetensors`);

const sentences = Array.from({ length: 20 }, () => ['one', 'two', 'three', 'four']);

/** Each kind of file: what writes one, and what opens one and tells of it. */
const kinds: Record<string, { save(): Promise<void>; open(from: FileSource): Promise<unknown> }> = {
  Sequential: {
    async save() {
      const model = new Sequential([new Dense({ units: 2 })], { engine: 'wasm', threads: 1, seed: 3 });
      await model.predict([[1, 2, 3]]);
      await model.save(at('Sequential'));
    },
    async open(from) {
      const model = await Sequential.load(from, { engine: 'wasm', threads: 1 });
      return [...(await model.predict([[1, 2, 3]])).data];
    },
  },
  Model: {
    async save() {
      const model = new Sequential([new Dense({ units: 2 })], { engine: 'wasm', threads: 1, seed: 4 });
      await model.predict([[1, 2, 3]]);
      await model.save(at('Model'));
    },
    async open(from) {
      const model = await Model.load(from, { engine: 'wasm', threads: 1 });
      return (await model.predict([[1, 2, 3]])) && model.seed;
    },
  },
  TextModel: {
    async save() {
      const model = new TextModel({ units: 4, layers: 1, engine: 'wasm', threads: 1, seed: 2 });
      await model.fit('abcabc '.repeat(60), { steps: 1, batchSize: 2, seqLength: 8 });
      await model.save(at('TextModel'));
    },
    open: async (from) => (await TextModel.load(from)).generate({ length: 12, seed: 5 }),
  },
  MusicModel: {
    async save() {
      const body = 'D2|DEFG A2A2|BAGF E2D2|DEFG A2A2|BAGF D4|\n';
      const books = Array.from(
        { length: 6 },
        (_, i) => `X:${i + 1}\nT:Tune ${i}\nM:4/4\nL:1/8\nK:D\n${body}\n`,
      );
      const model = new MusicModel({ units: 4, layers: 1, engine: 'wasm', threads: 1, seed: 2 });
      await model.fit(readTunes(books.join('\n')).tunes, { steps: 1, batchSize: 1, seqLength: 8 });
      await model.save(at('MusicModel'));
    },
    open: async (from) => (await MusicModel.load(from)).seen,
  },
  TriggerModel: {
    async save() {
      const random = new Random(1);
      const clip = (name: string) => {
        const samples = Float32Array.from({ length: 8000 }, () => 0.2 * random.normal());
        return { name, samples, speech: { start: 1000, end: 6000 }, speaker: undefined, word: undefined };
      };
      const clips = {
        sampleRate: 16_000,
        ...{ activates: [clip('a'), clip('b')], negatives: [clip('n')] },
        backgrounds: [{ ...clip('r'), samples: new Float32Array(16_000).fill(1e-4) }],
      };
      const model = new TriggerModel({ word: 'go', engine: 'wasm', threads: 1, seed: 1 });
      await model.fit(clips, { epochs: 1, examples: 2 });
      await model.save(at('TriggerModel'));
    },
    async open(from) {
      const model = await TriggerModel.load(from);
      return [model.words, model.trainedOn];
    },
  },
  KeyedVectors: {
    save: () => KeyedVectors.fromRows(['a', 'b'], Float32Array.of(1, 0, 0, 1)).save(at('KeyedVectors')),
    open: async (from) => [...(await KeyedVectors.load(from)).get('b')],
  },
  Word2Vec: {
    async save() {
      const model = new Word2Vec({ vectorSize: 4, minCount: 1, epochs: 1, sample: 0, workers: 1 });
      await model.fit(sentences);
      await model.save(at('Word2Vec'));
    },
    open: async (from) => [...(await Word2Vec.load(from)).wv.get('two')],
  },
  FastText: {
    async save() {
      const model = new FastText({
        vectorSize: 4,
        minCount: 1,
        epochs: 1,
        sample: 0,
        workers: 1,
        bucket: 100,
      });
      await model.fit(sentences);
      await model.save(at('FastText'));
    },
    open: async (from) => [...(await FastText.load(from)).wv.get('two')],
  },
};

beforeAll(async () => {
  for (const kind of Object.values(kinds)) await kind.save();
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(Object.entries(kinds))('%s.load', (name, kind) => {
  const open = (from: FileSource) => kind.open(from);

  it('takes a path, a URL, a Blob, an ArrayBuffer and bytes, to the same end', async () => {
    const bytes = new Uint8Array(readFileSync(at(name)));
    const byPath = await open(at(name));
    expect(byPath).toBeDefined();
    for (const source of [pathToFileURL(at(name)), new Blob([bytes]), bytes.slice().buffer, bytes]) {
      expect(await open(source)).toEqual(byPath);
    }
  });

  it('refuses what is no file', async () => {
    for (const wrong of [undefined, null, 7, {}, [1, 2], '', new Float32Array(3), new Map()]) {
      await expect(open(wrong as FileSource)).rejects.toMatchObject({ name: 'SeqkitError' });
    }
  });
});
