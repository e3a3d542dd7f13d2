import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TextModel } from '../../src/text/text-model.js';

const text = 'one two three four five six seven eight nine ten\n'.repeat(20);

describe('a text model', () => {
  let model: TextModel;
  beforeAll(async () => {
    model = new TextModel({ cell: 'gru', units: 16, layers: 1 });
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
