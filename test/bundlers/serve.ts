import { existsSync, readFileSync } from 'node:fs';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

export interface Site {
  /** Where the files lie that all pages fetch, under `/files/`. */
  readonly app: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is built, a folder, or the port of a server that has the rest. */
  readonly built: string | number;
  /** The page's script, where the bundler makes no page; twice for two copies. */
  readonly scripts?: readonly string[];
  readonly isModule?: boolean;
}

/** A server of one built page, on this machine alone, while `use` has it. */
export async function withServer<T>(site: Site, use: (address: string) => Promise<T>): Promise<T> {
  const { app, headers, built, scripts = [], isModule = true } = site;
  const type = isModule ? 'module' : 'text/javascript';
  const tags = scripts.map((script) => `<script type="${type}" src="/${script}"></script>`).join('');
  const server = createServer(({ url: asked = '/' }, response) => {
    const url = asked.replace(/\?.*/, '');
    for (const [header, value] of Object.entries(headers)) response.setHeader(header, value);
    if (!url.startsWith('/files/') && typeof built === 'number') return pass(built, asked, response);
    const file = url.startsWith('/files/')
      ? path.join(app, url)
      : path.join(String(built), url === '/' ? 'index.html' : url);
    if (url === '/' && (tags !== '' || !existsSync(file))) {
      response.setHeader('Content-Type', 'text/html');
      return response.end(`<!doctype html><title>app</title><link rel="icon" href="data:,">${tags}`);
    }
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Has another server answer. */
function pass(port: number, url: string, response: ServerResponse): void {
  request({ host: '127.0.0.1', port, path: url }, (answer) => {
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value!);
    response.writeHead(answer.statusCode ?? 500);
    answer.pipe(response);
  })
    .on('error', () => response.writeHead(502).end())
    .end();
}
