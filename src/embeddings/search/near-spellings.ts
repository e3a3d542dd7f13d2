import { editDistance } from '../../base/edit-distance.js';
import type { WordList } from '../vectors/word-list.js';

/** A word of the vocabulary and how many edits it is away. */
export interface NearSpelling {
  readonly word: string;
  readonly distance: number;
}

/**
 * The words spelled most like a given one, fewest edits first, then by frequency. An edit is a
 * letter put in, left out, changed, or two neighbours swapped (Damerau 1964, in the form that
 * edits no part twice). Upper and lower case count as the same letter.
 * @param size how many of the words to consider, from the most frequent
 * @param count how many at most
 * @returns those within half as many edits as the word has letters, at least one and at most three
 */
export function nearSpellings(words: WordList, size: number, typed: string, count: number): NearSpelling[] {
  const wanted = Array.from(typed.toLowerCase());
  if (wanted.length === 0) return [];
  const farthest = Math.min(3, Math.max(1, Math.floor(wanted.length / 2)));
  const byDistance: string[][] = Array.from({ length: farthest + 1 }, () => []);
  const wantedBytes = new TextEncoder().encode(typed).length;
  for (let row = 0; row < size; row++) {
    const bytes = words.offsets[row + 1] - words.offsets[row];
    // A letter takes one to four bytes, so words far off in bytes are far off in letters.
    if (bytes < wanted.length - farthest || bytes > wantedBytes + 4 * farthest) continue;
    const word = words.at(row);
    const distance = editDistance(wanted, Array.from(word.toLowerCase()), farthest);
    if (distance <= farthest) byDistance[distance].push(word);
  }
  return byDistance
    .flatMap((found, distance) => found.slice(0, count).map((word) => ({ word, distance })))
    .slice(0, count);
}
