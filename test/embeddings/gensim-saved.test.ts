import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { PickledObject, readPickle } from '../../src/base/encoding/pickle.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import golden from '../golden/gensim-saved.json' with { type: 'json' };

const folder = mkdtempSync(join(tmpdir(), 'seqkit-saved-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => new URL(`../golden/gensim-saved/${name}`, import.meta.url).pathname;
const { unknown, ...files } = golden;
const names = Object.keys(files) as (keyof typeof files)[];
const numbers = (vectors: KeyedVectors) => [...vectors.words()].map((word) => Array.from(vectors.get(word)));
const refused = (message: RegExp) => ({
  code: 'bad-file',
  message: expect.stringMatching(message) as string,
});

describe('what gensim saved, and matrices of NumPy', () => {
  it.each(names)('are read as they were: %s', async (name) => {
    const vectors = await KeyedVectors.load(path(name));
    expect([...vectors.words()]).toEqual(golden[name].words);
    // Of doubles, the nearest float.
    expect(numbers(vectors)).toEqual(golden[name].vectors.map((row) => Array.from(row, Math.fround)));
    expect(vectors.notes).toEqual([]);
    const few = await KeyedVectors.load(path(name), { limit: 3 });
    expect(numbers(few)).toEqual(numbers(vectors).slice(0, 3));
  });

  it.each(['plain.kv', 'plain.model', 'fasttext.kv'] as const)(
    'are read from bytes, packed: %s',
    async (name) => {
      const vectors = await KeyedVectors.fromBytes(gzipSync(readFileSync(path(name))));
      expect(numbers(vectors)).toEqual(golden[name].vectors);
    },
  );

  it.each(['fasttext.kv', 'fasttext.model'])('give vectors to unknown words: %s', async (name) => {
    const vectors = await KeyedVectors.load(path(name));
    for (const [word, expected] of Object.entries(unknown)) {
      expect(vectors.indexOf(word)).toBe(-1);
      expect(Array.from(vectors.get(word))).toEqual(expected);
    }
  });

  it('say which file beside is missing', async () => {
    for (const name of ['apart.kv', 'apart.model', 'float32.npy'])
      copyFileSync(path(name), join(folder, name));
    for (const [name, missing] of [
      ['apart.kv', 'apart.kv.vectors.npy'],
      ['apart.model', 'apart.model.wv.vectors.npy'],
      ['float32.npy', 'float32.words.txt'],
    ]) {
      await expect(KeyedVectors.load(join(folder, name))).rejects.toMatchObject({
        code: 'file-access',
        message: expect.stringContaining(join(folder, missing)) as string,
      });
      await expect(KeyedVectors.fromBytes(readFileSync(path(name)))).rejects.toMatchObject(
        refused(/a file beside it/),
      );
    }
  });

  it('of other things are refused by name', async () => {
    await expect(KeyedVectors.load(path('list.pkl'))).rejects.toMatchObject(
      refused(/not what gensim's save/),
    );
    // The same pickle, of a class that has no words.
    const bytes = Buffer.from(
      readFileSync(path('plain.kv')).toString('latin1').replace('index_to_key', 'index_to_cow'),
      'latin1',
    );
    await expect(KeyedVectors.fromBytes(bytes)).rejects.toMatchObject(
      refused(/gensim\.models\.keyedvectors\.KeyedVectors, which has no vectors of words/),
    );
    // A class of anybody's is none of gensim's.
    const other = Buffer.from(
      readFileSync(path('gensim3.kv')).toString('latin1').replace('gensim.', 'gansim.'),
      'latin1',
    );
    await expect(KeyedVectors.fromBytes(other)).rejects.toMatchObject(refused(/not what gensim's save/));
    // FastText with the hash that gensim had before 3.8, which puts pieces of words into other buckets.
    const hashed = readFileSync(path('fasttext.kv')).toString('latin1');
    const before = hashed.replace(/(compatible_hash\x94)\x88/, '$1\x89');
    expect(before).not.toBe(hashed);
    await expect(KeyedVectors.fromBytes(Buffer.from(before, 'latin1'))).rejects.toMatchObject(
      refused(/has no array "vectors"/),
    );
  });

  it('with pieces of words of another width are refused', async () => {
    const ngrams = 'fasttext.model.wv.vectors_ngrams.npy';
    for (const name of ['fasttext.model', 'fasttext.model.wv.vectors_vocab.npy'])
      copyFileSync(path(name), join(folder, name));
    const bytes = readFileSync(path(ngrams)).toString('latin1');
    const narrow = bytes.replace('(40, 5)', '(40, 4)').slice(0, -40 * 4);
    writeFileSync(join(folder, ngrams), narrow, 'latin1');
    await expect(KeyedVectors.load(join(folder, 'fasttext.model'))).rejects.toMatchObject(
      refused(/words of 5 numbers and pieces of 4/),
    );
  });

  it.each(['plain.kv', 'protocol2.kv', 'float32.npy'])(
    'are refused wherever they are cut short: %s',
    async (name) => {
      const bytes = readFileSync(path(name));
      copyFileSync(path('float32.words.txt'), join(folder, 'cut.words.txt'));
      for (let length = 64; length < bytes.length; length += 53) {
        writeFileSync(join(folder, 'cut.npy'), bytes.subarray(0, length));
        await expect(KeyedVectors.load(join(folder, 'cut.npy'))).rejects.toMatchObject({ code: 'bad-file' });
      }
    },
  );

  it('with words and rows that do not fit are refused', async () => {
    copyFileSync(path('float32.npy'), join(folder, 'less.npy'));
    writeFileSync(join(folder, 'less.words.txt'), 'one\ntwo\n');
    await expect(KeyedVectors.load(join(folder, 'less.npy'))).rejects.toMatchObject(
      refused(/has 2 lines, where .*less\.npy has 30 rows/),
    );
  });

  it('of NumPy that are no matrix of finite floats are refused', async () => {
    const source = readFileSync(path('float32.npy')).toString('latin1');
    writeFileSync(join(folder, 'odd.words.txt'), readFileSync(path('float32.words.txt')));
    for (const [from, to, message] of [
      ["'<f4'", "'<i4'", /holds "<i4"/],
      ['(30, 5)', '(5, 30)', /has 30 lines, where .* has 5 rows/],
      ['(30, 5)', '(150,)', /has the shape \(150\)/],
      ['(30, 5)', '(30, 4)', /goes on after its 30 rows/],
      ['\x93NUMPY\x01', '\x93NUMPY\x09', /version 9/],
    ] as const) {
      writeFileSync(
        join(folder, 'odd.npy'),
        Buffer.from(source.replace(from, to.padEnd(from.length)), 'latin1'),
      );
      await expect(KeyedVectors.load(join(folder, 'odd.npy')), to).rejects.toMatchObject(refused(message));
    }
    const bytes = readFileSync(path('float32.npy'));
    bytes.writeFloatLE(NaN, bytes.length - 8);
    writeFileSync(join(folder, 'odd.npy'), bytes);
    await expect(KeyedVectors.load(join(folder, 'odd.npy'))).rejects.toMatchObject(
      refused(/NaN in row 29, at place 3/),
    );
  });
});

describe('a matrix of NumPy', () => {
  it('is written as NumPy writes it, with its words', async () => {
    const vectors = await KeyedVectors.load(path('plain.kv'));
    await vectors.save(join(folder, 'out.npy'));
    expect(readFileSync(join(folder, 'out.npy'))).toEqual(readFileSync(path('float32.npy')));
    expect(readFileSync(join(folder, 'out.words.txt'))).toEqual(readFileSync(path('float32.words.txt')));
    expect(Buffer.from(await vectors.toBytes('npy'))).toEqual(readFileSync(path('float32.npy')));
    await vectors.save(join(folder, 'packed.npy.gz'));
    expect(numbers(await KeyedVectors.load(join(folder, 'packed.npy.gz')))).toEqual(numbers(vectors));
    await expect(vectors.save(join(folder, 'out.npy'))).rejects.toMatchObject({ code: 'file-exists' });
  });

  it('is not written where a word holds the end of a line, and leaves nothing behind', async () => {
    const before = readdirSync(folder);
    const vectors = KeyedVectors.fromRows(['a\nb'], new Float32Array(2));
    await expect(vectors.save(join(folder, 'lines.npy'))).rejects.toMatchObject({ code: 'bad-value' });
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('a pickle', () => {
  it('is data: what it names is not run', () => {
    // pickle.dumps of an object whose __reduce__ is (os.system, ("id",)), protocol 2.
    const bytes = Buffer.from(
      '\x80\x02cposix\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.',
      'latin1',
    );
    const { value, end } = readPickle(bytes, 'it');
    expect(value).toEqual(new PickledObject('posix.system', ['id']));
    expect(end).toBe(bytes.length);
  });

  it('keeps keys such as __proto__ apart from objects', () => {
    const bytes = Buffer.from(
      '\x80\x04\x95\x18\x00\x00\x00\x00\x00\x00\x00}\x8c\x09__proto__K\x01s.',
      'latin1',
    );
    expect(readPickle(bytes, 'it').value).toEqual(new Map([['__proto__', 1]]));
  });

  it('takes no more room than its bytes, however often it names one value', async () => {
    const times = 20_000;
    const args = `(${'N'.repeat(times)}tq\0`;
    const made = `(${'h\x01h\0N\x92'.repeat(times)}t.`;
    const bytes = Buffer.from(`\x80\x02${args}cbuiltins\nobject\nq\x01${made}`, 'latin1');
    const objects = readPickle(bytes, 'it').value as PickledObject[];
    expect(objects.length).toBe(times);
    expect(objects.every((each) => each.args === objects[0].args)).toBe(true);

    const word = `X\x10\x27\0\0${'w'.repeat(10_000)}q\0`;
    const list = `(${word}${'h\0'.repeat(times)}t`;
    const vectors = `cgensim.models.keyedvectors\nKeyedVectors\n)\x81}X\x0c\0\0\0index_to_key${list}sb.`;
    await expect(KeyedVectors.fromBytes(Buffer.from(`\x80\x02${vectors}`, 'latin1'))).rejects.toMatchObject(
      refused(/one word at many places/),
    );
  });

  it.each([
    ['\x80\x02.', 'takes more than there is'],
    ['\x80\x02(.', 'takes a mark for a value'],
    ['\x80\x02h\x05.', 'recalls the value 5'],
    ['\x80\x02X\xff\xff\xff\xff', 'cut short'],
    ['\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.', 'cut short'],
    ['\x80\x02K\x01K\x02R.', 'makes an object of what is no class'],
    ['\x80\x02u.', 'has no mark'],
    ['\x80\x02}(K\x01u.', 'gives a key without its value'],
    ['\x80\x02K\x01K\x02\x93.', 'names no class'],
    ['\x80\x02Q.', 'takes more than there is'],
    ['\x80\x02\x50x\n.', 'operation 0x50'],
    ['\x80\x02', 'cut short'],
  ])('that is damaged is refused: %j', (text, message) => {
    expect(() => readPickle(Buffer.from(text, 'latin1'), 'it')).toThrow(message);
  });
});
