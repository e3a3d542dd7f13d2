const characters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

/** Text as typed, where `\n` is a line end, `\t` a tab, `\r` a carriage return and `\\` a backslash. */
export function unescaped(typed: string): string {
  return typed.replace(/\\([ntr\\])/g, (_, name: string) => characters[name]);
}
