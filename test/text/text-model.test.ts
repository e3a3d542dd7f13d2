import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { Dense } from '../../src/rnn/layers/dense.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { TextModel, type TextModelOptions } from '../../src/text/model/text-model.js';
import type { TextFitOptions, TextProgress } from '../../src/text/training/text-training.js';

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
    // Untrained, each character of the text is about as likely as any other.
    expect(reports[0].loss).toBeCloseTo(Math.log(model.vocabulary.characters.length), 0);
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
    const bytes = new TextModel({ tokens: 'bytes' });
    await expect(bytes.fit('\u00e4'.repeat(150))).rejects.toMatchObject({
      message: expect.stringContaining('The text has 300 bytes, 235 of them to train on'),
    });
  });

  it('names a character that came later, where it cannot spell it', async () => {
    const model = new TextModel({ units: 8, layers: 1, byteFallback: false });
    await model.fit(text, { ...shape, epochs: 1 });
    await expect(model.fit(text + 'Q', shape)).rejects.toThrow('"Q" (U+0051)');
    // A prime may hold it: the model reads on without.
    const [with_, without] = ['hoT', 'ho'].map((prime) => model.generate({ prime, length: 9 }));
    expect(with_).toBe(`hoT${without.slice(2)}`);
  });

  it.each<[TextFitOptions, string]>([
    [{ epochs: 0 }, 'epochs'],
    [{ epochs: 1.5 }, 'epochs'],
    [{ seqLength: 0 }, 'seqLength'],
    [{ batchSize: -1 }, 'batchSize'],
    [{ learningRate: 0 }, 'learningRate'],
    [{ minutes: NaN }, 'minutes'],
    [{ heldOut: 1 }, 'heldOut'],
    [{ test: -1 }, 'test'],
    [{ heldOut: 0.6, test: 0.4 }, 'together leave nothing'],
    [{ steps: 0 }, 'steps'],
    [{ schedule: 'sawtooth' as 'cosine' }, 'schedule must be one of "cosine"'],
    [{ warmup: 1 }, 'warmup'],
    [{ clipNorm: -1 }, 'clipNorm'],
    [{ labelSmoothing: 1 }, 'labelSmoothing'],
    [{ sample: { everyMinutes: 0, onSample: () => undefined } }, 'everyMinutes'],
    [{ sample: { length: 0, onSample: () => undefined } }, 'length'],
    [{ earlyStopping: {}, heldOut: 0 }, 'nothing is held out'],
    [{ ...({ clipnorm: 1 } as object) }, '"clipnorm"'],
  ])('refuses %j', async (options, name) => {
    await expect(new TextModel().fit(text, options)).rejects.toThrow(name);
  });
});

describe('how it is trained', () => {
  const text = 'pease porridge hot, pease porridge cold. '.repeat(30);
  const small: TextModelOptions = { cell: 'gru', units: 8, layers: 2, seed: 3 };

  it('stops after so many steps, its rate spread over them', async () => {
    const reports: TextProgress[] = [];
    const history = await new TextModel(small).fit(text, {
      ...{ ...shape, steps: 12 },
      onProgress: (at) => reports.push({ ...at }),
    });
    // 9 steps are an epoch.
    expect(history).toMatchObject({ steps: 12, stopped: false });
    expect(history.loss).toHaveLength(2);
    expect(reports[5].progress).toBe(0.5);
  });

  it('measures the test once, when all is over', async () => {
    const model = new TextModel(small);
    const history = await model.fit(text, { ...shape, epochs: 2, test: 0.1 });
    const tail = text.slice(-123);
    expect(history.testLoss).toBeCloseTo((await model.evaluate(tail, shape)).loss, 12);
    const heldOut = text.slice(-246, -123);
    expect(history.heldOutLoss.at(-1)).toBeCloseTo((await model.evaluate(heldOut, shape)).loss, 12);
    // Nothing of the tail is trained on.
    const other = new TextModel(small);
    await other.fit(text.slice(0, -123) + [...tail].reverse().join(''), { ...shape, epochs: 2, test: 0.1 });
    expect(sameBytes(other, model)).toBe(true);
  });

  it('smooths labels in training alone', async () => {
    const [smooth, plain] = [new TextModel(small), new TextModel(small)];
    const first = { ...shape, steps: 1, heldOut: 0.1 };
    const a = await smooth.fit(text, { ...first, labelSmoothing: 0.3 });
    const b = await plain.fit(text, first);
    // The even spread is over all tokens, those of bytes too, which an untrained model thinks less likely.
    expect(a.finalLoss).toBeGreaterThan(b.finalLoss + 0.1);
    expect(a.heldOutLoss[0]).toBeCloseTo(b.heldOutLoss[0], 1);
    expect((await smooth.evaluate(text.slice(-123), shape)).loss).toBeCloseTo(a.heldOutLoss[0], 12);
    const bytes = smooth.toBytes();
    const opened = await TextModel.fromBytes(bytes);
    expect((await opened.evaluate(text.slice(-123), shape)).loss).toBeCloseTo(a.heldOutLoss[0], 12);
  });

  it('cuts gradients down to a norm, or not at all', async () => {
    // Adam's first step is the same for any scale of the gradients, the second is not.
    const trained = async (clipNorm: number): Promise<TextModel> => {
      const model = new TextModel(small);
      await model.fit(text, { ...shape, steps: 3, clipNorm, warmup: 0 });
      return model;
    };
    const [none, far, near] = [await trained(0), await trained(1e6), await trained(1e-3)];
    expect(sameBytes(none, far)).toBe(true);
    expect(sameBytes(near, far)).toBe(false);
  });

  it.each(['linear', 'exponential', 'constant'] as const)('by another schedule: %s', async (schedule) => {
    const [a, b] = [new TextModel(small), new TextModel(small)];
    await a.fit(text, { ...shape, epochs: 1, schedule });
    await b.fit(text, { ...shape, epochs: 1 });
    expect(sameBytes(a, b)).toBe(false);
  });

  it('shows what it writes, without disturbing the training', async () => {
    const samples: string[] = [];
    const [watched, plain] = [new TextModel(small), new TextModel(small)];
    await watched.fit(text, {
      ...{ ...shape, epochs: 2 },
      sample: { everyMinutes: 1e-9, length: 20, onSample: (made) => samples.push(made) },
    });
    await plain.fit(text, { ...shape, epochs: 2 });
    expect(samples).toHaveLength(18);
    for (const sample of samples) expect(sample).toMatch(/^[pease orridghtcl.,]{20}$/);
    expect(new Set(samples).size).toBeGreaterThan(15);
    expect(sameBytes(watched, plain)).toBe(true);
  });
});

