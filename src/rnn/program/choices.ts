import { SeqkitError } from '../../base/errors.js';

/**
 * The place of a choice among all there are: what an engine's kernels know it by.
 * @param what what is chosen, as `activation`
 * @throws SeqkitError `engine` for a choice that is none of them
 */
export function placeOf<Choice extends string>(
  choice: Choice,
  choices: readonly Choice[],
  what: string,
): number {
  const place = choices.indexOf(choice);
  if (place < 0) throw unknownChoice(choice, choices, what);
  return place;
}

/** What a table holds for a choice. @throws SeqkitError `engine` where it holds nothing */
export function entryOf<Choice extends string, Entry>(
  table: Readonly<Record<Choice, Entry>>,
  choice: Choice,
  what: string,
): Entry {
  if (!Object.hasOwn(table, choice)) throw unknownChoice(choice, Object.keys(table), what);
  return table[choice];
}

function unknownChoice(choice: unknown, choices: readonly string[], what: string): SeqkitError {
  return new SeqkitError(`The engine has no ${what} "${String(choice)}".`, {
    code: 'engine',
    hint: `It has ${choices.join(', ')}.`,
  });
}
