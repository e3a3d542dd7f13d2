import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { commandGroups, type CommandGroup } from '../../src/cli/command-table.js';
import { wholeNumber } from '../../src/cli/options/options.js';
import { SeqkitError } from '../../src/base/errors.js';
import { runCli } from '../support/run-cli.js';

const loaded: string[] = [];

function group(
  title: string,
  commands: Record<string, string>,
  register: (program: Command) => void,
): CommandGroup {
  const load = async (): Promise<{ register: typeof register }> => {
    loaded.push(title);
    return { register };
  };
  return { title, commands, load };
}

const groups = [
  group('Kitchen', { boil: 'heat water', chop: 'make small' }, (program) => {
    program
      .command('boil <what>')
      .option('--minutes <n>', 'how long', wholeNumber({ min: 1, max: 9 }), 3)
      .option('--json')
      .action((what: string, { minutes }: { minutes: number }) => {
        if (what === 'stone')
          throw new SeqkitError('a stone does not boil', { code: 'usage', hint: 'Try water.' });
        if (what === 'lake') throw new SeqkitError('the lake is too large', { code: 'bad-value' });
        if (what === 'pot') throw new TypeError('pot is undefined\nsecond line');
        process.stdout.write(`${what} ${minutes}\n`);
      });
    program
      .command('chop')
      .action(async () => Promise.reject(new SeqkitError('blunt', { code: 'file-access' })));
  }),
  group('Garden', { dig: 'turn the soil' }, (program) => {
    program.command('dig').action(() => undefined);
  }),
];

const seqkit = (...args: string[]): ReturnType<typeof runCli> => runCli(args, groups);

describe('seqkit', () => {
  it('runs a command, whose module alone is imported', async () => {
    loaded.length = 0;
    expect(await seqkit('boil', 'milk', '--minutes', '5')).toEqual({
      status: 0,
      stdout: 'milk 5\n',
      stderr: '',
    });
    expect(loaded).toEqual(['Kitchen']);
  });

  it('prints its version', async () => {
    expect(await seqkit('--version')).toEqual({ status: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  it('lists the commands by group and imports none for it', async () => {
    loaded.length = 0;
    const { status, stdout } = await seqkit('--help');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /Kitchen:\n {2}boil +heat water\n {2}chop +make small\n\nGarden:\n {2}dig +turn the soil\n/,
    );
    expect(loaded).toEqual([]);
  });

  it.each([[['boil', '--help']], [['help', 'boil']], [['--help', 'boil']]])(
    'shows one command: %j',
    async (args) => {
      const { status, stdout } = await seqkit(...args);
      expect(status).toBe(0);
      expect(stdout).toContain('--minutes <n>');
    },
  );

  it.each([[[]], [['--debug']]])(
    'answers no command at all with the list, as wrong usage: %j',
    async (args) => {
      const { status, stdout, stderr } = await seqkit(...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toContain('Kitchen:');
    },
  );
});

describe('an error', () => {
  it('of usage ends with status 2, a message and a hint', async () => {
    expect(await seqkit('boil', 'stone')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: a stone does not boil\nTry water.\n',
    });
  });

  it('of another kind ends with status 1', async () => {
    expect(await seqkit('boil', 'lake')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: the lake is too large\n',
    });
    expect(await seqkit('chop')).toEqual({ status: 1, stdout: '', stderr: 'error: blunt\n' });
  });

  it('nobody foresaw is one line, and with --debug its stack', async () => {
    const plain = await seqkit('boil', 'pot');
    expect(plain.status).toBe(1);
    expect(plain.stderr).toMatch(/^error: unexpected: pot is undefined\n.*--debug.*\n$/);
    const debug = await seqkit('boil', 'pot', '--debug');
    expect(debug.stderr).toMatch(/\n +at /);
  });

  it('is one line of JSON under --json', async () => {
    const { stdout, stderr } = await seqkit('boil', 'stone', '--json');
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'usage', message: 'a stone does not boil', hint: 'Try water.' },
    });
    expect(stderr.trim()).not.toContain('\n');
  });

  it.each([
    [['biol', 'milk'], "error: unknown command 'biol' (Did you mean boil?)\n"],
    [['boil'], "error: missing required argument 'what'\n"],
    [['boil', 'milk', 'eggs'], 'error: too many arguments for'],
    [['boil', 'milk', '--minuets', '3'], "error: unknown option '--minuets' (Did you mean --minutes?)\n"],
    [['boil', 'milk', '--minutes', '12'], "argument '12' is invalid. Expected a whole number from 1 to 9.\n"],
  ])('of commander too: %j', async (args, message) => {
    const { status, stdout, stderr } = await seqkit(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('seqkit <command> --help');
  });
});

describe('the table of commands', () => {
  it('matches what the modules register', async () => {
    for (const { load, commands } of commandGroups) {
      const program = new Command();
      (await load()).register(program);
      expect(program.commands.map((command) => command.name())).toEqual(Object.keys(commands));
      for (const command of program.commands) {
        expect(command.description(), `${command.name()} describes itself`).not.toBe('');
        const options = command.options.map((option) => option.long);
        expect(options, `${command.name()} has --json`).toContain('--json');
      }
    }
  });
});
