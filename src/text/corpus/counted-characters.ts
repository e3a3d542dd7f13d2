import { windowsOf, partOf, type TokenStore } from './token-store.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * How many characters begin with the tokens from `start` to `end` - 1: a piece counts with all of its own, a
 * character that is spelled in bytes with the first of these.
 */
export function countedCharacters(
  tokens: TokenStore,
  { start, end }: { start: number; end: number },
  { characters, pieces, bytes }: Vocabulary,
): number {
  const lengths = pieces.map((piece) => [...piece].length);
  const firstByte = characters.length + pieces.length;
  // Whether a half is an upper one shows at the beginning of its run alone.
  let first = start;
  while (bytes === 'halves' && first > 0 && tokens.read(first - 1, first)[0] >= firstByte) first--;
  let count = 0;
  let at = first;
  let isUpper = true;
  for (const window of windowsOf(partOf(tokens, first, end))) {
    for (const token of window) {
      const isCounted = at++ >= start;
      if (token < firstByte) {
        isUpper = true;
        if (isCounted) count += token < characters.length ? 1 : lengths[token - characters.length];
        continue;
      }
      const value = token - firstByte;
      // Bytes from 0x80 to 0xbf go on with a character.
      const begins = bytes === 'whole' ? value >> 6 !== 2 : isUpper && value >> 2 !== 2;
      if (begins && isCounted) count++;
      isUpper = bytes === 'halves' && !isUpper;
    }
  }
  return count;
}
