/**
 * Whether JSON has more arrays and objects one inside the other than this. What is deep overflows the stack of
 * whoever walks over it.
 */
export function isDeeperThan(json: string, max: number): boolean {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '"') {
      // Up to the end of the text, past quotes that are escaped.
      for (i++; i < json.length && json[i] !== '"'; i++) if (json[i] === '\\') i++;
    } else if (character === '[' || character === '{') {
      if (++depth > max) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}
