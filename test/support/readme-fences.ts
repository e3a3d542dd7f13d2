import { readdirSync, readFileSync } from 'node:fs';

/** A code fence of a page of Markdown. */
export interface Fence {
  readonly language: string;
  /** The word after the language, hidden where Markdown is shown: see `MARKS`. */
  readonly mark: string;
  readonly code: string;
}

/**
 * What the word after a fence's language means.
 * - `quick`, `long`: the quick or the long tests run it; of TypeScript, it is a file of its own
 * - `more`: goes on with the TypeScript before it on the page
 * - `output`: what the TypeScript before it prints
 * - `shown`: not run, since it needs a microphone, files of the reader's or much time, or another test holds it
 */
export const MARKS = ['quick', 'long', 'more', 'output', 'shown'];

const top = new URL('../../', import.meta.url);

/** README.md, CONTRIBUTING.md and every page of the guide, as paths from the top. */
export function guidePages(): string[] {
  const below = readdirSync(new URL('docs', top), { recursive: true }) as string[];
  const pages = below
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md') && !/^docs\/(api|\.vitepress)\//.test(name));
  return ['README.md', 'CONTRIBUTING.md', ...pages.sort()];
}

/** The text of a page. @param page its path from the top */
export function pageText(page: string): string {
  return readFileSync(new URL(page, top), 'utf8');
}

/** All code fences of the README, in order. */
export function readmeFences(): Fence[] {
  return fencesOf('README.md');
}

/** All code fences of a page, in order. @param page its path from the top */
export function fencesOf(page: string): Fence[] {
  return [...pageText(page).matchAll(/^```(\w*) ?(\w*)\n(.*?)^```$/gms)].map(([, language, mark, code]) => ({
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
  return shellLines(fences).map((line) => {
    const [name, ...args] = words(line.replace(/^npx /, ''));
    if (name !== 'seqkit') throw new Error(`tests can run seqkit only, not ${line}`);
    return args;
  });
}

/** The lines of shell fences without their remarks. */
export function shellLines(fences: readonly Fence[]): string[] {
  return fences
    .filter(({ language }) => language === 'sh')
    .flatMap(({ code }) => code.split('\n'))
    .map((line) => line.replace(/(^|\s+)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** Splits at spaces outside double quotes. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

/** A part of a page that tests run: a program of TypeScript with what it prints, or a command. */
export type Runnable =
  | { readonly kind: 'program'; readonly mark: string; readonly code: string; readonly output?: string }
  | { readonly kind: 'command'; readonly mark: string; readonly args: string[] };

/** What the tests run of a page, in order. @param page its path from the top */
export function runnablesOf(page: string): Runnable[] {
  const found: Runnable[] = [];
  for (const fence of fencesOf(page)) {
    const { language, mark, code } = fence;
    const last = found.at(-1);
    if (mark === 'more' || mark === 'output') {
      if (last?.kind !== 'program') throw new Error(`${page}: a fence marked ${mark} follows no program`);
      const joined =
        mark === 'more'
          ? { ...last, code: `${last.code}\n${code}` }
          : { ...last, output: (last.output ?? '') + code };
      found.splice(-1, 1, joined);
    } else if (mark === 'quick' || mark === 'long') {
      if (language === 'sh') {
        found.push(...commandsOf([fence]).map((args) => ({ kind: 'command' as const, mark, args })));
      } else {
        found.push({ kind: 'program', mark, code });
      }
    }
  }
  return found;
}
