/**
 * Finds a key that one object of a JSON text holds twice. `JSON.parse` keeps the last of them
 * in silence, so a file could show one reader something else than another.
 * @param json text that `JSON.parse` accepts
 * @returns the first such key and its place in the text, or undefined
 */
export function findDuplicateKey(json: string): { key: string; index: number } | undefined {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = stringEnd(json, at);
      if (isKey(json, end)) {
        const key = JSON.parse(json.slice(at, end)) as string;
        const keys = open.at(-1)!;
        if (keys.has(key)) return { key, index: at };
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The place after the string that begins at `start`. A loop, as a pattern overflows on long strings. */
function stringEnd(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(json: string, after: number): boolean {
  while (/\s/.test(json[after] ?? '')) after++;
  return json[after] === ':';
}
