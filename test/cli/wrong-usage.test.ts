import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, type Option } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { commandGroups } from '../../src/cli/command-table.js';
import { runCli } from '../support/run-cli.js';

/** Nothing lies there: an option's value must be refused before any file is looked for. */
const folder = mkdtempSync(join(tmpdir(), 'seqkit-usage-'));
const missing = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const vectors = ['--vectors', missing('v.txt')];
const pair = ['--direction', 'she:he'];
const sets = ['--x', 'a', '--y', 'b', '--a', 'c', '--b', 'd'];

/** Of each command a command line with nothing wrong but that its files are not there. */
const lines: Readonly<Record<string, readonly string[]>> = {
  analogy: ['king', 'man', 'woman', ...vectors],
  neighbors: ['king', ...vectors],
  similarity: ['king', 'queen', ...vectors],
  'odd-one-out': ['king', 'queen', 'tea', ...vectors],
  'eval-embeddings': [missing('v.txt'), '--pairs', missing('pairs.tsv')],
  'convert-vectors': [missing('v.txt'), missing('out.txt')],
  'train-embeddings': [missing('corpus.txt'), '--out', missing('v.txt')],
  'plot-embeddings': ['king', 'queen', 'tea', ...vectors, '--out', missing('p.svg')],
  debias: [...vectors, ...pair, '--out', missing('d.safetensors')],
  'audit-bias': [...vectors, ...sets],
  'train-text': [missing('t.txt'), '--out', missing('m.safetensors')],
  'eval-text': [missing('m.safetensors'), missing('t.txt')],
  generate: [missing('m.safetensors')],
  'train-music': [missing('t.abc'), '--out', missing('m.safetensors')],
  compose: [missing('m.safetensors')],
  record: ['tea', '--out', missing('clips'), '--recorder', 'false'],
  'make-clips': ['tea', '--out', missing('clips')],
  'check-clips': [missing('clips')],
  'show-clip': ['0', missing('clips'), '--out', missing('e.wav')],
  'train-trigger': [missing('clips'), '--out', missing('m.safetensors')],
  detect: [missing('m.safetensors'), missing('r.wav')],
  'eval-trigger': [missing('m.safetensors'), missing('clips')],
  'calibrate-trigger': [missing('m.safetensors'), missing('clips')],
  'simulate-trigger': [missing('m.safetensors'), missing('r.wav')],
  listen: [missing('m.safetensors')],
  'add-embedding': [missing('e.onnx')],
  'train-classifier': [missing('c.csv'), '--out', missing('m.safetensors')],
  classify: [missing('m.safetensors'), 'text'],
  'eval-classifier': [missing('m.safetensors'), missing('c.csv')],
  'train-chatbot': [missing('i.json'), '--out', missing('m.safetensors')],
  chat: [missing('m.safetensors')],
  'train-seq2seq': [missing('pairs.tsv'), '--out', missing('m.safetensors')],
  translate: [missing('m.safetensors'), 'text'],
  'train-tagger': [missing('c.txt'), '--out', missing('m.safetensors')],
  tag: [missing('m.safetensors'), 'text'],
  'train-forecast': [missing('c.csv'), '--out', missing('m.safetensors')],
  forecast: [missing('m.safetensors'), missing('c.csv')],
  serve: [missing('m.safetensors')],
  studio: [missing('folder')],
  'export-page': [missing('m')],
  inspect: [missing('m.safetensors')],
  gradcheck: ['LSTM'],
  export: [missing('m.safetensors'), '--out', missing('out')],
  import: [missing('m.h5'), '--out', missing('m.safetensors')],
  devices: [],
};

/** What stands where any text would do; a path is wrong where nothing can be written or read, which is no usage. */
const anyPath = 'any path';
const anyText = 'any text';

