const CODE_POINTS = 0x110000;

/** How often each character comes in a text that is read chunk by chunk. */
export class CharacterCounts {
  readonly #counts = new Uint32Array(CODE_POINTS);
  /** Characters counted. */
  total = 0;

  /** @param chunk of a text, cut between characters */
  add(chunk: string): void {
    const counts = this.#counts;
    for (let i = 0; i < chunk.length; i++) {
      const codePoint = chunk.codePointAt(i)!;
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
