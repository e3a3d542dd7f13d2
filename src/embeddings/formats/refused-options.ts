import { SeqkitError } from '../../base/errors.js';
import type { ReadOptions } from './read-options.js';

/** @throws SeqkitError `bad-value` where an encoding is stated of a file that says its own */
export function refuseEncoding({ encoding }: ReadOptions, source: string): void {
  if (encoding === undefined || isUtf8(encoding)) return;
  throw new SeqkitError(`${source} is of a format whose words are UTF-8, not ${encoding}.`, {
    code: 'bad-value',
    hint: 'Leave the encoding out.',
  });
}

function isUtf8(encoding: string): boolean {
  return /^utf-?8$/i.test(encoding);
}

/** @throws SeqkitError `bad-value` where a file of an archive is named and there is no archive */
export function refuseMember({ member }: ReadOptions, source: string): void {
  if (member === undefined) return;
  throw new SeqkitError(
    `${source} is no zip archive that is opened by its path, of which a member could be named.`,
    {
      code: 'bad-value',
      hint: 'Leave the member out.',
    },
  );
}
