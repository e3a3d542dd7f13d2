import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { filesAt, filesBelow } from '../../src/base/host/folders.js';
import { resourceError } from '../../src/base/resources.js';
import { SeqkitError } from '../../src/base/errors.js';
import { note, print, printGenerated, printJson, visible } from '../../src/cli/terminal/output.js';
import { asTyped } from '../../src/cli/options/option-names.js';
import { quoted } from '../../src/cli/terminal/shell-quoting.js';
import { exitStatus } from '../../src/cli/terminal/report-error.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-hostile-'));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a function writes to a stream, as it would on a terminal or into a pipe. */
async function written(stream: 'stdout' | 'stderr', act: () => unknown, isTTY = false): Promise<string> {
  let text = '';
  const spy = vi.spyOn(process[stream], 'write').mockImplementation((piece) => {
    text += piece.toString();
    return true;
  });
  const before = process[stream].isTTY;
  process[stream].isTTY = isTTY;
  try {
    await act();
  } finally {
    process[stream].isTTY = before;
    spy.mockRestore();
  }
  return text;
}

describe('control characters', () => {
  const clear = '\x1b[2J\x1b]0;title\x07 \x9b31m \u202egnp.exe \r\x7f';
  const shown = '\\x1b[2J\\x1b]0;title\\x07 \\x9b31m \\u202egnp.exe \\x0d\\x7f';

  it('are in sight in results and remarks, tabs and line ends as they are', async () => {
    expect(visible(clear)).toBe(shown);
    expect(visible('a\tb\nc')).toBe('a\tb\nc');
    expect(await written('stdout', () => print(clear))).toBe(`${shown}\n`);
    expect(await written('stderr', () => note(clear))).toBe(`${shown}\n`);
  });

  it('are escapes in JSON, whose value stays', async () => {
    const line = await written('stdout', () => printJson({ word: clear }));
    // eslint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(JSON.parse(line)).toEqual({ word: clear });
  });

  it('of what a model wrote are in sight on a terminal, and go into a pipe as they are', async () => {
    expect(await written('stdout', () => printGenerated(clear), true)).toBe(shown);
    expect(await written('stdout', () => printGenerated(clear))).toBe(clear);
  });

  it('of a file name are in sight in its error', async () => {
    const { status, stderr } = await runCli(['inspect', at('\x1b[31mred')]);
    expect(status).toBe(1);
    expect(stderr).toContain('\\x1b[31mred');
    expect(stderr).not.toContain('\x1b');
  });
});

describe('a command line to paste', () => {
  const words = [
    'plain',
    '$(touch pwned)',
    '`id`',
    "it's",
    'a b',
    '',
    '; rm x',
    'a\nb; id',
    '\x1b[2J',
    '*',
    '~',
    '-x',
  ];

  it.each(words)('gives the shell %j as one word, and runs nothing', (word) => {
    const typed = quoted(word);
    // eslint-disable-next-line no-control-regex
    expect(typed).not.toMatch(/[\x00-\x1f]/);
    const told = execFileSync('bash', ['-c', `printf '%s|' ${typed}`], { cwd: folder, encoding: 'utf8' });
    expect(told).toBe(`${word}|`);
  });
});

describe('options in the words of the library', () => {
  it.each([
    ["Take engine: 'wasm'.", 'Take --engine wasm.'],
    ['Replace it with force: true, or give another name.', 'Replace it with --force, or give another name.'],
    ['Opened with verify: false, it is read.', 'Opened with --no-verify, it is read.'],
    ['with verify: true, repair: false', 'with verify: true, repair: false'],
    ['such as batchSize: 5 and seqLength: 64', 'such as --batch 5 and --seq-length 64'],
    ['epochs must be a whole number', '--epochs must be a whole number'],
    ['fit: epochs must be a whole number', '--epochs must be a whole number'],
    ['a lower minCount.', 'a lower --min-count.'],
    ['Cannot read /data/minCount/engine.txt', 'Cannot read /data/minCount/engine.txt'],
    ['the engine of this seed', 'the engine of this seed'],
    ['"minCount" is not among the words', '"minCount" is not among the words'],
  ])('%s', (library, typed) => {
    expect(asTyped(library)).toBe(typed);
  });

  it('make a refused value wrong usage where its option was typed', () => {
    const error = new SeqkitError('fit: epochs must be a whole number, not 0.', { code: 'bad-value' });
    expect(exitStatus(error, ['train-text', 'a', '--epochs', '0'])).toBe(2);
    expect(exitStatus(error, ['train-text', 'a', '--epochs=0'])).toBe(2);
    expect(exitStatus(error, ['train-text', 'a'])).toBe(1);
  });
});

