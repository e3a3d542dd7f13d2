/** A line of results, to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The result of a command under `--json`: one JSON value on one line, to stdout. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** A remark that is no result, to stderr. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A number of things, such as `1 clip` or `2 clips`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
