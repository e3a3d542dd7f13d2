import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeWav } from '../../src/audio/signal/wav.js';
import { packageFile } from '../../src/base/host/package-file.js';
import { tuneMidi } from '../../src/text/music/playback/tune-files.js';
import { runCli } from '../support/run-cli.js';
import { withStdin } from '../support/with-stdin.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-cli-music-'));
const file = (name: string): string => join(folder, name);
const small = [
  '--cell',
  'gru',
  '--units',
  '16',
  '--layers',
  '1',
  '--batch',
  '8',
  '--epochs',
  '1',
  '--dropout',
  '0',
];
const tunes = packageFile('data/tunes/seqkit-tunes.abc');
const characters = ['--notation', 'characters'];
const model = file('characters.safetensors');
const symbols = file('symbols.safetensors');

afterAll(() => rmSync(folder, { recursive: true }));
beforeAll(async () => {
  for (const [unit, args] of [
    ['character', [...characters, '--out', model]],
    ['symbol', ['--out', symbols]],
  ] as const) {
    const { status, stdout, stderr } = await runCli(['train-music', ...small, ...args]);
    expect(status, stderr).toBe(0);
    // What it reads stands in every figure.
    expect(stdout).toMatch(
      new RegExp(
        `different ${unit}s\n.* bits per ${unit} .*\n.* bits per ${unit} .*\n.* ${unit}s per second`,
      ),
    );
  }
});

describe('train-music', () => {
  it('takes the tunes that come along, and names those it leaves out', async () => {
    const path = file('mixed.abc');
    writeFileSync(path, `${readFileSync(tunes, 'utf8')}\nX:99\nT:Broken\nM:4/4\nL:1/8\nK:D\nA8|ABcdefgab|\n`);
    const line = readFileSync(path, 'utf8').split('\n').indexOf('X:99') + 1;
    const out = file('mixed.safetensors');
    const { status, stdout, stderr } = await runCli(['train-music', path, ...small, '--out', out, '--json']);
    expect(status).toBe(0);
    expect(stderr).toContain(`left out: ${path}, line ${line}, X:99 Broken: bar 2 is too long\n`);
    expect(stderr).toContain('98 tunes understood, 1 left out.\n');
    expect(JSON.parse(stdout)).toMatchObject({ file: out, tunes: 98, leftOut: [{ number: '99' }] });
  });

  it('counts what it leaves out by reason, with an example of each', async () => {
    const path = file('faults.abc');
    const broken = (n: number, body: string): string => `X:${n}\nT:Broken\nM:4/4\nL:1/8\nK:D\n${body}\n\n`;
    const text = `${readFileSync(tunes, 'utf8')}\n`;
    const line = text.split('\n').length;
    const duet = broken(5, '[V:1]A8|\n[V:2]F8|');
    writeFileSync(
      path,
      text + broken(1, 'A8|B9|') + broken(2, 'A9|') + broken(3, 'A4&B4 A4|') + broken(4, 'A8|B8|c9|') + duet,
    );
    const out = file('faults.safetensors');
    const { status, stderr } = await runCli(['train-music', path, ...small, '--out', out]);
    expect(status).toBe(0);
    expect(stderr).toContain(
      `left out: 3 tunes for the like of ${path}, line ${line}, X:1 Broken: bar 2 is too long\n` +
        `left out: ${path}, line ${line + 14}, X:3 Broken: it has voices within a bar (&)\n` +
        '99 tunes understood, 4 left out.\n',
    );
    expect(stderr).toContain(`${path}: 1 tune in several voices, of which the first is the melody.\n`);
  });

  it('takes MIDI files, whatever they are called, and says what they lose', async () => {
    const [played, plain, broken] = ['Föhr.mid', 'no-name', 'cut.mid'].map(file);
    writeFileSync(played, await tuneMidi('X:1\nT:Föhr\nM:6/8\nL:1/8\nK:D\nD|AAG FEF|E3 D2:|\n'));
    const bytes = readFileSync(played);
    // Percussion beside it: a track of one note on channel 10, in a file of one track more.
    const drum = [0x4d, 0x54, 0x72, 0x6b, 0, 0, 0, 12, 0, 0x99, 36, 80, 96, 0x89, 36, 0, 0, 0xff, 0x2f, 0];
    const withDrum = Buffer.concat([bytes, Buffer.from(drum)]);
    withDrum[11] += 1;
    writeFileSync(plain, withDrum);
    writeFileSync(broken, bytes.subarray(0, 100));
    const out = file('midi.safetensors');
    const { status, stdout, stderr } = await runCli([
      ...['train-music', played, plain, broken, tunes, ...small, '--out', out, '--json'],
    ]);
    expect(status, stderr).toBe(0);
    expect(stderr).not.toContain(played);
    expect(stderr).toContain(`${plain}: the melody is track 2, channel 1; 1 note of percussion left out.\n`);
    expect(stderr).toMatch(
      /left out: .*cut\.mid: The MIDI file cannot be read: track 2 is cut off: \d+ bytes are missing\n/,
    );
    expect(stderr).toContain('100 tunes understood, 1 left out.\n');
    expect(JSON.parse(stdout)).toMatchObject({ tunes: 100, leftOut: [{ file: broken }] });

    // A folder: what is named as tunes are.
    const all = file('all/deeper');
    mkdirSync(all, { recursive: true });
    for (const name of ['a.mid', 'b.MIDI']) writeFileSync(join(all, name), bytes);
    writeFileSync(join(all, 'more.abc'), readFileSync(tunes));
    writeFileSync(join(all, 'cover.jpg'), bytes);
    const read = await runCli(['train-music', file('all'), ...small, '--out', file('folder.safetensors')]);
    expect(read.stderr).toContain(
      `${file('all')}: 1 file not named .abc, .mid or .midi passed over.\n100 tunes understood, 0 left out.\n`,
    );
  });

  it('refuses a file without tunes', async () => {
    const path = file('none.abc');
    writeFileSync(path, 'X:1\nT:Nothing\nM:4/4\n\n');
    const { status, stderr } = await runCli(['train-music', path, '--out', file('none.safetensors')]);
    expect(status).toBe(1);
    expect(stderr).toContain('no tune in');
    expect(stderr).toContain('it has no key (K:)');
  });
});