describe('how it is made', () => {
  const V = 14 + 16;
  const H = 10;
  const text = 'lorem ipsum dolor sit amet, '.repeat(40);
  const characters = new Set(text).size;
  const gru = (D: number): number => 3 * (D * H + H * H + 2 * H);

  it.each([
    [{ residual: true }, gru(V) + gru(H) + (H + 1) * V],
    // One table for both ends.
    [{ tied: true }, V * H + 2 * gru(H) + V],
    [{ tied: true, residual: true, dropout: 0.1 }, V * H + 2 * gru(H) + V],
  ])('%j: it learns, and is the same from its bytes', async (options, parameters) => {
    expect(characters).toBe(14);
    const model = new TextModel({ cell: 'gru', units: H, layers: 2, ...options });
    const history = await model.fit(text, { ...shape, epochs: 12, learningRate: 0.03 });
    expect(model.countParameters()).toBe(parameters);
    expect(history.loss[0]).toBeGreaterThan(1);
    expect(history.heldOutLoss.at(-1)).toBeLessThan(0.3);
    const opened = await TextModel.fromBytes(model.toBytes());
    expect(opened.architecture).toEqual(model.architecture);
    expect(opened.generate({ length: 60 })).toBe(model.generate({ length: 60 }));
    expect(sameBytes(opened, model)).toBe(true);
  });

  it('adds what goes in from the second layer on', async () => {
    const model = new TextModel({ cell: 'rnn', units: H, layers: 2, residual: true });
    await model.fit(text, { ...shape, steps: 1 });
    const { model: inner } = await Sequential.open(model.toBytes());
    expect(inner.layers.map(({ kind }) => kind)).toEqual(['OneHot', 'SimpleRNN', 'Residual', 'Dense']);
  });

  it('reads files of before residual, tied and bytes', async () => {
    const model = new TextModel({ cell: 'gru', units: 8, layers: 1, byteFallback: false });
    await model.fit(text, { ...shape, steps: 1 });
    const { model: inner, file } = await Sequential.open(model.toBytes());
    const settings = structuredClone(file.settings) as Record<string, Record<string, unknown>>;
    delete settings['architecture']['residual'];
    delete settings['architecture']['tied'];
    expect(Array.isArray(settings['vocabulary'])).toBe(true);
    const old = await TextModel.fromBytes(inner.toBytes({ kind: 'TextModel', settings }));
    expect(old.architecture).toEqual(model.architecture);
    expect(old.generate({ prime: 'é', length: 20 })).toBe(`é${model.generate({ length: 20 })}`);
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
    await expect(model.save('x.safetensors', { overwrite: true } as object)).rejects.toThrow(
      'save has no option "overwrite".',
    );
    expect(() => model.session({ sead: 1 } as object)).toThrow('session has no option "sead".');
    expect(() => model.session().next({ temprature: 1 } as object)).toThrow('"temprature"');
    expect(() => model.session().predict({ topK: 1 } as object)).toThrow('predict has no option "topK".');
  });

  it('say what is missing', () => {
    const model = new TextModel();
    expect(() => model.generate()).toThrow('has not seen any text');
    expect(() => model.toBytes()).toThrow(SeqkitError);
  });

  it.each([
    [{ cell: 'transformer' }, 'cell must be one of "lstm"'],
    [{ units: 0 }, 'units'],
    [{ layers: 1.5 }, 'layers'],
    [{ dropout: 1 }, 'dropout'],
    [{ tokens: 'syllables' }, 'one of "characters", "bytes", "words", "bpe"'],
    [{ vocabularySize: 9 }, 'vocabularySize is of words and byte pairs'],
    [{ minCount: 0 }, 'minCount'],
    [{ minCount: 2, tokens: 'bytes' }, 'minCount'],
    [{ minCount: 2, byteFallback: false }, 'byteFallback: false rules out'],
    [{ lines: 1 }, 'lines must be true or false'],
    [{ residual: true, layers: 1 }, 'residual needs two layers'],
    [{ weightTying: true }, 'TextModel has no option "weightTying"'],
  ])('refuse %j', (options, message) => {
    expect(() => new TextModel(options as object)).toThrow(message);
  });

  it('tell a text model from another', async () => {
    const other = new Sequential([new Dense({ units: 2 })]);
    await other.build([3]);
    await expect(TextModel.fromBytes(other.toBytes())).rejects.toThrow('holds a Sequential, not a TextModel');
    await expect(TextModel.fromBytes(other.toBytes({ kind: 'TextModel' }))).rejects.toThrow(
      'its description',
    );
  });
});
