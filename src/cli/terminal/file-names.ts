import { extname } from 'node:path';
import { SeqkitError } from '../../base/errors.js';

/**
 * What kind of file a name asks for.
 * @param option who takes the name, such as `--out`
 * @param endings those that it may have, such as `.svg`
 * @param kinds what they are, for the error, where the endings do not say it
 * @returns the one it has
 * @throws SeqkitError `usage` for another
 */
export function endingOf<Ending extends string>(
  option: string,
  path: string,
  endings: readonly Ending[],
  kinds = '',
): Ending {
  const ending = endings.find((each) => each === extname(path).toLowerCase());
  if (ending !== undefined) return ending;
  const last = endings.at(-1)!;
  const list = endings.length === 1 ? last : `${endings.slice(0, -1).join(', ')} or ${last}`;
  throw new SeqkitError(`${option} takes a name that ends in ${list}${kinds}, not ${JSON.stringify(path)}.`, {
    code: 'usage',
  });
}

/** @throws SeqkitError `usage` for a name that tells no format of vectors */
export function checkVectorName(option: string, path: string): void {
  endingOf(option, path.replace(/\.gz$/i, ''), ['.safetensors', '.txt', '.vec', '.bin'], ', or that and .gz');
}

/** @throws SeqkitError `usage` for a name that is no picture's */
export function checkPictureName(option: string, path: string): void {
  endingOf(option, path, ['.svg', '.png']);
}
