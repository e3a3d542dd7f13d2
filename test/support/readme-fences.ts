import { readFileSync } from 'node:fs';

/** A code fence of the README. */
export interface Fence {
  readonly language: string;
  /** The word after the language, hidden where Markdown is shown: `quick` or `long` for what tests run. */
  readonly mark: string;
  readonly code: string;
}

/** All code fences of the README, in order. */
export function readmeFences(): Fence[] {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+) ?(\w*)\n(.*?)^```$/gms)].map(([, language, mark, code]) => ({
    language,
    mark,
    code,
  }));
}

/** The `npx seqkit` commands of the README's shell fences with this mark, each split into its arguments. */
export function readmeCommands(mark: string): string[][] {
  const lines = readmeFences()
    .filter((fence) => fence.language === 'sh' && fence.mark === mark)
    .flatMap(({ code }) => code.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
  return lines.map((line) => {
    const [npx, name, ...args] = words(line);
    if (npx !== 'npx' || name !== 'seqkit')
      throw new Error(`README: tests can run npx seqkit only, not ${line}`);
    return args;
  });
}

/** Splits at spaces outside double quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}
