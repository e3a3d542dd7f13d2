import { execFile, execFileSync, spawnSync } from 'node:child_process';

import { promisify } from 'node:util';

/** Debian's Python, where its packages are. */
export const PYTHON = '/usr/bin/python3';

/** Whether Python is there with a package. */
export function pythonHas(name: string): boolean {
  const { status } = spawnSync(PYTHON, ['-c', `import ${name}`], { stdio: 'ignore' });
  return status === 0;
}

/** Runs a program in a folder; returns what it printed. */
export function runPython(folder: string, args: readonly string[]): string {
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  return execFileSync(PYTHON, args, { cwd: folder, encoding: 'utf8', env });
}

/** The same without waiting. */
export async function startPython(folder: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '1' };
  const { stdout } = await promisify(execFile)(PYTHON, args, { cwd: folder, encoding: 'utf8', env });
  return stdout;
}
