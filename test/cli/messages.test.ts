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

/** Each text with what it is made of put together: what a template fills in is "…". */
function wholeTextsIn(file: string, source: string): string[] {
  const texts: string[] = [];
  const wholeOf = (node: ts.Node): string | undefined => {
    if (ts.isStringLiteralLike(node)) return node.text;
    if (ts.isTemplateExpression(node)) {
      const parts = node.templateSpans.map(
        ({ expression, literal }) => `${chosenIn(expression)}${literal.text}`,
      );
      return node.head.text + parts.join('');
    }
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [wholeOf(node.left), wholeOf(node.right)];
      return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`;
    }
    return undefined;
  };
  // Of one text or another, both stand for what is filled in.
  const chosenIn = (node: ts.Node): string =>
    ts.isConditionalExpression(node)
      ? `${chosenIn(node.whenTrue)} ${chosenIn(node.whenFalse)}`
      : (wholeOf(node) ?? '…');
  const visit = (node: ts.Node): void => {
    const whole = wholeOf(node);
    if (whole !== undefined) texts.push(whole);
    else ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest));
  return texts;
}

/** What other programs are given: their options may have the names of ours. */
const PROGRAMS = 'src/audio/voices/engines/';
/** What begins like an option of a command line. */
const FLAG = /(?<![\w-])--[a-z][a-z\d-]*/g;

const flags = new Set<string>();
const names = new Set<string>();
const flagsOf = new Map<string, Set<string>>();
for (const group of commandGroups) {
  const program = new Command('seqkit');
  (await group.load()).register(program);
  for (const command of program.commands) {
    names.add(command.name());
    flagsOf.set(command.name(), new Set(['--help', '--debug', ...command.options.map(({ long }) => long!)]));
    for (const option of command.options) flags.add(option.long!);
  }
}

describe('messages of the library', () => {
  it('name no options of the command line', () => {
    const found: string[] = [];
    for (const room of ['rnn', 'text', 'audio', 'embeddings', 'tasks', 'base', 'report']) {
      for (const [file, source] of sourcesBelow(`src/${room}`)) {
        if (file.startsWith(PROGRAMS)) continue;
        for (const text of textsIn(file, source)) {
          for (const [flag] of text.matchAll(FLAG)) if (flags.has(flag)) found.push(`${file}: ${text}`);
        }
      }
    }
    expect(found).toEqual([]);
  });
});

describe('hints of the library', () => {
  /** Names of other programs. */
  const foreign = new Set(['fastText', 'save_word2vec_format', 'astype', 'macOS']);
  /** Every name that the sources declare: exports, methods, options and their values. */
  const declared = new Set<string>();
  for (const source of sourcesBelow('src').values()) {
    const visit = (node: ts.Node): void => {
      const { name } = node as { name?: ts.Node };
      if (name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)))
        declared.add(name.text);
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest));
  }

  /** The texts of `hint:` in a source. */
  function hintsIn(file: string, source: string): string[] {
    const hints: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === 'hint') {
        hints.push(...wholeTextsIn(file, `(${node.initializer.getText()})`));
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
    return hints;
  }

  it('name methods, options and types that there are', () => {
    const found: string[] = [];
    let looked = 0;
    for (const [file, source] of sourcesBelow('src')) {
      if (file.startsWith('src/cli/')) continue;
      for (const hint of hintsIn(file, source)) {
        // A call, an option with a value, or a word with a capital within: nothing else is surely a name.
        const names = [
          ...hint.matchAll(/\b([A-Za-z_]\w*)\(/g),
          ...hint.matchAll(/\b([a-z]\w*): (?:true|false|'|"|\d|\[)/g),
          ...hint.matchAll(/(?<![\w./-])([a-z]+[A-Z]\w*)/g),
        ].map(([, name]) => name);
        for (const name of names) {
          looked++;
          if (!declared.has(name) && !foreign.has(name)) found.push(`${file}: ${name} in ${hint}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(looked).toBeGreaterThan(10);
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
    '--stdin',
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

  it('name with a command only options that it has', () => {
    const found: string[] = [];
    let looked = 0;
    for (const [file, source] of sourcesBelow('src')) {
      for (const text of wholeTextsIn(file, source)) {
        for (const [, name, rest] of text.matchAll(
          /(?<=^|[:$`(] ?)seqkit ([a-z][a-z-]+)((?:(?!seqkit |[.:;] |[.]$)[^])*)/g,
        )) {
          looked++;
          const own = flagsOf.get(name);
          if (own === undefined) {
            found.push(`${file}: seqkit ${name}`);
            continue;
          }
          // What follows a pipe is another program's.
          for (const [flag] of rest.split('|')[0].matchAll(FLAG)) {
            if (!own.has(flag)) found.push(`${file}: seqkit ${name} has no ${flag}: ${text}`);
          }
        }
      }
    }
    expect(found).toEqual([]);
    expect(looked).toBeGreaterThan(10);
  });

  it('name an option only where a command of the same folder has it, or one that is named beside it', () => {
    const table = sourcesBelow('src/cli').get('src/cli/command-table.ts')!;
    const modules = [...table.matchAll(/import\('\.\/([\w-]+)\/[\w-]+\.js'\)/g)].map(([, folder]) => folder);
    expect(modules).toHaveLength(commandGroups.length);
    const byFolder = new Map<string, Set<string>>();
    commandGroups.forEach((group, n) => {
      const all = byFolder.get(modules[n]) ?? new Set(others);
      byFolder.set(modules[n], all);
      for (const name of Object.keys(group.commands)) for (const flag of flagsOf.get(name)!) all.add(flag);
    });
    const found: string[] = [];
    for (const [folder, own] of byFolder) {
      for (const [file, source] of sourcesBelow(`src/cli/${folder}`)) {
        for (const text of wholeTextsIn(file, source)) {
          const named = [...flagsOf].filter(([name]) =>
            new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(text),
          );
          const beside = named.flatMap(([, all]) => [...all]);
          for (const [flag] of text.matchAll(FLAG)) {
            if (!own.has(flag) && !beside.includes(flag)) found.push(`${file}: ${flag} in ${text}`);
          }
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
