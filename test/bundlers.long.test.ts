import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeChromium } from './browser/chromium.js';
import { InstalledApp } from './bundlers/installed-app.js';
import { withServer, type Site } from './bundlers/serve.js';

// An app that knows nothing of bundlers and runtimes but their names: it installs the packed package, builds a page by
// each of them with its defaults, and opens it in Chromium. Every page, and every runtime, answers what Node answers.

interface Bundler {
  /** The line that its documentation begins with, which builds src/page.mjs. */
  readonly command: string;
  readonly script?: string;
  readonly isModule?: boolean;
  /** Whether it takes the script of the threads along; else that starts from its source, where the policy allows it. */
  readonly takesWorker: boolean;
}

const BUNDLERS: Readonly<Record<string, Bundler>> = {
  'vite 8': { command: 'vite/bin/vite.js build --outDir out/vite-8', takesWorker: true },
  'vite 7': { command: 'vite7/bin/vite.js build --outDir out/vite-7', takesWorker: true },
  esbuild: {
    command:
      'esbuild/bin/esbuild src/page.mjs --bundle --splitting --format=esm --outdir=out/esbuild --log-level=error',
    script: 'page.js',
    takesWorker: false,
  },
  'esbuild, one file': {
    command: 'esbuild/bin/esbuild src/page.mjs --bundle --outdir=out/esbuild-one-file --log-level=error',
    script: 'page.js',
    isModule: false,
    takesWorker: false,
  },
  rollup: {
    command: 'rollup/dist/bin/rollup src/page.mjs -d out/rollup -p node-resolve --silent',
    script: 'page.js',
    takesWorker: false,
  },
  webpack: {
    command: 'webpack/bin/webpack.js --mode production --entry ./src/page.mjs -o out/webpack',
    script: 'main.js',
    isModule: false,
    takesWorker: true,
  },
  rspack: {
    command: '@rspack/cli/bin/rspack.js build --mode production --entry ./src/page.mjs -o out/rspack',
    script: 'main.js',
    isModule: false,
    takesWorker: true,
  },
  parcel: { command: 'parcel/lib/bin.js build index.html --dist-dir out/parcel', takesWorker: true },
};

const STRICT =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** What a server may say of a page, all of which must do. */
const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no headers': {},
  'a strict policy': { 'Content-Security-Policy': STRICT },
  isolation: ISOLATED,
  'isolation and a strict policy': { ...ISOLATED, 'Content-Security-Policy': STRICT },
};

/** Tried under all headers; the others, whose output is much like one of these, under the first and the last. */
const UNDER_ALL = ['vite 8', 'esbuild, one file', 'webpack'];

const TASKS = ['analogy', 'trigger', 'text', 'predict', 'network', 'words', 'crew', 'search'];

function headersFor(name: string): string[] {
  const all = Object.keys(HEADERS);
  // Parcel's own import map is an inline script, which a strict policy forbids.
  if (name === 'parcel') return ['no headers', 'isolation'];
  return UNDER_ALL.includes(name) ? all : [all[0], all[all.length - 1]];
}

type Answers = Record<string, unknown>;
interface Run {
  answers: Answers;
  workers: Record<string, number>;
  live: number;
}

declare const copies: readonly Promise<Run>[];
declare const app: {
  mount(times: number): Promise<Record<string, number>>;
  reference(): Promise<Answers>;
  inference(): Promise<Answers>;
};

const program = new InstalledApp();
/** What came of what, under which headers, for the table at the end. */
const table: string[] = [];
const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

/** A line of the table: of each task whether it answered as Node did. */
function tells(name: string, headers: string, found: Partial<Run>, expected: Answers, since: number): void {
  const { answers = {}, workers } = found;
  const tasks = Object.entries({ ...expected, worklet: expected['trigger'] }).map(([task, wanted]) => {
    if (!(task in answers)) return '';
    if (isDeepStrictEqual(answers[task], wanted)) return 'yes';
    return JSON.stringify(answers[task])?.includes('error') ? 'error' : 'other';
  });
  const threads = Object.entries(workers ?? {}).map(([task, count]) => `${task} ${count}`);
  const ran = workers === undefined ? '' : threads.join(', ') || 'none';
  table.push(`| ${[name, headers, ...tasks, ran, seconds(since)].join(' | ')} |`);
}

