const codePoints = 0x110000;

/** How often each character comes in a text that is read piece by piece. */
export class CharacterCounts {
  readonly #counts = new Uint32Array(codePoints);
  /** Characters counted. */
  total = 0;

  /** @param piece of a text, cut between characters */
  add(piece: string): void {
    const counts = this.#counts;
    for (let i = 0; i < piece.length; i++) {
      const codePoint = piece.codePointAt(i)!;
      if (codePoint > 0xffff) i++;
      counts[codePoint]++;
      this.total++;
    }
  }

  /** Every character that came, by code point, and how often. */
  entries(): Map<string, number> {
    const entries = new Map<string, number>();
    this.#counts.forEach((count, codePoint) => {
      if (count > 0) entries.set(String.fromCodePoint(codePoint), count);
    });
    return entries;
  }
}
