import { describe, expect, it } from 'vitest';
import { collect, singleChunk } from '../../src/base/encoding/byte-chunks.js';
import { decodeTextFile, utf8Chunks } from '../../src/base/encoding/text-file.js';
import { KeyedVectors, textCorpus } from '../../src/embeddings/index.js';
import { linesOf } from '../../src/text/corpus/text-source.js';

const encoder = new TextEncoder();

/** Bytes in pieces, as files come. */
async function* pieces(bytes: Uint8Array, size = 1 << 16): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

function* cut(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const drain = async (items: AsyncIterable<unknown>): Promise<void> => {
  for await (const item of items) void item;
};

const load = (text: string): Promise<unknown> =>
  KeyedVectors.fromStream(pieces(encoder.encode(text))).catch((error: unknown) => error);

const questions = await KeyedVectors.fromBytes(encoder.encode('a 1 0\nb 0 1\nc 1 1\n'));

/** Readers of text, each with an input of about `size` bytes that would be slow for a careless one. */
const readers: Record<string, (size: number) => () => Promise<unknown>> = {
  'vectors, many words': (size) => {
    const text = Array.from({ length: size / 16 }, (_, i) => `w${i} 0.125 -0.5\n`).join('');
    return () => load(text);
  },
  'vectors, words that repeat': (size) => {
    const text = 'same 0.125 -0.5\n'.repeat(size / 16);
    return () => load(text);
  },
  'vectors, one line of spaces': (size) => () => load(`a 1 2\n${' '.repeat(size)}`),
  'vectors, one number of many digits': (size) => () => load(`a 1 2\nb 1 0.${'1'.repeat(size)}\n`),
  'vectors, one word of digits and dots': (size) => () => load(`a 1 2\nb ${'1.'.repeat(size / 2)} 1 2\n`),
  'vectors, one word of many parts': (size) => () => load(`a 1 2\n${'b 1.5 '.repeat(size / 6)}1 2\n`),
  'vectors, line feeds alone': (size) => () => load('\n'.repeat(size)),
  'vectors, carriage returns alone': (size) => () => load('a 1 2\r'.repeat(size / 6)),
  "word2vec's binary format, one endless word": (size) => () => load(`9 4\n\u0001${'x'.repeat(size)}`),
  "word2vec's binary format, spaces": (size) => () => load(`9 4\n\u0001 ${'a '.repeat(size / 2)}`),
  questions: (size) => {
    const text = `: all\na b c c${' '.repeat(size)}\n`;
    return () => questions.evaluateWordAnalogies({ text });
  },
  pairs: (size) => {
    const text = 'a\tb\t1\nb\tc\t2\n'.repeat(size / 12);
    return () => questions.evaluateWordPairs({ text });
  },
  'pairs, one line': (size) => () =>
    questions.evaluateWordPairs({ text: 'a\t'.repeat(size / 2) }).catch(() => 0),
  'a corpus of words': (size) => {
    const corpus = textCorpus("it's a 'quoted' Word. ".repeat(size / 22), { tokens: 'words' });
    return () => drain(corpus.blocks());
  },
  'a corpus of quotes': (size) => () =>
    drain(
      textCorpus(`${"'".repeat(60_000)} `.repeat(size / 60_001 + 1).slice(0, size), {
        tokens: 'words',
      }).blocks(),
    ),
  'a corpus in segments': (size) => {
    const corpus = textCorpus('今天天气很好，\n'.repeat(size / 32), { tokens: 'segments' });
    return () => drain(corpus.blocks());
  },
  'lines of a text': (size) => {
    const text = 'anna\n'.repeat(size / 5);
    return () => drain(linesOf({ name: 'x', chunks: () => cut(text, 1 << 12) }));
  },
  'one endless line of a text': (size) => {
    const text = 'a'.repeat(size);
    return () => drain(linesOf({ name: 'x', chunks: () => cut(text, 1 << 10) }));
  },
  'carriage returns in a text': (size) => {
    const bytes = encoder.encode('a\r'.repeat(size / 2));
    return () => collect(utf8Chunks(pieces(bytes), 'x'));
  },
  'UTF-16': (size) => {
    const bytes = new Uint8Array(Buffer.from('ab \n'.repeat(size / 8), 'utf16le'));
    return async () => [await collect(utf8Chunks(singleChunk(bytes), 'x')), decodeTextFile(bytes, 'x')];
  },
};

/** The shortest of a few runs, in milliseconds; of no more than it takes to be short enough. */
async function time(run: () => Promise<unknown>, enough = 0): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 3 && best > enough; round++) {
    const start = performance.now();
    await run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

describe('time grows with the text, over three decades,', () => {
  it.each(Object.entries(readers))('of %s', async (name, reader) => {
    const times = [];
    for (const size of [1e4, 1e5, 1e6]) times.push(await time(reader(size)));
    // A thousand times the text. Time that grows with the square would be a million times as long: of 10 MB,
    // at least 100 times that of 1 MB.
    const most = Math.max(30 * times[2], 300);
    times.push(await time(reader(1e7), most));
    console.log(`${name}: ${times.map((ms) => `${ms.toFixed(1)} ms`).join(', ')}`);
    expect(times[3]).toBeLessThan(most);
  });
});
