import { CommanderError } from 'commander';
import { SeqkitError } from '../base/errors.js';

/** What the user is told of an error. */
interface ErrorReport {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
}

/**
 * Prints an error to stderr: the message and what to do next, as text or as one line of JSON
 * `{"error":{"code","message","hint"}}`.
 *
 * @param options.debug adds the stack trace
 * @param options.json the command line asked for `--json`
 */
export function reportError(error: unknown, { debug, json }: { debug: boolean; json: boolean }): void {
  const report = describe(error);
  const stack = debug && error instanceof Error ? error.stack : undefined;
  if (json) {
    process.stderr.write(JSON.stringify({ error: { ...report, stack } }) + '\n');
    return;
  }
  const title = report.code === 'stopped' ? 'stopped' : 'error';
  process.stderr.write(`${title}: ${report.message}\n`);
  if (report.hint !== undefined) process.stderr.write(`${report.hint}\n`);
  if (stack !== undefined) process.stderr.write(`${stack}\n`);
}

/**
 * The exit status that an error ends the process with: 2 for wrong usage, 1 for a failure, 130 for a stop on
 * request, as shells report Ctrl-C.
 */
export function exitStatus(error: unknown): 1 | 2 | 130 {
  if (error instanceof SeqkitError && error.code === 'stopped') return 130;
  const usage = error instanceof CommanderError || (error instanceof SeqkitError && error.code === 'usage');
  return usage ? 2 : 1;
}

function describe(error: unknown): ErrorReport {
  if (error instanceof SeqkitError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof CommanderError) {
    return {
      code: 'usage',
      message: error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' '),
      hint: 'See seqkit --help, or seqkit <command> --help for the options of one command.',
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'unexpected',
    message: `unexpected: ${message.split('\n', 1)[0] ?? ''}`,
    hint: 'This is a fault in seqkit. Run again with --debug to see where.',
  };
}
