import { groupDigits } from '../../base/math/group-digits.js';
/**
 * What a terminal would obey in place of showing: control characters but for tab and line end, and marks that
 * turn the direction of what follows.
 */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text that may come from a file or a model, with control characters in sight: `\x1b[2J` in place of its effect. */
export function visible(text: string): string {
  return text.replaceAll(OBEYED, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** The same JSON value in characters that a terminal shows. */
export function visibleJson(value: unknown): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(OBEYED, escape);
}

/** A line of results, to stdout. */
export function print(line: string): void {
  process.stdout.write(`${visible(line)}\n`);
}

/** The result of a command under `--json`: one JSON value on one line, to stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${visibleJson(value)}\n`);
}

/** A remark that is no result, to stderr. */
export function note(line: string): void {
  process.stderr.write(`${visible(line)}\n`);
}

/** What was opened, once its notes are told. */
export function told<Opened extends { readonly notes: readonly string[] }>(opened: Opened): Opened {
  for (const line of opened.notes) note(line);
  return opened;
}

/**
 * What a model wrote, to stdout: as it is into a file or a pipe, with control characters in sight on a terminal.
 * Waits while the reader is behind, so that a long text does not pile up in memory.
 */
export async function printGenerated(text: string): Promise<void> {
  if (text === '' || process.stdout.write(process.stdout.isTTY ? visible(text) : text)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** A number of things, such as `1 clip`, `2 clips` or `1,200 clips`. @param what the singular noun */
export function counted(count: number, what: string, plural = `${what}s`): string {
  return `${groupDigits(count)} ${count === 1 ? what : plural}`;
}
