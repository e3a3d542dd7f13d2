import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeqkitError } from '../../../src/base/errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/base/encoding/safetensors.js';
import { Model } from '../../../src/rnn/model/model.js';
import { attentionMapSvg } from '../../../src/tasks/seq2seq/attention-map.js';
import { parsePairs, type TextPair } from '../../../src/tasks/seq2seq/pairs.js';
import { Seq2Seq } from '../../../src/tasks/seq2seq/seq2seq.js';
import { Seq2SeqNetwork } from '../../../src/tasks/seq2seq/seq2seq-network.js';
import { END, FIRST, PADDING, START } from '../../../src/tasks/seq2seq/token-table.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-seq2seq-'));
afterAll(() => rmSync(folder, { recursive: true }));

const letters = 'abcdef';
/** Words of 2 to 5 letters, and the same backwards. */
const pairs = Array.from({ length: 300 }, (_, n): TextPair => {
  const word = Array.from({ length: 2 + (n % 4) }, (_, i) => letters[(n * 7 + i * (n % 5) + i * i) % 6]).join(
    '',
  );
  return [word, [...word].reverse().join('')];
});
const small = { units: 24, embeddingDim: 12, dropout: 0, seed: 3, engine: 'wasm' } as const;
const run = { epochs: 16, batchSize: 32, learningRate: 1e-2 } as const;

async function trained(options = {}, fit = {}): Promise<Seq2Seq> {
  const model = new Seq2Seq({ ...small, ...options });
  await model.fit(pairs, { ...run, ...fit });
  return model;
}

let model: Seq2Seq;
beforeAll(async () => {
  model = await trained();
}, 60_000);
afterAll(() => model.dispose());

/** The greedy answer by the graph of training, over all that was written so far: slow and plain. */
async function plainGreedy(bytes: Uint8Array, source: string) {
  const { model: network, file } = await Model.open(bytes, { engine: 'reference' });
  const { source: from, target } = file.settings as { source: string[]; target: string[] };
  const x = [...source].map((letter) => from.indexOf(letter) + FIRST);
  const written: number[] = [START];
  let logProbability = 0;
  for (;;) {
    const { data } = await network.predict([[x], [written]]);
    const V = target.length + FIRST;
    const last = Array.from(data.slice(-V), (logit: number, v) =>
      v === PADDING || v === START ? -Infinity : logit,
    );
    const best = last.indexOf(Math.max(...last));
    logProbability += last[best] - Math.log(last.reduce((sum, logit) => sum + Math.exp(logit), 0));
    if (best === Number(END)) break;
    written.push(best);
  }
  await network.dispose();
  return {
    text: written
      .slice(1)
      .map((v) => target[v - FIRST])
      .join(''),
    logProbability,
  };
}

