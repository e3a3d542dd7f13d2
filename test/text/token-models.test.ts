import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { TextModel } from '../../src/text/model/text-model.js';
import { MusicModel } from '../../src/text/music/composition/music-model.js';
import { TuneModel } from '../../src/text/music/composition/tune-model.js';
import type { TextHistory } from '../../src/text/training/text-progress.js';

const text = 'The tide comes in, the tide goes out,\nand gulls go wheeling all about.\n'.repeat(30);
const options = { cell: 'gru', units: 16, layers: 1, seed: 3 } as const;
const fit = { batchSize: 4, seqLength: 16, epochs: 4, learningRate: 0.02 } as const;

/** What a model gives a text after another, in nats, one step after the other. @param known which tokens may come */
function natsOf(model: TextModel, prime: string, following: string, known = model.vocabulary.size): number {
  const { vocabulary } = model;
  const stepper = model.stepper();
  let logits = [...vocabulary.encode(prime)].map((token) => [...stepper.step([token])]).at(-1)!;
  let sum = 0;
  for (const token of vocabulary.encode(following)) {
    const shares = logits.slice(0, known).map(Math.exp);
    sum -= Math.log(shares[token] / shares.reduce((a, b) => a + b));
    logits = [...stepper.step([token])];
  }
  stepper.dispose();
  return sum;
}

describe.each(['words', 'bpe'] as const)('a model of %s', (tokens) => {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-tokens-'));
  let model: TextModel;
  let history: TextHistory;

  beforeAll(async () => {
    model = new TextModel({ ...options, tokens, vocabularySize: 60 });
    history = await model.fit(text, { ...fit, test: 0.1, checkpoint: { folder, everySteps: 20 } });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has as many tokens as asked for, and says what they are', () => {
    const { characters, pieces } = model.vocabulary;
    expect(pieces.length).toBeGreaterThan(9);
    expect(characters.length + pieces.length).toBeLessThanOrEqual(60);
    expect(model.reading).toMatchObject({ tokens, vocabularySize: 60 });
  });

  it('says after loading how its tokens were learned, and nothing where a file of before does not', async () => {
    const bytes = model.toBytes();
    const opened = await TextModel.fromBytes(bytes);
    expect(opened.reading).toEqual(model.reading);
    expect(opened.reading.minCount).toBe(tokens === 'words' ? 3 : 2);
    expect(opened.toBytes()).toEqual(bytes);
    await opened.dispose();

    const { metadata, tensors } = decodeSafetensors(bytes, 'x');
    const { learned, ...settings } = JSON.parse(metadata['settings']) as Record<string, unknown>;
    expect(learned).toEqual({ minCount: opened.reading.minCount, vocabularySize: 60 });
    const before = encodeSafetensors(Object.fromEntries(tensors), {
      ...metadata,
      settings: JSON.stringify(settings),
    });
    const old = await TextModel.fromBytes(before, { verify: false });
    expect(old.reading).toEqual({ tokens, byteFallback: true, lines: false });
    await old.dispose();
  });

  it('tells losses by the token and by the character', async () => {
    const { heldOutLoss, heldOutLossPerCharacter, testLoss, testLossPerCharacter } = history;
    // What is held out is a tenth of the tokens before the last tenth, the first of which is not predicted.
    const all = [...model.vocabulary.encode(text)];
    const share = Math.floor(all.length * 0.1);
    const heldOut = all.slice(-2 * share, -share);
    const lengthOf = (some: number[]): number => [...model.vocabulary.decode(some)].length;
    const ratio = (heldOut.length - 1) / lengthOf(heldOut.slice(1));
    expect(ratio).toBeLessThan(0.7);
    heldOutLoss.forEach((loss, i) => expect(heldOutLossPerCharacter[i]).toBeCloseTo(loss * ratio, 10));
    const test = all.slice(-share);
    expect(testLossPerCharacter).toBeCloseTo((testLoss! * (share - 1)) / lengthOf(test.slice(1)), 10);
  });

  it('measures a text as one would by hand', async () => {
    const given = 'gulls go out, and all comes in\nwheelbounds';
    const measured = await model.evaluate(given);
    const [first] = model.vocabulary.encode(given);
    const start = model.vocabulary.decode([first]);
    const nats = natsOf(model, start, given.slice(start.length));
    const characters = given.length - start.length;
    expect(measured.characters).toBe(characters);
    expect(measured.tokens).toBe(model.vocabulary.encode(given).length - 1);
    expect(measured.loss).toBeCloseTo(nats / characters, 5);
    expect(measured.lossPerToken).toBeCloseTo(nats / measured.tokens, 5);
    expect(measured.bitsPerByte).toBeCloseTo(nats / Math.LN2 / characters, 5);
  });

  it('writes no more characters than asked for, and whole ones', () => {
    for (const length of [0, 1, 7, 50]) {
      expect([...model.generate({ length, seed: length })]).toHaveLength(length);
    }
    const pieces = [...model.stream({ length: 60 })];
    expect(pieces.join('')).toBe(model.generate({ length: 60 }));
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeGreaterThan(1);
    const stopped = model.generate({ length: 200, stop: 'de', temperature: 0.5 });
    expect(stopped).not.toContain('de');
    const once = model.generate({ length: 80, temperature: 0, repetitionPenalty: 1e6, repetitionWindow: 1 });
    const made = [...model.vocabulary.encode(once)];
    if (tokens === 'words') expect(made.every((token, i) => token !== made[i - 1])).toBe(true);
  });

  it('opens as it was, and goes on with another text that has new words', async () => {
    const again = await TextModel.fromBytes(model.toBytes());
    expect(again.reading.tokens).toBe(tokens);
    expect(again.generate({ prime: 'the ', length: 60 })).toBe(model.generate({ prime: 'the ', length: 60 }));
    await again.fit('Über the wharf go gulls. '.repeat(40), { ...fit, epochs: 1 });
    expect(again.vocabulary.pieces).toEqual(model.vocabulary.pieces);
    expect(again.vocabulary.spelled).toBe(true);
  });

  it('resumes a run of the same tokens alone', async () => {
    const resumed = new TextModel({ ...options, tokens, vocabularySize: 60 });
    const checkpoint = { folder, everySteps: 20 };
    await resumed.fit(text, { ...fit, test: 0.1, checkpoint, resume: true });
    expect(Buffer.from(resumed.toBytes()).equals(Buffer.from(model.toBytes()))).toBe(true);
    const other = new TextModel({
      ...options,
      tokens: tokens === 'bpe' ? 'words' : 'bpe',
      vocabularySize: 60,
    });
    await expect(other.fit(text, { ...fit, test: 0.1, checkpoint, resume: true })).rejects.toThrow(
      `tokens ("${tokens}" there, "${tokens === 'bpe' ? 'words' : 'bpe'}" here)`,
    );
  });

  it('reads lines, each by itself', async () => {
    const names = 'Anna Maria\nOtto von Berg\nAnna Otto\n  Berg Maria\n'.repeat(5);
    const ofLines = new TextModel({ ...options, tokens, lines: true, vocabularySize: 60 });
    const { heldOutLoss, heldOutLossPerCharacter } = await ofLines.fit(names, { ...fit, epochs: 1 });
    expect(heldOutLossPerCharacter[0]).toBeLessThan(heldOutLoss[0]);
    expect(ofLines.hasSeen('Anna Otto')).toBe(true);
    expect(ofLines.generateSamples({ count: 3 }).join('')).not.toContain('\n');
    const { characters } = await ofLines.evaluate('Anna Berg\nOtto');
    expect(characters).toBe('Anna Berg\nOtto\n'.length);
  });
});

