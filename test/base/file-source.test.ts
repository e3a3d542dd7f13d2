import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeqkitError } from '../../src/base/errors.js';
import { readSource } from '../../src/base/source/file-source.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-source-'));
const file = path.join(folder, 'a model #1.bin');
const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);
let server: Server;
let address: string;

beforeAll(async () => {
  writeFileSync(file, bytes);
  server = createServer((request, response) => {
    if (request.url === '/whole.bin') response.end(bytes);
    else if (request.url === '/cut.bin') {
      response.writeHead(200, { 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, 1000), () => response.destroy());
    } else {
      response.writeHead(404, 'Not Found');
      response.end('<p>none</p>');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const read = (source: unknown) => readSource(source, 'load: from', { name: 'The model', kind: 'a model' });

describe('a file', () => {
  it.each<[string, () => unknown, () => string]>([
    ['its path', () => file, () => file],
    ['a file URL', () => pathToFileURL(file), () => file],
    ['an http URL', () => new URL(`${address}/whole.bin`), () => `${address}/whole.bin`],
    ['a Blob', () => new Blob([bytes]), () => 'The model'],
    ['a File', () => new File([bytes], 'mine.bin'), () => 'mine.bin'],
    ['bytes', () => bytes, () => 'The model'],
    ["Node's Buffer", () => Buffer.from(bytes), () => 'The model'],
    ['an ArrayBuffer', () => bytes.slice().buffer, () => 'The model'],
    [
      'an ArrayBuffer of another realm',
      () => runInNewContext('Uint8Array.from(given).buffer', { given: [...bytes] }) as ArrayBuffer,
      () => 'The model',
    ],
  ])('is read from %s', async (_what, source, name) => {
    const found = await read(source());
    expect(found.name).toBe(name());
    expect(found.bytes.length).toBe(bytes.length);
    expect(Buffer.compare(found.bytes, bytes)).toBe(0);
  });

  it.each<[string, () => unknown, string, RegExp]>([
    ['a path without a file', () => path.join(folder, 'none'), 'file-access', /none/],
    ['a URL without a file', () => new URL(`${address}/none.bin`), 'file-access', /404 Not Found/],
    ['an answer that is cut off', () => new URL(`${address}/cut.bin`), 'file-access', /was cut off/],
    [
      'a server that is not there',
      () => new URL('http://127.0.0.1:9/x.bin'),
      'file-access',
      /cannot be fetched/,
    ],
    [
      'a file URL of another host',
      () => new URL('file://elsewhere/x.bin'),
      'file-access',
      /means no file here/,
    ],
    ['an empty path', () => '', 'bad-value', /load: from/],
    ['a number', () => 7, 'bad-value', /a URL, a Blob/],
    ['nothing', () => undefined, 'bad-value', /a URL, a Blob/],
    ['an array of numbers', () => [1, 2], 'bad-value', /a URL, a Blob/],
    [
      'an object that looks like a URL',
      () => ({ href: 'x', protocol: 'file:' }),
      'bad-value',
      /a URL, a Blob/,
    ],
    ['floats', () => new Float32Array(4), 'bad-value', /a URL, a Blob/],
  ])('is refused: %s', async (_what, source, code, message) => {
    const error: unknown = await read(source()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SeqkitError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
