import { fileURLToPath } from 'node:url';
import { SeqkitError } from '../errors.js';

/** The path that a `file:` URL means. @throws SeqkitError `file-access` where it means none on this machine */
export function pathOfUrl(address: string): string {
  try {
    return fileURLToPath(address);
  } catch (cause) {
    throw new SeqkitError(`${address} means no file here: ${(cause as Error).message}.`, {
      code: 'file-access',
      hint: 'Give the path of the file, or the URL of one on this machine.',
      cause,
    });
  }
}
