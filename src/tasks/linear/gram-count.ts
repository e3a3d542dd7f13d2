import { GramTable } from './gram-table.js';
import { plainSpelling, visitCharacterGrams, visitWordGrams, type GramVisitor } from './n-grams.js';
import type { NgramSettings } from './ngram-options.js';

/** N-grams that texts have, and in how many of them. */
export interface CountedGrams {
  /** Those of words first, then those of characters; each kind in the order in which they came. */
  readonly terms: readonly string[];
  /** How many of them are of words. */
  readonly wordTerms: number;
  /** In how many texts each is. */
  readonly documents: Int32Array;
}

/** All n-grams of one kind. */
class GramCount {
  readonly terms: string[] = [];
  readonly documents: number[] = [];
  /** How often each came. */
  readonly #times: number[] = [];
  readonly #table = new GramTable();
  /** The last text that each was seen in. */
  readonly #last: number[] = [];
  #text = -1;

  nextText(): void {
    this.#text++;
  }

  readonly visit: GramVisitor = (low, high, text, start, end) => {
    const number = this.#table.add(low, high);
    if (number === this.terms.length) {
      this.terms.push(text.slice(start, end));
      this.documents.push(0);
      this.#times.push(0);
      this.#last.push(-1);
    }
    this.#times[number]++;
    if (this.#last[number] === this.#text) return;
    this.#last[number] = this.#text;
    this.documents[number]++;
  };

  /** The numbers of those that are kept, in order. */
  kept(minDocuments: number, maxFeatures = Infinity): number[] {
    const often = this.terms.flatMap((_, i) => (this.documents[i] >= minDocuments ? [i] : []));
    if (often.length <= maxFeatures) return often;
    // The first of equally frequent ones stays.
    const sorted = often.sort((a, b) => this.#times[b] - this.#times[a] || a - b);
    return sorted.slice(0, maxFeatures).sort((a, b) => a - b);
  }
}

/** Counts the n-grams of texts, and drops those that are too rare. */
export function countGrams(texts: readonly string[], settings: NgramSettings): CountedGrams {
  const { words, characters, minDocuments, maxFeatures, lower } = settings;
  const [ofWords, ofCharacters] = [new GramCount(), new GramCount()];
  for (const given of texts) {
    const text = plainSpelling(given, lower);
    ofWords.nextText();
    ofCharacters.nextText();
    if (words) visitWordGrams(text, words, ofWords.visit);
    if (characters) visitCharacterGrams(text, characters, ofCharacters.visit);
  }
  const kinds = [ofWords, ofCharacters].map((count) => ({
    count,
    kept: count.kept(minDocuments, maxFeatures),
  }));
  return {
    terms: kinds.flatMap(({ count, kept }) => kept.map((i) => count.terms[i])),
    wordTerms: kinds[0].kept.length,
    documents: Int32Array.from(kinds.flatMap(({ count, kept }) => kept.map((i) => count.documents[i]))),
  };
}