/** Wrong values of the options whose text commander does not judge. */
const wrongText: Readonly<Record<string, Readonly<Record<string, readonly string[] | string>>>> = {
  all: {
    '--vectors': anyPath,
    '--encoding': ['klingon', ''],
    '--member': anyText,
    '--checkpoint': anyPath,
    '--checkpoints': anyPath,
    '--against': anyPath,
    '--device': anyText,
    '--recorder': anyText,
    '--exec': anyText,
    '--negatives': anyPath,
    '--mine': anyPath,
    '--rooms': anyPath,
    '--records': anyPath,
    '--model': anyPath,
    '--from': anyPath,
    '--preset': ['nope', ''],
  },
  analogy: { '--pairs': ['man', 'man:', 'a:b:c', ''] },
  'eval-embeddings': { '--analogies': anyPath, '--pairs': anyPath, '--delimiter': [''] },
  'train-embeddings': { '--out': ['v.xyz', 'v'], '--save-model': anyPath },
  'plot-embeddings': { '--arrows': ['man', 'man:woman:king'], '--out': ['p.gif', 'p'] },
  debias: {
    '--direction': ['she', 'she:', ''],
    '--neutral': [','],
    '--equalize': ['grandmother', 'a:b:c'],
    '--out': ['d.xyz'],
  },
  'audit-bias': { '--x': ['', ','], '--y': [''], '--a': [''], '--b': [''] },
  'train-text': { '--out': anyPath },
  export: { '--out': anyPath, '--table': anyText },
  import: { '--out': anyPath, '--layers': anyPath, '--word': anyText },
  generate: { '--prime': anyText, '--stop': anyText },
  'train-music': { '--out': anyPath },
  compose: {
    '--key': ['H', 'Q minor', ''],
    '--meter': ['foo', '4', '0/4', '3/5'],
    '--type': anyText,
    '--title': anyText,
    '--prompt': anyText,
    '--form': anyText,
    '--opening': anyText,
    '--vary': anyPath,
    '--fill': anyPath,
    '--instrument': ['theremin', '0', '129', ''],
    '--out': ['tune.mp3', 'tune'],
  },
  record: { '--out': anyPath, '--speaker': ['a_b', 'a/b', ''], '--word': ['a/b', '', '.hidden'] },
  'make-clips': {
    '--out': anyPath,
    '--word': ['a/b', '', '.hidden'],
    '--language': ['klingon', ''],
    '--say': ['', 's t'],
  },
  'show-clip': { '--out': ['e.mp3', 'e'], '--picture': ['e.gif', 'e'], '--word': anyText },
  'train-trigger': { '--out': anyPath, '--word': [''], '--say': ['', 'kæt'], '--language': ['klingon', ''] },
  detect: { '--chime-out': ['c.mp3', 'c'] },
  'eval-trigger': { '--plot': ['p.gif', 'p'] },
  'calibrate-trigger': { '--out': anyPath },
  'simulate-trigger': { '--cut': anyPath },
  listen: { '--save-alarms': anyPath },
  'train-classifier': {
    '--text': anyText,
    '--label': anyText,
    '--sequence': anyText,
    '--steps': anyText,
    '--group': anyText,
    '--out': anyPath,
  },
  'eval-classifier': {
    '--text': anyText,
    '--label': anyText,
    '--sequence': anyText,
    '--steps': anyText,
    '--group': anyText,
    '--picture': ['p.gif', 'p'],
  },
  'train-chatbot': { '--out': anyPath },
  chat: { '--test': anyPath },
  'train-seq2seq': { '--out': anyPath, '--checkpoint': anyPath },
  'train-tagger': { '--out': anyPath, '--test': anyPath, '--checkpoint': anyPath },
  'train-forecast': {
    '--target': anyText,
    '--known': anyText,
    '--observed': anyText,
    '--series': anyText,
    '--out': anyPath,
  },
  forecast: {
    '--target': anyText,
    '--known': anyText,
    '--observed': anyText,
    '--series': anyText,
  },
  studio: { '--out': anyPath },
  'export-page': { '--out': anyPath, '--title': anyText },
  translate: { '--attention': ['a.gif', 'a'] },
};

/** A name whose ending is wrong; should it be taken nonetheless, the file lies where nothing is kept. */
const wrongName = /^\w(\.\w+)?$|^tune/;

const wrongNumbers = ['much', '', '0x10', '1e999', 'NaN', 'Infinity', '5,5'];

const commands: Command[] = [];
for (const group of commandGroups) {
  const program = new Command('seqkit');
  (await group.load()).register(program);
  commands.push(...program.commands);
}

/** The wrong values of an option; none where it takes no value, or any. */
function wrongValues(command: string, option: Option): readonly string[] {
  if (!option.required && !option.optional) return [];
  if (option.argChoices) return ['nope', ''];
  const text = wrongText[command]?.[option.long!] ?? wrongText['all'][option.long!];
  if (text === undefined) return wrongNumbers;
  return typeof text === 'string' ? [] : text;
}

const cases = commands.flatMap((command) =>
  command.options.flatMap((option) =>
    wrongValues(command.name(), option).map((value) => ({
      command: command.name(),
      flag: option.long!,
      value,
    })),
  ),
);

