import { resolve } from 'node:path';
import { SeqkitError } from '../../base/errors.js';

/**
 * Refuses two outputs of one command in one file before any work is done, since the second would find it there.
 * @param outputs paths by the options that name them
 * @throws SeqkitError `usage`
 */
export function checkDistinct(outputs: Readonly<Record<string, string | undefined>>): void {
  const seen = new Map<string, string>();
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    const full = resolve(path);
    const other = seen.get(full);
    if (other !== undefined) {
      throw new SeqkitError(`${other} and ${option} name the same file: ${path}.`, {
        code: 'usage',
        hint: 'Give each a file of its own.',
      });
    }
    seen.set(full, option);
  }
}
