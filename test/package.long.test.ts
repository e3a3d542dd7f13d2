import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { bundledPackages } from '../scripts/bundled-packages.mjs';
import { readmeFences } from './support/readme-fences.js';

const top = path.resolve(import.meta.dirname, '..');
const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-package-'));

/** What a user's shell holds: nothing of the npm that runs this test. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/** Runs a program in the user's folder and returns what it prints to stdout. */
function runs(
  program: string,
  args: readonly string[],
  options: { cwd?: string; offline?: boolean } = {},
): string {
  return execFileSync(program, args, {
    cwd: options.cwd ?? folder,
    encoding: 'utf8',
    env: options.offline ? { ...environment, npm_config_offline: 'true' } : environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A page without what stands in fences and backticks, where brackets mean other things. */
function withoutCode(page: string): string {
  return page.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}

/** Bytes of all files below a folder. */
function sizeOf(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}

beforeAll(() => {
  const [{ filename }] = JSON.parse(
    runs('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: top }),
  ) as [{ filename: string }];
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ name: 'user', private: true, type: 'module' }),
  );
  // As the README says.
  runs('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a user can import, `.` as `seqkit`. */
const entries = Object.keys(packageJson.exports)
  .filter((entry) => entry !== './package.json' && !entry.includes('*'))
  .map((entry) => path.posix.join('seqkit', entry));

describe('the package, installed', () => {
  it('answers an analogy offline', () => {
    const printed = runs('npx', ['seqkit', 'analogy', 'king', 'man', 'woman'], { offline: true });
    expect(printed).toMatch(/^king - man \+ woman\nqueen /);
  });

  it('trains a trigger model offline', () => {
    for (const kind of ['activates', 'negatives', 'backgrounds']) {
      mkdirSync(path.join(folder, 'clips', kind), { recursive: true });
      const source = path.join(top, 'data/clips', kind);
      for (const name of readdirSync(source).slice(0, 10)) {
        cpSync(path.join(source, name), path.join(folder, 'clips', kind, name));
      }
    }
    runs(
      'npx',
      ['seqkit', 'train-trigger', './clips', '--epochs', '1', '--examples', '200', '--spoken', '0'],
      { offline: true },
    );
    expect(statSync(path.join(folder, 'trigger.safetensors')).size).toBeGreaterThan(10_000);
  });

  it('has types for every export, and the README uses them rightly', () => {
    const imports = entries.map(
      (entry, index) => `import * as entry${index} from '${entry}';\nvoid entry${index};\n`,
    );
    writeFileSync(path.join(folder, 'every-export.ts'), imports.join(''));
    const snippets = readmeFences().filter(({ language }) => language === 'ts');
    snippets.forEach(({ code }, index) => writeFileSync(path.join(folder, `snippet-${index}.ts`), code));
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2022',
      strict: true,
      noEmit: true,
      types: [],
      lib: ['ES2022', 'DOM'],
    };
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    runs(process.execPath, [path.join(top, 'node_modules/typescript/bin/tsc'), '-p', '.']);
  });

  it.each(['6.0', '5.9', '5.8'])(
    'has types that need neither DOM nor other packages, all checked by TypeScript %s',
    (version) => {
      // In a folder of its own: two compilers would both be called tsc.
      const home = path.join(folder, `typescript-${version}`);
      mkdirSync(home);
      writeFileSync(path.join(home, 'package.json'), '{ "private": true }');
      runs('npm', ['install', '--no-audit', '--no-fund', `typescript@~${version}.0`], { cwd: home });
      const app = path.join(folder, 'app-without-dom');
      mkdirSync(app, { recursive: true });
      const lines = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`);
      writeFileSync(path.join(app, 'every-export.ts'), lines.join(''));
      for (const resolution of [{ module: 'NodeNext' }, { module: 'ESNext', moduleResolution: 'bundler' }]) {
        const compilerOptions = {
          ...{ ...resolution, target: 'ES2022', lib: ['ES2022'], types: [] },
          ...{ strict: true, noEmit: true, skipLibCheck: false },
        };
        writeFileSync(
          path.join(app, 'tsconfig.json'),
          JSON.stringify({ compilerOptions, include: ['*.ts'] }),
        );
        const tsc = path.join(home, 'node_modules/typescript/bin/tsc');
        expect(runs(process.execPath, [tsc, '-p', app])).toBe('');
      }
    },
  );

  it.each(entries)('loads %s, by import and by require', (entry) => {
    const script = `import('${entry}').then((module) => console.log(Object.keys(module).length))`;
    expect(Number(runs(process.execPath, ['-e', script]))).toBeGreaterThan(0);
    const required = `console.log(Object.keys(require('${entry}')).length)`;
    expect(Number(runs(process.execPath, ['--input-type=commonjs', '-e', required]))).toBeGreaterThan(0);
  });

  it('holds what the links of its pages lead to', () => {
    const home = path.join(folder, 'node_modules/seqkit');
    const below = readdirSync(path.join(home, 'docs'), { recursive: true, encoding: 'utf8' });
    const pages = ['README.md', ...below.map((name) => `docs/${name}`)];
    const links = pages
      .filter((page) => page.endsWith('.md'))
      .flatMap((page) =>
        [
          ...withoutCode(readFileSync(path.join(home, page), 'utf8')).matchAll(
            /\]\((?!https?:|#)([^)#\s]+)/g,
          ),
        ].map(([, link]) => ({ page, link, file: path.join(home, path.dirname(page), link) })),
      );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(({ file }) => !existsSync(file)).map(({ page, link }) => `${page}: ${link}`)).toEqual(
      [],
    );
  });

  it('takes the room that the README says', () => {
    const readme = readFileSync(path.join(top, 'README.md'), 'utf8');
    const said = Number(/It takes (\d+) MB/.exec(readme)?.[1]);
    const megabytes = sizeOf(path.join(folder, 'node_modules')) / 1e6;
    expect(Math.abs(said - megabytes) / megabytes, `README: ${said} MB, measured: ${megabytes}`).toBeLessThan(
      0.05,
    );
  });

  it('brings commander, what makes PNGs, and no other package', () => {
    const below = readdirSync(path.join(folder, 'node_modules'), { withFileTypes: true });
    const names = below.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    expect(names.map(({ name }) => name).sort()).toEqual(['@resvg', 'commander', 'seqkit']);
    // All else that its modules ask for is Node's, or the user's choice.
    const dist = path.join(folder, 'node_modules/seqkit/dist');
    const asked = readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js') && !/^(vendor|browser|workerd)\b/.test(name))
      .flatMap((name) => [
        ...readFileSync(path.join(dist, name), 'utf8').matchAll(/(?:from |import\()'([^.'][^']*)'/g),
      ])
      .map(([, specifier]) => specifier)
      .filter((specifier) => !/^(node:|seqkit\/)/.test(specifier));
    // The last two stand in the program that samples from an exported model.
    expect([...new Set(asked)].sort()).toEqual(['@resvg/resvg-js', 'commander', 'fs', 'onnxruntime-node']);
    const bundled = new Set(
      Object.keys(bundledPackages).map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      ),
    );
    for (const built of ['vendor', 'browser']) {
      const licences = readFileSync(path.join(dist, built, 'LICENSES.txt'), 'utf8');
      for (const name of bundled) {
        // Node's server alone.
        if (built === 'browser' && name === '@hono/node-server') continue;
        expect(licences).toContain(`\n${name} `);
      }
    }
  });

  it('holds nothing but what it needs', () => {
    const shipped = readdirSync(path.join(folder, 'node_modules/seqkit')).sort();
    expect(shipped).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'NOTICE',
      'README.md',
      'data',
      'dist',
      'docs',
      'examples',
      'package.json',
    ]);
    expect(readdirSync(path.join(folder, 'node_modules/seqkit/data')).sort()).toEqual([
      'README.md',
      'clips',
      'embedding',
      'negatives',
      'text',
      'tunes',
      'vectors',
    ]);
  });
});
