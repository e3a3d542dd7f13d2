import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { readVectors } from '../../src/embeddings/formats/read-vectors.js';
import { vectorsFromText } from '../support/vectors-text.js';

const read = (vectors: KeyedVectors) =>
  Object.fromEntries([...vectors.words()].map((word) => [word, Array.from(vectors.get(word))]));

const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'bad-file', message: expect.stringMatching(message) });

describe("GloVe's and word2vec's text", () => {
  it('reads both', async () => {
    const expected = { the: [0.5, -2], of: [0.25, 1e3] };
    expect(read(await vectorsFromText('the 0.5 -2\nof 0.25 1e3\n'))).toEqual(expected);
    expect(read(await vectorsFromText('2 2\nthe 0.5 -2 \nof 0.25 1e3 \n'))).toEqual(expected);
  });

  it('gives the page its turn between pieces of a large one, and reads the same', async () => {
    const row = (word: number): number[] => Array.from({ length: 50 }, (_, i) => ((word * 7 + i) % 100) / 8);
    const words = 6000;
    const lines = Array.from({ length: words }, (_, word) => `w${word} ${row(word).join(' ')}\n`);
    const bytes = new TextEncoder().encode(lines.join(''));
    let turns = 0;
    const count = (): void => {
      turns++;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    try {
      // Elsewhere it is read in one go, once all modules are there.
      await KeyedVectors.fromBytes(bytes);
      turns = 0;
      await KeyedVectors.fromBytes(bytes);
      const inOneGo = turns;
      vi.stubGlobal('document', {});
      turns = 0;
      // By this clock each piece takes longer than a frame, on a machine of any speed.
      let now = performance.now();
      vi.spyOn(performance, 'now').mockImplementation(() => (now += 20));
      const vectors = await KeyedVectors.fromBytes(bytes);
      expect(turns).toBeGreaterThanOrEqual(inOneGo + Math.floor(bytes.length / 65_536));
      expect(vectors.size).toBe(words);
      for (const word of [0, 1234, words - 1]) expect([...vectors.get(`w${word}`)]).toEqual(row(word));
    } finally {
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
      clearImmediate(timer);
    }
  });

  it('does without a last line end, with carriage returns, tabs and a byte order mark', async () => {
    const expected = { the: [1, 2], of: [3, 4] };
    expect(read(await vectorsFromText('the 1 2\nof 3 4'))).toEqual(expected);
    expect(read(await vectorsFromText('the 1 2\r\nof 3 4\r\n\r\n'))).toEqual(expected);
    expect(read(await vectorsFromText('the\t1\t2\nof\t3\t4\n'))).toEqual(expected);
    expect(read(await vectorsFromText('\ufeffthe 1 2\nof 3 4\n'))).toEqual(expected);
    expect(read(await vectorsFromText('\ufeff2 2\nthe 1 2\nof 3 4\n'))).toEqual(expected);
  });

  it('takes the numbers from the right, so words may hold spaces and numbers', async () => {
    const text = 'the 1 2 3\n. . . 4 5 6\nwindows 3.1 7 8 9\n2005 1 1 1\nat name@domain.com 2 2 2\n';
    expect(read(await vectorsFromText(text))).toEqual({
      the: [1, 2, 3],
      '. . .': [4, 5, 6],
      'windows 3.1': [7, 8, 9],
      '2005': [1, 1, 1],
      'at name@domain.com': [2, 2, 2],
    });
    // The first line itself may hold spaces.
    expect(read(await vectorsFromText('. . 1 2\na 3 4\nb 5 6\n'))).toEqual({
      '. .': [1, 2],
      a: [3, 4],
      b: [5, 6],
    });
  });

  it('does not break words at line ends of Unicode', async () => {
    const text = 'a\u0085b 1 2\nc\u2028d 3 4\ne\u00a0f 5 6\n';
    expect([...(await vectorsFromText(text)).words()]).toEqual(['a\u0085b', 'c\u2028d', 'e\u00a0f']);
  });

  it('rounds each number as Number does', async () => {
    const numbers = ['0.1', '-0.000047', '123456789012345678', '1e-30', '4.9e-20', '.5', '5.', '+3', '1E2'];
    const long = ['0.12345678901234567890123', '3.4028234e38', '0.30000001192092896', '1e-400'];
    const all = [...numbers, ...long];
    const vectors = await vectorsFromText(`x ${all.join(' ')}\n`);
    expect(Array.from(vectors.get('x'))).toEqual(all.map((text) => Math.fround(Number(text))));
  });

  it('reads the same however the bytes come in pieces', async () => {
    const bytes = new TextEncoder().encode('3 2\nthé 1 2\n浴 3 4\nof 5 6');
    for (const size of [1, 2, 3, 7]) {
      const pieces = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      })();
      const { words, rows } = await readVectors(pieces, 'test.txt');
      expect([0, 1, 2].map((row) => words.at(row))).toEqual(['thé', '浴', 'of']);
      expect([0, 1, 2].flatMap((row) => [...rows.copy(row)])).toEqual([1, 2, 3, 4, 5, 6]);
    }
  });

  it('keeps the first of words that come again, and says so', async () => {
    const vectors = await vectorsFromText('a 1 1\nb 2 2\na 3 3\nc 4 4\nb 5 5\n');
    expect(read(vectors)).toEqual({ a: [1, 1], b: [2, 2], c: [4, 4] });
    expect(vectors.size).toBe(3);
    expect(vectors.notes).toEqual([
      'test.txt: 2 lines name a word that came before ("a", "b"); the first vector of each is kept.',
    ]);
  });

  it('finds each of many words', async () => {
    const words = Array.from({ length: 3000 }, (_, i) => `w${(i * 7919) % 3001}ord${'x'.repeat(i % 9)}`);
    const vectors = await vectorsFromText(words.map((word, i) => `${word} ${i} 1`).join('\n'));
    words.forEach((word, i) => expect(vectors.get(word)[0]).toBe(i));
    for (const word of words) expect(vectors.has(`${word}y`)).toBe(false);
  });
});

