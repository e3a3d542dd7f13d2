import type { Vocabulary } from '../corpus/vocabulary.js';

/** The tokens of a text, without the characters that the vocabulary has no way to spell. */
export function readableTokens(vocabulary: Vocabulary, text: string): number[] {
  const unknown = vocabulary.bytes === 'none' ? vocabulary.unknownIn(text) : [];
  const known = unknown.length === 0 ? text : [...text].filter((c) => !unknown.includes(c)).join('');
  return [...vocabulary.encode(known)];
}

/**
 * What to feed a model before it writes: the prime, or else the end of a line, or the most frequent
 * character where there are no lines.
 * @param lines whether a text is a line: it then begins with the end of the one before it
 */
export function promptTokens(vocabulary: Vocabulary, prime: string, lines = false): number[] {
  if (lines) return readableTokens(vocabulary, `\n${prime.slice(prime.lastIndexOf('\n') + 1)}`);
  const tokens = readableTokens(vocabulary, prime);
  if (tokens.length > 0) return tokens;
  return vocabulary.has('\n') || vocabulary.spelled ? [...vocabulary.encode('\n')] : [0];
}
