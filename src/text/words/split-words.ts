/** What `Tokenizer` takes out of a text: Keras's punctuation, which leaves the apostrophe. */
export const DEFAULT_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

/** How a text becomes words. */
export interface WordSplitting {
  readonly filters: string;
  readonly lower: boolean;
  readonly split: string;
}

/** A code point with the combining marks after it. */
const CHARACTER = /\P{M}\p{M}*|\p{M}+/gu;

/** One spelling of a word that Unicode can write in two ways, such as with a letter of its own or with a mark. */
export function spelledAlike(text: string, lower: boolean): string {
  const composed = text.normalize('NFC');
  // Letters may fall apart when they become small.
  return lower ? composed.toLowerCase().normalize('NFC') : composed;
}

/** The words of a text. What is filtered parts words as `split` does; a space stands for white space of any kind. */
export function splitWords(text: string, { filters, lower, split }: WordSplitting): string[] {
  const filtered = new Set(filters);
  // By code points, so that no half of one is filtered.
  const kept = Array.from(spelledAlike(text, lower), (character) =>
    filtered.has(character) ? split : character,
  ).join('');
  return kept.split(split === ' ' ? /\s+/u : split).filter((word) => word !== '');
}

/** The characters of a text, marks with the letters that they stand on. */
export function splitCharacters(text: string, lower: boolean): string[] {
  return spelledAlike(text, lower).match(CHARACTER) ?? [];
}