describe('train-music saves as it goes', () => {
  const train = (out: string, ...more: string[]) =>
    runCli(['train-music', ...small, ...characters, '--epochs', '2', '--units', '8', '--out', out, ...more]);

  it('into a folder beside the model, goes on from there, and leaves what is there alone', async () => {
    const out = file('saves.safetensors');
    expect((await train(out, '--checkpoint-steps', '10')).status).toBe(0);
    const names = readdirSync(file('saves.checkpoints')).sort();
    expect(names.slice(0, 3)).toEqual(['loss.png', 'loss.svg', 'metrics.jsonl']);
    expect(names.at(-1)).toMatch(/^step-\d{8}-held-out-\d\.\d{4}\.safetensors$/);
    const lines = readFileSync(file('saves.checkpoints/metrics.jsonl'), 'utf8').trimEnd().split('\n');
    const steps = lines.map((line) => (JSON.parse(line) as { step: number }).step);
    expect(steps.length).toBeGreaterThan(3);
    expect(steps.at(-1)).toBe(Number(names.at(-1)!.slice(5, 13)));
    // A checkpoint is a model of tunes.
    const last = file(`saves.checkpoints/${names.at(-1)}`);
    const asked = ['--max-bars', '4', '--seed', '3'];
    expect((await runCli(['compose', last, ...asked])).stdout).toBe(
      (await runCli(['compose', out, ...asked])).stdout,
    );

    const before = readFileSync(out);
    expect(
      (await train(file('other.safetensors'), '--checkpoints', file('saves.checkpoints'))).stderr,
    ).toContain('saves.checkpoints holds the checkpoints of a run already');
    const resumed = await train(out, '--checkpoint-steps', '10', '--resume');
    expect(resumed).toMatchObject({
      status: 0,
      stderr: expect.stringContaining(`Going on from step ${steps.at(-1)}.`) as string,
    });
    expect(readFileSync(out).equals(before)).toBe(true);
    // Other tunes are another run.
    const path = file('few.abc');
    writeFileSync(path, readFileSync(tunes, 'utf8').split('\n\n').slice(0, 60).join('\n\n'));
    const refused = await runCli([
      'train-music',
      path,
      ...small,
      ...characters,
      '--epochs',
      '2',
      '--units',
      '8',
      '--out',
      out,
      '--resume',
    ]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('the text');
    expect((await train(out, '--force')).status).toBe(0);
    expect(readFileSync(out).equals(before)).toBe(true);
  });
});

describe('compose', () => {
  it('prints tunes, and says how they are', async () => {
    const asked = ['compose', model, '--count', '3', '--meter', '6/8', '--key', 'G', '--max-bars', '8'];
    const { status, stdout, stderr } = await runCli([...asked, '--against', tunes]);
    expect(status, stderr).toBe(0);
    expect(stdout.match(/^X:/gm)).toHaveLength(3);
    expect(stderr).toMatch(/^3 tunes of (?:\d+ to )?\d+ bars: 3 parse, 3 play, 3 with bars that add up\.$/m);
    expect(stderr).toMatch(/^The constraint removed [\d.]+% of the probability\.$/m);
    expect(stderr).toMatch(/^The longest copy from the training tunes has \d+ characters/m);
    const json = JSON.parse((await runCli([...asked, '--json'])).stdout) as { composed: { abc: string }[] };
    expect(json).toMatchObject({ tunes: 3, parse: 3, play: 3, barsAddUp: 3 });
    expect(json.composed.map(({ abc }) => abc).join('')).toBe(stdout);
  });

  it('compares with tunes on standard input, and says what is wrong with them by its name', async () => {
    const asked = ['compose', model, '--max-bars', '4', '--against'];
    const typed = await withStdin(readFileSync(tunes), () => runCli([...asked, '-']));
    expect(typed).toEqual(await runCli([...asked, tunes]));
    for (const text of ['', 'no tune at all']) {
      const refused = await withStdin(text, () => runCli([...asked, '-']));
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toContain('There is no tune in standard input that is understood.');
    }
    for (const args of [[...asked, '-', '-'], ['train-music', '-', '-', '--out', `${model}.other`]]) {
      const twice = await withStdin(readFileSync(tunes), () => runCli(args));
      expect(twice.status).toBe(2);
      expect(twice.stderr).toContain('Standard input (-) can stand for one file of a command alone.');
    } // prettier-ignore
  });

  it('gives type, title and opening as asked', async () => {
    const opening = 'D|AAG FEF|E3 DED|';
    const asked = ['--key', 'D', '--meter', '6/8', '--type', 'Jig', '--title', 'The Test', '--max-bars', '4'];
    const { stdout } = await runCli(['compose', model, ...asked, '--prompt', opening]);
    expect(stdout.split('\n').slice(0, 6)).toEqual(['X:1', 'T:The Test', 'R:jig', 'M:6/8', 'L:1/8', 'K:D']);
    expect(stdout).toContain(`\nK:D\n${opening}`);
    const two = await runCli(['compose', model, ...asked, '--count', '2']);
    expect(two.stdout.match(/^T:.*$/gm)).toEqual(['T:The Test 1', 'T:The Test 2']);
    expect((await runCli(['compose', model, '--type', 'tango'])).stderr).toContain('no tango');
    expect((await runCli(['compose', model, '--meter', '6/8', '--prompt', 'AAGG FEF|'])).stderr).toContain(
      'AAGG FEF|',
    );
  });

  it('tells how much parses without the constraint', async () => {
    const asked = ['compose', model, '--count', '12', '--temperature', '1.5', '--no-constraint', '--json'];
    const report = JSON.parse((await runCli(asked)).stdout) as Record<'parse' | 'play' | 'removed', number>;
    expect(report.parse).toBeLessThan(12);
    expect(report.play).toBeLessThan(12);
    expect(report.removed).toBe(0);
  });

  it('writes by extension, one file a tune, and overwrites nothing', async () => {
    const asked = ['compose', model, '--max-bars', '4', '--out'];
    for (const [name, start] of [
      ['tune.abc', 'X:1'],
      ['tune.mid', 'MThd'],
      ['tune.svg', '<?xml'],
      ['tune.png', '\x89PNG'],
      ['tune.wav', 'RIFF'],
    ]) {
      expect(await runCli([...asked, file(name)])).toMatchObject({
        status: 0,
        stdout: `wrote ${file(name)}\n`,
      });
      expect(readFileSync(file(name)).toString('latin1', 0, start.length)).toBe(start);
    }
    expect(decodeWav(readFileSync(file('tune.wav')), 'tune.wav').sampleRate).toBe(44_100);
    // Two pixels for each of the SVG's: its width stands at byte 16 of a PNG.
    const [, width] = /<svg[^>]* width="([\d.]+)"/.exec(readFileSync(file('tune.svg'), 'utf8'))!;
    // A line that cannot be broken may be wider, by a part of a pixel.
    expect(Math.abs(readFileSync(file('tune.png')).readUInt32BE(16) - 2 * Number(width))).toBeLessThanOrEqual(
      1,
    );
    expect(await runCli([...asked, file('two.mid'), '--count', '2'])).toMatchObject({
      stdout: `wrote ${file('two-1.mid')}\nwrote ${file('two-2.mid')}\n`,
    });
    expect(existsSync(file('two-2.mid'))).toBe(true);
    expect((await runCli([...asked, file('tune.mid')])).stderr).toContain('is there already');
    for (const name of ['tune.mp3', 'tune', '.abc']) {
      expect(await runCli([...asked, file(name)])).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringContaining(
          '--out takes a name that ends in .abc, .mid, .wav, .svg or .png (the last two for sheet music)',
        ) as string,
      });
    }
  });

  it('has its model shown by inspect as one of tunes', async () => {
    expect((await runCli(['inspect', model])).stdout).toContain(
      `${model}: MusicModel of 98 tunes, a TextModel in its file, `,
    );
    const shown = JSON.parse((await runCli(['inspect', model, '--json'])).stdout) as object;
    expect(shown).toMatchObject({ kind: 'TextModel', tunes: 98 });
  });

  it('refuses a text model, and what the model has not seen', async () => {
    expect((await runCli(['compose', model, '--key', 'Ab'])).stderr).toContain('has seen no tune in Ab');
    expect((await runCli(['compose', tunes])).status).toBe(1);
  });
});

