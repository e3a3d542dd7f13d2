import { describe, expect, it } from 'vitest';
import { collect } from '../../src/base/encoding/byte-chunks.js';
import { decodeTextFile, utf8Chunks } from '../../src/base/encoding/text-file.js';

const text = 'The cat sat on the mat. \u4e2d\u6587 \u{1f600}\nnaïve café\n'.repeat(3);

const utf16 = (content: string, order: 'le' | 'be'): Uint8Array => {
  const bytes = Buffer.from(content, 'utf16le');
  return new Uint8Array(order === 'le' ? bytes : bytes.swap16());
};

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

/** What both ways of reading give. @param size of the pieces that come */
async function read(bytes: Uint8Array, size: number, encoding?: string): Promise<string> {
  const utf8 = await collect(utf8Chunks(pieces(bytes, size), 'x.txt', { encoding }));
  const streamed = new TextDecoder('utf-8', { fatal: true }).decode(utf8);
  if (encoding === undefined) expect(decodeTextFile(bytes, 'x.txt')).toBe(streamed);
  return streamed;
}

describe('text files', () => {
  it.each([1, 2, 3, 1000])('in UTF-16 are told by themselves, in pieces of %i bytes', async (size) => {
    for (const order of ['le', 'be'] as const)
      for (const mark of ['\ufeff', '']) {
        expect(await read(utf16(mark + text, order), size)).toBe(text);
        // Whoever states UTF-8 or the other order is put right by the mark.
        if (mark !== '') expect(await read(utf16(mark + text, order), size, 'utf-16le')).toBe(text);
      }
  });

  it.each(['中文\n一文一本没有空格一\n', 'привет мир\n', 'สวัสดี ชาวโลก\n', 'a\n'])(
    'in UTF-16 without a mark are told where they hold spaces or line ends: %j',
    async (content) => {
      for (const order of ['le', 'be'] as const) {
        expect(await read(utf16(content, order), 5)).toBe(content);
      }
    },
  );

  it('in UTF-8 stay as they are, zeros within them too', async () => {
    for (const content of [
      '',
      'a',
      'plain\n',
      'crlf\r\nand\rcr\n',
      'ab\0cd and so on\n',
      'mostly text\u0001, but for two\0 bytes\n',
      text,
    ]) {
      expect(await read(new TextEncoder().encode(content), 4)).toBe(content);
    }
  });

  it.each([1, 2, 1000])(
    'whose lines end with carriage returns get line feeds, in pieces of %i bytes',
    async (size) => {
      const content = 'anna\rbob\r\rcarla\r';
      const expected = content.replaceAll('\r', '\n');
      expect(await read(new TextEncoder().encode(content), size)).toBe(expected);
      expect(await read(utf16(content, 'le'), size)).toBe(expected);
      expect(await read(utf16(`\ufeff${content}`, 'be'), size)).toBe(expected);
    },
  );

  it('in UTF-32, zip and gzip are refused with what to do', async () => {
    const utf32 = Uint8Array.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]);
    await expect(read(utf32, 8)).rejects.toMatchObject({
      code: 'bad-file',
      message: 'x.txt is text in UTF-32, which is not read.',
      hint: 'Convert it first, with: iconv -f UTF-32LE -t UTF-8 in.txt > out.txt',
    });
    await expect(read(Uint8Array.from([0x50, 0x4b, 3, 4, 0]), 5)).rejects.toMatchObject({
      message: 'x.txt is a zip archive, where text is expected.',
    });
    await expect(read(Uint8Array.from([0x1f, 0x8b, 8, 0]), 5)).rejects.toMatchObject({
      message: 'x.txt is gzipped, where text is expected.',
    });
  });

  it('in UTF-16 that breaks off are refused with the line and the byte', async () => {
    const cut = utf16('\ufeffone\ntwo', 'le').slice(0, -1);
    await expect(collect(utf8Chunks(pieces(cut, 7), 'x.txt'))).rejects.toMatchObject({
      code: 'bad-file',
      message: 'x.txt: line 2 is not valid utf-16le: byte 14 of the file does not fit.',
    });
    expect(() => decodeTextFile(cut, 'x.txt')).toThrow('x.txt is not valid utf-16le.');
  });

  it('in an encoding that there is not name those that there are, and iconv', async () => {
    await expect(read(new Uint8Array(4), 4, 'cp852')).rejects.toMatchObject({
      code: 'bad-value',
      message: 'There is no text encoding called "cp852".',
      hint: expect.stringMatching(
        /^Those that are read: utf-8, utf-16le, .*ibm866, .*iconv -f CP852 -t UTF-8 in.txt > out.txt$/,
      ) as string,
    });
    await expect(read(new Uint8Array(4), 4, 'windows1251')).rejects.toThrow('Did you mean windows-1251?');
    await expect(read(new Uint8Array(4), 4, '$(rm x)')).rejects.toMatchObject({
      hint: expect.stringContaining('iconv -f NAME -t') as string,
    });
  });
});
