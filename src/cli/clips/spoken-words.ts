/** What a model listens for, for a sentence: `"activate"`, or `"on" or "off"`. */
export function spokenWords(words: readonly string[]): string {
  return words.map((word) => `"${word}"`).join(' or ');
}

/** The same for JSON: the field `word`, or `words` of several. */
export function wordsField(words: readonly string[]): { word: string } | { words: readonly string[] } {
  return words.length === 1 ? { word: words[0] } : { words };
}