describe('compose without a model', () => {
  it('takes the one that comes with seqkit, which is small, and says what it is', async () => {
    const asked = ['--type', 'jig', '--key', 'D', '--form', 'AABB', '--bars', '8'];
    const { status, stdout, stderr } = await runCli(['compose', ...asked]);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^R:jig\nM:6\/8\nL:1\/8\nK:D$/m);
    expect(stdout.match(/\|:/g)).toHaveLength(2);
    expect(stderr).toContain('The model is the one that comes with seqkit.');
    expect(stderr).toContain('it parses and plays; its bars add up');
    expect(statSync(packageFile('data/tunes/seqkit-tunes.safetensors')).size).toBeLessThan(1_000_000);
  });

  it('has hardly anything taken from it by the constraint', async () => {
    const against = packageFile('data/tunes/seqkit-tunes.abc');
    const { stdout } = await runCli(['compose', '--count', '16', '--against', against, '--json']);
    const { removed, removedCopies, play, figures } = JSON.parse(stdout) as Record<
      'removed' | 'removedCopies' | 'play',
      number
    > & { figures: { name: string; tunes: string }[] };
    expect(play).toBe(16);
    const bars = Number(figures.find(({ name }) => name === 'longest copy, bars')!.tunes);
    expect(bars).toBeGreaterThan(0.5);
    expect(bars).toBeLessThan(2);
    expect(removedCopies).toBeGreaterThan(0);
    expect(removedCopies).toBeLessThan(removed);
    expect(removed).toBeGreaterThan(0);
    expect(removed).toBeLessThan(0.02);
  });
});

