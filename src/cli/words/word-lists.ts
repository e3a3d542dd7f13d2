import { SeqkitError } from '../../base/errors.js';

/** The words of a list such as `rose,tulip`. @throws SeqkitError `usage` where there is none */
export function wordsOf(flag: string, list: string): string[] {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length > 0) return words;
  throw new SeqkitError(`${flag} takes words with commas between, not ${JSON.stringify(list)}.`, {
    code: 'usage',
  });
}

/** The pairs of a list such as `man:woman,king:queen`. @throws SeqkitError `usage` for what is no pair */
export function pairsOf(flag: string, list: string): [string, string][] {
  return list.split(',').map((pair) => {
    const [a, b, ...rest] = pair.split(':').map((word) => word.trim());
    if (a && b && rest.length === 0) return [a, b];
    throw new SeqkitError(
      `${flag} takes pairs of words such as man:woman,king:queen, and ${JSON.stringify(pair)} is none.`,
      { code: 'usage' },
    );
  });
}
