// Makes the guide a site, searchable and with the reference of the API, in .site: `npm run site`.
// VitePress is not among the development dependencies, where it would take 100 MB of every clone: npx brings it
// the first time. The site itself needs no network. To look at it: `npx vitepress@1.6.4 preview docs`.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VITEPRESS = 'vitepress@1.6.4';
const top = fileURLToPath(new URL('..', import.meta.url));

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: top, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

rmSync(join(top, '.site'), { recursive: true, force: true });
run('npm', 'run', 'docs');
run('npx', '--yes', VITEPRESS, 'build', 'docs');
cpSync(join(top, 'docs/api'), join(top, '.site/api'), { recursive: true });
for (const page of ['index.html', 'getting-started.html', 'api/index.html']) {
  if (existsSync(join(top, '.site', page))) continue;
  console.error(`The site lacks ${page}.`);
  process.exit(1);
}
console.log('The site is in .site.');
