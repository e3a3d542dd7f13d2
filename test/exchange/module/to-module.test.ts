import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { describeTrigger } from '../../../src/audio/trigger-description.js';
import { triggerNetwork } from '../../../src/audio/trigger-network.js';
import { triggerPreset } from '../../../src/audio/detection/trigger-settings.js';
import { FEATURE_SETS } from '../../../src/audio/signal/feature-settings.js';
import { TriggerModel } from '../../../src/audio/index.js';
import { checkModule, toModule } from '../../../src/exchange/index.js';
import { Random } from '../../../src/index.js';
import {
  SequenceClassifier,
  type ClassifierTrainOptions,
  type LabeledExample,
} from '../../../src/tasks/index.js';
import { TextModel, type TextModelOptions } from '../../../src/text/index.js';
import { randomized } from '../support/random-weights.js';
import { codeSize, runModule } from '../support/run-module.js';
import { wakeWordDetector } from '../support/wake-word-model.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-module-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of code, whatever the model. */
const MOST_CODE = 30_000;

describe('a text model as a module', () => {
  const text = 'the cat sat on the mat, and the dog — naïve as ever — ate the 🍎.\n'.repeat(12);
  const kinds: Record<string, TextModelOptions> = {
    'lstm, characters and bytes': { cell: 'lstm', byteFallback: true, minCount: 13 },
    'gru of lines': { cell: 'gru', lines: true, residual: true, layers: 2 },
    'rnn of bytes': { cell: 'rnn', tokens: 'bytes', dropout: 0.1 },
    'tied lstm': { cell: 'lstm', tied: true, residual: true },
  };
  for (const [name, options] of Object.entries(kinds)) {
    it(`writes what the model writes: ${name}`, async () => {
      const model = new TextModel({ units: 12, layers: 1, seed: 2, engine: 'wasm', threads: 1, ...options });
      await model.fit(text, { epochs: 1, batchSize: 4, seqLength: 16 });
      const source = await toModule(model, { name: 'poet' });
      expect(codeSize(source)).toBeLessThan(MOST_CODE);
      const poet = runModule(source);
      const ways = [
        { prime: 'the ', length: 60, seed: 3 },
        { length: 40, temperature: 0 },
        { prime: 'ever — ü', length: 50, temperature: 1.4, topK: 5, repetitionPenalty: 1.3, seed: -7 },
        { prime: 'a\nc', length: 80, topP: 0.8, stop: ['at', 'the e'], seed: 11 },
      ];
      for (const way of ways) expect(poet.generate(way)).toBe(model.generate(way));
      expect([...poet.stream(ways[0])].join('')).toBe(model.generate(ways[0]).slice(ways[0].prime!.length));
      await model.dispose();
    });
  }

  it('refuses words and byte pairs by name', async () => {
    const model = new TextModel({ units: 4, layers: 1, tokens: 'words', engine: 'wasm', threads: 1 });
    await model.fit(text, { epochs: 1, batchSize: 4, seqLength: 8 });
    await expect(toModule(model)).rejects.toMatchObject({
      message: 'The model reads words; modules read characters.',
      hint: 'Make a page of it, which has all of seqkit that it needs: seqkit export-page.',
    });
    await model.dispose();
  });

  it('says what it does not take', async () => {
    const model = new TextModel({ units: 4, layers: 1, engine: 'wasm', threads: 1 });
    await model.fit(text, { epochs: 1, batchSize: 4, seqLength: 16 });
    const { generate } = runModule(await toModule(model));
    expect(() => generate({ temprature: 1 })).toThrow(
      'generate has no option temprature; it has prime, length',
    );
    for (const wrong of [
      { length: -1 },
      { length: 1.5 },
      { temperature: NaN },
      { topK: '3' },
      { prime: 3 },
      { stop: [''] },
      { stop: 5 },
      { temperature: Infinity },
      { topP: 1.5 },
      { repetitionPenalty: 0 },
    ]) {
      const [option] = Object.keys(wrong);
      expect(() => generate(wrong), option).toThrow(`${option} must be`);
    }
    expect(() => generate(null as never)).toThrow('takes an object of options');
    await model.dispose();
  });
});

