import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkWritable,
  openByteStream,
  readFileBytes,
  writeFileAtomic,
} from '../../../src/base/host/files.js';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'seqkit-files-'));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const failure = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

describe('writeFileAtomic', () => {
  it('writes bytes and text, and leaves nothing else', async () => {
    await writeFileAtomic(join(folder, 'a'), Uint8Array.of(1, 2, 3));
    await writeFileAtomic(join(folder, 'b'), 'naïve 浴');
    expect(Array.from(fs.readFileSync(join(folder, 'a')))).toEqual([1, 2, 3]);
    expect(fs.readFileSync(join(folder, 'b'), 'utf8')).toBe('naïve 浴');
    expect(fs.readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('refuses to replace a file without force', async () => {
    const path = join(folder, 'a');
    await writeFileAtomic(path, 'old');
    await expect(writeFileAtomic(path, 'new')).rejects.toMatchObject({
      code: 'file-exists',
      message: `${path} is there already.`,
      hint: expect.stringContaining('force: true'),
    });
    expect(fs.readFileSync(path, 'utf8')).toBe('old');
    await writeFileAtomic(path, 'new', { force: true });
    expect(fs.readFileSync(path, 'utf8')).toBe('new');
    expect(fs.readdirSync(folder)).toEqual(['a']);
  });

  it('lets one of many writers of the same new file through', async () => {
    const path = join(folder, 'a');
    const writers = Array.from({ length: 8 }, (_, i) => writeFileAtomic(path, `writer ${i}`));
    const results = await Promise.allSettled(writers);
    const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect(fs.readFileSync(path, 'utf8')).toBe(`writer ${winners[0]}`);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toHaveProperty('code', 'file-exists');
    }
    expect(fs.readdirSync(folder)).toEqual(['a']);
  });

  it('keeps the permissions of the file that it replaces, and a link to it', async () => {
    const path = join(folder, 'a');
    fs.writeFileSync(path, 'old');
    fs.chmodSync(path, 0o640);
    fs.symlinkSync('a', join(folder, 'link'));
    await writeFileAtomic(join(folder, 'link'), 'new', { force: true });
    expect(fs.readFileSync(path, 'utf8')).toBe('new');
    expect(fs.statSync(path).mode & 0o777).toBe(0o640);
    expect(fs.lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  it('leaves nothing behind where it fails', async () => {
    const longName = join(folder, 'x'.repeat(300));
    await expect(writeFileAtomic(longName, 'x')).rejects.toEqual(failure('file-access', /name is too long/));
    const notBytes = { length: 3 } as unknown as Uint8Array;
    await expect(writeFileAtomic(join(folder, 'a'), notBytes)).rejects.toThrow();
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('says what is wrong with a path', async () => {
    await expect(writeFileAtomic(folder, 'x', { force: true })).rejects.toEqual(
      failure('file-access', /it is a folder/),
    );
    await expect(writeFileAtomic(join(folder, 'none', 'a'), 'x')).rejects.toEqual(
      failure('file-access', /the folder .*none: there is no such/),
    );
    await expect(writeFileAtomic('/dev/null', 'x', { force: true })).rejects.toEqual(
      failure('file-access', /no regular file/),
    );
    fs.writeFileSync(join(folder, 'a'), '');
    expect(() => checkWritable(join(folder, 'a', 'b'))).toThrow(failure('file-access', /not a folder/));
    expect(() => checkWritable(join(folder, 'a'))).toThrow(failure('file-exists', /there already/));
    expect(() => checkWritable(join(folder, 'a'), { force: true })).not.toThrow();
  });
});

describe('readFileBytes and openByteStream', () => {
  it('read a file whole and in pieces', async () => {
    const path = join(folder, 'a');
    const contents = Uint8Array.from({ length: 1000 }, (_, i) => i * 7);
    fs.writeFileSync(path, contents);
    const bytes = readFileBytes(path);
    expect(bytes).toEqual(contents);
    expect(bytes.byteOffset).toBe(0);
    const { size, chunks } = await openByteStream(path, 'it', { chunkBytes: 300 });
    const pieces: Uint8Array[] = [];
    for await (const piece of chunks) pieces.push(piece);
    expect(size).toBe(1000);
    expect(pieces.map((piece) => piece.length)).toEqual([300, 300, 300, 100]);
    expect(Buffer.concat(pieces)).toEqual(Buffer.from(contents));
  });

  it('read into the same memory again where that is asked', async () => {
    const path = join(folder, 'a');
    fs.writeFileSync(
      path,
      Uint8Array.from({ length: 1000 }, (_, i) => i * 7),
    );
    const { chunks } = await openByteStream(path, 'it', { chunkBytes: 300, reuse: true });
    const seen: number[] = [];
    const memories = new Set<ArrayBufferLike>();
    for await (const piece of chunks) {
      seen.push(...piece);
      memories.add(piece.buffer);
    }
    expect(seen).toEqual([...fs.readFileSync(path)]);
    expect(memories.size).toBe(1);
  });

  it('read an empty file', async () => {
    fs.writeFileSync(join(folder, 'a'), '');
    expect(readFileBytes(join(folder, 'a'))).toHaveLength(0);
    for await (const piece of (await openByteStream(join(folder, 'a'))).chunks) expect.fail(String(piece));
  });

  it.each([
    ['a missing file', () => join(folder, 'none'), /the words at .*none: there is no such file/],
    ['a folder', () => folder, /it is a folder/],
    ['a device', () => '/dev/null', /no regular file/],
  ])('refuse %s', async (_, path, message) => {
    expect(() => readFileBytes(path(), 'the words')).toThrow(failure('file-access', message));
    await expect(openByteStream(path(), 'the words')).rejects.toEqual(failure('file-access', message));
  });
});
