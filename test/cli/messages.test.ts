import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { commandGroups } from '../../src/cli/command-table.js';
import { knownFlags } from '../../src/cli/options/option-names.js';

const top = path.resolve(import.meta.dirname, '../..');

function sourcesBelow(folder: string): Map<string, string> {
  const sources = new Map<string, string>();
  for (const name of readdirSync(path.join(top, folder), { recursive: true, encoding: 'utf8' })) {
    const file = path.posix.join(folder, name.split(path.sep).join('/'));
    if (file.endsWith('.ts') && !file.includes('/assembly/')) {
      sources.set(file, readFileSync(path.join(top, file), 'utf8'));
    }
  }
  return sources;
}

/** All text in a source: strings and the plain parts of templates. */
function textsIn(file: string, source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      texts.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return texts;
}

/** What begins like an option of a command line. */
const FLAG = /(?<![\w-])--[a-z][a-z-]*/g;

const flags = new Set<string>();
const names = new Set<string>();
for (const group of commandGroups) {
  const program = new Command('seqkit');
  (await group.load()).register(program);
  for (const command of program.commands) {
    names.add(command.name());
    for (const option of command.options) flags.add(option.long!);
  }
}

describe('messages of the library', () => {
  it('name no options of the command line', () => {
    const found: string[] = [];
    for (const room of ['rnn', 'text', 'audio', 'embeddings', 'base', 'report']) {
      for (const [file, source] of sourcesBelow(`src/${room}`)) {
        for (const text of textsIn(file, source)) {
          for (const [flag] of text.matchAll(FLAG)) if (flags.has(flag)) found.push(`${file}: ${text}`);
        }
      }
    }
    expect(found).toEqual([]);
  });
});

describe('messages of the command line', () => {
  /** Options of Node's, sox's, ffmpeg's and espeak-ng's, and of seqkit before its commands. */
  const others = new Set([
    '--debug',
    '--help',
    '--version',
    '--voices',
    '--stdout',
    '--ignore-length',
    '--global',
  ]);

  it('name options and commands that there are', () => {
    const found: string[] = [];
    for (const [file, source] of sourcesBelow('src/cli')) {
      for (const text of textsIn(file, source)) {
        for (const [flag] of text.matchAll(FLAG)) {
          if (!flags.has(flag) && !others.has(flag)) found.push(`${file}: ${flag} in ${text}`);
        }
        for (const [, name] of text.matchAll(/(?<=^|[:$(] )seqkit ([a-z][a-z-]+)/g)) {
          if (!names.has(name)) found.push(`${file}: seqkit ${name}`);
        }
      }
    }
    expect(found).toEqual([]);
  });

  it('rename options of the library to flags that there are', () => {
    expect(knownFlags.filter((flag) => !flags.has(flag))).toEqual([]);
  });

  it('reach the terminal through one place, but for what draws on a line of its own', () => {
    const writers = [...sourcesBelow('src/cli')]
      .filter(([, source]) => /process\.std(out|err)\.write|console\./.test(source))
      .map(([file]) => file)
      .sort();
    expect(writers).toEqual([
      'src/cli/clips/level-meter.ts',
      // A line of its own making, said before the rest is loaded.
      'src/cli/terminal/early-stop.ts',
      'src/cli/terminal/output.ts',
      // Where the one place could not be loaded.
      'src/cli/terminal/unloaded.ts',
      'src/cli/trigger/chime-player.ts',
    ]);
  });
});
