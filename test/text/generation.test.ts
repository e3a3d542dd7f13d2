import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { distribution } from '../../src/text/sampling/sampling.js';
import { TextModel } from '../../src/text/model/text-model.js';

const text = 'one two three four five six seven eight nine ten\n'.repeat(20);

describe('a text model', () => {
  let model: TextModel;
  beforeAll(async () => {
    model = new TextModel({ cell: 'gru', units: 16, layers: 1, byteFallback: false });
    await model.fit(text, { batchSize: 8, seqLength: 16, epochs: 4, learningRate: 0.02 });
  });
  afterAll(() => model.dispose());

  it('makes the same texts side by side as one after the other', () => {
    const options = {
      prime: 'one',
      length: 60,
      temperature: 1.2,
      topK: 9,
      topP: 0.95,
      repetitionPenalty: 1.1,
    };
    const together = model.generateSamples({ ...options, count: 5, seed: 3 });
    const alone = [3, 4, 5, 6, 7].map((seed) => model.generate({ ...options, seed }).slice(3));
    expect(together).toEqual(alone);
    expect(new Set(together).size).toBe(5);
  });

  it('ends each text before its own stop string', () => {
    const plain = model.generateSamples({ count: 4, length: 120 });
    const stopped = model.generateSamples({ count: 4, length: 120, stop: ['\n', 'five'] });
    const cut = plain.map((each) => each.split(/\n|five/)[0]);
    expect(stopped).toEqual(cut);
    expect(cut.some((each) => each.length < 120)).toBe(true);
    expect(model.generate({ length: 120, stop: ['\n', 'five'] })).toBe(cut[0]);
  });

  it('streams all samples, piece by piece', async () => {
    const texts = ['', '', ''];
    let pieces = 0;
    for await (const { sample, text: piece } of model.streamSamples({ count: 3, length: 30, seed: 8 })) {
      texts[sample] += piece;
      pieces += 1;
    }
    expect(pieces).toBe(90);
    expect(texts).toEqual(model.generateSamples({ count: 3, length: 30, seed: 8 }));
  });

  it('ends when the signal says so', async () => {
    const control = new AbortController();
    let made = '';
    for await (const { text: piece } of model.streamSamples({ length: 1_000, signal: control.signal })) {
      made += piece;
      if (made.length === 25) control.abort();
    }
    expect(made).toBe(model.generate({ length: 25 }));
  });

  it('passes over what it does not know', () => {
    const known = model.generate({ prime: 'one ', length: 20 });
    expect(model.generate({ prime: 'Öon€e ', length: 20 })).toBe(`Öon€e ${known.slice(4)}`);
    expect(model.generate({ prime: '😀', length: 20 })).toBe(`😀${model.generate({ length: 20 })}`);
  });

  it('minds the penalty within its window alone', () => {
    // With an endless penalty on the last character, none comes twice in a row.
    const once = model.generate({ length: 200, temperature: 0, repetitionPenalty: 1e6, repetitionWindow: 1 });
    expect(once).not.toMatch(/(.)\1/s);
    expect(model.generate({ length: 200, temperature: 2 })).toMatch(/(.)\1/s);
  });

  it('refuses options out of range', () => {
    for (const options of [
      { topK: -1 },
      { topK: 1.5 },
      { topP: 0 },
      { topP: 1.1 },
      { repetitionPenalty: 0 },
      { repetitionWindow: 0 },
    ]) {
      expect(() => model.generate(options)).toThrow(Object.keys(options)[0]);
    }
    expect(() => model.generateSamples({ count: 0 })).toThrow('count');
    expect(() => model.generate({ beam: 4 } as object)).toThrow('"beam"');
  });

  describe('as a session', () => {
    it('goes on like generate', () => {
      const session = model.session({ seed: 5 });
      session.feed('one t');
      let made = '';
      for (let i = 0; i < 40; i++) made += session.next({ temperature: 0.9 });
      expect(`one t${made}`).toBe(model.generate({ prime: 'one t', length: 40, temperature: 0.9, seed: 5 }));
      session.dispose();
    });

    it('remembers what was fed, in pieces or at once, until reset', () => {
      const [pieces, whole] = [model.session(), model.session()];
      pieces.feed('one ');
      pieces.feed('two');
      whole.feed('one two');
      expect(pieces.predict()).toEqual(whole.predict());
      const fresh = model.session();
      expect(pieces.predict()).not.toEqual(fresh.predict());
      pieces.reset();
      expect(pieces.predict()).toEqual(fresh.predict());
      for (const session of [pieces, whole, fresh]) session.dispose();
    });

    it('gives every character its probability, and names what it does not know', () => {
      const session = model.session();
      expect(session.feed('thrÖe €€')).toEqual(['Ö', '€']);
      const next = session.predict();
      expect(next).toHaveLength(model.vocabulary.size);
      expect(next.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
      next
        .slice(1)
        .forEach(({ probability }, i) => expect(probability).toBeLessThanOrEqual(next[i].probability));
      expect(session.next({ temperature: 0 })).toBe(next[0].character);
      session.dispose();
    });
  });
});

/** The distribution after some tokens, one step at a time, on the model as it stands in its file. */
async function after(model: TextModel, tokens: ArrayLike<number>): Promise<Float64Array> {
  const { model: opened } = await Sequential.open(model.toBytes());
  const stepper = opened.stepper();
  let logits: Float32Array | Float64Array = new Float32Array();
  for (const token of Array.from(tokens)) logits = stepper.step([token]).slice();
  return distribution(logits);
}

describe('a model that can spell in bytes', () => {
  const shape = { batchSize: 8, seqLength: 16, epochs: 4, learningRate: 0.02 };

  it('reads the bytes of characters that it does not know, and writes none of its own', async () => {
    const model = new TextModel({ cell: 'gru', units: 16, layers: 1 });
    await model.fit(text, shape);
    const session = model.session();
    expect(session.feed('on€')).toEqual(['€']);
    // U+20AC is E2 82 AC.
    const C = model.vocabulary.characters.length;
    const spelled = [14, 2, 8, 2, 10, 12].map((half) => C + half);
    expect([...model.vocabulary.encode('on€')].slice(2)).toEqual(spelled);
    const whole = await after(model, model.vocabulary.encode('on€'));
    const known = whole.subarray(0, C).reduce((sum, p) => sum + p, 0);
    for (const { character, probability } of session.predict()) {
      expect(probability).toBeCloseTo(whole[model.vocabulary.encode(character)[0]] / known, 5);
    }
    const made = model.generate({ prime: 'on€ 世', length: 200, temperature: 3 });
    expect(made.slice(0, 5)).toBe('on€ 世');
    expect([...made.slice(5)].every((character) => text.includes(character))).toBe(true);
    expect([...made]).toHaveLength(205);
  });

  it('measures them with all their bytes', async () => {
    const model = new TextModel({ cell: 'gru', units: 16, layers: 1 });
    await model.fit(text, shape);
    const odd = 'one €two';
    const tokens = [...model.vocabulary.encode(odd)];
    expect(tokens).toHaveLength(7 + 6);
    let nats = 0;
    for (let i = 1; i < tokens.length; i++)
      nats -= Math.log((await after(model, tokens.slice(0, i)))[tokens[i]]);
    const measured = await model.evaluate(odd);
    expect(measured.characters).toBe(7);
    expect(measured.loss).toBeCloseTo(nats / 7, 4);
    expect(measured.bitsPerByte).toBeCloseTo(nats / Math.LN2 / 9, 4);
    // No character of the text costs as much as one that never came.
    expect(measured.loss * 7 - (await model.evaluate('one two')).loss * 6).toBeGreaterThan(10);
  });

  it('learns to spell what comes too rarely for a token', async () => {
    const rare = 'å∫é'.repeat(300);
    const model = new TextModel({ cell: 'gru', units: 24, layers: 1, minCount: 1_000 });
    await model.fit(rare, { ...shape, epochs: 12 });
    expect(model.vocabulary.size).toBe(16);
    expect(model.generate({ prime: 'å∫éå∫é', length: 9, temperature: 0 })).toBe('å∫é'.repeat(5));
    const session = model.session();
    session.feed('å∫éå');
    expect(session.predict()[0].character).toBe('<E_>');
    expect(session.next({ temperature: 0 })).toBe('∫');
    expect([...model.generate({ length: 300, temperature: 50 })]).toHaveLength(300);
  });
});

describe('a model of bytes', () => {
  it('learns any text, and writes well-formed characters alone', async () => {
    const model = new TextModel({ cell: 'gru', units: 24, layers: 1, tokens: 'bytes' });
    const shape = { batchSize: 8, seqLength: 16, epochs: 14, learningRate: 0.02 };
    const rows = '世界, naïve 😀\n';
    const history = await model.fit(rows.repeat(80), shape);
    expect(model.vocabulary.size).toBe(256);
    // All but the first of 80 rows of 20 bytes, 160 of them held out.
    expect(new TextEncoder().encode(rows)).toHaveLength(20);
    expect(history.characters).toBe(14 * (80 * 20 - 160 - 1));
    expect(model.generate({ prime: rows + rows, length: 24, temperature: 0 })).toBe(rows.repeat(4));
    const wild = model.generateSamples({ length: 200, temperature: 100, count: 3, seed: 5 });
    for (const made of wild) {
      expect([...made]).toHaveLength(200);
      // Well-formed: what decodes and encodes to the same bytes.
      expect(new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode(made))).toBe(made);
      expect(made).not.toContain('\ufffd');
    }
    expect(wild[1]).toBe(model.generate({ length: 200, temperature: 100, seed: 6 }));
    const { loss, bitsPerByte, bitsPerCharacter, characters } = await model.evaluate('naïve 世\n');
    expect(characters).toBe(7);
    expect(bitsPerCharacter).toBeCloseTo(loss / Math.LN2, 12);
    expect(bitsPerByte * 10).toBeCloseTo(bitsPerCharacter * 7, 10);
    const opened = await TextModel.fromBytes(model.toBytes());
    expect(opened.reading.tokens).toBe('bytes');
    expect(opened.generate({ prime: '€', length: 20 })).toBe(model.generate({ prime: '€', length: 20 }));
  });
});

