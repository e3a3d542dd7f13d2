// Writes sbom.json, in CycloneDX: every package that seqkit is installed with or has bundled, with what these bring
// along, read from the lock file alone, so that no network is asked. `npm run sbom` calls it; the file is not kept in
// the repository.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { bundledPackages, studioPackages } from './bundled-packages.mjs';

const out = process.argv[2] ?? 'sbom.json';
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const args = [
  'sbom',
  '--sbom-format',
  'cyclonedx',
  '--sbom-type',
  'library',
  '--package-lock-only',
  '--offline',
];
const made = JSON.parse(execFileSync(npm, args, { encoding: 'utf8', maxBuffer: 1 << 26 }));

// npm names the whole by the folder that it lies in.
const { name, dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
made.metadata.component.name = name;

// Of all in the lock file, what those packages lead to: the rest is for work on seqkit itself.
const leadsTo = new Map(made.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
const direct = new Set([
  ...Object.keys({ ...dependencies, ...optionalDependencies }),
  ...Object.keys(bundledPackages),
  ...studioPackages,
]);
const used = new Set();
const follow = (ref) => {
  if (used.has(ref)) return;
  used.add(ref);
  for (const next of leadsTo.get(ref) ?? []) follow(next);
};
const fullName = ({ group, name }) => (group ? `${group}/${name}` : name);
for (const component of made.components) {
  if (direct.has(fullName(component))) follow(component['bom-ref']);
}
made.components = made.components.filter((component) => used.has(component['bom-ref']));
made.dependencies = made.dependencies.filter(({ ref }) => used.has(ref));
writeFileSync(out, `${JSON.stringify(made, null, 2)}\n`);
console.log(`${out}: ${made.components.length} packages`);
