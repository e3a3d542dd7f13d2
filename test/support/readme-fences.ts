import { readFileSync } from 'node:fs';

/** A code fence of a page of Markdown. */
export interface Fence {
  readonly language: string;
  /** The word after the language, hidden where Markdown is shown: `quick` or `long` for what tests run. */
  readonly mark: string;
  readonly code: string;
}

/** All code fences of the README, in order. */
export function readmeFences(): Fence[] {
  return fencesOf('README.md');
}

/** All code fences of a page, in order. @param page its path from the top */
export function fencesOf(page: string): Fence[] {
  const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+) ?(\w*)\n(.*?)^```$/gms)].map(([, language, mark, code]) => ({
    language,
    mark,
    code,
  }));
}

/** The `npx seqkit` commands of the README's shell fences with this mark, each split into its arguments. */
export function readmeCommands(mark: string): string[][] {
  return commandsOf(readmeFences().filter((fence) => fence.mark === mark));
}

/** The `seqkit` commands of shell fences, each split into its arguments. */
export function commandsOf(fences: readonly Fence[]): string[][] {
  const lines = fences
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
  return lines.map((line) => {
    const [name, ...args] = words(line.replace(/^npx /, ''));
    if (name !== 'seqkit') throw new Error(`tests can run seqkit only, not ${line}`);
    return args;
  });
}

/** Splits at spaces outside double quotes. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}
