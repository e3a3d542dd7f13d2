import type { Entity } from '../../tasks/index.js';
import type { Span } from '../parts/tagged-text.js';
import type { Token } from './notation.js';

/** Spans of a text from entities of its tokens; of tags that mark none, as parts of speech, one a token. */
export function spansOf(
  tokens: readonly Token[],
  tags: readonly string[],
  entities: readonly Entity[],
): Span[] {
  const found =
    entities.length > 0 || tags.every((tag) => tag === 'O' || /^[BIES]-./.test(tag))
      ? entities
      : tags.flatMap((type, start) => (type === 'O' ? [] : [{ type, start, end: start + 1 }]));
  return found.map(({ type, start, end }) => ({
    type,
    start: tokens[start].start,
    end: tokens[end - 1].end,
  }));
}

/** Tokens that were written apart, with their places in the text that joins them by spaces. */
export function joined(words: readonly string[]): { text: string; tokens: Token[] } {
  let at = 0;
  const tokens = words.map((word) => {
    const token = { text: word, start: at, end: at + word.length };
    at = token.end + 1;
    return token;
  });
  return { text: words.join(' '), tokens };
}
