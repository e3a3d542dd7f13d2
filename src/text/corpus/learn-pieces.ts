import { SeqkitError } from '../../base/errors.js';
import { learnMerges } from './learn-merges.js';
import type { StoredPieces } from './pieces.js';
import { unitsOf, type PieceKind } from './units.js';
import type { Vocabulary } from './vocabulary.js';

/** How often each unit comes in a text that is read chunk by chunk. */
export class UnitCounts {
  readonly #kind: PieceKind;
  readonly #counts = new Map<string, number>();

  constructor(kind: PieceKind) {
    this.#kind = kind;
  }

  /** @param chunk cut between units */
  add(chunk: string): void {
    for (const unit of unitsOf(chunk, this.#kind)) this.#counts.set(unit, (this.#counts.get(unit) ?? 0) + 1);
  }

  /**
   * The tokens of several characters that a text is best read in.
   * @param base its characters
   * @param options.most how many tokens there may be with those of the characters
   * @param options.minCount what comes less often is spelled in what it is made of
   * @throws SeqkitError `usage` where the characters alone are as many
   */
  learn(base: Vocabulary, { most, minCount }: { most: number; minCount: number }): StoredPieces {
    const { length } = base.characters;
    if (most <= length) {
      throw new SeqkitError(
        `vocabularySize: ${most} has no room for more than characters: the text has ${length} different ones.`,
        {
          code: 'usage',
          hint: `Take more than ${length}, or characters as tokens.`,
        },
      );
    }
    if (this.#kind === 'bpe') return { kind: 'bpe', merges: this.#merges(base, { most, minCount }) };
    const words = [...this.#counts]
      .filter(([word, count]) => count >= minCount && !base.has(word))
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, most - length)
      .map(([word]) => word);
    return { kind: 'words', words };
  }

  #merges(base: Vocabulary, limits: { most: number; minCount: number }): [number, number][] {
    const parts = new Map<string, number>();
    for (const [unit, count] of this.#counts) {
      for (const part of spelling(unit, base)) parts.set(part, (parts.get(part) ?? 0) + count);
    }
    const units = [...parts].map(([part, count]) => ({ tokens: [...base.encode(part)], count }));
    return learnMerges(units, base.characters, limits).map(([first, second]) => [first, second]);
  }
}

/** A unit's stretches of characters that have tokens: those that are spelled in bytes stand apart. */
function spelling(unit: string, base: Vocabulary): string[] {
  const parts = [''];
  for (const character of unit) {
    if (base.has(character)) parts[parts.length - 1] += character;
    else if (parts.at(-1) !== '') parts.push('');
  }
  return parts.filter((part) => part !== '');
}
