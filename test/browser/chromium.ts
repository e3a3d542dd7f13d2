import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { describe } from 'vitest';
import { build, type Rolldown } from 'vite';
import packageJson from '../../package.json' with { type: 'json' };
import { chromiumIsRequired } from '../support/swiftshader.js';

/** Where Chromium is. */
export const CHROMIUM = process.env['SEQKIT_CHROMIUM'] ?? '/usr/bin/chromium';
/** SwiftShader, a driver in software, stands in for a GPU. */
export const SWIFTSHADER_SWITCHES = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
];

/** Tests that need Chromium, skipped under a title that says so where it is not installed. */
export function describeChromium(title: string, body: () => void): void {
  if (existsSync(CHROMIUM) || chromiumIsRequired) describe(title, body);
  else describe.skip(`${title} (${CHROMIUM} is not there; SEQKIT_CHROMIUM names another)`, body);
}

/** A page in headless Chromium that has run one module of ours, bundled and minified as users' are. */
export interface BrowserPage {
  readonly page: Page;
  /** What the page logged as an error or warning. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Our compiled modules, as a page without a bundler would import them. */
const dist = fileURLToPath(new URL('../../dist/', import.meta.url));

/** How a page is opened. */
export interface PageOptions {
  /** Whether the page is cross-origin isolated, so that its threads can share memory. */
  isolated?: boolean;
  /** What is served beside the page, by its address. */
  files?: Readonly<Record<string, Uint8Array>>;
  /** More of Chromium's switches. */
  switches?: readonly string[];
}

/**
 * @param module the page's script, or the page itself (.html), as a path from this folder; beside it `/dist/`
 *   holds our modules
 */
export async function openPage(
  module: string,
  { isolated = false, files: more = {}, switches = [] }: PageOptions = {},
): Promise<BrowserPage> {
  const files = await bundle(fileURLToPath(new URL(module, import.meta.url)));
  const server = createServer((request, response) => {
    const { url = '' } = request;
    const isScript = url.endsWith('.js');
    const type = isScript ? 'text/javascript' : url in more ? 'application/octet-stream' : 'text/html';
    response.setHeader('Content-Type', type);
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    if (url in more) response.end(more[url]);
    else if (!isScript) response.end(files.get('/index.html') ?? PLAIN_PAGE);
    else response.end(files.get(url) ?? readFileSync(join(dist, normalize(url).replace(/^\/dist\//, ''))));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...SWIFTSHADER_SWITCHES, ...switches],
    });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      // A driver's remarks on speed are no complaints: reading results back is meant to wait.
      const isRemark = message.text().includes('GPU stall due to ReadPixels');
      if (['error', 'warning'].includes(message.type()) && !isRemark) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'load' });
    return { page, complaints, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const PLAIN_PAGE = '<!doctype html><script type="module" src="/page.js"></script>';

/** What pages import by the name of the package: its browser build. The longest names first, since each is a prefix. */
const alias = Object.entries(packageJson.exports)
  .flatMap(([entry, file]) => (typeof file === 'string' ? [] : [{ entry, file: file.default }]))
  .sort((a, b) => b.entry.length - a.entry.length)
  .map(({ entry, file }) => ({
    find: `seqkit${entry.slice(1)}`,
    replacement: fileURLToPath(new URL(`../../${file}`, import.meta.url)),
  }));

/** What a page of this module is made of, by address: `/page.js`, the page itself, and the scripts of its workers. */
async function bundle(entry: string): Promise<Map<string, string | Uint8Array>> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    root: dirname(entry),
    resolve: { alias },
    build: {
      write: false,
      minify: true,
      rolldownOptions: { input: entry, output: { codeSplitting: false, entryFileNames: 'page.js' } },
    },
  })) as Rolldown.RolldownOutput;
  return new Map(
    output.map((part) => [`/${part.fileName}`, part.type === 'chunk' ? part.code : part.source]),
  );
}
