import { Random } from '../../base/math/random.js';
import { gramWords, plainSpelling } from '../linear/n-grams.js';
import type { Example } from './intent-model.js';

/** A word that phrases of so many intents have is one that any message may have. */
const COMMON_INTENTS = 3;

/**
 * Messages that are built like phrases of intents and mean none: the words that tell an intent from the others are
 * replaced by such words of messages on other subjects.
 * @param count how many at most
 */
export function nearMisses(
  phrases: readonly Example[],
  foreign: readonly string[],
  count: number,
  seed: number,
): string[] {
  const random = new Random(seed);
  const intentsOf = new Map<string, Set<number>>();
  for (const [text, label] of phrases) {
    for (const word of wordsOf(text)) intentsOf.set(word, (intentsOf.get(word) ?? new Set()).add(label));
  }
  const isCommon = (word: string) => (intentsOf.get(word)?.size ?? 0) >= COMMON_INTENTS;
  const others = [...new Set(foreign.flatMap(wordsOf))].filter(
    (word) => word.length > 3 && !intentsOf.has(word),
  );
  if (others.length === 0) return [];
  const misses = new Set<string>();
  for (let trial = 0; trial < 4 * count && misses.size < count; trial++) {
    const [text] = random.choice(phrases);
    const words = wordsOf(text);
    const own = words.filter((word) => !isCommon(word)).length;
    // Without a common word nothing of the phrase would be left.
    if (own === 0 || own === words.length) continue;
    misses.add(words.map((word) => (isCommon(word) ? word : random.choice(others))).join(' '));
  }
  return [...misses];
}

/**
 * Messages of words of different intents in turn, which mean none of them: for languages in which there are no messages on
 * other subjects.
 */
export function mixedPhrases(phrases: readonly Example[], count: number, seed: number): string[] {
  const random = new Random(seed);
  const words = phrases.flatMap(([text, label]) => wordsOf(text).map((word) => [word, label] as const));
  if (new Set(words.map(([, label]) => label)).size < 2) return [];
  return Array.from({ length: count }, () => {
    const length = 3 + random.integer(4);
    const mixed: string[] = [];
    let before = -1;
    while (mixed.length < length) {
      const [word, label] = random.choice(words);
      if (label === before) continue;
      mixed.push(word);
      before = label;
    }
    return mixed.join(' ');
  });
}

function wordsOf(text: string): string[] {
  return gramWords(plainSpelling(text, true));
}
