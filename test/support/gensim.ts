import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';

const python = '/usr/bin/python3';
const script = fileURLToPath(new URL('./ask-gensim.py', import.meta.url));

/** What gensim is to do with a file; see ask-gensim.py. */
export interface GensimTask {
  readonly file: string;
  readonly format: 'glove' | 'word2vec' | 'word2vec-binary' | 'fasttext-binary';
  readonly encoding?: string;
  readonly limit?: number;
  readonly vectors?: boolean;
  readonly unknown?: readonly string[];
  readonly queries?: readonly { name: string; arguments: unknown }[];
  readonly analogies?: string;
  /** How analogies are answered; gensim's own way is 3CosAdd. */
  readonly method?: '3cosmul';
  readonly options?: Readonly<Record<string, unknown>>;
  readonly pairs?: string;
  readonly pairOptions?: Readonly<Record<string, unknown>>;
}

export interface GensimResult {
  readonly words: string[];
  readonly vectors: string;
  readonly unknown: string[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly answers: any[];
  readonly analogies: [section: string, correct: number, total: number][];
  readonly pairs: { pearson: [number, number]; spearman: [number, number]; oovRatio: number };
}

let found: boolean | undefined;

/** Whether Debian's python3-gensim is there. */
export function hasGensim(): boolean {
  return (found ??=
    spawnSync(python, ['-c', 'import importlib.util as u; assert u.find_spec("gensim")']).status === 0);
}

/** Skips the test, naming what is missing, where gensim is not there. */
export function needGensim(context: TestContext): void {
  if (!hasGensim()) context.skip('python3-gensim is not there');
}

/** Runs gensim once for all the tasks. */
export async function gensim(tasks: readonly GensimTask[]): Promise<GensimResult[]> {
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdin.end(JSON.stringify(tasks));
  const status = await new Promise((resolve) => child.on('close', resolve));
  if (status !== 0) throw new Error(`gensim failed: ${stderr}`);
  return JSON.parse(stdout) as GensimResult[];
}

/** The 32-bit floats of a result. */
export function unpackFloats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
}
