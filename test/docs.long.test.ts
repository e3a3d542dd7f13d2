import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { guidePages, runnablesOf } from './support/readme-fences.js';
import { describePage } from './support/run-page.js';

const top = path.resolve(import.meta.dirname, '..');

it('the programs of the guide have the types of the package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-types-'));
  try {
    // The package as it is built, with the types of Node for what programs read and write.
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(top, path.join(folder, 'node_modules/seqkit'));
    for (const page of guidePages()) {
      runnablesOf(page).forEach((part, index) => {
        if (part.kind !== 'program') return;
        const name = page.replaceAll(/\W/g, '-');
        writeFileSync(path.join(folder, `${name}-${index}.ts`), part.code);
      });
    }
    const compilerOptions = {
      ...{ module: 'NodeNext', target: 'ES2022', lib: ['ES2022', 'DOM'], strict: true, noEmit: true },
      ...{ types: ['node'], typeRoots: [path.join(top, 'node_modules/@types')] },
    };
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    let found = '';
    try {
      execFileSync(process.execPath, [path.join(top, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    } catch (error) {
      found = String((error as { stdout: Buffer }).stdout);
    }
    expect(found).toBe('');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

for (const page of guidePages()) describePage(page, 'long');
