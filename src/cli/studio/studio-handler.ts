import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { hostName } from '../../server/host-name.js';
import { contentsOf, fileBelow, filesBelow, type ServedFile } from './static-files.js';

/** What a studio is served from. */
export interface StudioFolders {
  /** The page. */
  readonly studio: string;
  /** The build of seqkit for pages. */
  readonly browser: string;
  /** What comes with seqkit: vectors, clips, tunes. */
  readonly data: string;
  /** The user's, which the page may read. */
  readonly folder: string | undefined;
  /** Where the voices of the page lie, flite as WebAssembly; undefined where they are not installed. */
  readonly voices: () => string | undefined;
}

/**
 * What every answer says to browsers: the page runs what this server sends and nothing else, asks nobody else, stands
 * in no frame, and is isolated, so that its threads may share memory. The hash is that of the one style that abcjs puts
 * into sheet music.
 */
export const STUDIO_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'sha256-BCpnf71gZdCsSCHDzyB1RsBbZ0qQdqseK6v+yJsgg30='; img-src 'self' blob:; media-src blob:; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'microphone=(self), camera=(), geolocation=()',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** Where the list of the user's files is, below the token. */
const FILES = 'files.json';
/** What speaks in the page, below the token. */
const VOICES = 'flite.wasm';
/** Folders below the token, by their names in addresses. */
const PLACES = ['studio', 'browser', 'data', 'folder'] as const;

/**
 * Answers requests of the page, each below `/<token>/`.
 * @param token that only those know who were given the address
 * @param hosts names by which the server may be called: others are a page's elsewhere (DNS rebinding)
 */
export function studioHandler(
  folders: StudioFolders,
  token: string,
  hosts: readonly string[],
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    for (const [name, value] of Object.entries(STUDIO_HEADERS)) response.setHeader(name, value);
    answer(request, response, folders, token, hosts).catch(() => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'The server failed to answer.');
    });
  };
}

async function answer(
  { method = '', url = '/', headers }: IncomingMessage,
  response: ServerResponse,
  folders: StudioFolders,
  token: string,
  hosts: readonly string[],
): Promise<void> {
  if (!hosts.includes(hostName(headers.host ?? '')))
    return refuse(response, 421, 'This server has another name.');
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
    return refuse(response, 403, 'Pages of other origins may not ask.');
  }
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return refuse(response, 405, 'Files are read by GET; nothing is written.');
  }
  const [given = '', place = '', ...rest] = pathOf(url);
  if (!isToken(given, token)) {
    return refuse(response, 403, 'Open the address that seqkit studio printed: it ends in a token.');
  }
  if (place === '' && rest.length === 0) {
    response.setHeader('Location', `/${token}/studio/`);
    return refuse(response, 302, 'The page is in studio/.');
  }
  if (place === FILES && rest.length === 0) {
    const files = folders.folder === undefined ? [] : await filesBelow(folders.folder);
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    const [folder, voices] = [folders.folder !== undefined, folders.voices() !== undefined];
    response.end(JSON.stringify({ folder, files, voices }));
    return;
  }
  const file = fileAt(place, rest.join('/'), folders);
  if (!file) return refuse(response, 404, 'There is no such file.');
  response.setHeader('Content-Type', file.type);
  response.setHeader('Content-Length', file.bytes);
  if (method === 'HEAD') response.end();
  else
    contentsOf(file)
      .on('error', () => response.destroy())
      .pipe(response);
}

/** What lies at an address below the token. */
function fileAt(place: string, path: string, folders: StudioFolders): ServedFile | undefined {
  if (place === VOICES && path === '') {
    const voices = folders.voices();
    return voices === undefined ? undefined : fileBelow(dirname(voices), basename(voices));
  }
  const known = PLACES.find((name) => name === place);
  const home = known && folders[known];
  if (home === undefined) return undefined;
  return fileBelow(home, known === 'studio' && path === '' ? 'index.html' : path);
}

/** The parts of an address's path; an empty list for one that is not spelled rightly. */
function pathOf(url: string): string[] {
  try {
    return url
      .replace(/[?#].*$/, '')
      .split('/')
      .slice(1)
      .map(decodeURIComponent);
  } catch {
    return [];
  }
}

/** Compares in a time that tells nothing of where they differ. */
function isToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(`${message}\n`);
}
