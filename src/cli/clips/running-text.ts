import type { Random } from '../../base/math/random.js';

/** Fewest and most words of a made-up sentence. */
const SENTENCE_WORDS: readonly [number, number] = [4, 14];
/** Share of the words that a comma follows. */
const COMMA_SHARE = 0.1;
/** Added to a word's rank before Zipf's law: the first few words are then no third of all that is said. */
const RANK_OFFSET = 10;

/**
 * Sentences without sense: words drawn by their frequency (Zipf 1949), so that every sound of the language
 * follows every other about as often as in life, and the rare words are there too.
 *
 * @param words the most frequent first
 * @param count how many words to say
 */
export function runningText(words: readonly string[], count: number, random: Random): string {
  const sentences: string[] = [];
  for (let said = 0; said < count;) {
    const [min, max] = SENTENCE_WORDS;
    const length = Math.min(count - said, min + random.integer(max - min + 1));
    const sentence = Array.from({ length }, (_, i) => {
      const comma = i < length - 1 && random.uniform() < COMMA_SHARE ? ',' : '';
      return wordOf(words, random) + comma;
    });
    sentences.push(sentence.join(' ') + random.choice(['.', '.', '?']));
    said += length;
  }
  return sentences.join(' ');
}

/** A word with a probability that falls as 1 / (rank + offset). */
function wordOf(words: readonly string[], random: Random): string {
  const ratio = (words.length + RANK_OFFSET) / RANK_OFFSET;
  const rank = Math.floor(RANK_OFFSET * ratio ** random.uniform() - RANK_OFFSET);
  return words[Math.min(words.length - 1, rank)];
}
