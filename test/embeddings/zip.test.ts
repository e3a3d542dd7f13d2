import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 as zlibCrc32, deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { crc32 } from '../../src/base/encoding/crc32.js';
import { fileCorpus, KeyedVectors } from '../../src/embeddings/index.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

const glove = 'the 0.5 -2\nof 0.25 1000\n';

interface Entry {
  readonly name: string;
  readonly content: string;
  readonly stored?: boolean;
  /** Sizes and places in 64 bits. */
  readonly wide?: boolean;
  readonly flags?: number;
  readonly method?: number;
}

/** A zip archive, by the layout of PKWARE's APPNOTE. */
function zip(entries: readonly Entry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, content, stored = false, wide = false, flags = 0, method } of entries) {
    const bytes = Buffer.from(content);
    const packed = stored ? bytes : deflateRawSync(bytes);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method ?? (stored ? 0 : 8), 4);
    fields.writeUInt32LE(crc32(bytes), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const extra = Buffer.alloc(wide ? 28 : 0);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      [bytes.length, packed.length, at].forEach((value, i) =>
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i),
      );
      fields.writeUInt32LE(0xffffffff, 14);
      fields.writeUInt32LE(0xffffffff, 18);
    }
    fields.writeUInt16LE(extra.length, 24);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(wide ? 0xffffffff : at, 10);
    list.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), fields, tail, Buffer.from(name), extra);
    parts.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(list);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...parts, directory, end, Buffer.from(comment)]);
}

const read = async (path: string) => {
  const vectors = await KeyedVectors.load(path);
  return Object.fromEntries([...vectors.words()].map((word) => [word, [...vectors.get(word)]]));
};
const expected = { the: [0.5, -2], of: [0.25, 1000] };

describe('a zip archive', () => {
  it.each([
    ['deflated', [{ name: 'glove.txt', content: glove }]],
    ['stored', [{ name: 'glove.txt', content: glove, stored: true }]],
    ['with 64-bit sizes', [{ name: 'glove.txt', content: glove, wide: true }]],
    [
      'beside folders and what macOS adds',
      [
        { name: 'glove/', content: '', stored: true },
        { name: 'glove/glove.txt', content: glove },
        { name: '__MACOSX/glove/._glove.txt', content: 'x' },
        { name: '.DS_Store', content: 'x' },
      ],
    ],
  ] as [string, Entry[]][])('of one file of vectors is opened: %s', async (_, entries) => {
    expect(await read(file('one.zip', zip(entries, 'a comment')))).toEqual(expected);
  });

  it('made by Python is opened', async (context) => {
    const path = join(folder, 'python.zip');
    const script = `import zipfile,sys
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    with z.open('glove.txt', 'w', force_zip64=True) as f: f.write(sys.argv[2].encode())`;
    if (spawnSync('python3', ['-c', script, path, glove]).status !== 0)
      context.skip('python3 is not installed');
    expect(await read(path)).toEqual(expected);
  });

  it('of a corpus is opened', async () => {
    const path = file('corpus.zip', zip([{ name: 'text8', content: 'a b c\n' }]));
    const blocks = [];
    for await (const { bytes } of fileCorpus(path).blocks()) blocks.push(Buffer.from(bytes).toString());
    expect(blocks).toEqual(['a b c\n']);
  });

  const glove6b = ['50d', '100d'].map((size) => ({ name: `glove.6B.${size}.txt`, content: glove }));
  it('of several files opens the one that is named', async () => {
    const other = { name: 'b/other.txt', content: 'one 1 2\n' };
    const path = file('several.zip', zip([...glove6b, other]));
    const named = async (member: string) => [...(await KeyedVectors.load(path, { member })).words()];
    expect(await named('glove.6B.100d.txt')).toEqual(['the', 'of']);
    expect(await named('b/other.txt')).toEqual(['one']);
    expect(await named('other.txt')).toEqual(['one']);
    // The whole name before one that ends in it; of several that do, none.
    const above = { name: 'other.txt', content: 'two 1 2\n' };
    const twice = { name: 'c/other.txt', content: 'three 1 2\n' };
    const load = (file: string) => KeyedVectors.load(file, { member: 'other.txt' });
    expect([...(await load(file('above.zip', zip([other, above])))).words()]).toEqual(['two']);
    await expect(load(file('twice.zip', zip([...glove6b, other, twice])))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(
        /of 2 files named "other\.txt": "b\/other\.txt", "c\/other\.txt"\.$/,
      ) as string,
    });
    await expect(named('glove')).rejects.toMatchObject({
      code: 'bad-value',
      message: expect.stringMatching(/holds no "glove", but "glove\.6B\.50d\.txt"/) as string,
    });
    for (const load of [
      () => KeyedVectors.load(file('plain.txt', glove), { member: 'x' }),
      () => KeyedVectors.fromBytes(Buffer.from(glove), { member: 'x' }),
    ]) {
      await expect(load()).rejects.toMatchObject({ code: 'bad-value' });
    }
  });

  it.each([
    ['of several files', zip(glove6b), /of 2 files: "glove\.6B\.50d\.txt", "glove\.6B\.100d\.txt"\.$/],
    ['of none', zip([{ name: 'a/', content: '', stored: true }]), /lists no file/],
    ['that is encrypted', zip([{ name: 'a', content: glove, flags: 1 }]), /is encrypted, which is not read/],
    ['by another method', zip([{ name: 'a', content: glove, method: 14 }]), /is packed by method 14/],
    ['that is cut short', zip([{ name: 'a', content: glove }]).subarray(0, 60), /it is cut short/],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(KeyedVectors.load(file('refused.zip', bytes))).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('that is damaged anywhere is refused, or gives what it gave', async () => {
    const whole = zip([{ name: 'glove.txt', content: glove.repeat(1).padEnd(glove.length) }]);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0xff;
      try {
        expect(await read(file('damaged.zip', damaged))).toEqual(expected);
      } catch (error) {
        expect([at, (error as { code?: string }).code]).toEqual([at, 'bad-file']);
      }
    }
  });

  it('is refused where it does not come from a file', async () => {
    const bytes = new Uint8Array(zip([{ name: 'a', content: glove }]));
    await expect(KeyedVectors.fromBytes(bytes)).rejects.toMatchObject({
      code: 'bad-file',
      hint: 'Unpack it first, for example with: unzip -p vectors.zip > vectors.txt',
    });
  });
});

describe('crc32', () => {
  it("is zip's, in one piece or several", () => {
    const bytes = Buffer.from('123456789');
    // The check value of the catalogue of CRC algorithms.
    expect(crc32(bytes)).toBe(0xcbf43926);
    expect(crc32(bytes.subarray(4), crc32(bytes.subarray(0, 4)))).toBe(0xcbf43926);
    // Node has one from 20.15 on.
    if (typeof zlibCrc32 === 'function') expect(zlibCrc32(bytes)).toBe(crc32(bytes));
  });
});
