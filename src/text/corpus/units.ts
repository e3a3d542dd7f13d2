/** What a text is cut into before it becomes tokens of several characters: words, or byte pairs (BPE). */
export type PieceKind = 'words' | 'bpe';

// Each pattern takes every character into exactly one unit, so that the units of a text put together are the text.
// A line feed stands alone: lines end with its token. Runs are cut, so that a unit stays short whatever comes.
const patterns: Readonly<Record<PieceKind, RegExp>> = {
  words: /\n|[\p{L}\p{M}\p{N}]{1,64}(?:['’][\p{L}\p{M}\p{N}]{1,64})?|[^\S\n]{1,64}|[^]/gu,
  // As GPT-2 has it: a space goes with what comes after it.
  bpe: /\n| ?[\p{L}\p{M}]{1,64}(?:['’][\p{L}\p{M}]{1,64})?| ?\p{N}{1,3}| ?[^\s\p{L}\p{M}\p{N}]{1,64}|[^\S\n]{1,64}(?!\S)|[^\S\n]{1,64}/gu,
};

/** No unit has more code points. */
export const LONGEST_UNIT = 130;

/**
 * The units of a text. Of `words`: words with an apostrophe inside, runs of white space, line feeds, and every
 * other character alone. Of `bpe`: words, short numbers and runs of punctuation, each with the space before it.
 */
export function unitsOf(text: string, kind: PieceKind): string[] {
  return text.match(patterns[kind]) ?? [];
}

/** The same text in chunks that are cut between units, whatever chunks it comes in. */
export async function* wholeUnits(
  chunks: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<string, void, void> {
  let begun: string[] = [];
  for await (const chunk of chunks) {
    const cut = lastCut(chunk);
    if (cut === 0) {
      begun.push(chunk);
      continue;
    }
    yield begun.join('') + chunk.slice(0, cut);
    begun = [chunk.slice(cut)];
  }
  const rest = begun.join('');
  if (rest !== '') yield rest;
}

/** Where the last run of white space begins, before which no unit of either kind reaches over; 0 for nowhere. */
function lastCut(text: string): number {
  let at = text.length;
  while (at > 0 && !isSpace(text[at - 1])) at--;
  while (at > 0 && isSpace(text[at - 1])) at--;
  return at;
}

function isSpace(unit: string): boolean {
  return /\s/.test(unit);
}
