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
import { packageFile } from '../../src/base/host/package-file.js';
import { Sequential } from '../../src/rnn/model/sequential.js';
import { distribution } from '../../src/text/sampling/sampling.js';
import { converse } from '../../src/cli/text/conversation.js';
import { TextModel } from '../../src/text/model/text-model.js';
import { runCli } from '../support/run-cli.js';
import { withStdin } from '../support/with-stdin.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-cli-text-'));
const file = (name: string, contents?: string | Uint8Array): string => {
  const path = join(folder, name);
  if (contents !== undefined) writeFileSync(path, contents);
  return path;
};
const text = 'Jack and Jill went up the hill\nto fetch a pail of water.\n'.repeat(20);
const small = ['--units', '12', '--layers', '1', '--batch', '8', '--seq-length', '16'];

afterAll(() => rmSync(folder, { recursive: true }));

describe('train-text', () => {
  it('trains, says how it went, and writes a model that generate opens', async () => {
    const out = file('jack.safetensors');
    const { status, stdout, stderr } = await runCli([
      ...['train-text', file('jack.txt', text), ...small],
      ...['--cell', 'gru', '--epochs', '2', '--out', out],
    ]);
    expect(status).toBe(0);
    // Progress shows on a machine that takes more than a second.
    const notes = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('training '));
    expect(notes).toHaveLength(3);
    expect(notes[0]).toBe(
      '1,025 characters to train on, 113 held out; an epoch is 9 steps of 8 x 16, the last of 1.',
    );
    expect(notes[1]).toMatch(/^--engine wasm: (no GPU here to try|a step takes)/);
    expect(notes[2]).toBe(`Next: seqkit generate ${out} --length 400 --temperature 0.8`);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('model     1 x 12 gru, 2,268 parameters, 20 different characters');
    expect(lines[1]).toMatch(/^training {2}\d\.\d{3} bits per character \(\d\.\d{3} nats\)$/);
    expect(lines[2]).toMatch(/^held out {2}\d\.\d{3} bits per character \(\d\.\d{3} nats\)$/);
    expect(lines[3]).toMatch(/^speed {5}[\d,]+ characters per second: 18 steps, [\d.]+ s$/);
    expect(lines.slice(4)).toEqual([
      `wrote     ${out}`,
      `wrote     ${file('jack.checkpoints/loss.svg')}`,
      `wrote     ${file('jack.checkpoints/loss.png')}`,
    ]);
    const model = await TextModel.load(out);
    expect(
      (await runCli(['generate', out, '--prime', 'Jack', '--length', '200', '--seed', '7'])).stdout,
    ).toBe(model.generate({ prime: 'Jack', length: 200, seed: 7, temperature: 0.8 }) + '\n');
  });

  it('prints one JSON value where asked', async () => {
    const out = file('json.safetensors');
    const { status, stdout } = await runCli([
      ...['train-text', file('json.txt', text), ...small, '--epochs', '3', '--out', out, '--json'],
      ...['--held-out', '0.2'],
    ]);
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as Record<string, number> & { epochs: { heldOutLoss: number }[] };
    expect(result).toMatchObject({ file: out, cell: 'lstm', units: 12, layers: 1, vocabulary: 36 });
    expect(result.epochs).toHaveLength(3);
    expect(result.heldOutLoss).toBe(result.epochs[2].heldOutLoss);
    expect(result.heldOutBitsPerCharacter).toBeCloseTo(result.heldOutLoss / Math.LN2, 12);
    expect(result.charactersPerSecond).toBeGreaterThan(0);
    // 1140 characters of which 228 are held out.
    expect(result.characters).toBe(3 * 911);
  });

  it('learns words and byte pairs, and tells losses that compare', async () => {
    const source = file('tokens.txt', text);
    for (const [tokens, unit] of [
      ['words', 'words'],
      ['bpe', 'byte pairs'],
    ]) {
      const out = file(`${tokens}.safetensors`);
      const asked = [
        'train-text',
        source,
        ...small,
        '--tokens',
        tokens,
        '--vocabulary',
        '40',
        '--epochs',
        '1',
      ];
      const shown = await runCli([...asked, '--out', out]);
      expect(shown.stderr).toMatch(/^[\d,]+ tokens to train on, \d+ held out;/);
      expect(shown.stdout).toMatch(new RegExp(`\\d+ ${unit} and 20 characters`));
      expect(shown.stdout).toMatch(/held out {2}.* bits per token \(.* nats\); \d\.\d{3} nats per character/);
      const again = await runCli([...asked, '--out', out, '--force', '--json']);
      const summary = JSON.parse(again.stdout) as Record<string, number>;
      expect(summary).toMatchObject({ tokens, vocabularySize: 40 });
      expect(summary.heldOutLossPerCharacter).toBeLessThan(summary.heldOutLoss);
      const told = await runCli(['eval-text', out, source]);
      expect(told.stdout).toMatch(/^tokens {6}\d+, \d\.\d{4} nats per token$/m);
      expect((await runCli(['generate', out, '--length', '30'])).stdout).toHaveLength(31);
      const inspected = await runCli(['inspect', out]);
      expect(inspected.stdout).toMatch(new RegExp(`^reads: \\d+ ${unit} and 20 characters$`, 'm'));
      const other = await runCli([...asked, '--from', out, '--out', out, '--force']);
      expect(other).toMatchObject({ status: 2 });
      const exported = await runCli(['export', out, '--step', '--out', file(`${tokens}-onnx`)]);
      expect(exported.stderr).toContain(
        `No sample.mjs and no sample.py: they read characters, and this model reads ${unit}.`,
      );
      expect(readdirSync(file(`${tokens}-onnx`)).sort()).toEqual([`${tokens}.json`, `${tokens}.onnx`]);
    }
    const wrong = await runCli(['train-text', source, '--vocabulary', '9', '--out', file('never')]);
    expect(wrong.stderr).toContain('--vocabulary is of words and byte pairs, and the tokens are characters.');
    const both = await runCli(['train-text', source, '--bytes', '--tokens', 'bpe']);
    expect(both).toMatchObject({ status: 2 });
  });

  it('makes the same file of the same text and seed', async () => {
    const path = file('seed.txt', text);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => file(`${name}.safetensors`));
    const train = (out: string, seed: string) =>
      runCli(['train-text', path, ...small, '--epochs', '1', '--seed', seed, '--out', out]);
    for (const [out, seed] of [
      [a, '3'],
      [b, '3'],
      [c, '4'],
    ]) {
      expect((await train(out, seed)).status).toBe(0);
    }
    expect(readFileSync(b).equals(readFileSync(a))).toBe(true);
    expect(readFileSync(c).equals(readFileSync(a))).toBe(false);
  });

  it('refuses to overwrite before it trains', async () => {
    const out = file('there.safetensors', 'precious');
    const { status, stderr } = await runCli(['train-text', file('x.txt', text), '--out', out]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `error: ${out} is there already.\nReplace it with --force, or give another name.\n`,
    });
    const forced = ['train-text', file('x.txt', text), ...small, '--epochs', '1', '--out', out, '--force'];
    expect((await runCli(forced)).status).toBe(0);
    expect(readFileSync(out, 'latin1')).not.toBe('precious');
  });

  it.each([
    ['latin1.txt', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a), /latin1\.txt is not UTF-8: byte 3 \(0xE9\)/],
    ['empty.txt', '', /The text is empty/],
    ['short.txt', 'Hello, world.', /13 characters, .* one batch of 16 rows of 64 characters needs 1025/],
  ])('says what is wrong with %s', async (name, contents, message) => {
    const out = file(`${name}.safetensors`);
    const { status, stdout, stderr } = await runCli(['train-text', file(name, contents), '--out', out]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(out)).toBe(false);
    expect(existsSync(file(`${name}.checkpoints`))).toBe(false);
  });

  it.each([
    [['--cell', 'transformer'], 'Allowed choices are lstm, gru, rnn'],
    [['--units', '0'], 'whole number from 1'],
    [['--dropout', '1'], 'a number from 0 to 0.95'],
    [['--learning-rate', '0'], 'a number above 0'],
  ])('refuses %j as wrong usage', async (args, message) => {
    const { status, stderr } = await runCli(['train-text', file('x.txt', text), ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('train-text --from', () => {
  const first = file('first.safetensors');
  const other = 'Humpty Dumpty sat on a wall.\nHumpty Dumpty had a great fall.\n'.repeat(20);
  const sizes = ['--batch', '8', '--seq-length', '16'];
  beforeAll(async () => {
    await runCli(['train-text', file('first.txt', text), ...small, '--epochs', '30', '--out', first]);
  });

  it('goes on with the weights of another model, whose file stays as it is', async () => {
    const [out, bytes] = [file('second.safetensors'), readFileSync(first)];
    const { status, stderr } = await runCli([
      ...['train-text', file('second.txt', text), '--from', first, ...sizes],
      ...['--steps', '1', '--learning-rate', '1e-9', '--out', out, '--json'],
    ]);
    expect({ status, stderr: stderr.includes('does not know') }).toEqual({ status: 0, stderr: false });
    const [before, after] = [await TextModel.load(first), await TextModel.load(out)];
    expect(after.architecture).toEqual(before.architecture);
    expect(after.vocabulary.characters).toEqual(before.vocabulary.characters);
    // At so small a rate nothing has moved that one could hear.
    const [was, is] = [await before.evaluate(text), await after.evaluate(text)];
    expect(was.loss).toBeLessThan(2);
    expect(is.loss).toBeCloseTo(was.loss, 4);
    expect(readFileSync(first).equals(bytes)).toBe(true);
    await before.dispose();
    await after.dispose();
  });

  it('spells characters that the model does not know in their bytes, says so, and can write them', async () => {
    const out = file('third.safetensors');
    const { status, stderr } = await runCli([
      ...['train-text', file('third.txt', other), '--from', first, ...sizes],
      ...['--epochs', '3', '--out', out],
    ]);
    expect(status).toBe(0);
    expect(stderr).toContain(
      `The text has characters that ${first} does not know: they are spelled in their bytes.`,
    );
    const model = await TextModel.load(out);
    expect(model.vocabulary.spelled).toBe(true);
    expect(model.vocabulary.unknownIn('HD')).toEqual(['H', 'D']);
    await model.dispose();
  });

  it.each([
    ['--units', '64'],
    ['--cell', 'gru'],
    ['--lines'],
    ['--bytes'],
    ['--min-count', '2'],
    ['--seed', '3'],
  ])('has the network and the characters settled, so %s is refused', async (...more) => {
    const { status, stderr } = await runCli([
      ...['train-text', file('x.txt', text), '--from', first, ...more],
      ...['--out', file('never.safetensors')],
    ]);
    expect(status).toBe(2);
    expect(stderr).toMatch(new RegExp(`'--from <model>' cannot be used with option '${more[0]}`));
    expect(existsSync(file('never.safetensors'))).toBe(false);
  });

  it('refuses what is no text model', async () => {
    const { status, stderr } = await runCli([
      ...['train-text', file('x.txt', text), '--from', file('x.txt'), '--out', file('never.safetensors')],
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain('x.txt');
  });
});

describe('train-text saves as it goes', () => {
  const args = (out: string, ...more: string[]): string[] => [
    ...[
      'train-text',
      file('saves.txt', text),
      ...small,
      '--epochs',
      '3',
      '--seed',
      '2',
      '--out',
      out,
      ...more,
    ],
  ];

  it('into a folder beside the model, which holds its metrics too', async () => {
    const out = file('saves.safetensors');
    expect((await runCli(args(out, '--checkpoint-steps', '4'))).status).toBe(0);
    const names = readdirSync(file('saves.checkpoints')).sort();
    expect(names.slice(0, 3)).toEqual(['loss.png', 'loss.svg', 'metrics.jsonl']);
    expect(names.at(-1)).toMatch(/^step-00000027-held-out-\d\.\d{4}\.safetensors$/);
    expect(names.length).toBeLessThanOrEqual(5);
    expect([...readFileSync(file('saves.checkpoints/loss.png')).subarray(0, 4)]).toEqual([
      0x89, 0x50, 0x4e, 0x47,
    ]);
    const svg = readFileSync(file('saves.checkpoints/loss.svg'), 'utf8');
    for (const word of ['training', 'held out', 'step', 'loss in nats']) expect(svg).toContain(`>${word}<`);
    const lines = readFileSync(file('saves.checkpoints/metrics.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([
      4, 8, 9, 12, 16, 18, 20, 24, 27,
    ]);
    // The last one is the model.
    const last = await TextModel.load(file(`saves.checkpoints/${names.at(-1)}`));
    const model = await TextModel.load(out);
    expect(last.generate({ length: 50 })).toBe(model.generate({ length: 50 }));
  });

  it('and leaves what is there alone without --resume or --force', async () => {
    const out = file('again.safetensors');
    const folder = file('again');
    const train = (...more: string[]) => runCli(args(out, '--checkpoints', folder, ...more));
    expect((await train()).status).toBe(0);
    const before = readFileSync(out);
    const other = await runCli(args(file('other.safetensors'), '--checkpoints', folder));
    expect(other).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`${folder} holds the checkpoints of a run already`) as string,
    });
    const resumed = await train('--resume');
    expect(resumed).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('Going on from step 27.') as string,
    });
    expect(readFileSync(out).equals(before)).toBe(true);
    const refused = await train('--resume', '--units', '13');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('layers') as string });
    expect((await train('--force')).status).toBe(0);
    expect(readFileSync(out).equals(before)).toBe(true);
    // Nothing to go on from, and a file in the way.
    const fresh = await runCli(args(out, '--checkpoints', file('none'), '--resume'));
    expect(fresh).toMatchObject({ status: 1, stderr: expect.stringContaining('is there already') as string });
  });

  it('stops at its best with --patience', async () => {
    const tail = [...text.slice(-114)].reverse().join('');
    const out = file('patient.safetensors');
    const { status, stdout } = await runCli([
      ...['train-text', file('patient.txt', text.slice(0, -114) + tail), ...small, '--epochs', '60'],
      ...['--learning-rate', '0.05', '--patience', '2', '--out', out, '--json'],
    ]);
    expect(status).toBe(0);
    const { epochs } = JSON.parse(stdout) as { epochs: { heldOutLoss: number }[] };
    expect(epochs.length).toBeLessThan(60);
    const losses = epochs.map(({ heldOutLoss }) => heldOutLoss);
    const best = Math.min(...losses);
    expect(losses.indexOf(best)).toBe(losses.length - 3);
    const model = await TextModel.load(out);
    expect((await model.evaluate(tail, { batchSize: 8, seqLength: 16 })).loss).toBeCloseTo(best, 10);
  });
});