describe('the best of several texts', () => {
  let model: TextModel;
  beforeAll(async () => {
    model = new TextModel(options);
    await model.fit(text, { ...fit, epochs: 2 });
  });

  it('is the likeliest a character to the model itself', async () => {
    const kept = async (bestOf: number) => {
      const chunks = [];
      const asked = { prime: 'The ', length: 30, seed: 7, bestOf, count: 2, topK: 8 };
      for await (const chunk of model.streamSamples(asked)) chunks.push(chunk);
      return chunks;
    };
    const nats: number[] = [];
    const known = model.vocabulary.characters.length;
    for (const bestOf of [2, 3, 5, 9]) {
      const [one, two] = await kept(bestOf);
      expect([one.sample, two.sample]).toEqual([0, 1]);
      // Before temperature and cuts, but not of bytes, which it was not trained on.
      expect(one.natsPerCharacter).toBeCloseTo(natsOf(model, 'The ', one.text, known) / 30, 5);
      nats.push(one.natsPerCharacter!);
    }
    const first = model.generate({ prime: 'The ', length: 30, seed: 7, topK: 8 }).slice(4);
    const alone = natsOf(model, 'The ', first, known);
    [alone / 30 + 1e-6, ...nats].forEach((each, i, all) =>
      expect(each).toBeLessThanOrEqual(all[i - 1] ?? Infinity),
    );
    expect(nats.at(-1)).toBeLessThan(alone / 30);
  });

  it('is given by generate and stream too', () => {
    const asked = { length: 20, seed: 2, bestOf: 4 };
    const text = model.generate(asked);
    expect(text).toHaveLength(20);
    expect([...model.stream(asked)].join('')).toBe(text);
    expect(model.generateSamples({ ...asked, count: 2 })[0]).toBe(text);
    expect(model.generate({ ...asked, bestOf: 1 })).toBe(model.generate({ length: 20, seed: 2 }));
    expect(() => model.generate({ ...asked, bestOf: 0 })).toThrow('bestOf');
    expect(() => model.generateSamples({ count: 60_000, bestOf: 2 })).toThrow('120000 texts at once');
  });
});

it('models of tunes take characters alone', () => {
  for (const Model of [MusicModel, TuneModel]) {
    expect(() => new Model({ tokens: 'bpe' })).toThrow('Tunes are written in characters');
  }
});
