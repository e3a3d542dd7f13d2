// The guide as a site, by VitePress: `npm run site`. The sidebar follows docs/index.md.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('..', import.meta.url));

/** The sections of the start page with their links, in order. */
function sidebar() {
  const titleOf = (page) => /^# (.*)$/m.exec(readFileSync(resolve(docs, page), 'utf8'))[1];
  const [, ...sections] = readFileSync(resolve(docs, 'index.md'), 'utf8').split(/^## /m);
  return sections.map((section) => ({
    text: section.slice(0, section.indexOf('\n')),
    collapsed: false,
    items: [...section.matchAll(/\]\(([\w/-]+)\.md\)/g)].map(([, page]) => ({
      text: titleOf(`${page}.md`).replace(/^Research: /, ''),
      link: `/${page}`,
    })),
  }));
}

/** Links out of the guide, to files that the site has not, become plain text. One that leads nowhere stays, and fails. */
function leaveOutsideLinks(md) {
  const isOutside = (href, page) => {
    const file = resolve(dirname(page), href.split('#')[0]);
    return href.startsWith('../') && !file.startsWith(docs) && existsSync(file);
  };
  md.core.ruler.push('outside-links', ({ tokens, env }) => {
    for (const { children } of tokens) {
      let inside = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') inside = isOutside(token.attrGet('href') ?? '', env.path);
        if (!inside || !token.type.startsWith('link_')) continue;
        if (token.type === 'link_close') inside = false;
        Object.assign(token, { type: token.type.replace('link', 'em'), tag: 'em', attrs: null });
      }
    }
  });
}

export default {
  title: 'seqkit',
  description: 'Sequence models and NLP in TypeScript',
  lang: 'en',
  outDir: '../.site',
  cacheDir: '../.site-cache',
  cleanUrls: false,
  ignoreDeadLinks: false,
  lastUpdated: false,
  markdown: { config: leaveOutsideLinks },
  // The reference is HTML that TypeDoc made: it is copied beside the pages.
  srcExclude: ['api/**'],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/' },
      { text: 'Course', link: '/course' },
      { text: 'All exports', link: '/exports' },
      { text: 'Reference', link: '/api/index.html', target: '_self' },
    ],
    sidebar: sidebar(),
  },
};
