import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeqkitError } from '../../base/errors.js';
import { fileError } from '../../base/host/files.js';
import { listFolder, makeFolder } from '../../base/host/folders.js';
import type { StudioFolders } from './studio-handler.js';

/** What of the package's data the page asks for. */
const PAGE_DATA = [
  'vectors/glove-6b-100d-10k.safetensors',
  'clips',
  'tunes',
  'embedding/speech-embedding.safetensors',
];

/** Leads to the page. */
const FIRST_PAGE = `<!doctype html><meta charset="utf-8"><title>seqkit studio</title>
<meta http-equiv="refresh" content="0; url=studio/">
`;

/**
 * Writes the page as one folder of static files for any web server.
 * @throws SeqkitError `file-exists` where the folder holds something; `file-access`
 */
export function writeSite(out: string, { studio, browser, data }: StudioFolders): void {
  if (listFolder(out).length > 0) {
    throw new SeqkitError(`${out} is not empty.`, {
      code: 'file-exists',
      hint: 'Give a folder that is empty, or one that is not there yet.',
    });
  }
  makeFolder(out);
  try {
    cpSync(studio, join(out, 'studio'), { recursive: true });
    cpSync(browser, join(out, 'browser'), { recursive: true });
    for (const name of PAGE_DATA) cpSync(join(data, name), join(out, 'data', name), { recursive: true });
    writeFileSync(join(out, 'index.html'), FIRST_PAGE);
  } catch (error) {
    throw fileError(error, `Cannot write the page to ${out}`);
  }
}