describe('a classifier as a module', () => {
  const words = ['fine', 'grand', 'lovely', 'dull', 'awful', "can't stand", 'naïve'];
  const examples = Array.from({ length: 60 }, (_, i): LabeledExample => {
    const word = words[i % words.length];
    return {
      text: `The film was ${word}, and ${i % 5} of us saw it 🎬!`,
      label: i % words.length < 3 ? 'good' : 'bad',
    };
  });
  const network = { epochs: 1, units: 6, batchSize: 16, seed: 3 } as const;
  const kinds: Record<string, ClassifierTrainOptions> = {
    linear: { encoder: 'linear' },
    nbsvm: { encoder: 'nbsvm' },
    'words, GRU, attention': { ...network, encoder: 'gru', pooling: 'attention', bidirectional: true },
    'characters, convolutions': { ...network, encoder: 'conv', input: 'characters', pooling: 'max' },
    'bytes, LSTM': { ...network, encoder: 'lstm', input: 'bytes', pooling: 'last' },
  };
  for (const [name, options] of Object.entries(kinds)) {
    it(`gives the model's probabilities: ${name}`, async () => {
      const model = await SequenceClassifier.train(examples, options);
      model.setThreshold(0.6);
      const source = await toModule(model);
      const own = runModule(source);
      expect([...own.labels]).toEqual(model.labels);
      const size = source.replace(/^const (GRAMS|RATIO_GRAMS|WORDS) = .*$/gm, '');
      expect(codeSize(size)).toBeLessThan(MOST_CODE);
      const texts = [
        'a fine film',
        "I CAN'T stand it",
        'nai\u0308ve, grand',
        '🎬 ’tis?',
        'x',
        '!!',
        'fine '.repeat(90),
      ];
      for (const text of texts) {
        const [found, expected] = [own.classify(text), await model.classify(text)];
        expect({ ...found, probability: 0, alternatives: 0 }).toEqual({
          ...expected,
          probability: 0,
          alternatives: 0,
        });
        expect(found.probability).toBeCloseTo(expected.probability, 5);
      }
      for (const wrong of ['', ' \n', undefined, ['a']])
        expect(() => own.classify(wrong)).toThrow('a text that is not empty');
      expect(() => own.classify('a', { threshhold: 1 })).toThrow('classify has no option threshhold');
      expect(() => own.classify('a', { threshold: 1.01 })).toThrow(
        'threshold must be a number of at least 0 and at most 1',
      );
      const difference = await checkModule(own, model);
      expect(difference.largest).toBeLessThan(1e-5);
      expect(difference.magnitude).toBeGreaterThan(1e-3);
      await model.dispose();
    });
  }

  it('refuses classifiers that are no functions of a text', async () => {
    const numbers = await SequenceClassifier.train(
      Array.from({ length: 24 }, (_, i) => ({ sequence: [[i % 2], [1]], label: String(i % 2) })),
      { encoder: 'linear' },
    );
    await expect(toModule(numbers)).rejects.toThrow(/is a classifier of numbers/);
    await numbers.dispose();
  });
});

