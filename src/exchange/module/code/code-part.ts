/** A function of a module as its source, with the names of those that it calls. */
export interface CodePart {
  readonly needs?: readonly string[];
  readonly code: string;
}

export type CodeParts = Readonly<Record<string, CodePart>>;

/** The source of some parts and of all that they need, each once, in the order in which they are written down. */
export function sourceOf(parts: CodeParts, wanted: Iterable<string>): string {
  const found = new Set<string>();
  const take = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    parts[name].needs?.forEach(take);
  };
  for (const name of wanted) take(name);
  return Object.keys(parts)
    .filter((name) => found.has(name))
    .map((name) => parts[name].code.trim())
    .join('\n\n');
}

/** A value as JavaScript says it, in a string of code, in a comment or in a page. */
export function literal(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