describe('a model of lines', () => {
  const names = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Frances', 'Niklaus', 'Jean', 'Tony'];
  const list = names.join('\n');
  let model: TextModel;
  beforeAll(async () => {
    model = new TextModel({ cell: 'gru', units: 32, layers: 1, lines: true, seed: 2 });
    const run = { batchSize: 4, seqLength: 16, epochs: 60, learningRate: 0.02, heldOut: 0.1 };
    // Names learnt by heart are what this is about: no earlier epoch that guesses the held-out one better.
    await model.fit(list, { ...run, keepBest: false });
  });

  it('writes one at a time, each from zero state, and tells which it has seen', async () => {
    const made = model.generateSamples({ count: 30, temperature: 0.7 });
    const seen = made.filter((line) => names.includes(line));
    expect(seen.length).toBeGreaterThan(10);
    for (const line of made) {
      expect(line).not.toContain('\n');
      if (model.hasSeen(line)) expect(names).toContain(line);
    }
    expect(names.filter((name) => model.hasSeen(name))).toHaveLength(9);
    const opened = await TextModel.fromBytes(model.toBytes());
    expect(opened.reading.lines).toBe(true);
    expect(names.map((name) => opened.hasSeen(name))).toEqual(names.map((name) => model.hasSeen(name)));
    expect(opened.generateSamples({ count: 30, temperature: 0.7 })).toEqual(made);
  });

  it('begins after the end of a line, with a prime or without', async () => {
    for (const prime of ['', 'Gr', 'what came before\nGr']) {
      const begun = `\n${prime.split('\n').at(-1)}`;
      const next = await after(model, model.vocabulary.encode(begun));
      const C = model.vocabulary.characters.length;
      const best = next.subarray(0, C).indexOf(Math.max(...next.subarray(0, C)));
      const first = model.generate({ prime, length: 1, temperature: 0 }).slice(prime.length);
      expect(first).toBe(model.vocabulary.characters[best].replace('\n', ''));
    }
  });

  it('forgets in a session what stood on the line before', () => {
    const [long, short] = [model.session(), model.session()];
    long.feed('Barbara\nTony\nAl');
    short.feed('Al');
    expect(short.predict()).toEqual(long.predict());
    short.reset();
    short.feed('\nAl');
    expect(short.predict()).toEqual(long.predict());
  });

  it('measures each line by itself', async () => {
    const one = await model.evaluate('Ada\n');
    const other = await model.evaluate('Tony');
    const both = await model.evaluate('Ada\n\nTony\n');
    expect(both.characters).toBe(9);
    expect(both.loss).toBeCloseTo((one.loss * 4 + other.loss * 5) / 9, 6);
    await expect(model.evaluate('\n\n')).rejects.toMatchObject({ code: 'too-little-data' });
  });

  it('refuses a text without lines, or with fewer than a batch', async () => {
    const fresh = (): TextModel => new TextModel({ lines: true, units: 8, layers: 1 });
    await expect(fresh().fit('\n\r\n')).rejects.toThrow('The text is empty');
    await expect(fresh().fit('a\nb')).rejects.toThrow('2 lines that are not empty, 1 of them to train on');
  });
});
