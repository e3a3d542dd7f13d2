import type { ScoredWord } from '../keyed-vectors/keyed-vectors.js';
import { SLUR_HASHES } from './slur-hashes.js';

/**
 * Answers without slurs, which vectors made from the web hold as they hold any word. What is left
 * out is a list of words for groups of people that are used to demean them, kept as hashes so that
 * nobody has to read them here. It is a courtesy for classrooms: no list is complete, and other
 * answers may still be unkind.
 * @param ask gives so many answers, best first
 */
export function safeAnswers(ask: (topn: number) => ScoredWord[], topn: number): ScoredWord[] {
  for (let wanted = topn + 8; ; wanted *= 2) {
    const answers = ask(wanted);
    const safe = answers.filter(({ word }) => !isSlur(word));
    // Fewer answers than wanted are all that there are.
    if (safe.length >= topn || answers.length < wanted) return safe.slice(0, topn);
  }
}

/** Whether a word, in any case, or what is left of it without a plural's ending, is on the list. */
export function isSlur(word: string): boolean {
  const lower = word.toLowerCase();
  return [lower, lower.replace(/s$/, ''), lower.replace(/es$/, ''), lower.replace(/ies$/, 'y')].some((form) =>
    SLUR_HASHES.has(hashWord(form)),
  );
}

/** 64 bits of a word's UTF-8 in hexadecimal: FNV-1a over 32 bits from two beginnings. */
export function hashWord(word: string): string {
  return [2166136261, 3141592653].map((start) => hashFrom(start, word)).join('');
}

function hashFrom(start: number, word: string): string {
  let hash = start;
  for (const byte of new TextEncoder().encode(word)) hash = Math.imul(hash ^ byte, 16777619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
