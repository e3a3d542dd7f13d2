import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/rnn/errors.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Sequential } from '../../src/rnn/sequential.js';
import { TextModel } from '../../src/text/text-model.js';
import type { TextProgress } from '../../src/text/text-training.js';

const cycle = 'the cat sat. ';
const regular = cycle.repeat(60);
const shape = { batchSize: 8, seqLength: 16 };

const sameBytes = (a: TextModel, b: TextModel): boolean =>
  Buffer.from(a.toBytes()).equals(Buffer.from(b.toBytes()));

describe('a text model', () => {
  it.each(['lstm', 'gru', 'rnn'] as const)(
    'of %s learns a text that repeats and goes on with it',
    async (cell) => {
      const model = new TextModel({ cell, units: 24, layers: 1 });
      const history = await model.fit(regular, { ...shape, epochs: 25, learningRate: 0.02 });
      expect(history.finalLoss).toBeLessThan(0.25);
      expect(history.loss.at(-1)).toBeLessThan(0.05);
      expect(history.heldOutLoss.at(-1)).toBeLessThan(0.2);
      const text = model.generate({ prime: cycle + cycle, length: 39, temperature: 0 });
      expect(text).toBe(cycle.repeat(5));
    },
  );

  it('learns characters beyond ASCII, and gives them back whole', async () => {
    const model = new TextModel({ cell: 'gru', units: 16, layers: 1 });
    await model.fit('😀é\r\n'.repeat(100), { ...shape, epochs: 20, learningRate: 0.02 });
    expect(model.generate({ prime: '😀é\r\n😀', length: 7, temperature: 0 })).toBe('😀é\r\n'.repeat(3));
    expect([...model.stream({ prime: '😀é\r\n', length: 2, temperature: 0 })]).toEqual(['😀', 'é']);
  });
});

