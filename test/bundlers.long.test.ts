import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../src/index.js';
import { TextModel } from '../src/text/index.js';
import { describeChromium } from './browser/chromium.js';
import { shippedClips } from './support/clip-files.js';
import { tinyModel } from './support/tiny-model.js';

// An app that knows nothing of bundlers but their names: it installs the packed package, builds a page by each of them
// with its defaults, and opens it in Chromium. Every page answers what Node answers.

const top = path.resolve(import.meta.dirname, '..');
const app = mkdtempSync(path.join(tmpdir(), 'seqkit-bundlers-'));
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** Major versions, as a new app would get them. */
const PACKAGES = [
  'vite@8',
  'esbuild@0.28',
  'webpack@5',
  'webpack-cli@7',
  'rollup@4',
  '@rollup/plugin-node-resolve@16',
  '@rspack/cli@2',
  '@rspack/core@2',
];

/** How each makes a page of src/page.mjs in its folder of `out`, by the line that its documentation begins with. */
const BUNDLERS: Readonly<Record<string, { command: string; script: string; isModule?: boolean }>> = {
  vite: { command: 'vite build --outDir out/vite', script: '' },
  esbuild: {
    command: 'esbuild src/page.mjs --bundle --splitting --format=esm --outdir=out/esbuild --log-level=error',
    script: 'page.js',
  },
  'esbuild-one-file': {
    command: 'esbuild src/page.mjs --bundle --outdir=out/esbuild-one-file --log-level=error',
    script: 'page.js',
    isModule: false,
  },
  rollup: { command: 'rollup src/page.mjs -d out/rollup -p node-resolve --silent', script: 'page.js' },
  webpack: {
    command: 'webpack --mode production --entry ./src/page.mjs -o out/webpack',
    script: 'main.js',
    isModule: false,
  },
  rspack: {
    command: 'rspack build --mode production --entry ./src/page.mjs -o out/rspack',
    script: 'main.js',
    isModule: false,
  },
};

/** What a server may say of a page, all of which must do. */
const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no headers': {},
  'a strict policy': { 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'" },
  isolation: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
  'isolation and a strict policy': {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'",
  },
};

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

function runs(program: string, args: readonly string[], cwd = app): string {
  return execFileSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The app's own files, and what its server offers. */
async function makeApp(): Promise<void> {
  writeFileSync(
    path.join(app, 'package.json'),
    JSON.stringify({ name: 'app', private: true, type: 'module' }),
  );
  cpSync(path.join(top, 'test/bundlers'), path.join(app, 'src'), { recursive: true });
  writeFileSync(
    path.join(app, 'index.html'),
    '<!doctype html><title>app</title><script type="module" src="/src/page.mjs"></script>',
  );
  const files = path.join(app, 'files');
  mkdirSync(files);
  const random = new Random(7);
  const words = ['king', 'queen', 'man', 'woman', 'prince', 'apple', 'mat'];
  const rows = words.map(
    (word) => `${word} ${Array.from({ length: 10 }, () => random.normal().toFixed(4)).join(' ')}\n`,
  );
  writeFileSync(path.join(files, 'vectors.txt'), rows.join(''));
  const trigger = await tinyModel();
  await trigger.save(path.join(files, 'trigger.safetensors'));
  const text = new TextModel({ cell: 'gru', units: 16, layers: 1, seed: 1, threads: 1 });
  await text.fit('the rain in the plain fell mainly on the grain. '.repeat(40), {
    steps: 20,
    batchSize: 8,
    seqLength: 16,
  });
  await text.save(path.join(files, 'text.safetensors'));
  const recording = shippedClips().find((clip) => clip.path.startsWith('activates/'));
  writeFileSync(path.join(files, 'recording.wav'), recording!.bytes);
}

/** A server of one built page, on this machine alone. */
async function serve(
  folder: string,
  name: string,
  headers: Readonly<Record<string, string>>,
): Promise<Server> {
  const { script, isModule = true } = BUNDLERS[name];
  const type = isModule ? 'module' : 'text/javascript';
  const plain = `<!doctype html><title>app</title><link rel="icon" href="data:,"><script type="${type}" src="/${script}"></script>`;
  const server = createServer(({ url = '/' }, response) => {
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    const file = url.startsWith('/files/')
      ? path.join(app, url)
      : path.join(folder, url === '/' ? 'index.html' : url);
    if (url === '/' && !existsSync(file)) return response.setHeader('Content-Type', 'text/html').end(plain);
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

declare const answers: Promise<object>;

describeChromium('a page that imports seqkit, built with the defaults of its bundler', () => {
  let browser: Browser;
  let expected: object;
  beforeAll(async () => {
    await makeApp();
    const [{ filename }] = JSON.parse(
      runs('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', app], top),
    ) as [{ filename: string }];
    runs('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`, ...PACKAGES]);
    expected = JSON.parse(runs(process.execPath, ['src/node.mjs'])) as object;
    browser = await chromium.launch({
      executablePath: process.env['SEQKIT_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(app, { recursive: true, force: true });
  });

  it('has something to compare: Node does every task', () => {
    expect(Object.keys(expected)).toEqual(['analogy', 'trigger', 'text', 'network', 'words']);
    expect(JSON.stringify(expected)).not.toContain('error');
    expect(expected).toMatchObject({ trigger: { count: expect.any(Number) } });
  });

  for (const [name, { command }] of Object.entries(BUNDLERS)) {
    it(`by ${name} answers what Node answers, under any headers`, async () => {
      const [program, ...args] = command.split(' ');
      runs(path.join(app, 'node_modules/.bin', program), args);
      const folder = path.join(app, 'out', name);
      for (const [said, headers] of Object.entries(HEADERS)) {
        const server = await serve(folder, name, headers);
        const page = await browser.newPage();
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(String(error)));
        try {
          await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
          expect({ said, found: await page.evaluate(() => answers), errors }).toEqual({
            said,
            found: expected,
            errors: [],
          });
        } finally {
          await page.close();
          await new Promise((resolve) => server.close(resolve));
        }
      }
      // Nothing but code: no page of the package, no vectors.
      const others = readdirSync(folder).filter((file) => !/\.(js|html|LICENSE\.txt)$|^assets$/.test(file));
      expect(others).toEqual([]);
    });
  }
});