describe('Seq2Seq', () => {
  it('learns to turn words around, and says how well', () => {
    const { exact, tokenErrorRate, pairs: count } = model.evaluate(pairs.slice(0, 100));
    expect(count).toBe(100);
    expect(exact).toBeGreaterThan(0.9);
    expect(tokenErrorRate).toBeLessThan(0.05);
    expect(model.figures.heldOutLoss).toBeLessThan(0.3);
  });

  it('writes step by step what the graph of training says of the whole', async () => {
    for (const word of ['abc', 'fedcb', 'aa']) {
      const { text, logProbability } = await plainGreedy(model.toBytes(), word);
      const answer = model.translate(word);
      expect(answer.text).toBe(text);
      expect(answer.logProbability).toBeCloseTo(logProbability, 4);
    }
  });

  it('gives the same alone and among others, whatever their lengths', () => {
    const words = ['abcde', 'ba', 'ffff', 'cab'];
    for (const beam of [1, 3]) {
      const together = model.translateAll(words, { beam });
      words.forEach((word, i) => {
        const alone = model.translate(word, { beam });
        expect(together[i].text).toBe(alone.text);
        expect(together[i].score).toBeCloseTo(alone.score, 5);
        expect(alone.alternatives).toHaveLength(beam - 1);
      });
    }
  });

  it('takes 2,000 tokens at most, and as few side by side as their attention has room for', async () => {
    const long = ['abc', 'abcd'].map((one) => one.repeat(500));
    const answers = model.translateAll(long, { beam: 10, maxLength: 3_000 });
    expect(answers.map(({ sourceTokens }) => sourceTokens.length)).toEqual([1500, 2000]);
    expect(answers[0].text).toBe(model.translate(long[0], { beam: 10, maxLength: 3_000 }).text);
    expect(() => model.translate('a'.repeat(2_001))).toThrow(
      'text 0 has 2,001 tokens, where 2,000 is the most',
    );
    for (const pair of [
      ['a', 'b'.repeat(3e3)],
      ['b'.repeat(3e3), 'a'],
    ] as const) {
      const fresh = new Seq2Seq(small);
      await expect(fresh.fit([['a', 'b'], pair])).rejects.toThrow(/fit: pairs\[1\]\[[01]\] has 3,000 tokens/);
      await fresh.dispose();
    }
  });

  it('attends to the tokens of the source alone, and draws it', async () => {
    const answer = model.translate('abcd');
    expect(answer.attention).toHaveLength(answer.tokens.length);
    for (const weights of answer.attention) {
      expect(weights).toHaveLength(4);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    }
    expect(await attentionMapSvg(answer)).toMatch(/^<svg[^]*>d<\/text>/);
  });

  it('is the same after saving, from a path or bytes, and goes on from there', async () => {
    const file = path.join(folder, 'model.safetensors');
    await model.save(file);
    await expect(model.save(file)).rejects.toMatchObject({ code: 'file-exists' });
    for (const from of [file, model.toBytes(), new Blob([model.toBytes().slice()])]) {
      const again = await Seq2Seq.load(from, { engine: 'wasm' });
      expect(again.translate('fade')).toEqual(model.translate('fade'));
      expect(again.figures).toEqual(model.figures);
      await again.dispose();
    }
    const again = await Seq2Seq.load(file, { engine: 'wasm' });
    await again.fit(pairs.slice(0, 64), { epochs: 1, heldOut: 0 });
    expect(again.figures.steps).toBe(model.figures.steps + 1);
    await again.dispose();
  });

  it('has the same bytes for the same seed', async () => {
    const [a, b] = [await trained({}, { epochs: 1 }), await trained({}, { epochs: 1 })];
    expect(a.toBytes()).toEqual(b.toBytes());
    await a.dispose();
    await b.dispose();
  });

  it('copies what it does not know from where it looks', async () => {
    // A name after a greeting: the names are too rare to be known.
    const greetings = Array.from({ length: 240 }, (_, n): TextPair => {
      const name = `name${n}`;
      return n % 2 ? [`hello ${name} there`, `hi ${name}`] : [`good day dear ${name}`, `welcome ${name}`];
    });
    const greeter = new Seq2Seq({ ...small, sourceTokens: 'words', targetTokens: 'words', minCount: 2 });
    await greeter.fit(greetings, { epochs: 15, batchSize: 16, learningRate: 1e-2 });
    const answer = greeter.translate('hello zaphod there');
    expect(answer).toMatchObject({ text: 'hi zaphod', copied: [false, true] });
    expect(greeter.translate('good day dear trillian').text).toBe('welcome trillian');
    await greeter.dispose();
  }, 60_000);

  it('learns from its own tokens too, from an LSTM, and stops by a signal', async () => {
    const sampled = await trained({ cell: 'lstm' }, { scheduledSampling: 0.5, epochs: 3 });
    const plain = await trained({ cell: 'lstm' }, { epochs: 3 });
    expect(sampled.toBytes()).not.toEqual(plain.toBytes());
    const { logProbability, text } = await plainGreedy(plain.toBytes(), 'abc');
    expect(plain.translate('abc', { maxLength: 50 }).text).toBe(text);
    expect(plain.translate('abc').logProbability).toBeCloseTo(logProbability, 4);
    const stopped = await plain.fit(pairs, { signal: AbortSignal.abort() });
    expect(stopped).toMatchObject({ stopped: true, steps: 0 });
    await sampled.dispose();
    await plain.dispose();
  }, 60_000);

  it('refuses what is no pair, no text, or comes too early', async () => {
    const fresh = new Seq2Seq(small);
    expect(() => fresh.translate('a')).toThrow(/not been trained/);
    await expect(fresh.fit([['a', 'b'], ['c']] as never)).rejects.toThrow(/fit: pairs\[1\] must be a pair/);
    await expect(fresh.fit([['a', '']])).rejects.toThrow(/fit: pairs\[0\]\[1\] must be text/);
    await expect(fresh.fit([['a', 'b']])).rejects.toMatchObject({ code: 'too-little-data' });
    expect(() => model.translate('')).toThrow(/nothing to translate/);
    expect(() => model.translate('a', { beam: 0 })).toThrow(/translate: beam must be/);
    expect(() => new Seq2Seq({ unit: 3 } as never)).toThrow(SeqkitError);
  });
});

describe('a file of a Seq2Seq', () => {
  const changed = (change: (settings: Record<string, never>) => void): Uint8Array => {
    const { tensors, metadata } = decodeSafetensors(model.toBytes(), 'model');
    const settings = JSON.parse(metadata['settings']) as Record<string, never>;
    change(settings);
    return encodeSafetensors(Object.fromEntries(tensors), {
      ...metadata,
      settings: JSON.stringify(settings),
    });
  };
  it.each<[string, (settings: Record<string, never>) => void, RegExp]>([
    ['more units', ({ architecture }) => Object.assign(architecture, { units: 16_000 }), /another network/],
    ['another cell', ({ architecture }) => Object.assign(architecture, { cell: 'lstm' }), /another network/],
    ['a token fewer', ({ source }) => (source as string[]).pop(), /another network/],
    ['a token twice', ({ source }) => ((source as string[])[0] = source[1]), /twice/],
    ['no figures', (settings) => delete settings['figures'], /figures/],
    ['an unknown reading', ({ reading }) => Object.assign(reading, { lower: 'yes' }), /lower/],
  ])('with %s is refused', async (_, change, message) => {
    await expect(Seq2Seq.load(changed(change))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('of another kind, or damaged, is refused', async () => {
    const architecture = { cell: 'gru', units: 2, embeddingDim: 2, dropout: 0 } as const;
    const network = new Model(Seq2SeqNetwork.of(architecture, { source: 5, target: 5 }).training());
    await network.build([3], [3]);
    await expect(Seq2Seq.load(network.toBytes())).rejects.toThrow(/holds a Model, not a Seq2Seq/);
    const damaged = model.toBytes();
    damaged[damaged.length - 9] ^= 1;
    await expect(Seq2Seq.load(damaged)).rejects.toMatchObject({ code: 'bad-file' });
  });
});

describe('pairs of a file', () => {
  it('are lines of two columns', () => {
    expect(parsePairs('a\tb\r\n\nc d\te\n')).toEqual([
      ['a', 'b'],
      ['c d', 'e'],
    ]);
  });
  it.each(['a b', 'a\tb\tc', 'a\t', '\tb'])('in another form name their line: %j', (line) => {
    expect(() => parsePairs(`x\ty\n${line}\n`, 'p.tsv')).toThrow(/p\.tsv, line 2: expected a source, a tab/);
  });
  it('must be there', () => {
    expect(() => parsePairs('\n', 'p.tsv')).toThrow(/there are no pairs/);
  });
});
