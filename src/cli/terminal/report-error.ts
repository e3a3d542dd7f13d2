import { CommanderError } from 'commander';
import { SeqkitError } from '../../base/errors.js';
import { resourceError } from '../../base/resources.js';
import { kindHint } from '../options/kind-commands.js';
import { asTyped } from '../options/option-names.js';
import { note, visibleJson } from './output.js';

/** What the user is told of an error. */
export interface ErrorReport {
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
    note(visibleJson({ error: { ...report, stack } }));
    return;
  }
  const title = report.code === 'stopped' ? 'stopped' : 'error';
  note(`${title}: ${report.message}`);
  if (report.hint !== undefined) note(report.hint);
  if (stack !== undefined) note(stack);
}

/**
 * The exit status that an error ends the process with: 2 for wrong usage, 1 for a failure, 130 for a stop on
 * request, as shells report Ctrl-C. A value that the library refuses is wrong usage where the error names an
 * option that was typed.
 *
 * @param args what was typed after `seqkit`
 */
export function exitStatus(error: unknown, args: readonly string[]): 1 | 2 | 130 {
  if (error instanceof CommanderError) return 2;
  if (!(error instanceof SeqkitError)) return 1;
  if (error.code === 'stopped') return 130;
  if (error.code === 'usage') return 2;
  if (error.code !== 'bad-value') return 1;
  const typed = new Set(args.map((arg) => arg.split('=', 1)[0]));
  const named = asTyped(error.message).match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];
  return named.some((flag) => typed.has(flag)) ? 2 : 1;
}

function describe(error: unknown): ErrorReport {
  const known = error instanceof SeqkitError ? error : resourceError(error);
  if (known !== undefined) return typedError(known);
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

/** An error of the library in the words of the command line. */
export function typedError({ code, message, hint }: SeqkitError): ErrorReport {
  const own = kindHint(message, hint);
  return { code, message: asTyped(message), hint: own === undefined ? undefined : asTyped(own) };
}
