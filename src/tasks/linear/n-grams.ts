import { CHARACTER_SEED, hashOn, WORD_SEED, type GramHash } from './gram-table.js';

/** The fewest and the most words or characters of an n-gram. */
export type GramRange = readonly [min: number, max: number];

/** A word: letters, digits and marks, with apostrophes inside it; an emoji or a flag is one too. */
const WORD =
  /[\p{L}\p{N}\p{M}_]+(?:'[\p{L}\p{N}\p{M}_]+)*|\p{Extended_Pictographic}|\p{Regional_Indicator}{2}/gu;
const PLAIN = /^[\0-\x7f]*$/;

/** Takes an n-gram by its hash, and where it stands in the text it was cut from: `text.slice(start, end)`. */
export type GramVisitor = (low: number, high: number, text: string, start: number, end: number) => void;

/** A text as n-grams see it: composed (NFC), with straight apostrophes, and small letters where that is asked. */
export function plainSpelling(text: string, lower: boolean): string {
  if (PLAIN.test(text)) return lower ? text.toLowerCase() : text;
  // Half of a surrogate pair has no UTF-8.
  const composed = text
    .normalize('NFC')
    .replace(/[’‘]/g, "'")
    .replace(/\p{Surrogate}/gu, '\ufffd');
  return lower ? composed.toLowerCase().normalize('NFC') : composed;
}

/** The words of a text in `plainSpelling`. */
export function gramWords(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** Visits each run of `min` to `max` words, which are put together with a space between them. */
export function visitWordGrams(text: string, [min, max]: GramRange, visit: GramVisitor): void {
  const words = gramWords(text);
  if (words.length === 0) return;
  const joined = words.join(' ');
  const hash: GramHash = { low: 0, high: 0 };
  let start = 0;
  for (let first = 0; first < words.length; first++) {
    hash.low = WORD_SEED.low;
    hash.high = WORD_SEED.high;
    let at = start;
    for (let count = 1; count <= max && first + count <= words.length; count++) {
      if (count > 1) hashOn(hash, joined.charCodeAt(at++));
      const end = at + words[first + count - 1].length;
      while (at < end) hashOn(hash, joined.charCodeAt(at++));
      if (count >= min) visit(hash.low, hash.high, joined, start, at);
    }
    start += words[first].length + 1;
  }
}

/**
 * Visits each run of `min` to `max` characters of each word between two spaces, the spaces beside it included, as
 * scikit-learn's `char_wb` does: words here are what white space parts, and a word shorter than n counts once.
 */
export function visitCharacterGrams(text: string, range: GramRange, visit: GramVisitor): void {
  const padded = ` ${text.replace(/\s+/gu, ' ').trim()} `;
  if (padded.length <= 2) return;
  const isPlain = PLAIN.test(padded);
  let start = 0;
  while (start < padded.length - 1) {
    const end = padded.indexOf(' ', start + 1) + 1;
    visitWord(padded, start, end, range, isPlain, visit);
    start = end - 1;
  }
}

/** The n-grams of one word with its two spaces. */
function visitWord(
  text: string,
  start: number,
  end: number,
  [min, max]: GramRange,
  isPlain: boolean,
  visit: GramVisitor,
): void {
  const hash: GramHash = { low: 0, high: 0 };
  const length = isPlain ? end - start : countPoints(text, start, end);
  // A word that is shorter than the shortest n-gram is one itself, as it stands.
  const from = Math.min(min, length);
  for (let first = start; first < end; first += unitsAt(text, first, isPlain)) {
    hash.low = CHARACTER_SEED.low;
    hash.high = CHARACTER_SEED.high;
    let at = first;
    for (let count = 1; count <= max && at < end; count++) {
      const units = unitsAt(text, at, isPlain);
      for (let i = 0; i < units; i++) hashOn(hash, text.charCodeAt(at++));
      if (count >= from) visit(hash.low, hash.high, text, first, at);
    }
    if (from < min) break;
  }
}

/** How many code units the character at a place takes. */
function unitsAt(text: string, at: number, isPlain: boolean): number {
  return isPlain || text.codePointAt(at)! < 0x10000 ? 1 : 2;
}

function countPoints(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at += unitsAt(text, at, false)) count++;
  return count;
}
