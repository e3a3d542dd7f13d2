import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

const top = path.resolve(import.meta.dirname, '../..');

it('npm run sbom lists what is installed with seqkit and bundled into it, with its versions, from the lock file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-sbom-'));
  try {
    const out = path.join(folder, 'sbom.json');
    execFileSync('npm', ['run', 'sbom', '--', out], { cwd: top, stdio: 'ignore' });
    const made = JSON.parse(readFileSync(out, 'utf8')) as {
      bomFormat: string;
      metadata: { component: { name: string; version: string } };
      components: { group?: string; name: string; version: string }[];
    };
    expect(made.bomFormat).toBe('CycloneDX');
    expect(made.metadata.component).toMatchObject({ name: 'seqkit', version: packageJson.version });
    const lock = JSON.parse(readFileSync(path.join(top, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    const listed = made.components.map(({ name, version }) => `${name}@${version}`);
    for (const name of [...Object.keys(packageJson.dependencies), 'gpu.js', 'vega', 'abcjs', 'preact']) {
      expect(listed).toContain(`${name}@${lock.packages[`node_modules/${name}`].version}`);
    }
    expect(listed.some((name) => name.startsWith('vitest@'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