describe('compose from a model of symbols', () => {
  const sectionsOf = (abc: string): number => (abc.match(/\|:/g) ?? []).length;

  it('writes the form, key, meter and opening that are asked for, and figures beside those of the training', async () => {
    const asked = ['--form', 'AABB', '--bars', '8', '--key', 'Bb', '--meter', '6/8', '--count', '2'];
    const { status, stdout, stderr } = await runCli(['compose', symbols, ...asked]);
    expect(status, stderr).toBe(0);
    expect(stdout.match(/^K:Bb$/gm)).toHaveLength(2);
    expect(sectionsOf(stdout)).toBe(4);
    expect(stderr).toContain('2 parse, 2 play, 2 with bars that add up');
    expect(stderr).toMatch(/^tunes with all sections of 8 or 16 bars +100\.0% +100\.0%$/m);
    expect(stderr).toMatch(/^tunes that end on the tonic +[\d.]+% +85\.7%$/m);
    const json = JSON.parse((await runCli(['compose', symbols, ...asked, '--json'])).stdout) as {
      figures: { name: string; others: string }[];
    };
    expect(json.figures[0]).toMatchObject({ name: 'tunes that end on the tonic', others: '85.7%' });
    const opening = 'D|GBd gdB|ABA GED|';
    const opened = await runCli(['compose', symbols, '--key', 'G', '--meter', '6/8', '--opening', opening]);
    expect(opened.stdout).toContain(opening);
  });

  it('keeps the first section of a tune, and fills bars that are marked', async () => {
    const path = file('given.abc');
    const first = '|:d2fd Adfd|gfed cdef|d2fd Adfd|e2ce d4:|';
    writeFileSync(path, `X:1\nT:Mine\nR:reel\nM:4/4\nL:1/8\nK:D\n${first}\n|:f2af dfaf|x8|x8|e2ce d4:|\n`);
    const varied = await runCli(['compose', symbols, '--vary', path, '--best-of', '2']);
    expect(varied.stdout, varied.stderr).toContain(`T:Mine\nR:reel\nM:4/4\nL:1/8\nK:D\n${first}\n|:`);
    expect(varied.stdout).not.toContain('x8');
    const filled = await runCli(['compose', symbols, '--fill', path]);
    expect(filled.stdout, filled.stderr).toContain(`${first}\n|:f2af dfaf|`);
    expect(filled.stdout).not.toContain('x8');
    expect(filled.stdout).toContain('|e2ce d4:|');
  });

  it('plays with chords, at a tempo, swung, by an instrument', async () => {
    const asked = ['compose', symbols, '--meter', '4/4', '--chords'];
    const accompanied = await runCli([...asked, '--against', tunes]);
    expect(accompanied.stdout).toMatch(/\|:?(?:[A-Ga-g/]*\|)?"[A-G][#b]?m?"/);
    // What is told of a tune is told of its notes.
    const plain = await runCli(['compose', symbols, '--meter', '4/4', '--against', tunes]);
    expect(accompanied.stderr).toBe(plain.stderr);
    expect(accompanied.stdout.replace(/"[^"]*"/g, '')).toBe(plain.stdout);
    const out = file('played.mid');
    const played = ['--tempo', '150', '--swing', '0.67', '--instrument', 'violin', '--out', out];
    expect(await runCli([...asked, ...played])).toMatchObject({ status: 0, stdout: `wrote ${out}\n` });
    const bytes = readFileSync(out);
    // A tempo of 400,000 microseconds a quarter; program 40.
    expect(bytes.includes(Buffer.from([0xff, 0x51, 0x03, 0x06, 0x1a, 0x80]))).toBe(true);
    expect(bytes.includes(Buffer.from([0xc0, 40]))).toBe(true);
  });

  it('learns chords where asked, and plays over a progression', async () => {
    const out = file('harmonist.safetensors');
    const both = await runCli(['train-music', ...small, ...characters, '--chords', '--out', out]);
    expect(both).toMatchObject({ status: 2 });
    expect(both.stderr).toContain('--chords is for --notation symbols');
    expect(await runCli(['train-music', ...small, '--chords', '--out', out])).toMatchObject({ status: 0 });
    const asked = ['compose', out, '--progression', 'D | G A7', '--sections', '1', '--chords'];
    const { status, stdout, stderr } = await runCli(asked);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/K:D\n[^]*"D"[^]*"(?:G|A7)"/);
    const without = await runCli(['compose', symbols, '--progression', 'D | G']);
    expect(without).toMatchObject({ status: 2 });
    expect(without.stderr).toContain('train-music --chords');
  });

  it.each([
    [['--tempo', '100'], '--tempo is for .mid and .wav files.'],
    [['--instrument', 'violin', '--out', 'a.wav'], '--instrument is for .mid files.'],
    [['--instrument', 'theremin', '--out', 'a.mid'], 'General MIDI has no "theremin"'],
    [['--form', 'AAAB'], 'is no form of a tune'],
    [['--form', 'AABB', '--sections', '3'], 'has 2 sections, not 3'],
    [['--prompt', 'A'], '--prompt is not for a model of symbols'],
    [['--max-bars', '4'], '--max-bars is not for a model of symbols'],
    [['--no-constraint'], '--no-constraint is for a model of characters'],
    [['--opening', 'ABc'], 'opening: bars are of one key'],
    [['--max-copy', '1'], '--max-copy: Copies are told from 2 bars on, not from 1.'],
    [['--key', 'Blyd'], 'no tune in the mode of Blyd'],
  ])('refuses %j', async (args, message) => {
    const { status, stdout, stderr } = await runCli(['compose', symbols, ...args]);
    expect(status).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  it('is no text model to generate, and shown by inspect for what it is', async () => {
    const { status, stderr } = await runCli(['generate', symbols]);
    expect([status, stderr]).toEqual([1, expect.stringContaining('seqkit compose')]);
    expect((await runCli(['inspect', symbols])).stdout).toContain(
      `${symbols}: TuneModel of 98 tunes, a TextModel`,
    );
  });

  it('refuses what a model of characters cannot do', async () => {
    const { status, stderr } = await runCli(['compose', model, '--form', 'AABB']);
    expect(status).toBe(2);
    expect(stderr).toContain('--form is not for a model of characters');
  });
});
