import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { commandGroups, type CommandGroup } from './command-table.js';
import { exitStatus, reportError } from './terminal/report-error.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const EPILOGUE = `
Examples:
  $ seqkit analogy king man woman
  $ seqkit train-trigger ./clips

Results go to stdout, progress and notes to stderr. Every command takes --help and --json;
under --json an error is one line of JSON on stderr. Exit status: 0 done, 1 failed, 2 wrong usage,
130 stopped by Ctrl-C with its state saved.`;

/**
 * Runs one command line.
 *
 * @param typed what was typed after `seqkit`
 * @param groups the commands there are
 * @returns the exit status: 0 when all went well, 1 for a failure, 2 for wrong usage, 130 where it was stopped
 */
export async function run(typed: readonly string[], groups = commandGroups): Promise<number> {
  const args = helpLast(typed);
  try {
    const asked = args.find((arg) => !arg.startsWith('-'));
    const program = await buildProgram(asked, groups);
    if (asked === undefined && !args.some((arg) => ['-h', '--help', '--version'].includes(arg))) {
      program.outputHelp({ error: true });
      return 2;
    }
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander also throws once it has printed the help or the version.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    reportError(error, { debug: args.includes('--debug'), json: args.includes('--json') });
    return exitStatus(error, args);
  }
}

/** `seqkit help analogy` and `seqkit --help analogy` mean `seqkit analogy --help`. */
function helpLast(args: readonly string[]): readonly string[] {
  return ['help', '-h', '--help'].includes(args[0] ?? '') ? [...args.slice(1), '--help'] : args;
}

/** A program that knows the asked command in full or, where there is none, the list of all commands. */
async function buildProgram(asked: string | undefined, groups: readonly CommandGroup[]): Promise<Command> {
  const program = new Command('seqkit')
    .description('Sequence models and NLP: word vectors, text and music, trigger words.')
    .usage('<command> [options]')
    .version(version, '--version', 'print the version')
    .option('--debug', 'show the stack trace of an error')
    .helpOption('-h, --help', 'show help; after a command, its options')
    .helpCommand(false)
    .addHelpText('after', EPILOGUE)
    // Errors are thrown to `run`, which alone prints them.
    .exitOverride()
    .configureOutput({ outputError: () => undefined });

  const group = groups.find(({ commands }) => asked !== undefined && Object.hasOwn(commands, asked));
  if (group) {
    (await group.load()).register(program);
  } else {
    for (const { title, commands } of groups) {
      for (const [name, summary] of Object.entries(commands)) {
        program.command(name).summary(summary).helpGroup(`${title}:`);
      }
    }
  }
  return program;
}