describe('a detector as a module', () => {
  const sets = { ...FEATURE_SETS, coursera: triggerPreset('coursera').features };
  /** A detector whose weights are drawn at random, which hears words in noise. */
  async function detector(set: keyof typeof sets, [up, down] = [0.5, 0.5]): Promise<Uint8Array> {
    const words = ['up', 'down'];
    const preset = structuredClone(triggerPreset(set === 'coursera' ? 'coursera' : 'standard'));
    const settings = { ...preset, features: sets[set] };
    settings.network = { ...settings.network, words: words.length, units: 8, filters: 6 };
    settings.firing = { threshold: 0.4, thresholds: { up, down }, smoothSteps: 3, refractorySeconds: 0.1 };
    const network = triggerNetwork(settings.network, { engine: 'wasm', threads: 1, seed: 5 });
    await network.build([60, settings.features.bands]);
    randomized(network, 5);
    const bytes = network.toBytes(describeTrigger({ words, settings, trainedOn: undefined }));
    await network.dispose();
    return bytes;
  }

  for (const set of Object.keys(sets) as (keyof typeof sets)[]) {
    it(`hears what the model hears: ${set}`, async () => {
      const { sampleRate } = sets[set];
      const random = new Random(8);
      const sound = Float32Array.from({ length: (set === 'coursera' ? 0.4 : 0.6) * sampleRate }, (_, i) => {
        return 0.3 * random.normal() * Math.sin((9 * Math.PI * i) / sampleRate) ** 2;
      });
      sound[700] = NaN;
      // Thresholds amid the scores, so that there is something to hear.
      const heard: ArrayLike<number>[] = [];
      const quick = runModule(await toModule(await detector(set))).detector();
      for (let at = 0; at < sound.length; at += 400) {
        quick.push(sound.slice(at, at + 400));
        heard.push(Array.from(quick.scores));
      }
      const middle = (word: number) => heard.map((row) => row[word]).sort((a, b) => a - b)[heard.length >> 1];
      const bytes = await detector(set, [middle(0), middle(1)]);
      const source = await toModule(bytes);
      expect(codeSize(source)).toBeLessThan(MOST_CODE);
      const module = runModule(source);
      const model = await TriggerModel.load(bytes, { engine: 'wasm', threads: 1 });
      const stream = model.stream({ sampleRate });
      const scores: number[][] = [];
      stream.on('score', (event) => scores.push([...event.scores]));
      const own = module.detector({ sampleRate });
      let [events, expected]: object[][] = [[], []];
      let steps = 0;
      for (let at = 0; at < sound.length; at += 997) {
        const chunk = sound.slice(at, at + 997);
        expected = [...expected, ...stream.push(chunk)];
        events = [...events, ...own.push(chunk)];
        if (scores.length === steps) continue;
        steps = scores.length;
        scores.at(-1)!.forEach((score, word) => expect(own.scores[word]).toBeCloseTo(score, 4));
      }
      expected = [...expected, ...stream.flush()];
      events = [...events, ...own.flush()];
      expect(expected.length).toBeGreaterThan(0);
      expect(events).toEqual(
        expected.map((event) => ({
          ...event,
          score: expect.closeTo((event as { score: number }).score, 4) as number,
        })),
      );
      own.reset();
      const whole = Int16Array.from(sound, (x) => (Number.isNaN(x) ? 0 : Math.round(x * 32768)));
      stream.reset();
      const again = [...stream.push(whole), ...stream.flush()];
      const times = (all: readonly object[]) => all.map((event) => ({ ...event, score: undefined }));
      expect(times([...own.push(whole), ...own.flush()])).toEqual(times(again));
      stream.dispose();
      await model.dispose();
    });
  }

  it('says what it does not hear', async () => {
    const module = runModule(await toModule(await detector('log-mel')));
    expect(() => module.detector({ sampleRate: 48_000 })).toThrow('new AudioContext({ sampleRate: 16000 })');
    expect(() => module.detector().push([0, 1])).toThrow('push takes a Float32Array or an Int16Array');
  });

  it('refuses detectors over the speech embedding', async () => {
    const { bytes } = await wakeWordDetector(['hey robot'], 3);
    await expect(toModule(bytes)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('speech embedding') as string,
    });
  });

  it('is a module as Node and browsers take it', async () => {
    writeFileSync(path.join(folder, 'ears.mjs'), await toModule(await detector('log-mel')));
    const program = `import ears from './ears.mjs';
      const events = ears.detector().push(new Float32Array(16000).fill(0.1));
      console.log(JSON.stringify([ears.words, Array.isArray(events)]));`;
    writeFileSync(path.join(folder, 'main.mjs'), program);
    const said = execFileSync(process.execPath, [path.join(folder, 'main.mjs')], { encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual([['up', 'down'], true]);
  });
});
