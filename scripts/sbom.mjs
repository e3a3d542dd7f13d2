// Writes sbom.json, in CycloneDX: every package that seqkit is installed with, read from the lock file alone, so that
// no network is asked. `npm run sbom` calls it; the file is not kept in the repository.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const out = process.argv[2] ?? 'sbom.json';
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const args = [
  'sbom',
  '--sbom-format',
  'cyclonedx',
  '--sbom-type',
  'library',
  '--omit',
  'dev',
  '--package-lock-only',
  '--offline',
];
const made = JSON.parse(execFileSync(npm, args, { encoding: 'utf8', maxBuffer: 1 << 26 }));

// npm names the whole by the folder that it lies in.
const { name } = JSON.parse(readFileSync('package.json', 'utf8'));
made.metadata.component.name = name;
writeFileSync(out, `${JSON.stringify(made, null, 2)}\n`);
console.log(`${out}: ${made.components.length} packages`);