describe('a damaged text file', () => {
  it.each([
    ['a number too few', 'a 1 2\nb 3\nc 4 5\n', /line 2 has 1 numbers after its word, where 2/],
    ['a word alone', 'a 1 2\nb 3 4\nc\n', /line 3 has 0 numbers/],
    ['no number', 'a 1 2\nb x 4\n', /line 2 has "x" where number 1 of 2/],
    ['NaN', 'a 1 2\nb 3 nan\n', /line 2 has "nan" where number 2 of 2/],
    ['infinity', 'a 1 2\nb inf 3\n', /line 2 has "inf"/],
    ['too large for a float', 'a 1 2\nb 1e39 3\n', /line 2 has "1e39"/],
    ['two numbers in one', 'a 1 2\nb 1.2.3 3\n', /line 2 has "1.2.3"/],
    ['two lines in one', 'a 0.125 2.5\nb 0.1253 2.5555c 1.5552 2.2222\nd 1 2\n', /line 2 has more than/],
    ['an empty line', 'a 1 2\n\nb 3 4\n', /line 2 is empty/],
    ['no word', 'a 1 2\n3 4\n', /line 2 has 1 numbers/],
    ['fewer words than promised', '3 2\na 1 2\nb 3 4\n', /line 3 is the last, after 2 words, .* promises 3/],
    ['more words than promised', '1 2\na 1 2\nb 3 4\n', /line 3 is one more than the 1/],
    ['a promise alone', '2 2\n', /line 1 is the last/],
    ['a promise of nothing', '0 2\n', /0 words of 2 numbers/],
    ['prose', 'Call me Ishmael.\nSome years ago\n', /line 1 has "Ishmael\." where number 2/],
    ['a list of words', 'a\nb\n', /line 1: expected a word and its numbers/],
    ['nothing', '', /is empty/],
  ])('with %s is refused by its line', async (_, text, message) => {
    await expect(vectorsFromText(text)).rejects.toEqual(refused(message));
  });

  it('that is not UTF-8 is refused, and read once its encoding is stated', async () => {
    const latin1 = Buffer.from('naïve 1 2\ncafé 3 4\n', 'latin1');
    await expect(KeyedVectors.fromBytes(latin1)).rejects.toEqual(refused(/line 1 is not valid UTF-8/));
    const vectors = await KeyedVectors.fromBytes(latin1, { encoding: 'latin1' });
    expect(read(vectors)).toEqual({ naïve: [1, 2], café: [3, 4] });
    const utf16 = Buffer.from('naïve 1 2\ncafé 3 4\n', 'utf16le');
    expect(read(await KeyedVectors.fromBytes(utf16, { encoding: 'utf-16le' }))).toEqual(read(vectors));
    await expect(KeyedVectors.fromBytes(latin1, { encoding: 'klingon' })).rejects.toThrow(/"klingon"/);
  });

  it.each(['word2vec-binary', 'fasttext-binary'] as const)(
    '%s takes the encoding of its words',
    async (format) => {
      const data = Float32Array.of(1, 2, 3, 4, 5, 6);
      // One byte a letter in Latin-1, so the words can be put in place of others.
      const utf8 = await KeyedVectors.fromRows(['naAve', 'cafA', 'plain'], data).toBytes(format);
      const bytes = Uint8Array.from(utf8);
      const text = Buffer.from(bytes).toString('latin1');
      bytes[text.indexOf('naAve') + 2] = 0xef;
      bytes[text.indexOf('cafA') + 3] = 0xe9;
      await expect(KeyedVectors.fromBytes(bytes)).rejects.toEqual(
        refused(/byte \d+: word 1 is not valid UTF-8; state its encoding/),
      );
      const expected = { naïve: [1, 2], café: [3, 4], plain: [5, 6] };
      expect(read(await KeyedVectors.fromBytes(bytes, { encoding: 'latin1' }))).toEqual(expected);
      const other = await KeyedVectors.fromBytes(bytes, { encoding: 'windows-1251' });
      expect([...other.words()]).toEqual(['naпve', 'cafй', 'plain']);
      await expect(KeyedVectors.fromBytes(bytes, { encoding: 'klingon' })).rejects.toThrow(/"klingon"/);
    },
  );

  it("that is seqkit's own takes no encoding", async () => {
    const bytes = await KeyedVectors.fromRows(['é'], Float32Array.of(1, 2)).toBytes('seqkit');
    expect(read(await KeyedVectors.fromBytes(bytes, { encoding: 'utf8' }))).toEqual({ é: [1, 2] });
    await expect(KeyedVectors.fromBytes(bytes, { encoding: 'latin1' })).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringContaining('whose words are UTF-8') as string,
    });
  });

  it('that does not fit its stated encoding is refused by its line and byte', async () => {
    const refusal = async (bytes: Uint8Array, encoding: string, size: number): Promise<unknown> => {
      const pieces = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      })();
      return readVectors(pieces, 'bad.txt', { encoding }).catch((error: unknown) => error);
    };
    // In gb18030 0xCE 0xC4 is one character, and 0xFF begins none.
    const gb = Buffer.concat([
      Buffer.from('a 1 2\n'),
      Buffer.from([0xce, 0xc4]),
      Buffer.from(' 3 4\nb'),
      Buffer.from([0xff]),
      Buffer.from(' 5 6\n'),
    ]);
    expect(gb.indexOf(0xff)).toBe(14);
    const half = Buffer.from('ab 1 2\ncd 3 4\n\ud800', 'utf16le');
    for (const size of [1, 2, 7, 100]) {
      expect(await refusal(gb, 'gb18030', size)).toEqual(refused(/^bad\.txt: line 3 .* gb18030: byte 14 /));
      // A text that ends within a character: after two lines, at its last byte.
      expect(await refusal(half, 'utf-16le', size)).toEqual(refused(/line 3 .* utf-16le: byte 29 /));
    }
  });

  it('that is binary of another kind is called so', async () => {
    await expect(KeyedVectors.fromBytes(Buffer.from([0x89, 0x50, 0, 1]))).rejects.toEqual(
      refused(/byte 2 is 0.*no binary format/),
    );
  });

  it('without any line end does not fill the memory', async () => {
    let pieces = 0;
    const endless = (async function* () {
      for (;;) {
        pieces++;
        yield new Uint8Array(1 << 20).fill(0x61);
      }
    })();
    await expect(readVectors(endless, 'endless')).rejects.toEqual(refused(/endless/));
    expect(pieces).toBeLessThan(10);
  });
});

