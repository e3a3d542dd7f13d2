import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commandGroups } from '../src/cli/command-table.js';
import { fencesOf, guidePages, MARKS, pageText, shellLines, words } from './support/readme-fences.js';
import { describePage } from './support/run-page.js';

const top = path.resolve(import.meta.dirname, '..');
const pages = guidePages();

/** A page without its fences and inline code, in which no link is a link. */
function prose(page: string): string {
  return pageText(page)
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`]*`/g, '');
}

/** The names that headings of a page have in links. */
function anchorsOf(page: string): Set<string> {
  const headings = pageText(page)
    .replaceAll(/^```.*?^```$/gms, '')
    .matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

interface Link {
  readonly page: string;
  readonly text: string;
  readonly target: string;
}

const links: Link[] = pages.flatMap((page) =>
  [...prose(page).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, text, target]) => ({ page, text, target })),
);

describe('the links of the guide', () => {
  it('lead to files and headings that are there', () => {
    expect(links.length).toBeGreaterThan(50);
    const broken = links
      .filter(({ target }) => !/^https?:/.test(target))
      .filter(({ page, target }) => {
        const [file, anchor] = target.split('#');
        const linked = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
        if (!existsSync(path.join(top, linked))) return true;
        return anchor !== undefined && !(linked.endsWith('.md') && anchorsOf(linked).has(anchor));
      });
    expect(broken.map(({ page, target }) => `${page}: ${target}`)).toEqual([]);
  });

  it('lead to every page from the start page of the guide', () => {
    const reached = new Set(['docs/index.md']);
    for (const page of reached) {
      for (const { target } of links.filter((link) => link.page === page)) {
        const linked = path.posix.join(path.posix.dirname(page), target.split('#')[0]);
        if (linked.startsWith('docs/') && linked.endsWith('.md')) reached.add(linked);
      }
    }
    const inDocs = pages.filter((page) => page.startsWith('docs/'));
    expect(inDocs.filter((page) => !reached.has(page))).toEqual([]);
  });

  it('say what each picture shows, and each picture is small', () => {
    const pictures = pages.flatMap((page) =>
      [...prose(page).matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, text, target]) => ({
        text,
        file: path.join(top, path.dirname(page), target),
      })),
    );
    expect(pictures.length).toBeGreaterThan(2);
    expect(pictures.filter(({ text }) => text.split(' ').length < 3)).toEqual([]);
    expect(pictures.filter(({ file }) => statSync(file).size > 60_000)).toEqual([]);
  });
});

/** Every flag of every command, by the command's name. */
async function flagsByCommand(): Promise<Map<string, Set<string>>> {
  const flags = new Map<string, Set<string>>();
  for (const group of commandGroups) {
    const program = new Command('seqkit');
    (await group.load()).register(program);
    for (const command of program.commands) {
      const names = command.options.flatMap(({ short, long }) => [short, long]);
      flags.set(
        command.name(),
        new Set([...names, '--help', '--debug'].filter((name) => name !== undefined && name !== null)),
      );
    }
  }
  return flags;
}

describe('the commands of the guide', () => {
  it('are commands of seqkit, with flags that they have', async () => {
    const flags = await flagsByCommand();
    const inline = (page: string): string[] =>
      [...pageText(page).matchAll(/`((?:npx )?seqkit [^`]+)`/g)].map(([, line]) => line);
    const wrong = pages.flatMap((page) =>
      [...shellLines(fencesOf(page)), ...inline(page)]
        .map((line) => line.replace(/^(time )?(npx )?/, ''))
        .filter((line) => line.startsWith('seqkit '))
        .flatMap((line) => {
          const [, name, ...args] = words(line);
          if (name.startsWith('-')) return [];
          const known = flags.get(name);
          if (!known) return [`${page}: seqkit ${name}`];
          return args
            .filter((arg) => /^--?[a-z]/.test(arg) && !known.has(arg.split('=')[0]))
            .map((arg) => `${page}: seqkit ${name} ${arg}`);
        }),
    );
    expect(wrong).toEqual([]);
  });

  it('name scripts that are there', () => {
    const scripts = pages.flatMap((page) =>
      [...pageText(page).matchAll(/\bnode ((?:scripts|bench|examples)\/[\w./-]+)/g)].map(([, file]) => file),
    );
    expect(scripts.length).toBeGreaterThan(5);
    expect(scripts.filter((file) => !existsSync(path.join(top, file)))).toEqual([]);
  });
});

// JavaScript is a file of one's own that a test of that page holds, as test/rnn/own-cell.test.ts does.
it('each fence of TypeScript and of commands is marked for the tests', () => {
  const unmarked = pages.flatMap((page) =>
    fencesOf(page)
      .filter(({ language }) => ['ts', 'sh'].includes(language))
      .filter(({ language, code }) => !(language === 'sh' && !/seqkit [a-z]/.test(code)))
      .filter(({ mark }) => !MARKS.includes(mark))
      .map(({ language, code }) => `${page}: \`\`\`${language}: ${code.slice(0, 60)}`),
  );
  expect(unmarked).toEqual([]);
});

for (const page of pages) describePage(page, 'quick');
