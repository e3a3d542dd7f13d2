import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import { isFolder } from '../../base/host/folders.js';
import { FLITE_PACKAGE } from '../../audio/voices/engines/flite-engine.js';
import { installedFile } from '../../base/host/installed-package.js';
import { packageFile } from '../../base/host/package-file.js';
import type { StudioFolders } from './studio-handler.js';
import { jsonOption, wholeOption } from '../options/options.js';
import { listenWith, type HttpServer } from '../server/http-server.js';
import { findProgram } from '../../base/host/programs.js';
import { note, print, printJson } from '../terminal/output.js';
import { stoppable } from '../terminal/stop-signal.js';

interface StudioOptions {
  readonly port: number;
  readonly open: boolean;
  readonly out?: string;
  readonly json: boolean;
}

const HOST = '127.0.0.1';
/** A port of its own, by which browsers tell whose is what they keep. */
const PORT = 8_095;
const NAMES = [HOST, 'localhost'];
/** Bytes of the token. */
const TOKEN_BYTES = 18;
/** What opens an address in the user's browser. */
const OPENERS = ['xdg-open', 'open', 'wslview', 'explorer.exe'];

/** Adds the command studio. */
export function register(program: Command): void {
  program
    .command('studio')
    .description(
      'Words, texts, tunes, wake words, classifiers and chatbots in a page: train, try and save them without code. All of it computes in the page; nothing leaves this machine.',
    )
    .argument('[folder]', 'a folder whose files the page may read; without it, none')
    .addOption(
      wholeOption('--port <n>', 'where it listens, and by which the browser keeps your project; 0 for any', {
        min: 0,
        max: 65_535,
      }).default(PORT),
    )
    .addOption(new Option('--open', 'open the page in your browser').default(false))
    .addOption(
      new Option('--out <folder>', 'write the page as static files for any web server, and end').conflicts([
        'open',
        'port',
      ]),
    )
    .addOption(jsonOption())
    .action(studio);
}

async function studio(folder: string | undefined, options: StudioOptions, command: Command): Promise<void> {
  const { studioHandler } = await import('./studio-handler.js');
  const folders = studioFolders(folder);
  if (options.out !== undefined) {
    const { writeSite } = await import('./write-site.js');
    writeSite(options.out, folders);
    if (options.json) printJson({ out: options.out });
    else print(`${options.out} holds the page. Serve it by any web server.`);
    note(
      'Pages train on several threads where the server sends Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.',
    );
    return;
  }
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const isAsked = command.getOptionValueSource('port') !== 'default';
  const server = await listenAt(options.port, isAsked, () =>
    createServer(studioHandler(folders, token, NAMES)),
  );
  const url = `http://${HOST}:${server.port}/${token}/studio/`;
  if (options.json) printJson({ url, port: server.port });
  else print(url);
  note('The address is for you alone: who has it can read what the page can. Ctrl-C stops the studio.');
  if (options.open) openInBrowser(url);
  await stoppable(
    (signal) => new Promise<void>((done) => signal.addEventListener('abort', () => done())),
    'Stopping.',
  );
  await server.stop();
}

/** Listens at a port, or where another has the usual one, at any that is free. @param isAsked whether no other will do */
async function listenAt(port: number, isAsked: boolean, server: () => Server): Promise<HttpServer> {
  try {
    return await listenWith(server(), HOST, port);
  } catch (error) {
    if (isAsked || (error as SeqkitError).code !== 'resources') throw error;
    note(`Port ${PORT} is in use, so this studio takes another. It does not see what the other has kept.`);
    return listenWith(server(), HOST, 0);
  }
}

/** @throws SeqkitError `file-access` for a folder that is none, or where the page has not been built */
function studioFolders(folder: string | undefined): StudioFolders {
  if (folder !== undefined && !isFolder(folder)) {
    throw new SeqkitError(`${folder} is no folder.`, {
      code: 'file-access',
      hint: 'Give a folder, such as . for the one that you are in.',
    });
  }
  const studio = packageFile('dist/studio');
  if (!existsSync(studio)) {
    throw new SeqkitError('The page of the studio has not been built.', {
      code: 'file-access',
      hint: 'Run: npm run build',
    });
  }
  return {
    studio,
    browser: packageFile('dist/browser'),
    data: packageFile('data'),
    folder: folder === undefined ? undefined : resolve(folder),
    // Looked for each time: it may be installed while the studio runs.
    voices: () => installedFile(`${FLITE_PACKAGE}/flite.wasm`),
  };
}

function openInBrowser(url: string): void {
  const opener = findProgram(...OPENERS);
  if (opener === undefined)
    return note('No program was found that opens a browser: open the address yourself.');
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => note(`${opener} did not start: open the address yourself.`))
    .unref();
}
