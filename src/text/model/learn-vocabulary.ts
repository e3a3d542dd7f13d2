import { CharacterCounts } from '../corpus/character-counts.js';
import { wholeUnits, type PieceKind } from '../corpus/units.js';
import { Vocabulary } from '../corpus/vocabulary.js';
import type { TextReading } from './text-model-options.js';

/**
 * The tokens that a text is read in.
 * @param chunks of the text
 * @throws SeqkitError `usage` where `vocabularySize` has no room for more than the characters
 */
export async function learnVocabulary(
  chunks: AsyncIterable<string> | Iterable<string>,
  { tokens, minCount = 1, vocabularySize: most = Infinity, byteFallback, lines }: TextReading,
): Promise<Vocabulary> {
  if (tokens === 'bytes') return Vocabulary.ofBytes();
  const counts = new CharacterCounts();
  const units = tokens === 'characters' ? undefined : await unitCounts(tokens);
  for await (const chunk of units ? wholeUnits(chunks) : chunks) {
    counts.add(chunk);
    units?.add(chunk);
  }
  const characters = Vocabulary.ofCounts(counts, {
    // Rare words and pairs are spelled in characters.
    minCount: units ? 1 : minCount,
    bytes: byteFallback ? 'halves' : 'none',
    ...(lines && { always: '\n' }),
  });
  return units ? characters.withPieces(units.learn(characters, { most, minCount })) : characters;
}

/** Loaded where it is asked for: a page that learns characters, or only writes, goes without. */
async function unitCounts(kind: PieceKind) {
  const { UnitCounts } = await import('../corpus/learn-pieces.js');
  return new UnitCounts(kind);
}
