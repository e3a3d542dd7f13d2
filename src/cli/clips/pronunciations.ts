import { Option } from 'commander';
import { looksLikeIpa, soundsOfIpa } from '../../audio/voices/pronunciation/ipa.js';
import type { Pronunciation } from '../../audio/voices/spoken-takes.js';
import { SeqkitError } from '../../base/errors.js';
import { typedValue } from '../options/typed-value.js';

/** `--say`, as often as wanted. */
export function sayOption(): Option {
  return new Option(
    '--say <pronunciation>',
    'how it is said, in IPA or as another spelling; several times for several ways',
  ).argParser((given: string, before: readonly string[] | undefined) => [...(before ?? []), given]);
}

/**
 * Words with the pronunciations that `--say` gives: in the International Phonetic Alphabet, or another spelling. Of
 * several words each begins with its word and `=`.
 *
 * @throws SeqkitError `usage` where it does not say of which word it is; `bad-value` for what is no pronunciation
 */
export function pronunciationsOf(words: readonly string[], said: readonly string[] = []): Pronunciation[] {
  const byWord = new Map(words.map((word) => [word, [] as { text?: string; ipa?: string }[]]));
  for (const given of said) {
    const [, named, rest] = /^([^=]*)=(.*)$/s.exec(given) ?? [];
    const isNamed = named !== undefined && byWord.has(named.trim());
    if (!isNamed && words.length > 1) {
      throw new SeqkitError(`--say ${JSON.stringify(given)} does not say which of several words it is for.`, {
        code: 'usage',
        hint: `Begin it with the word: --say ${JSON.stringify(`${words[0]}=${given}`)}.`,
      });
    }
    const word = isNamed ? named.trim() : words[0];
    byWord.get(word)!.push(typedValue('--say', () => pronunciation(isNamed ? rest : given)));
  }
  return words.map((text) => ({ text, say: byWord.get(text)! }));
}

function pronunciation(given: string): { text?: string; ipa?: string } {
  if (given.trim() === '') {
    throw new SeqkitError('A pronunciation holds something to say, not nothing.', { code: 'bad-value' });
  }
  if (!looksLikeIpa(given)) return { text: given.trim() };
  soundsOfIpa(given);
  return { ipa: given.trim() };
}
