import path from 'node:path';
import prettier from 'prettier';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { fencesOf, guidePages, pageText } from './support/readme-fences.js';

const LIST = 'docs/exports.md';

/** Each entry of the package with the names of its values, from the sources. */
async function entries(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const [entry, target] of Object.entries(packageJson.exports)) {
    if (typeof target === 'string') continue;
    const source = target.node.replace('./dist/', '../src/').replace('.js', '.ts');
    const module = (await import(/* @vite-ignore */ path.resolve(import.meta.dirname, source))) as object;
    found.set(`seqkit${entry.slice(1)}`, Object.keys(module).sort());
  }
  return found;
}

/** The code of a page: its fences, and what stands in backticks. */
function codeOf(page: string): string {
  const inline = [...pageText(page).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
  return [...fencesOf(page).map(({ code }) => code), ...inline].join('\n');
}

/** The page that shows a name: one whose code runs it, if there is one, and the earliest in the guide. */
function shownOn(
  name: string,
  pages: readonly { page: string; run: string; code: string }[],
): string | undefined {
  const word = new RegExp(`(?<![\\w.])${name}\\b`);
  return (pages.find(({ run }) => word.test(run)) ?? pages.find(({ code }) => word.test(code)))?.page;
}

it('every export stands on a page of the guide, and docs/exports.md says on which', async () => {
  const order = pageText('docs/index.md');
  const place = (page: string): number => order.indexOf(`(${path.posix.relative('docs', page)})`);
  const pages = guidePages()
    .filter((page) => place(page) >= 0 && page !== LIST && !page.startsWith('docs/research/'))
    .sort((a, b) => place(a) - place(b))
    .map((page) => ({
      page,
      code: codeOf(page),
      run: fencesOf(page)
        .filter(({ mark }) => ['quick', 'long', 'more'].includes(mark))
        .map(({ code }) => code)
        .join('\n'),
    }));
  const missing: string[] = [];
  const sections: string[] = [];
  for (const [entry, names] of await entries()) {
    const rows = names.map((name) => {
      const page = shownOn(name, pages);
      if (page === undefined) missing.push(`${entry}: ${name}`);
      const title = page && /^# (.*)$/m.exec(pageText(page))?.[1];
      return `| \`${name}\` | ${page ? `[${title}](${path.posix.relative('docs', page)})` : ''} |`;
    });
    sections.push(`## ${entry}\n\n| name | shown in |\n| --- | --- |\n${rows.join('\n')}\n`);
  }
  expect(missing, 'exports that no page shows').toEqual([]);
  const text = `# All exports

Every value that seqkit exports, with the page that shows it. Types stand in the reference, which \`npm run docs\` makes.
\`npx vitest run test/exports.test.ts -u\` makes this page.

${sections.join('\n')}`;
  const config = await prettier.resolveConfig(path.resolve(import.meta.dirname, '..', LIST));
  await expect(await prettier.format(text, { ...config, parser: 'markdown' })).toMatchFileSnapshot(
    `../${LIST}`,
  );
});

it('seqkit has all of seqkit/rnn but what builders of cells need', async () => {
  const all = await entries();
  const root = new Set(all.get('seqkit'));
  expect(all.get('seqkit/rnn')!.filter((name) => !root.has(name))).toEqual([
    'cellWeights',
    'sliceColumns',
    'sliceRows',
  ]);
});

it('tools that do not know of `exports` find the same by the fields before it', () => {
  const { main, browser, exports } = packageJson;
  const found = Object.entries(exports).flatMap(([entry, target]) =>
    typeof target === 'string' ? [] : [[entry === '.' ? main : entry, target.default]],
  );
  expect(browser).toEqual(Object.fromEntries(found));
  expect(main).toBe(exports['.'].node);
});
