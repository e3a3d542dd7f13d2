import { vi } from 'vitest';
import { run } from '../../src/cli/command-line.js';

/** What a command line left behind. */
export interface CliResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command line in this process and catches what it prints.
 *
 * @param args what would be typed after `seqkit`
 * @param rest passed on to `run`
 */
export async function runCli(
  args: readonly string[],
  ...rest: DropFirst<Parameters<typeof run>>
): Promise<CliResult> {
  const printed = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      printed[name] += text.toString();
      return true;
    }),
  );
  try {
    return { status: await run(args, ...rest), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