describe('train-text reads', () => {
  it('lines, of which generate prints as many as asked and marks those it was trained on', async () => {
    const names = [
      'Ada',
      'Grace',
      'Alan',
      'Edsger',
      'Barbara',
      'Donald',
      'Frances',
      'Niklaus',
      'Jean',
      'Tony',
    ];
    const out = file('names.safetensors');
    const { status, stderr } = await runCli([
      ...['train-text', file('names.txt', names.join('\r\n')), '--lines', '--units', '32', '--layers', '1'],
      // Learned by heart, and meant to be.
      ...[
        '--held-out',
        '0',
        '--batch',
        '4',
        '--epochs',
        '40',
        '--learning-rate',
        '0.03',
        '--cell',
        'gru',
        '--out',
        out,
      ],
    ]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^10 lines to train on, 0 held out; an epoch is 3 steps of 4 lines\.\n/);
    expect(stderr).toContain(`Next: seqkit generate ${out} --count 7 --temperature 0.8\n`);
    const model = await TextModel.load(out);
    const texts = model.generateSamples({ count: 7, temperature: 0.5 });
    const asked = ['generate', out, '--count', '7', '--temperature', '0.5'];
    const { stdout } = await runCli(asked);
    expect(stdout).toBe(
      texts.map((text) => `${text}${model.hasSeen(text) ? '  (in the training text)' : ''}\n`).join(''),
    );
    expect(stdout.match(/\(in the training text\)/g)!.length).toBeGreaterThan(1);
    const json = JSON.parse((await runCli([...asked, '--json'])).stdout) as object;
    expect(json).toMatchObject({ texts, inTraining: texts.map((text) => names.includes(text)) });
    expect(await runCli(['generate', out, '--interactive'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('a model of lines forgets each line') as string,
    });
    const one = await runCli(['generate', out, '--prime', 'Gr', '--temperature', '0']);
    expect(one.stdout).toMatch(/^Gr[a-z]*( {2}\(in the training text\))?\n$/);
  });

  it('bytes, and folders', async () => {
    const folder = file('poems');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a.txt'), 'naïve café\n'.repeat(60));
    writeFileSync(join(folder, 'b.txt'), text);
    const out = file('bytes.safetensors');
    const { status, stdout, stderr } = await runCli([
      ...['train-text', folder, '--bytes', ...small, '--epochs', '1', '--test', '0.1', '--out', out],
    ]);
    expect(status).toBe(0);
    // 60 lines of 13 bytes and 1,140 bytes: 192 held out, as many for the test.
    expect(stderr).toMatch(/^1,535 bytes to train on, 191 held out, 191 for the test; /);
    expect(stdout).toContain('1 x 12 lstm, 16,240 parameters, 256 bytes\n');
    expect(stdout).toMatch(
      /test {6}\d\.\d{3} bits per byte \(\d\.\d{3} nats\); \d\.\d{3} nats per character\n/,
    );
    const made = (await runCli(['generate', out, '--prime', '世', '--length', '30'])).stdout;
    expect([...made]).toHaveLength(32);
    const heard = await runCli(['eval-text', out, folder, '--json']);
    expect(JSON.parse(heard.stdout)).toMatchObject({ characters: 60 * 11 + 1_139 });
  });

  it('with all that can be asked of the network and its training', async () => {
    const out = file('all.safetensors');
    const { status, stdout, stderr } = await runCli([
      ...['train-text', file('all.txt', text), ...small.slice(0, 2), '--batch', '8', '--seq-length', '16'],
      ...['--residual', '--tied', '--dropout', '0.1', '--label-smoothing', '0.1', '--schedule', 'linear'],
      ...['--warmup', '0.1', '--clip-norm', '1', '--steps', '20', '--min-count', '21', '--patience', '3'],
      ...['--sample-minutes', '0.000001', '--out', out, '--json'],
    ]);
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as object;
    expect(result).toMatchObject({ residual: true, tied: true, steps: 20, minCount: 21 });
    // J comes 40 times, d and the full stop 20 times.
    const model = await TextModel.load(out);
    expect(['J', 'd', '.'].map((character) => model.vocabulary.has(character))).toEqual([true, false, false]);
    expect(stderr.match(/^sample {2}".*"$/gm)).toHaveLength(20);
  });

  it('nothing where the folder holds a run or the text is not there', async () => {
    const { status, stderr } = await runCli([
      'train-text',
      file('not-there.txt'),
      '--out',
      file('n.safetensors'),
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain('there is no such file or folder');
    expect(existsSync(file('n.checkpoints'))).toBe(false);
  });
});

describe('eval-text', () => {
  it('gives nats, bits and perplexity: those of the probabilities that sampling draws from', async () => {
    const model = new TextModel({ cell: 'gru', units: 12, layers: 1 });
    await model.fit(text, { seqLength: 16, batchSize: 8, epochs: 2 });
    const path = file('measured.safetensors');
    await model.save(path);
    const heard = 'Jill went up the hill\n';
    const asked = ['eval-text', path, file('heard.txt', heard)];
    const { status, stdout } = await runCli([...asked, '--json']);
    expect(status).toBe(0);
    const result = JSON.parse(stdout) as Record<'nats' | 'bits' | 'perplexity' | 'characters', number>;
    expect(result.characters).toBe(heard.length - 1);
    expect(result.bits).toBeCloseTo(result.nats / Math.LN2, 12);
    expect(result.perplexity).toBeCloseTo(2 ** result.bits, 10);

    // One character at a time, on the model as it stands in the file.
    const { model: opened } = await Sequential.open(path);
    const stepper = opened.stepper();
    const tokens = model.vocabulary.encode(heard);
    let nats = 0;
    for (let i = 0; i + 1 < tokens.length; i++) {
      nats -= Math.log(distribution(stepper.step([tokens[i]]))[tokens[i + 1]]);
    }
    expect(result.nats).toBeCloseTo(nats / (heard.length - 1), 4);

    const printed = (await runCli(asked)).stdout.split('\n');
    expect(printed[0]).toBe(`nats        ${result.nats.toFixed(4)} per character`);
    expect(printed[2]).toBe(`perplexity  ${result.perplexity.toFixed(4)}`);
  });

  it('counts a character that the model does not know with its bytes', async () => {
    const { status, stdout } = await runCli([
      'eval-text',
      file('measured.safetensors'),
      file('odd.txt', 'Jü'),
    ]);
    expect(status).toBe(0);
    const [, nats] = /^nats {8}([\d.]+) per character\n/.exec(stdout)!;
    expect(Number(nats)).toBeGreaterThan(10);
    expect(stdout).toContain('characters  1 predicted');
  });
});

describe('generate', () => {
  const path = file('model.safetensors');

  beforeAll(async () => {
    const model = new TextModel({ cell: 'rnn', units: 12, layers: 1 });
    await model.fit(text, { seqLength: 16, batchSize: 8, epochs: 2 });
    await model.save(path);
  });

  it('follows its seed, and takes the likeliest at temperature 0', async () => {
    const sample = async (...args: string[]): Promise<string> =>
      (await runCli(['generate', path, '--length', '60', ...args])).stdout;
    expect(await sample('--seed', '5')).toBe(await sample('--seed', '5'));
    expect(await sample('--seed', '6')).not.toBe(await sample('--seed', '5'));
    expect(await sample('--seed', '6', '--temperature', '0')).toBe(
      await sample('--seed', '5', '--temperature', '0'),
    );
    expect(await sample('--prime', 'Jill', '--length', '0')).toBe('Jill\n');
  });

  it('draws as its sampling options say', async () => {
    const sample = async (...args: string[]): Promise<string> =>
      (await runCli(['generate', path, '--length', '80', '--seed', '5', ...args])).stdout.trimEnd();
    const [free, likeliest] = [await sample('--temperature', '1'), await sample('--temperature', '0')];
    expect(free).not.toBe(likeliest);
    // Of one character, or of the share that the likeliest has, that one alone is left.
    expect(await sample('--temperature', '1', '--top-k', '1')).toBe(likeliest);
    expect(await sample('--temperature', '1', '--top-p', '0.000001')).toBe(likeliest);
    expect(await sample('--temperature', '1', '--top-k', '1000', '--top-p', '1')).toBe(free);
    const model = await TextModel.load(path);
    for (const [args, options] of [
      [['--top-k', '3'], { topK: 3 }],
      [['--top-p', '0.6'], { topP: 0.6 }],
      [['--repetition-penalty', '5'], { repetitionPenalty: 5 }],
      [
        ['--repetition-penalty', '5', '--repetition-window', '2'],
        { repetitionPenalty: 5, repetitionWindow: 2 },
      ],
    ] as const) {
      const text = await sample('--temperature', '1', ...args);
      expect(text).toBe(model.generate({ length: 80, seed: 5, temperature: 1, ...options }).trimEnd());
      expect(text).not.toBe(free);
    }
    await model.dispose();
  });

  it('answers lines of stdin, and remembers what was said', async () => {
    const asked = ['generate', path, '--interactive', '--prime', 'Jack and', '--length', '30', '--seed', '3'];
    const said = ['Jill went', 'to fetch'];
    const { status, stdout } = await withStdin(`${said.join('\n')}\n`, () => runCli(asked));
    expect(status).toBe(0);
    const model = await TextModel.load(path);
    const session = model.session({ seed: 3 });
    session.feed('Jack and');
    let expected = '';
    for (const line of said) {
      session.feed(`${line}\n`);
      for (let made = 0; made < 30; made++) {
        const character = session.next({ temperature: 0.8 });
        if (character === '\n') break;
        expected += character;
      }
      expected += '\n';
    }
    session.dispose();
    await model.dispose();
    expect(stdout).toBe(expected);
    // The second answer is another where the first line was another.
    const other = await withStdin(`hill\n${said[1]}\n`, () => runCli(asked));
    expect(other.stdout.split('\n')[1]).not.toBe(stdout.split('\n')[1]);
  });

  it('writes without a model with the one that comes along', async () => {
    const { status, stdout, stderr } = await runCli(['generate', '--prime', 'LOVE, n.', '--length', '80']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^LOVE, n\.[^]{80}\n$/);
    expect(stderr).toContain('The model is the one that comes with seqkit');
    expect(statSync(packageFile('data/text/seqkit-text.safetensors')).size).toBeLessThan(1_000_000);
  });

  it('keeps the likeliest of several, and says how likely it is', async () => {
    const asked = ['generate', path, '--prime', 'Jill', '--length', '20', '--best-of', '4'];
    const { natsPerCharacter, text } = JSON.parse((await runCli([...asked, '--json'])).stdout) as {
      natsPerCharacter: number;
      text: string;
    };
    expect(natsPerCharacter).toBeGreaterThan(0);
    expect((await runCli(asked)).stdout).toBe(`${text}\n`);
    const several = JSON.parse((await runCli([...asked, '--json', '--count', '2'])).stdout) as object;
    expect(several).toMatchObject({
      natsPerCharacter: [expect.closeTo(natsPerCharacter, 6), expect.any(Number)],
      bestOf: 4,
    });
    const talk = await runCli([...asked, '--interactive']);
    expect(talk).toMatchObject({ status: 2 });
    expect(talk.stderr).toContain('--interactive does not go with --best-of.');
    const many = await runCli([...asked, '--count', '4096', '--best-of', '1000']);
    expect(many.stderr).toContain('make 4096000 texts at once, more than 65536');
  });

  it('prints one JSON value where asked', async () => {
    const { stdout } = await runCli(['generate', path, '--prime', 'Jill', '--length', '9', '--json']);
    const result = JSON.parse(stdout) as { text: string };
    expect(result).toMatchObject({ prime: 'Jill', length: 9, temperature: 0.8, seed: 1 });
    expect(result.text).toHaveLength(13);
  });

  it('names what it does not know of a prime, and reads on', async () => {
    const { status, stdout, stderr } = await runCli(['generate', path, '--prime', 'Jü€', '--length', '9']);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'The model does not know "ü", "€": it reads their bytes.\n',
    });
    expect(stdout).toHaveLength(13);
  });

  it('prints several texts, each that of its seed, and what they copied', async () => {
    const asked = ['generate', path, '--prime', 'Jill', '--length', '50', '--seed', '4'];
    const { stdout, stderr } = await runCli([
      ...asked,
      '--count',
      '2',
      '--against',
      file('jack-again.txt', text),
    ]);
    const one = (await runCli(asked)).stdout;
    const two = (await runCli([...asked, '--seed', '5'])).stdout;
    expect(stdout).toBe(`--- 1 ---\n${one}--- 2 ---\n${two}`);
    expect(stderr).toMatch(
      /^1: the longest stretch copied has \d+ characters, ".*"; [\d.]+% of .*\n2: .*\n$/,
    );
    const json = (await runCli([...asked, '--count', '2', '--json'])).stdout;
    expect(JSON.parse(json)).toMatchObject({ texts: [one.trimEnd(), two.trimEnd()], count: 2 });
  });

  it('compares with standard input as with a file, and says what is wrong with it by its name', async () => {
    const asked = ['generate', path, '--length', '50', '--count', '2'];
    const typed = await withStdin(text, () => runCli([...asked, '--against', '-']));
    expect(typed).toEqual(await runCli([...asked, '--against', file('jack-again.txt', text)]));
    expect(typed.stderr).toMatch(/^1: the longest stretch copied has [1-9]\d* characters/);
    const empty = await withStdin('', () => runCli([...asked, '--against', '-']));
    expect(empty).toMatchObject({ status: 1, stdout: '' });
    expect(empty.stderr).toContain('There is no text in standard input to compare with.');
    const alsoEmpty = await runCli([...asked, '--against', file('empty.txt', '')]);
    expect(alsoEmpty.stderr).toContain('empty.txt to compare with.');
    const latin = await withStdin(Buffer.from('caf\xe9 au lait', 'latin1'), () =>
      runCli([...asked, '--against', '-']),
    );
    expect(latin.status).toBe(1);
    expect(latin.stderr).toMatch(/^error: standard input is not UTF-8: byte 3/m);
  });

  it('ends before a stop string', async () => {
    const plain = (await runCli(['generate', path, '--length', '300'])).stdout;
    const stopped = (await runCli(['generate', path, '--length', '300', '--stop', '\\n', '--stop', 'went']))
      .stdout;
    expect(stopped).toBe(`${plain.split(/\n|went/)[0]}\n`);
  });

  it('says where a file keeps no digest, and opens a damaged one under --no-verify alone', async () => {
    const whole = readFileSync(path);
    const renamed = whole.toString('latin1').replace('seqkit.digest', 'someones.text');
    const without = file('without.safetensors', Buffer.from(renamed, 'latin1'));
    const asked = ['--length', '5', '--seed', '1'];
    expect(await runCli(['generate', without, ...asked])).toEqual({
      ...(await runCli(['generate', path, ...asked])),
      stderr: expect.stringContaining(`${without} keeps no digest of its contents`),
    });
    // A bit of a float that stays one.
    whole[whole.length - 2] ^= 1;
    const damaged = file('damaged.safetensors', whole);
    expect(await runCli(['generate', damaged, ...asked])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is damaged: its contents are not those that were saved.'),
    });
    expect(await runCli(['generate', damaged, ...asked, '--no-verify'])).toMatchObject({ status: 0 });
  });

  it('prints nothing but the error for a file of another kind', async () => {
    expect(await runCli(['generate', file('no-model.txt', text)])).toMatchObject({ status: 1, stdout: '' });
    expect((await runCli(['generate', file('missing')])).stderr).toContain('no such file');
    expect(await runCli(['generate', path, '--interactive', '--count', '2'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--interactive does not go with --count') as string,
    });
  });
});

describe('converse', () => {
  it('answers each line with one, remembering those before', async () => {
    const model = new TextModel({ cell: 'gru', units: 24, layers: 1 });
    await model.fit('a\nb\nc\nd\n'.repeat(120), {
      seqLength: 16,
      batchSize: 8,
      epochs: 8,
      learningRate: 0.02,
    });
    async function* lines(...said: string[]) {
      for (const line of said) yield await Promise.resolve(line);
    }
    const answers: string[] = [];
    const write = (made: string): Promise<void> => Promise.resolve(void answers.push(made));
    const session = model.session();
    await converse(session, lines('a', 'c', 'a'), write, { temperature: 0 });
    expect(answers.join('')).toBe('b\nd\nb\n');
    session.dispose();
    await model.dispose();
  });
});
