import { execFile, type ExecFileOptions } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { Random } from '../../src/index.js';
import { TextModel } from '../../src/text/index.js';
import { shippedClips } from '../support/clip-files.js';
import { tinyModel } from '../support/tiny-model.js';

const top = path.resolve(import.meta.dirname, '../..');
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))),
  NEXT_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  PARCEL_WORKER_BACKEND: 'process',
};

/** Major versions, as a new app would get them. */
const BUNDLERS: Readonly<Record<string, string>> = {
  vite: '8',
  vite7: 'npm:vite@7',
  esbuild: '0.28',
  webpack: '5',
  'webpack-cli': '7',
  rollup: '4',
  '@rollup/plugin-node-resolve': '16',
  '@rspack/cli': '2',
  '@rspack/core': '2',
  parcel: '2',
};

/** Those that the registry does not give, or not for this machine, are missing: their tests skip. */
const OTHERS: Readonly<Record<string, string>> = {
  next: '16',
  react: '19',
  'react-dom': '19',
  wrangler: '4',
  bun: '1',
  deno: '2',
  node22: `npm:node-${process.platform}-${process.arch}@22`,
  node24: `npm:node-${process.platform}-${process.arch}@24`,
};

/** An app that knows nothing of its tools but their names, with the packed package installed. */
export class InstalledApp {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'seqkit-bundlers-'));

  /** Runs a program in the app's folder, or elsewhere; what it prints. */
  async runs(program: string, args: readonly string[], options: ExecFileOptions = {}): Promise<string> {
    const settings = { cwd: this.folder, env: environment, maxBuffer: 1 << 26, ...options };
    const running = promisify(execFile)(program, args, { ...settings, encoding: 'utf8' });
    // What would ask the user something is answered by the end of its input.
    running.child.stdin?.end();
    return (await running).stdout;
  }

  /** The file of a program that a package brings. */
  program(name: string): string {
    return path.join(this.folder, 'node_modules', name);
  }

  /** A file of a platform's own package, by the scope that holds one for each platform. */
  platformProgram(scope: string, file: string): string | undefined {
    const home = path.join(this.folder, 'node_modules', scope);
    if (!existsSync(home)) return undefined;
    const names = readdirSync(home).map((name) => path.join(home, name, file));
    return names.find((name) => existsSync(name));
  }

  async install(): Promise<void> {
    const packing = this.runs(
      'npm',
      ['pack', '--json', '--ignore-scripts', '--pack-destination', this.folder],
      { cwd: top },
    );
    const [{ filename }] = JSON.parse(await packing) as [{ filename: string }];
    const isTried = {
      dependencies: { seqkit: `file:./${filename}`, ...BUNDLERS },
      optionalDependencies: OTHERS,
    };
    this.#write('package.json', JSON.stringify({ name: 'app', private: true, type: 'module', ...isTried }));
    const installing = this.runs('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund']);
    await Promise.all([installing, this.#writeFiles()]);
  }

  #write(name: string, text: string | Uint8Array): void {
    writeFileSync(path.join(this.folder, name), text);
  }

  /** The app's own files, and what its server offers. */
  async #writeFiles(): Promise<void> {
    cpSync(path.join(import.meta.dirname, 'app'), path.join(this.folder, 'src'), { recursive: true });
    cpSync(path.join(import.meta.dirname, 'next'), path.join(this.folder, 'app'), { recursive: true });
    const script = '<script type="module" src="/src/page.mjs"></script>';
    this.#write('index.html', `<!doctype html><title>app</title>${script}`);
    this.#write(
      'wrangler.json',
      JSON.stringify({ name: 'app', main: 'src/worker.mjs', compatibility_date: '2026-01-01' }),
    );
    mkdirSync(path.join(this.folder, 'files'));
    cpSync(path.join(import.meta.dirname, 'app/tap.js'), path.join(this.folder, 'files/tap.js'));
    const random = new Random(7);
    const words = ['king', 'queen', 'man', 'woman', 'prince', 'apple', 'mat'];
    const rows = words.map(
      (word) => `${word} ${Array.from({ length: 10 }, () => random.normal().toFixed(4)).join(' ')}\n`,
    );
    this.#write('files/vectors.txt', rows.join(''));
    const many = Array.from({ length: 22_000 }, (_, n) => `w${n}`);
    const data = Float32Array.from({ length: many.length * 100 }, () => random.normal());
    await KeyedVectors.fromRows(many, data).save(path.join(this.folder, 'files/many.safetensors'));
    this.#write('files/trigger.safetensors', (await tinyModel()).toBytes());
    const text = new TextModel({ cell: 'gru', units: 16, layers: 1, seed: 1, threads: 1 });
    await text.fit('the rain in the plain fell mainly on the grain. '.repeat(40), {
      steps: 20,
      batchSize: 8,
      seqLength: 16,
    });
    this.#write('files/text.safetensors', text.toBytes());
    const recording = shippedClips().find((clip) => clip.path.startsWith('activates/'));
    this.#write('files/recording.wav', recording!.bytes);
  }
}
