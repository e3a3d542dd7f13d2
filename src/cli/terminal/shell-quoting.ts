/**
 * A word as a shell takes it, so that what came from outside can be pasted and runs nothing. Where there are
 * control characters they are written as escapes, in the form `$'...'` of bash, ksh and zsh.
 */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  // eslint-disable-next-line no-control-regex
  if (!/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word
    .replaceAll(/[\\']/g, '\\$&')
    // eslint-disable-next-line no-control-regex
    .replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (character) => {
      const code = character.charCodeAt(0).toString(16);
      return character < '\x80' ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
    });
  return `$'${escaped}'`;
}

/** The command line in hand as a shell takes it, with `extra` at its end. */
export function commandLine(extra: string): string {
  const typed = process.argv.slice(2).filter((arg) => arg !== extra);
  return ['seqkit', ...typed.map(quoted), extra].join(' ');
}
