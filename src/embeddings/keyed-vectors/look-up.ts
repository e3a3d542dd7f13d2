import { SeqkitError } from '../../base/errors.js';
import type { KeyedVectors } from './keyed-vectors.js';
import { quote } from '../vectors/quote.js';
import { groupDigits } from '../../base/math/group-digits.js';

/** A typed word as the vocabulary spells it. */
export interface FoundWord {
  readonly typed: string;
  /** `typed`, or where only that is there, its lower case. */
  readonly word: string;
}

/**
 * Finds a typed word, in lower case where it is missing as typed.
 * @throws SeqkitError `unknown-word` that names it, with words spelled like it as the hint
 */
export async function lookUp(vectors: KeyedVectors, typed: string): Promise<FoundWord> {
  if (vectors.has(typed)) return { typed, word: typed };
  const lower = typed.toLowerCase();
  if (vectors.has(lower)) return { typed, word: lower };
  const near = await vectors.nearSpellings(typed);
  const count = groupDigits(vectors.size);
  const tried = lower === typed ? '' : `, nor is ${quote(lower)}`;
  throw new SeqkitError(`${quote(typed)} is not among the ${count} words of ${vectors.source}${tried}.`, {
    code: 'unknown-word',
    hint:
      near.length > 0
        ? `Near spellings: ${near.join(', ')}.`
        : 'No word is spelled nearly like it. Words are single, such as "york", not "new york".',
  });
}
