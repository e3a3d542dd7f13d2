import { SeqkitError } from './errors.js';

/** The system's codes, and Node's, for what a machine has not enough of. */
const CAUSES: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  EMFILE: ['this process may not open more files', 'Close some, or raise the limit: see ulimit -n.'],
  ENFILE: ['the system has no more files to open', 'Close some programs, and try again.'],
  ENOMEM: [
    'memory is used up',
    'Close some programs, give less data at a time, or raise the limit where there is one: see ulimit -v.',
  ],
  EAGAIN: [
    'the system can start no more processes',
    'Close some programs, or raise the limit: see ulimit -u.',
  ],
  ERR_WORKER_OUT_OF_MEMORY: [
    'a thread ran out of memory',
    'Take fewer threads, or give less data at a time.',
  ],
  ERR_WORKER_INIT_FAILED: ['a thread could not be started', 'Take fewer threads, or close some programs.'],
};

/** What V8 says where memory is refused; its RangeErrors have no code. */
const NO_MEMORY =
  /array buffer allocation failed|could not allocate memory|unable to grow instance memory|allocation size overflow|out of memory/i;

/**
 * The error for what the machine has not enough of: open files, memory, threads.
 * @param intention what was to be done, such as `Cannot read a clip at a.wav`
 * @returns undefined for an error of another kind
 */
export function resourceError(error: unknown, intention?: string): SeqkitError | undefined {
  if (error instanceof SeqkitError || !(error instanceof Error)) return undefined;
  const code = (error as { code?: unknown }).code;
  const found =
    typeof code === 'string' && Object.hasOwn(CAUSES, code)
      ? CAUSES[code]
      : NO_MEMORY.test(error.message) && CAUSES['ENOMEM'];
  if (!found) return undefined;
  const [cause, hint] = found;
  const message =
    intention === undefined ? `The machine has not enough for this: ${cause}.` : `${intention}: ${cause}.`;
  return new SeqkitError(message, { code: 'resources', hint, cause: error });
}
