/** Vectors as evaluations use them. */
export interface WordSource {
  readonly size: number;
  wordAt(row: number): string;
}

/** The first words of a set of vectors, by their spelling or regardless of case. */
export interface FoldedWords {
  /** How many words there are. */
  readonly count: number;
  wordAt(row: number): string;
  /** What two words share that count as the same. */
  fold(word: string): string;
  rowOf(word: string): number | undefined;
}

/**
 * Looks words up as gensim's evaluations do: in capitals where case does not matter, and of several
 * words that are the same then, the first.
 * @param restrictVocab only the first so many words
 */
export function foldWords(vectors: WordSource, restrictVocab: number, caseInsensitive: boolean): FoldedWords {
  const fold = (word: string) => (caseInsensitive ? word.toUpperCase() : word);
  const count = Math.min(vectors.size, restrictVocab);
  const rows = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    const key = fold(vectors.wordAt(row));
    if (!rows.has(key)) rows.set(key, row);
  }
  return {
    count,
    wordAt: (row) => vectors.wordAt(row),
    fold,
    rowOf: (word) => rows.get(fold(word)),
  };
}
