import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Fingerprint } from '../../src/base/encoding/fingerprint.js';
import { Random } from '../../src/base/math/random.js';
import { fileText, sourceOf, type TextSource } from '../../src/text/corpus/text-source.js';
import { addTokens, encodeText, partOf, storeOf } from '../../src/text/corpus/token-store.js';
import { Vocabulary } from '../../src/text/corpus/vocabulary.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-tokens-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function wholeText(source: TextSource): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of source.chunks()) pieces.push(piece);
  return pieces.join('');
}

describe('encodeText', () => {
  it('keeps the tokens of a large text in a file that leaves nothing behind', async () => {
    const random = new Random(5);
    const alphabet = ['a', 'b', 'é', '世', '😀'];
    const block = Array.from({ length: 4_001 }, () => random.choice(alphabet)).join('');
    // Two bytes a token: 300 others besides.
    const others = Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0xe000 + i));
    const vocabulary = new Vocabulary([...alphabet, ...others]);
    const repeats = 2_200;
    function* pieces() {
      for (let i = 0; i < repeats; i++) yield block;
    }
    const scratch = join(folder, 'scratch');
    const large = await encodeText(pieces(), vocabulary, scratch);
    expect(large.length).toBe(4_001 * repeats);
    expect(large.characters).toBe(large.length);
    expect(large.bytes).toBe(new TextEncoder().encode(block).length * repeats);
    expect(readdirSync(scratch)).toEqual([]);
    const one = vocabulary.encode(block);
    for (const [start, end] of [
      [0, 10],
      [3_990, 4_030],
      [large.length - 7, large.length],
      [2 ** 23 - 5, 2 ** 23 + 5],
    ]) {
      expect([...large.read(start, end)]).toEqual(
        Array.from({ length: end - start }, (_, i) => one[(start + i) % one.length]),
      );
    }
    large.dispose();
  });

  it('is the same text in memory and in a part of another', async () => {
    const vocabulary = Vocabulary.of('abc');
    const text = await encodeText(['ab', '', 'cab'], vocabulary);
    expect([...text.read(0, text.length)]).toEqual([...vocabulary.encode('abcab')]);
    const longer = storeOf(vocabulary.encode('ccabcabcc'));
    const fingerprint = (store: Parameters<typeof addTokens>[1]): string =>
      addTokens(new Fingerprint(), store).toString();
    expect(fingerprint(partOf(longer, 2, 7))).toBe(fingerprint(text));
    expect(fingerprint(partOf(longer, 1, 6))).not.toBe(fingerprint(text));
  });
});

describe('fileText', () => {
  const write = (name: string, bytes: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };

  it('reads a file larger than its pieces, characters cut in two whole again', async () => {
    const text = 'x' + 'é世😀'.repeat(300_000);
    expect(await wholeText(fileText(write('large.txt', text)))).toBe(text);
  });

  it('reads all files of a folder by name, but hidden ones and packages', async () => {
    mkdirSync(join(folder, 'texts/b'), { recursive: true });
    write('texts/c.txt', '\ufeffthree');
    write('texts/a.txt', 'one ');
    write('texts/b/x.md', 'two ');
    write('texts/.hidden', 'no');
    mkdirSync(join(folder, 'texts/node_modules/a'), { recursive: true });
    write('texts/node_modules/a/readme.md', 'no');
    expect(await wholeText(fileText(join(folder, 'texts')))).toBe('one two three');
  });

  it('names the byte that is not UTF-8, beyond the first piece too, and what is missing', async () => {
    const bytes = Buffer.alloc(2_500_000, 'a');
    bytes[2_400_000] = 0xe9;
    const latin = write('latin.txt', bytes);
    await expect(wholeText(fileText(latin))).rejects.toThrow('latin.txt is not UTF-8: byte 2400000 (0xE9)');
    const cut = write('cut.txt', Uint8Array.of(0x61, 0xe4, 0xb8));
    await expect(wholeText(fileText(cut))).rejects.toThrow('cut.txt is not UTF-8: byte 1 (0xE4)');
    await expect(wholeText(fileText(join(folder, 'none')))).rejects.toMatchObject({ code: 'file-access' });
    mkdirSync(join(folder, 'empty'));
    await expect(wholeText(fileText(join(folder, 'empty')))).rejects.toThrow('holds no file');
  });

  it('cuts no string between the halves of a surrogate pair', async () => {
    const text = `${'a'.repeat(2 ** 20 - 1)}😀b`;
    const pieces = [...(sourceOf(text).chunks() as Iterable<string>)];
    expect(pieces).toHaveLength(2);
    expect(pieces[0].endsWith('😀')).toBe(true);
    expect(await wholeText(sourceOf(text))).toBe(text);
  });
});
