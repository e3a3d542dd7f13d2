import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenWith, type HttpServer } from '../../src/cli/server/http-server.js';
import { studioHandler } from '../../src/cli/studio/studio-handler.js';
import { writeSite } from '../../src/cli/studio/write-site.js';
import { runCli } from '../support/run-cli.js';

const TOKEN = 'a-token-that-nobody-knows';
const home = mkdtempSync(path.join(tmpdir(), 'seqkit-studio-'));
const place = (name: string): string => path.join(home, name);
const folders = {
  studio: place('studio'),
  browser: place('browser'),
  data: place('data'),
  folder: place('mine'),
  voices: () => (existsSync(place('flite.wasm')) ? place('flite.wasm') : undefined),
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe('the server of the studio', () => {
  let server: HttpServer;
  beforeAll(async () => {
    for (const name of [
      'studio',
      'browser',
      'data',
      'data/vectors',
      'data/clips',
      'data/tunes',
      'data/embedding',
      'mine',
      'mine/deep',
    ]) {
      mkdirSync(place(name));
    }
    writeFileSync(place('studio/index.html'), '<!doctype html>the page');
    writeFileSync(place('browser/text.js'), 'export {};');
    writeFileSync(place('data/vectors/glove-6b-100d-10k.safetensors'), 'vectors');
    writeFileSync(place('data/embedding/speech-embedding.safetensors'), 'embedding');
    writeFileSync(place('outside.txt'), 'outside');
    writeFileSync(place('mine/a text.txt'), 'mine');
    writeFileSync(place('mine/deep/b.csv'), 'text,label\n');
    writeFileSync(place('mine/.secret'), 'hidden');
    symlinkSync(place('outside.txt'), place('mine/link.txt'));
    symlinkSync(home, place('mine/up'));
    server = await listenWith(
      createServer(studioHandler(folders, TOKEN, ['127.0.0.1', 'localhost'])),
      '127.0.0.1',
      0,
    );
  });
  afterAll(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });

  const ask = (address: string, method = 'GET', headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: server.port, path: address, method, headers };
      const sent = request(options, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part: string) => (body += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      sent.on('error', reject).end();
    });

  it('gives the page, its scripts, its data and the files of the folder', async () => {
    expect(await ask(`/${TOKEN}/studio/`)).toMatchObject({ status: 200, body: '<!doctype html>the page' });
    expect((await ask(`/${TOKEN}/browser/text.js`)).headers['content-type']).toMatch(/^text\/javascript/);
    expect((await ask(`/${TOKEN}/data/vectors/glove-6b-100d-10k.safetensors`)).body).toBe('vectors');
    expect((await ask(`/${TOKEN}/folder/a%20text.txt`)).body).toBe('mine');
    expect((await ask(`/${TOKEN}/folder/deep/b.csv?x#y`)).body).toBe('text,label\n');
    expect(await ask(`/${TOKEN}/folder/deep/b.csv`, 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect(JSON.parse((await ask(`/${TOKEN}/files.json`)).body)).toEqual({
      folder: true,
      files: [
        { path: 'a text.txt', bytes: 4 },
        { path: 'deep/b.csv', bytes: 11 },
      ],
      voices: false,
    });
    expect((await ask(`/${TOKEN}/flite.wasm`)).status).toBe(404);
    // They may be installed while the studio runs.
    writeFileSync(place('flite.wasm'), 'voices');
    expect(JSON.parse((await ask(`/${TOKEN}/files.json`)).body)).toMatchObject({ voices: true });
    expect((await ask(`/${TOKEN}/flite.wasm`)).body).toBe('voices');
    expect((await ask(`/${TOKEN}/flite.wasm/more`)).status).toBe(404);
    expect(await ask(`/${TOKEN}`)).toMatchObject({ status: 302, headers: { location: `/${TOKEN}/studio/` } });
  });

  it('tells browsers to isolate the page, and to let it run and ask nothing else', async () => {
    for (const address of [`/${TOKEN}/studio/`, '/', `/${TOKEN}/nothing`]) {
      const { headers } = await ask(address);
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
      expect(policy).toContain("connect-src 'self'");
      expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
    }
  });

  it('answers to those alone who know the token', async () => {
    const wrong = [
      '/',
      '/studio/',
      `/${TOKEN}x/studio/`,
      `/${TOKEN.slice(1)}/studio/`,
      '//studio/',
      '/%',
      `/%00${TOKEN}/`,
    ];
    for (const address of wrong) expect([address, (await ask(address)).status]).toEqual([address, 403]);
  });

  it('refuses other names of the server, other origins, and what is not reading', async () => {
    const page = `/${TOKEN}/studio/`;
    const { port } = server;
    expect((await ask(page, 'GET', { Host: 'elsewhere.example' })).status).toBe(421);
    expect((await ask(page, 'GET', { Host: `127.0.0.1.elsewhere.example:${port}` })).status).toBe(421);
    expect((await ask(page, 'GET', { Host: `localhost:${port}` })).status).toBe(200);
    expect((await ask(page, 'GET', { Origin: 'http://elsewhere.example' })).status).toBe(403);
    expect((await ask(page, 'GET', { Origin: 'null' })).status).toBe(403);
    expect((await ask(page, 'GET', { Origin: `http://127.0.0.1:${port}` })).status).toBe(200);
    for (const method of ['PUT', 'POST', 'DELETE', 'OPTIONS']) {
      expect([method, (await ask(`/${TOKEN}/folder/a%20text.txt`, method)).status]).toEqual([method, 405]);
    }
    expect(readFileSync(place('mine/a text.txt'), 'utf8')).toBe('mine');
  });

  it('gives nothing that lies elsewhere, is hidden, or is no file', async () => {
    const outside = [
      ...[
        'folder/../outside.txt',
        'folder/%2e%2e/outside.txt',
        'folder/..%2foutside.txt',
        'folder/..%5coutside.txt',
      ],
      ...['folder/link.txt', 'folder/up/outside.txt', 'folder/.secret', 'folder/', 'folder', 'folder/deep'],
      ...[
        'studio/../outside.txt',
        'data/../outside.txt',
        'outside.txt',
        'cli/main.js',
        'folder/%00',
        'studio/.',
      ],
      ...[
        `folder/${encodeURIComponent(place('outside.txt'))}`,
        `folder//${place('outside.txt')}`,
        'constructor/x',
      ],
    ];
    for (const name of outside) expect([name, (await ask(`/${TOKEN}/${name}`)).status]).toEqual([name, 404]);
  });

  it('writes the page as one folder, into an empty one alone', () => {
    writeSite(place('site'), folders);
    expect(readdirSync(place('site')).sort()).toEqual(['browser', 'data', 'index.html', 'studio']);
    for (const name of ['vectors/glove-6b-100d-10k', 'embedding/speech-embedding'])
      expect(existsSync(place(`site/data/${name}.safetensors`)), name).toBe(true);
    expect(() => writeSite(place('site'), folders)).toThrow(/is not empty/);
    expect(() => writeSite(place('outside.txt'), folders)).toThrow(/^Cannot /);
  });
});

it('a folder that is none is named', async () => {
  const { status, stdout, stderr } = await runCli(['studio', path.join(home, 'missing')]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('missing is no folder.');
});