describeChromium('an app that imports seqkit, built and run with the defaults of its tools', () => {
  let browser: Browser;
  let expected: Answers;
  const builds = new Map<string, Promise<unknown>>();
  let next: ChildProcess | undefined;

  const folderOf = (name: string): string =>
    path.join(
      program.folder,
      /(?:outDir|outdir=| -d| -o|dist-dir)[ =]?(\S+)/.exec(` ${BUNDLERS[name].command}`)![1],
    );
  const build = (name: string): Promise<unknown> => {
    const [bin, ...args] = BUNDLERS[name].command.split(' ');
    return program.runs(process.execPath, [program.program(bin), ...args]);
  };

  beforeAll(async () => {
    const since = performance.now();
    await program.install();
    expected = JSON.parse(await program.runs(process.execPath, ['src/node.mjs'])) as Answers;
    browser = await chromium.launch({
      executablePath: process.env['SEQKIT_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--js-flags=--expose-gc'],
    });
    table.push(`| installed | |${' |'.repeat(TASKS.length + 2)} ${seconds(since)} |`);
    // Two at a time, the longest first.
    const queue: (() => Promise<unknown>)[] = [];
    const enqueue = (name: string, job: () => Promise<unknown>): void => {
      const done = new Promise((resolve, reject) => queue.push(() => job().then(resolve, reject)));
      done.catch(() => {});
      builds.set(name, done);
    };
    if (has('next'))
      enqueue('next', () => program.runs(process.execPath, [program.program('next/dist/bin/next'), 'build']));
    for (const name of Object.keys(BUNDLERS)) enqueue(name, () => build(name));
    const work = async (): Promise<void> => {
      for (let job = queue.shift(); job; job = queue.shift()) await job().catch(() => {});
    };
    void work();
    void work();
  });
  afterAll(async () => {
    await browser?.close();
    next?.kill();
    await Promise.allSettled(builds.values());
    rmSync(program.folder, { recursive: true, force: true });
    const columns = ['tool', 'headers', ...TASKS, 'worklet', 'workers that ran', 's'];
    const lines = [columns, columns.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`);
    console.log([...lines, ...table].join('\n'));
  });

  const has = (name: string): boolean => existsSync(program.program(name));

  /** Opens a page and has it say something. */
  async function inPage<T>(
    site: Omit<Site, 'app'>,
    ask: (page: Page) => Promise<T>,
    query = '',
  ): Promise<T & { errors: string[]; warnings: string[] }> {
    return withServer({ app: program.folder, ...site }, async (address) => {
      const page = await browser.newPage();
      const errors: string[] = [];
      const warnings: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.text().includes('of seqkit')) warnings.push(message.text());
      });
      try {
        await page.goto(`${address}${query}`);
        await page.waitForFunction(() => 'copies' in globalThis);
        return { ...(await ask(page)), errors, warnings };
      } finally {
        await page.close();
      }
    });
  }

  const site = (name: string, headers: string): Omit<Site, 'app'> => {
    const { script, isModule = true } = BUNDLERS[name];
    return {
      built: folderOf(name),
      headers: HEADERS[headers],
      isModule,
      ...(script ? { scripts: [script] } : {}),
    };
  };

  /** The workers that run where memory can be shared, by task: this machine's threads, less the page's own. */
  const crew = {
    network: Math.min(availableParallelism(), 4) - 1,
    crew: availableParallelism(),
    search: Math.min(availableParallelism(), 8) - 1,
  };
  const workersIn = (starts: boolean): Record<string, number> =>
    starts && availableParallelism() > 1 ? crew : {};

  it('has something to compare: Node does every task', () => {
    expect(Object.keys(expected)).toEqual(TASKS);
    expect(JSON.stringify(expected)).not.toContain('error');
    expect(expected).toMatchObject({ trigger: { count: expect.any(Number) } });
  });

  for (const [name, { takesWorker }] of Object.entries(BUNDLERS)) {
    it(`by ${name} answers what Node answers, whatever the headers`, async () => {
      await builds.get(name);
      await Promise.all(
        headersFor(name).map(async (headers) => {
          const since = performance.now();
          const found = await inPage(site(name, headers), (page) => page.evaluate(() => copies[0]));
          tells(name, headers, found, expected, since);
          const isStrict = headers.includes('policy');
          const starts = headers.startsWith('isolation') && (takesWorker || !isStrict);
          expect({ headers, ...found }).toEqual({
            headers,
            answers: { ...expected, worklet: expected['trigger'] },
            workers: workersIn(starts),
            live: 0,
            errors: [],
            // Once each, where threads were to be had and could not start.
            warnings:
              headers.startsWith('isolation') && !starts
                ? [
                    expect.stringContaining('The wasm engine'),
                    expect.stringContaining('The training of word vectors'),
                  ]
                : [],
          });
        }),
      );
      // Nothing but code: no page of the package, no vectors.
      const others = readdirSync(folderOf(name)).filter(
        (file) => !/\.(js|html|LICENSE\.txt|map)$|^assets$/.test(file),
      );
      expect(others).toEqual([]);
    });
  }

  it('by Next.js answers what Node answers, in a client component and in a route of the server', async ({
    skip,
  }) => {
    skip(!has('next'), 'npm has no next');
    await builds.get('next');
    const bin = program.program('next/dist/bin/next');
    next = spawn(process.execPath, [bin, 'start', '-H', '127.0.0.1', '-p', '0'], { cwd: program.folder });
    const complaints: string[] = [];
    next.stderr!.on('data', (text: Buffer) => complaints.push(String(text)));
    const port = await new Promise<number>((resolve) => {
      next!.stdout!.on('data', (text: Buffer) => {
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(String(text));
        if (found) resolve(Number(found[1]));
      });
    });
    let since = performance.now();
    const route = (await (await fetch(`http://127.0.0.1:${port}/answers`)).json()) as Answers;
    tells('next, server', '', { answers: route }, expected, since);
    expect(route).toEqual(expected);
    expect(complaints).toEqual([]);
    for (const headers of ['no headers', 'isolation']) {
      since = performance.now();
      const found = await inPage({ built: port, headers: HEADERS[headers] }, (page) =>
        page.evaluate(() => copies[0]),
      );
      tells('next, client', headers, found, expected, since);
      expect(found).toMatchObject({
        answers: { ...expected, worklet: expected['trigger'] },
        workers: workersIn(headers === 'isolation'),
        errors: [],
      });
    }
  });

  it.for([
    ['Node 22', 'node22/bin/node'],
    ['Node 24', 'node24/bin/node'],
    ['Deno', '@deno'],
    ['Bun', '@oven'],
  ])('%s answers what Node answers', async ([name, file], { skip }) => {
    const own = { '@deno': ['deno', 'run', '-A'], '@oven': ['bin/bun'] }[file];
    const found = own ? program.platformProgram(file, own[0]) : program.program(file);
    if (found === undefined || !existsSync(found)) return skip(`npm has no ${name} for this machine`);
    const since = performance.now();
    const printed = await program.runs(found, [...(own?.slice(1) ?? []), 'src/node.mjs']);
    const answers = JSON.parse(printed) as Answers;
    tells(name, '', { answers }, expected, since);
    // JavaScriptCore has no relaxed SIMD: what multiplies and adds rounds twice there, as in Node without it.
    const plain = [
      "import v8 from 'node:v8'; import { syncBuiltinESMExports } from 'node:module';",
      'v8.setFlagsFromString = () => {}; syncBuiltinESMExports();',
    ].join('\n');
    writeFileSync(path.join(program.folder, 'plain.mjs'), plain);
    expect(answers).toEqual(
      name === 'Bun'
        ? JSON.parse(await program.runs(process.execPath, ['--import', './plain.mjs', 'src/node.mjs']))
        : expected,
    );
  });

  it('is required by CommonJS', async () => {
    const since = performance.now();
    const answers = JSON.parse(await program.runs(process.execPath, ['src/node.cjs'])) as Answers;
    tells('Node, CommonJS', '', { answers }, expected, since);
    expect(answers).toEqual({ analogy: expected['analogy'], rate: expect.any(Number), kind: 'function' });
  });

  it("answers what Node answers in workerd, Cloudflare's runtime, for what was trained elsewhere", async ({
    skip,
  }) => {
    skip(!has('wrangler'), 'npm has no wrangler');
    const since = performance.now();
    const bin = program.program('wrangler/bin/wrangler.js');
    await program.runs(process.execPath, [bin, 'deploy', '--dry-run', '--outdir', 'out/workerd']);
    const answers = JSON.parse(await program.runs(process.execPath, ['src/workerd.mjs'])) as Answers;
    tells('workerd', '', { answers }, expected, since);
    const { analogy, trigger, text, predict } = expected;
    expect(answers).toEqual({ analogy, trigger, text, predict });
  });

  it.skip('runs on both sides of Electron: npm has the package, but GitHub the program', () => {});

  it('says where WebAssembly is forbidden and how to allow it, and detects by the reference engine if asked', async () => {
    const headers = { 'Content-Security-Policy': "script-src 'self'" };
    await builds.get('vite 8');
    const found = await inPage(
      { built: folderOf('vite 8'), headers },
      (page) =>
        page.evaluate(async () => ({ plain: await app.inference(), reference: await app.reference() })),
      '?idle',
    );
    const forbidden = {
      error: expect.stringMatching(
        /^SeqkitError engine: WebAssembly is forbidden or missing here.*script-src 'self' 'wasm-unsafe-eval'/,
      ),
    };
    expect(found.plain).toEqual({
      analogy: forbidden,
      trigger: forbidden,
      text: forbidden,
      predict: forbidden,
    });
    const { events, count } = expected['trigger'] as Answers;
    expect(found.reference).toEqual({ trigger: { events, count, scores: expect.any(String) } });
    expect(found.errors).toEqual([]);
  });

  it('leaves the globals of a page as they were, and two copies do not disturb each other', async () => {
    await builds.get('esbuild, one file');
    const own = ['copies', 'app'];
    const headers = HEADERS['isolation'];
    const { first, second, added, errors } = await withServer(
      {
        app: program.folder,
        ...{ built: folderOf('esbuild, one file'), headers, isModule: false },
        scripts: ['page.js', 'page.js?second'],
      },
      async (address) => {
        const page = await browser.newPage();
        const errors: string[] = [];
        page.on('pageerror', (error) => errors.push(String(error)));
        // What there is, on the global object and on what all programs share.
        const shared = (): string[] =>
          [
            globalThis,
            Object,
            Array.prototype,
            Promise,
            Float32Array.prototype,
            navigator,
            String.prototype,
          ].flatMap((object, n) => Reflect.ownKeys(object).map((key) => `${n} ${String(key)}`));
        await page.addInitScript(`globalThis[Symbol.for('before')] = (${String(shared)})()`);
        await page.goto(address);
        await page.waitForFunction(() => copies?.length === 2);
        const [first, second] = await page.evaluate(() => Promise.all(copies));
        const added = await page.evaluate<string[]>(
          `(${String(shared)})().filter((key) => !globalThis[Symbol.for('before')].includes(key))`,
        );
        await page.close();
        return { first, second, added, errors };
      },
    );
    expect(added.filter((key) => !key.includes('Symbol(before)')).sort()).toEqual(
      own.map((key) => `0 ${key}`).sort(),
    );
    for (const copy of [first, second]) {
      expect(copy.answers).toEqual({ ...expected, worklet: expected['trigger'] });
    }
    expect(errors).toEqual([]);
  });

  it('gives workers and memory back: models are mounted and unmounted a hundred times', async () => {
    await builds.get('vite 8');
    const since = performance.now();
    const found = await inPage(
      site('vite 8', 'isolation'),
      (page) => page.evaluate(() => app.mount(100)),
      '?idle',
    );
    table.push(
      `| mounted 100 times | isolation |${' |'.repeat(TASKS.length + 1)} at most ${found['most']}, ${found['live']} left | ${seconds(since)} |`,
    );
    expect(found).toMatchObject({ live: 0, errors: [] });
    expect(found['most']).toBe(workersIn(true)['network'] ?? 0);
    expect(found['made']).toBeGreaterThan(200);
    // Those of small kernels that are made once, and what one mount holds until it is collected.
    expect(found['held']).toBeLessThan(10);
    expect(found['bytesHeld']).toBeLessThan(32e6);
  });
});
