/**
 * Whether a clip that comes with seqkit, `<voice>_<what-is-said>.wav`, says one of the words: as a negative it would
 * teach a model not to hear its own word.
 * @param words words or phrases, in any case and with any marks between them
 */
export function saysOneOf(name: string, words: readonly string[]): boolean {
  const said = dashed(/_([^_/]+)\.wav$/.exec(name)?.[1] ?? '');
  return words.map(dashed).some((word) => word !== '' && `-${said}-`.includes(`-${word}-`));
}

function dashed(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
}
