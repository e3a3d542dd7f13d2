import { describe, expect, it } from 'vitest';
import type { SeqkitError } from '../../src/base/errors.js';
import { splitLines } from '../../src/text/corpus/corpus.js';
import { LineBatches, TextLines } from '../../src/text/corpus/line-batches.js';
import { SeenLines } from '../../src/text/sampling/seen-lines.js';
import { linesOf, sourceOf } from '../../src/text/corpus/text-source.js';
import { storeOf } from '../../src/text/corpus/token-store.js';
import { Vocabulary } from '../../src/text/corpus/vocabulary.js';

const words = ['fox', 'a', 'hippopotamus', 'bear', 'ox', 'magpie'];
const text = `\n${words.join('\n')}\n`;
const vocabulary = Vocabulary.of(text);
const lineFeed = vocabulary.encode('\n')[0];
const lines = new TextLines(storeOf(vocabulary.encode(text)), lineFeed);
const every = Uint32Array.from(words.keys());

/** What the batches of one pass teach: for each lane from zero state the inputs and targets, in order. */
function taught(batches: LineBatches, pass: number): { x: string; y: string }[] {
  const done: { x: string; y: string }[] = [];
  let open: { x: string; y: string }[] = [];
  let predictions = 0;
  for (let k = 0; k < batches.batches; k++) {
    const batch = batches.batch(k, pass);
    if (batch.anew) {
      done.push(...open);
      open = Array.from({ length: batches.batchSize }, () => ({ x: '', y: '' }));
    }
    const weights = batch.sampleWeight!.data;
    const [N, T] = batch.x.shape;
    let counted = 0;
    for (let n = 0; n < N; n++) {
      const at = Array.from({ length: T }, (_, t) => n * T + t).filter((i) => weights[i] !== 0);
      counted += at.length;
      open[n].x += vocabulary.decode(at.map((i) => batch.x.data[i]));
      open[n].y += vocabulary.decode(at.map((i) => batch.y.data[i]));
      // One weight for all, which makes the mean of the batches that of the tokens.
      for (const i of at) expect(weights[i] * batch.scale).toBeCloseTo(N * T, 3);
    }
    expect(batch.predictions).toBe(counted);
    predictions += counted;
  }
  expect(predictions).toBe(batches.predictions);
  return [...done, ...open].filter(({ x }) => x !== '');
}

describe('LineBatches', () => {
  it.each([
    [2, 100, 13],
    [4, 5, 5],
    [3, 1, 1],
    [6, 4, 4],
  ])('teach every line from a line feed to its end, once a pass: %i lanes by %i', (lanes, steps, T) => {
    const batches = new LineBatches(lines, every, { batchSize: lanes, steps, seed: 3 });
    // No more steps than the longest line needs.
    expect(batches.steps).toBe(T);
    for (const pass of [1, 2]) {
      const pairs = taught(batches, pass);
      expect(pairs.map(({ x }) => x.slice(1)).sort()).toEqual([...words].sort());
      for (const { x, y } of pairs) expect(y).toBe(`${x.slice(1)}\n`);
      for (const { x } of pairs) expect(x[0]).toBe('\n');
    }
  });

  it('go in another order in each pass, the same for the same seed, and in that of the text without', () => {
    const order = (pass: number, seed?: number): string[] => {
      const options = { batchSize: 1, steps: 100, ...(seed !== undefined && { seed }) };
      return taught(new LineBatches(lines, every, options), pass).map(({ x }) => x.slice(1));
    };
    expect(order(1)).toEqual(words);
    expect(order(5)).toEqual(words);
    expect(order(1, 7)).toEqual(order(1, 7));
    expect(new Set([order(1, 7), order(2, 7), order(1, 8)].map((each) => each.join())).size).toBe(3);
  });

  it('take the lines they are given', () => {
    const batches = new LineBatches(lines, Uint32Array.of(1, 4), { batchSize: 8, steps: 100 });
    expect(taught(batches, 1).map(({ x }) => x.slice(1))).toEqual(['a', 'ox']);
    expect(batches).toMatchObject({ batches: 1, predictions: 5, lines: 2 });
  });
});

describe('linesOf', () => {
  it('leaves out empty lines and carriage returns, wherever the text is cut', async () => {
    const whole = 'one\r\n\ntwo\nthree\r\n\n\nfo\rur';
    for (const at of Array.from({ length: whole.length + 1 }, (_, i) => i)) {
      const source = { name: 'cut', chunks: () => [whole.slice(0, at), whole.slice(at)] };
      let read = '';
      for await (const piece of linesOf(source)) read += piece;
      expect(read).toBe('\none\ntwo\nthree\nfo\rur\n');
    }
    let none = '';
    for await (const piece of linesOf(sourceOf(''))) none += piece;
    expect(none).toBe('\n');
  });
});

describe('splitLines', () => {
  const many = new TextLines(storeOf(Uint8Array.from({ length: 201 }, () => 0)), 0);

  it('shares lines out by chance, each to one part', () => {
    const { training, heldOut, test } = splitLines(many, { batchSize: 16, heldOut: 0.1, test: 0.05 }, 1);
    expect([training, heldOut, test].map(({ length }) => length)).toEqual([170, 20, 10]);
    expect([...training, ...heldOut, ...test].sort((a, b) => a - b)).toEqual([...Array(200).keys()]);
    // No tail: that would be 180 and more.
    expect(Math.min(...heldOut)).toBeLessThan(100);
    const other = splitLines(many, { batchSize: 16, heldOut: 0.1, test: 0.05 }, 2);
    expect(other.heldOut).not.toEqual(heldOut);
  });

  it('says what does not fit, and what would', () => {
    const ask = (batchSize: number): unknown => splitLines(many, { batchSize, heldOut: 0.1, test: 0 }, 1);
    expect(() => ask(181)).toThrow(
      'The text has 200 lines that are not empty, 180 of them to train on; one batch takes 181.',
    );
    try {
      ask(512);
    } catch (error) {
      const [, batch] = /batchSize: (\d+)/.exec((error as SeqkitError).hint!)!;
      expect(() => ask(Number(batch))).not.toThrow();
    }
    expect.assertions(2);
  });
});

describe('SeenLines', () => {
  it('tell lines they were made of from others, from a file too', () => {
    const seen = SeenLines.from(JSON.parse(JSON.stringify(SeenLines.of(words))) as string);
    for (const word of words) expect(seen.has(word)).toBe(true);
    for (const word of ['', 'fo', 'foxx', 'Fox', 'xof']) expect(seen.has(word)).toBe(false);
  });

  it('add up', () => {
    const both = SeenLines.of(['fox']).and(SeenLines.of(['ox']));
    expect(['fox', 'ox', 'bear'].map((word) => both.has(word))).toEqual([true, true, false]);
    expect(SeenLines.of(['fox']).and(undefined).has('ox')).toBe(false);
  });

  it('say nothing where there are too many to keep', () => {
    const many = SeenLines.of(Array.from({ length: 70_000 }, (_, i) => String(i)));
    expect(many.has('1')).toBeUndefined();
    expect(SeenLines.of(['1']).and(many).has('1')).toBeUndefined();
    expect(SeenLines.from(JSON.parse(JSON.stringify(many)) as string).has('1')).toBeUndefined();
  });
});