describe('a gzipped file', () => {
  const packed = gzipSync('the 1 2\nof 3 4\n');

  it('is read', async () => {
    expect(read(await KeyedVectors.fromBytes(packed))).toEqual({ the: [1, 2], of: [3, 4] });
  });

  it('is refused where it is cut short or damaged', async () => {
    await expect(KeyedVectors.fromBytes(packed.subarray(0, -4))).rejects.toEqual(
      refused(/gzip data .*; what it holds could be read as far as line 3, byte 15\.$/),
    );
    const damaged = Uint8Array.from(packed);
    damaged[damaged.length - 6] ^= 1;
    await expect(KeyedVectors.fromBytes(damaged)).rejects.toEqual(
      refused(/gzip data .* line \d+, byte \d+\.$/),
    );
  });

  it('cut short names the line that was reached, or of what is no text the byte', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `w${i} ${Math.sin(i)} ${Math.cos(i)}\n`);
    const whole = gzipSync(lines.join(''));
    const half = whole.subarray(0, whole.length >> 1);
    const reached = gunzipSync(half, { finishFlush: constants.Z_SYNC_FLUSH });
    const line = reached.toString('latin1').split('\n').length;
    expect(line).toBeGreaterThan(5_000);
    await expect(KeyedVectors.fromBytes(half)).rejects.toEqual(
      refused(new RegExp(`as far as line ${line}, byte ${reached.length}\\.$`)),
    );
    const numbers = Float32Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
    const names = lines.slice(0, 1_000).map((_, i) => `w${i}`);
    const binary = gzipSync(await KeyedVectors.fromRows(names, numbers).toBytes('word2vec-binary'));
    const cut = binary.subarray(0, binary.length - 4);
    await expect(KeyedVectors.fromBytes(cut)).rejects.toEqual(refused(/as far as byte \d{5}\.$/));
  });
});

it.each(['glove', 'word2vec', 'word2vec-binary', 'fasttext-binary', 'seqkit'] as const)(
  '%s is read from pieces that are gone when the next one comes, packed or not',
  async (format) => {
    const words = Array.from({ length: 50 }, (_, i) => `wörd${i}`);
    const data = Float32Array.from({ length: 50 * 7 }, (_, i) => Math.sin(i));
    const bytes = await KeyedVectors.fromRows(words, data).toBytes(format);
    for (const whole of [bytes, new Uint8Array(gzipSync(bytes))]) {
      for (const size of [1, 13, 700, 1 << 16]) {
        const memory = new Uint8Array(size);
        const pieces = (async function* () {
          for (let at = 0; at < whole.length; at += size) {
            const piece = memory.subarray(0, Math.min(size, whole.length - at));
            piece.set(whole.subarray(at, at + size));
            yield piece;
            memory.fill(0x37);
          }
        })();
        const found = await readVectors(pieces, 'pieces');
        expect(Array.from({ length: 50 }, (_, row) => found.words.at(row))).toEqual(words);
        expect(Array.from({ length: 50 }, (_, row) => [...found.rows.copy(row)]).flat()).toEqual([...data]);
      }
    }
  },
);
