// Makes a release. `node scripts/release.mjs 0.2.0` runs dry: it checks all that must hold, packs, and says what it
// would do. With `--publish` it writes the version and the changelog's date, commits, tags and publishes with
// provenance, which npm grants to a build of a public repository alone (`npm publish --provenance`).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const top = path.resolve(import.meta.dirname, '..');
const [version, ...flags] = process.argv.slice(2);
const publishes = flags.includes('--publish');
const problems = [];

const read = (name) => readFileSync(path.join(top, name), 'utf8');
const run = (program, args) =>
  execFileSync(program, args, { cwd: top, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? '') || flags.some((flag) => flag !== '--publish')) {
  console.error('Usage: node scripts/release.mjs <version such as 0.2.0> [--publish]');
  process.exit(2);
}

const description = JSON.parse(read('package.json'));
const unreleased = /^## (\S+), not yet released$/m.exec(read('CHANGELOG.md'))?.[1];
if (unreleased === undefined) problems.push('CHANGELOG.md has no section "## <version>, not yet released".');
else if (unreleased !== version) problems.push(`CHANGELOG.md is of ${unreleased}, not of ${version}.`);
for (const field of ['repository', 'homepage']) {
  if (description[field] === undefined)
    problems.push(`package.json has no "${field}": npm shows it, and provenance needs it.`);
}
if (run('git', ['status', '--porcelain']) !== '')
  problems.push('The working tree has changes that are not committed.');
if (run('git', ['tag', '--list', `v${version}`]) !== '') problems.push(`There is a tag v${version} already.`);

// What would be published, packed as npm packs it.
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-release-'));
const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
const [packed] = JSON.parse(run('npm', pack));
rmSync(folder, { recursive: true });
const names = packed.files.map(({ path: name }) => name);
for (const needed of [
  'dist/cli/main.js',
  'dist/index.d.ts',
  'README.md',
  'LICENSE',
  'NOTICE',
  'CHANGELOG.md',
]) {
  if (!names.includes(needed)) problems.push(`The package lacks ${needed}: run npm run build first.`);
}
for (const name of names) if (/^docs\/api\//.test(name)) problems.push(`The package holds ${name}.`);

console.log(
  `seqkit ${version}: ${packed.entryCount} files, ${(packed.size / 1e6).toFixed(1)} MB packed, ${(packed.unpackedSize / 1e6).toFixed(1)} MB unpacked.`,
);
for (const problem of problems) console.log(`- ${problem}`);

const steps = [
  ['npm', ['version', version, '--no-git-tag-version', '--allow-same-version']],
  ['git', ['commit', '-am', `Release ${version}`]],
  ['git', ['tag', `v${version}`]],
  ['npm', ['publish', '--provenance', '--access', 'public']],
];
if (!publishes) {
  console.log('This was a dry run. With --publish it would write the date into CHANGELOG.md, then run:');
  for (const [program, args] of steps) console.log(`  ${program} ${args.join(' ')}`);
  process.exit(0);
}
if (problems.length > 0) {
  console.error('Nothing is published until these are mended.');
  process.exit(1);
}
const date = new Date().toISOString().slice(0, 10);
writeFileSync(
  path.join(top, 'CHANGELOG.md'),
  read('CHANGELOG.md').replace(`## ${version}, not yet released`, `## ${version}, ${date}`),
);
for (const [program, args] of steps) execFileSync(program, args, { cwd: top, stdio: 'inherit' });