describe('what the machine lacks', () => {
  it.each([
    [Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' }), 'may not open more files'],
    [new RangeError('Array buffer allocation failed'), 'memory is used up'],
    [new RangeError('WebAssembly.Memory(): could not allocate memory'), 'memory is used up'],
    [Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' }), 'no more processes'],
    [Object.assign(new Error('worker'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }), 'a thread ran out of memory'],
  ])('is no fault of seqkit: %s', (error, message) => {
    expect(resourceError(error)).toMatchObject({
      code: 'resources',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is told from other errors', () => {
    expect(resourceError(new TypeError('x is not a function'))).toBeUndefined();
    expect(resourceError(new RangeError('Invalid array length'))).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('a pipe in place of a file', () => {
  beforeAll(() => {
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('text'), 'x');
  });

  it.each([
    ['inspect', [at('pipe')]],
    ['gradcheck', [at('pipe')]],
    ['generate', [at('pipe')]],
    ['eval-text', [at('pipe'), at('text')]],
    ['neighbors', ['king', '--vectors', at('pipe')]],
    ['train-embeddings', [at('pipe'), '--out', at('v.txt')]],
    ['train-text', [at('pipe'), '--out', at('m')]],
    ['train-music', [at('pipe'), '--out', at('m')]],
    ['listen', [at('pipe'), '--stdin']],
    ['detect', [at('pipe'), at('pipe')]],
    ['check-clips', [at('pipe')]],
  ])('keeps %s from nothing: it is refused at once', async (command, args) => {
    const { status, stderr } = await runCli([command, ...args]);
    expect(status, stderr).toBe(1);
    expect(stderr).toMatch(/it is no regular file|There is no folder of clips/);
  });
});

describe('two thousand million bytes', () => {
  it('that begin as MIDI are refused before they are read', async () => {
    const file = at('zeros.mid');
    writeFileSync(file, 'MThd\0\0\0\x06\0\x01\0\x01\x01\xe0', 'latin1');
    truncateSync(file, 2e9);
    const before = performance.now();
    const { status, stderr } = await runCli(['train-music', file, '--out', at('m.safetensors')]);
    expect(status).toBe(1);
    expect(stderr).toContain('zeros.mid has 2,000,000,000 bytes, more than any MIDI file (64 MiB).');
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('of zeros are refused by the first of them', async () => {
    writeFileSync(at('zeros.abc'), '');
    // No bytes are stored of it.
    truncateSync(at('zeros.abc'), 2e9);
    const before = performance.now();
    const music = await runCli(['train-music', at('zeros.abc'), '--out', at('m.safetensors')]);
    expect(music.status).toBe(1);
    expect(music.stderr).toContain('zeros.abc is neither a MIDI file nor text: its byte 0 is 0.');
    const { readSound } = await import('../../src/cli/clips/sound-file.js');
    expect(() => readSound(at('zeros.abc'))).toThrow('expected a WAV file');
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});

describe('a folder without end', () => {
  beforeAll(() => {
    for (const name of ['clips', 'disk', 'disk/deep']) mkdirSync(at(name));
    for (let i = 0; i < 30; i++) writeFileSync(at(`disk/deep/${i}.wav`), '');
    writeFileSync(at('clips/a.wav'), '');
    symlinkSync(at('disk'), at('clips/link'));
  });

  it('behind a link is bounded, and said', () => {
    const limits = { entries: 1_000, linked: 20 };
    expect(() => filesBelow(at('clips'), limits)).toThrow(
      `The link ${at('clips/link')} leads to more than 20 files and folders.`,
    );
    expect(filesBelow(at('clips'), { entries: 1_000, linked: 31 }).files).toHaveLength(31);
  });

  it('is bounded without a link', () => {
    expect(() => filesBelow(at('disk'), { entries: 10, linked: 10 })).toThrow(
      'More than 10 files and folders lie here',
    );
  });

  it('that links lead round in is no end either', () => {
    symlinkSync(at('disk'), at('disk/deep/round'));
    expect(() => filesAt(at('disk'), 'the text')).toThrow('it leads back to a folder that it lies in');
    rmSync(at('disk/deep/round'));
  });
});

describe('listen --exec', () => {
  it('does not keep what started it from ending', async () => {
    // The same call as listen's, of a command that would run for a minute.
    const script = `
      const { runCommand } = await import(${JSON.stringify(new URL('../../dist/cli/trigger/listen.js', import.meta.url).href)});
      runCommand('sleep 60', { word: 'a', timeSeconds: 1, score: 1 });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const ended = await Promise.race([
      new Promise((resolve) => child.once('close', () => resolve(true))),
      new Promise((resolve) => setTimeout(() => resolve(false), 10_000)),
    ]);
    child.kill();
    expect(ended).toBe(true);
  });
});
