import { SeqkitError } from './errors.js';

/**
 * Refuses an options object with a key that means nothing, which is most often a slip of the pen.
 * @param known every key there is: the compiler asks for those that are left out
 * @param where whose options they are, such as `fit` or `fit's checkpoint`
 * @throws SeqkitError `usage` that names the key
 */
export function checkKnownOptions<Options extends object>(
  options: Options | undefined,
  known: Readonly<Record<keyof Options & string, true>>,
  where: string,
): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new SeqkitError(`The options of ${where} must be an object, not ${JSON.stringify(options)}.`, {
      code: 'usage',
    });
  }
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(known, key)) continue;
    throw new SeqkitError(`${where} has no option "${key}".`, {
      code: 'usage',
      hint: `The options are ${Object.keys(known).join(', ')}.`,
    });
  }
}
