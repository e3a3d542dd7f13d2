import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeqkitError } from '../../base/errors.js';
import type { StudioFolders } from './studio-handler.js';

/** What of the package's data the page asks for. */
const PAGE_DATA = ['vectors/glove-6b-100d-10k.safetensors', 'clips', 'tunes'];

/**
 * Writes the page as one folder of static files for any web server.
 * @throws SeqkitError `file-exists` where the folder holds something
 */
export function writeSite(out: string, { studio, browser, data }: StudioFolders): void {
  if (existsSync(out) && readdirSync(out).length > 0) {
    throw new SeqkitError(`${out} is not empty.`, {
      code: 'file-exists',
      hint: 'Give a folder that is empty, or one that is not there yet.',
    });
  }
  mkdirSync(out, { recursive: true });
  cpSync(studio, join(out, 'studio'), { recursive: true });
  cpSync(browser, join(out, 'browser'), { recursive: true });
  for (const name of PAGE_DATA) cpSync(join(data, name), join(out, 'data', name), { recursive: true });
  const page = '<!doctype html><meta charset="utf-8"><title>seqkit studio</title>';
  writeFileSync(join(out, 'index.html'), `${page}<meta http-equiv="refresh" content="0; url=studio/">\n`);
}