describe('a trained text model', () => {
  const folder = mkdtempSync(join(tmpdir(), 'seqkit-text-'));
  const options = { cell: 'gru', units: 12, layers: 2, dropout: 0.2, seed: 5 } as const;
  const text = 'one two three four five six seven eight nine ten\n'.repeat(20);
  let model: TextModel;

  beforeAll(async () => {
    model = new TextModel(options);
    await model.fit(text, { ...shape, epochs: 3 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes the same text for the same seed, another for another', () => {
    const sample = (seed: number): string => model.generate({ prime: 'one ', length: 80, seed });
    expect(sample(1)).toBe(sample(1));
    expect(sample(2)).not.toBe(sample(1));
    expect(sample(1)).toHaveLength(84);
    expect([...model.stream({ prime: 'one ', length: 80 })].join('')).toBe(sample(1).slice(4));
  });

  it('begins as after the end of a line where there is no prime', () => {
    expect('\n' + model.generate({ length: 30 })).toBe(model.generate({ prime: '\n', length: 30 }));
  });

  it('keeps two streams at once apart', () => {
    const [a, b] = [model.stream({ length: 20 }), model.stream({ length: 20, seed: 2 })];
    let [textA, textB] = ['', ''];
    for (let i = 0; i < 20; i++) {
      textA += a.next().value as string;
      textB += b.next().value as string;
    }
    expect([textA, textB]).toEqual([model.generate({ length: 20 }), model.generate({ length: 20, seed: 2 })]);
  });

  it('trains to the same bytes again with the same seed, to others with another', async () => {
    const [same, other] = [new TextModel(options), new TextModel({ ...options, seed: 6 })];
    for (const trained of [same, other]) await trained.fit(text, { ...shape, epochs: 3 });
    expect(sameBytes(same, model)).toBe(true);
    expect(sameBytes(other, model)).toBe(false);
  });

  it('is the same model from a file and from bytes', async () => {
    const path = join(folder, 'numbers.safetensors');
    await model.save(path);
    await expect(model.save(path)).rejects.toThrow('is there already');
    for (const loaded of [await TextModel.load(path), await TextModel.fromBytes(model.toBytes())]) {
      expect(loaded.generate({ prime: 'ten', length: 60 })).toBe(
        model.generate({ prime: 'ten', length: 60 }),
      );
      expect(loaded.architecture).toEqual(model.architecture);
      expect(loaded.vocabulary.characters).toEqual(model.vocabulary.characters);
      expect(loaded.countParameters()).toBe(model.countParameters());
      expect(await loaded.evaluate(text)).toEqual(await model.evaluate(text));
      expect(sameBytes(loaded, model)).toBe(true);
    }
  });

  it('can be trained on', async () => {
    const loaded = await TextModel.fromBytes(model.toBytes());
    const before = (await loaded.evaluate(text)).loss;
    await loaded.fit(text, { ...shape, epochs: 2 });
    expect((await loaded.evaluate(text)).loss).toBeLessThan(before);
  });

  it('counts its parameters as the equations do', () => {
    const [V, H] = [model.vocabulary.size, 12];
    const gru = (D: number): number => 3 * (D * H + H * H + 2 * H);
    expect(model.countParameters()).toBe(gru(V) + gru(H) + (H + 1) * V);
  });

  it('is not disturbed by measuring on held-out text', async () => {
    // The tail's characters all stand in the part that is trained on.
    const cut = 882;
    const [measured, plain] = [new TextModel(options), new TextModel(options)];
    await measured.fit(text, { ...shape, epochs: 2, heldOut: 0.1 });
    expect(text).toHaveLength(980);
    const characters = Array.from(measured.vocabulary.characters);
    const tailless = text.slice(0, cut);
    const same = await plain.fit(tailless, { ...shape, epochs: 2, heldOut: 0 });
    expect(same.heldOutLoss).toEqual([]);
    expect(plain.vocabulary.characters).toEqual(characters);
    expect(plain.generate({ length: 200 })).toBe(measured.generate({ length: 200 }));
  });
});

describe('fit', () => {
  const text = 'pease porridge hot, pease porridge cold. '.repeat(30);

  it('reports losses in nats and bits, characters and steps', async () => {
    const reports: TextProgress[] = [];
    const model = new TextModel({ units: 8, layers: 1 });
    const history = await model.fit(text, {
      ...shape,
      epochs: 2,
      onProgress: (at) => reports.push({ ...at }),
    });
    // 1230 characters, 123 held out: 1106 predictions in 8 lanes, 9 steps of 16.
    expect(history).toMatchObject({ steps: 18, characters: 2212, stopped: false });
    expect(history.loss).toHaveLength(2);
    expect(history.heldOutLoss).toHaveLength(2);
    history.loss.forEach((nats, i) =>
      expect(history.bitsPerCharacter[i]).toBeCloseTo(nats / Math.log(2), 12),
    );
    expect(history.charactersPerSecond).toBeCloseTo(2212 / history.seconds, 6);
    expect(reports.map(({ step }) => step)).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
    expect(reports.map(({ epoch }) => epoch)).toEqual([
      ...Array<number>(9).fill(1),
      ...Array<number>(9).fill(2),
    ]);
    expect(reports[8].progress).toBe(0.5);
    expect(reports[17]).toMatchObject({ progress: 1, characters: 2212, heldOutLoss: history.heldOutLoss[0] });
    // Untrained, each character is about as likely as any other.
    expect(reports[0].loss).toBeCloseTo(Math.log(model.vocabulary.size), 0);
  });

  it('stops after the step in hand', async () => {
    const control = new AbortController();
    const model = new TextModel({ units: 8, layers: 1 });
    const history = await model.fit(text, {
      ...shape,
      signal: control.signal,
      onProgress: ({ step }) => step === 3 && control.abort(),
    });
    expect(history).toMatchObject({ steps: 3, stopped: true });
    expect(history.loss).toHaveLength(1);
    expect(model.generate({ length: 5 })).toHaveLength(5);
  });

  it('stops when the time is over', async () => {
    const history = await new TextModel({ units: 8, layers: 1 }).fit(text, { ...shape, minutes: 0.005 });
    expect(history.stopped).toBe(false);
    expect(history.seconds).toBeGreaterThan(0.1);
    expect(history.seconds).toBeLessThan(3);
  });

  it('refuses a text that does not fill a batch', async () => {
    await expect(new TextModel().fit('too short')).rejects.toMatchObject({ code: 'too-little-data' });
    await expect(new TextModel().fit('')).rejects.toMatchObject({ code: 'too-little-data' });
  });

  it('names a character that came later', async () => {
    const model = new TextModel({ units: 8, layers: 1 });
    await model.fit(text, { ...shape, epochs: 1 });
    await expect(model.fit(text + 'Q', shape)).rejects.toThrow('"Q" (U+0051)');
    // A prime may hold it: the model reads on without.
    const [with_, without] = ['hoT', 'ho'].map((prime) => model.generate({ prime, length: 9 }));
    expect(with_).toBe(`hoT${without.slice(2)}`);
  });

  it.each([
    [{ epochs: 0 }, 'epochs'],
    [{ epochs: 1.5 }, 'epochs'],
    [{ seqLength: 0 }, 'seqLength'],
    [{ batchSize: -1 }, 'batchSize'],
    [{ learningRate: 0 }, 'learningRate'],
    [{ minutes: NaN }, 'minutes'],
    [{ heldOut: 1 }, 'heldOut'],
  ])('refuses %j', async (options, name) => {
    await expect(new TextModel().fit(text, options)).rejects.toThrow(name);
  });
});

describe('errors', () => {
  it('name an option that there is not', async () => {
    const model = new TextModel({ units: 8, layers: 1 });
    await model.fit(regular, { ...shape, epochs: 1 });
    expect(() => model.generate({ temprature: 1 } as object)).toThrow('generate has no option "temprature".');
    await expect(model.evaluate(regular, { batchsize: 1 } as object)).rejects.toThrow(
      'evaluate has no option "batchsize".',
    );
  });

  it('say what is missing', () => {
    const model = new TextModel();
    expect(() => model.generate()).toThrow('has not seen any text');
    expect(() => model.toBytes()).toThrow(SeqkitError);
  });

  it.each([
    [{ cell: 'transformer' }, 'There is no cell "transformer"'],
    [{ units: 0 }, 'units'],
    [{ layers: 1.5 }, 'layers'],
  ])('refuse %j', (options, message) => {
    expect(() => new TextModel(options as object)).toThrow(message);
  });

  it('tell a text model from another', async () => {
    const other = new Sequential([new Dense({ units: 2 })]);
    await other.build([3]);
    await expect(TextModel.fromBytes(other.toBytes())).rejects.toThrow(
      'holds a Sequential, not a text model',
    );
    await expect(TextModel.fromBytes(other.toBytes({ kind: 'TextModel' }))).rejects.toThrow('vocabulary');
  });
});