describe('a wrong value for an option', () => {
  it.each(cases)('$command $flag "$value" is wrong usage', async ({ command, flag, value }) => {
    const given = wrongName.test(value) ? missing(value) : value;
    const { status, stdout, stderr } = await runCli([command, ...lines[command], `${flag}=${given}`]);
    expect({ status, stdout }, stderr).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(flag);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('every command', () => {
  it('is in the table', () => {
    expect(Object.keys(lines).sort()).toEqual(commands.map((command) => command.name()).sort());
  });

  it.each(commands.map((command) => command.name()))('%s refuses an option that is none', async (name) => {
    const { status, stderr } = await runCli([name, ...lines[name], '--no-such-thing']);
    expect(status).toBe(2);
    expect(stderr).toContain("unknown option '--no-such-thing'");
  });

  const needy = commands.filter((command) => command.registeredArguments.some(({ required }) => required));
  it.each(needy.map((command) => command.name()))('%s refuses to go without its argument', async (name) => {
    const { status, stderr } = await runCli([name]);
    expect(status).toBe(2);
    expect(stderr).toContain('missing required argument');
  });

  const bounded = commands.filter((command) => !command.registeredArguments.some(({ variadic }) => variadic));
  it.each(bounded.map((command) => command.name()))('%s refuses an argument too many', async (name) => {
    const { status, stderr } = await runCli([name, ...lines[name], 'a', 'b', 'c', 'd']);
    expect(status, stderr).toBe(2);
    expect(stderr).toMatch(/too many arguments/);
  });

  it.each(
    commands
      .map((command) => command.name())
      .filter(
        (name) =>
          // One that lacks a line is told of above.
          (lines[name] ?? []).includes(missing('m.safetensors')) &&
          name !== 'train-text' &&
          name !== 'train-music' &&
          name !== 'train-trigger',
      ),
  )('%s fails with 1 where its file is missing', async (name) => {
    const { status, stderr } = await runCli([name, ...lines[name]]);
    expect(status, stderr).toBe(1);
  });
});

describe('options that contradict each other', () => {
  it.each<[string, string[], string]>([
    ['neighbors', ['king', '--limit', '5'], '--limit'],
    ['train-trigger', [], 'neither a folder of clips nor a word'],
    ['train-trigger', ['--word', 'tea', '--word', 'tea'], 'the same word twice'],
    ['train-trigger', ['--word', 'tea', '--voices', '0'], '--voices 0'],
    ['train-trigger', ['--word', 'tea', '--hold-out', '0.2'], '--hold-out'],
    ['train-trigger', ['--word', 'tea', '--records', 'r.jsonl'], '--records'],
    ['train-trigger', ['--word', 'tea', '--word', 'milk', '--say', 'tiː'], 'which of several words'],
    ['neighbors', ['king', '--encoding', 'latin1'], '--encoding'],
    ['analogy', ['--pairs', 'man:woman', '--method', '3cosmul', 'king'], '--method'],
    ['train-embeddings', [missing('c.txt'), '--min-n', '3'], '--min-n'],
    ['train-embeddings', [missing('c.txt'), '--model', 'fasttext', '--min-n', '7'], '--min-n'],
    ['train-text', [missing('t.txt'), '--held-out', '0.5', '--test', '0.6'], '--held-out'],
    ['train-text', [missing('t.txt'), '--held-out', '0', '--patience', '2'], '--patience'],
    ['train-music', [missing('t.abc'), '--held-out', '0', '--patience', '2'], '--patience'],
    ['train-text', [missing('t.txt'), '--bytes', '--min-count', '3'], '--min-count'],
    ['generate', [missing('m'), '--interactive', '--json'], '--interactive'],
    ['generate', [missing('m'), '--interactive', '--count', '2'], '--interactive'],
    ['record', ['tea', '--kind', 'negatives', '--word', 'tea'], '--word'],
    ['record', ['tea', '--recorder', 'x', '--device', 'y'], '--device'],
    ['train-trigger', [missing('c'), '--resume'], '--resume'],
    ['train-trigger', [missing('c'), '--train', 'all'], '--train'],
    ['train-trigger', [missing('c'), '--from', missing('m'), '--preset', 'coursera'], '--from'],
    ['detect', [missing('m'), 'a.wav', 'b.wav', '--chime-out', 'c.wav'], '--chime-out'],
    ['studio', ['--out', missing('site'), '--open'], '--out'],
    ['listen', [missing('m'), '--stdin', '--device', 'x'], '--device'],
    ['listen', [missing('m'), '--stdin', '--recorder', 'x'], '--recorder'],
    ['convert-vectors', [missing('a.txt'), missing('b.txt'), '--precision', 'int8'], '--precision'],
    ['eval-embeddings', [missing('a.txt')], '--analogies'],
    ['debias', ['--vectors', missing('v.txt')], '--direction'],
  ])('%s %j', async (command, args, flag) => {
    const { status, stderr } = await runCli([command, ...args]);
    expect(status, stderr).toBe(2);
    expect(stderr).toContain(flag);
  });
});
