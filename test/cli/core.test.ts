import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as rnn from '../../src/rnn/index.js';
import {
  Add,
  AveragePooling1D,
  BatchNormalization,
  Conv1D,
  Dense,
  Dropout,
  gradientCheck,
  GRU,
  input,
  LSTM,
  MaxPooling1D,
  Model,
  RepeatVector,
  Sequential,
  type Layer,
} from '../../src/rnn/index.js';
import { KeyedVectors } from '../../src/embeddings/index.js';
import { TextModel } from '../../src/text/model/text-model.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'seqkit-cli-core-'));
const textPath = join(folder, 'text.safetensors');
const soundPath = join(folder, 'sound.safetensors');

beforeAll(async () => {
  const text = new TextModel({ units: 40, layers: 2, dropout: 0.1 });
  await text.fit('abcd'.repeat(100), { batchSize: 4, seqLength: 8, epochs: 1 });
  await text.save(textPath);
  const sound = new Sequential([
    new Conv1D({ filters: 30, kernelSize: 5, strides: 3, useBias: false }),
    new BatchNormalization(),
    new GRU({ units: 20, returnSequences: true }),
    new Dense({ units: 1 }),
  ]);
  await sound.build([20, 13]);
  await sound.save(soundPath, { kind: 'Trial', settings: { threshold: 0.25 } });
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Results {
  results: { title: string; errors: { name: string; size: number; relativeError: number }[] }[];
}

describe('inspect', () => {
  it('shows layers, weights and settings', async () => {
    const { status, stdout } = await runCli(['inspect', soundPath]);
    expect(status).toBe(0);
    expect(stdout).toContain(`${soundPath}: Trial, 5,211 numbers, `);
    expect(stdout).toContain('  Conv1D  {"filters":30,"kernelSize":5,"strides":3,"useBias":false');
    expect(stdout).toMatch(/ {2}gru\/recurrentKernel +F32 {2}\(20, 60\)\n/);
    expect(stdout).toMatch(/settings\n {2}threshold {2}0\.25\n$/);
  });

  it('prints all of it as JSON', async () => {
    const result = JSON.parse((await runCli(['inspect', textPath, '--json'])).stdout) as Record<
      string,
      unknown
    >;
    expect(result).toMatchObject({
      kind: 'TextModel',
      seed: 1,
      settings: { vocabulary: { characters: ['a', 'b', 'c', 'd'] } },
    });
  });

  describe('of the digest', () => {
    const vectors = join(folder, 'vectors.safetensors');
    const damaged = join(folder, 'damaged.safetensors');
    const without = join(folder, 'without.safetensors');
    beforeAll(async () => {
      await KeyedVectors.fromRows(['one', 'two'], Float32Array.of(1, 2, 3, 4)).save(vectors);
      const bytes = readFileSync(soundPath);
      bytes[bytes.length - 3] ^= 1;
      writeFileSync(damaged, bytes);
      // The key takes the same bytes, and is nobody's.
      writeFileSync(
        without,
        Buffer.from(
          readFileSync(soundPath).toString('latin1').replace('seqkit.digest', 'someones.text'),
          'latin1',
        ),
      );
    });

    it('says that it holds, of vectors too', async () => {
      for (const [path, kind] of [
        [soundPath, 'Trial'],
        [vectors, 'KeyedVectors'],
      ]) {
        const { stdout } = await runCli(['inspect', path]);
        expect(stdout).toContain(`${path}: ${kind}, `);
        expect(stdout).toContain('\ndigest: verified, ');
        const json = await runCli(['inspect', path, '--json']);
        expect(JSON.parse(json.stdout)).toMatchObject({ kind, digest: 'verified' });
      }
    });

    it('says that there is none, with a note where there should be one', async () => {
      const old = fileURLToPath(new URL('../golden/release-0.1.0/sequential.safetensors', import.meta.url));
      expect(await runCli(['inspect', old])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('\ndigest: none, '),
        stderr: '',
      });
      expect(await runCli(['inspect', without])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('\ndigest: none, '),
        stderr: expect.stringContaining(`${without} keeps no digest of its contents, `),
      });
    });

    it('refuses what it does not go with, and shows it under --no-verify', async () => {
      expect(await runCli(['inspect', damaged])).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringContaining('Opened with --no-verify, it is read as it is.'),
      });
      expect(await runCli(['inspect', damaged, '--no-verify'])).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('\ndigest: there, not checked\n'),
      });
    });
  });

  it('shows the arrays of what nothing describes, such as a speech embedding', async () => {
    const path = fileURLToPath(new URL('../../data/embedding/speech-embedding.safetensors', import.meta.url));
    const { stdout } = await runCli(['inspect', path]);
    expect(stdout).toContain('SpeechEmbedding, 328,128 numbers');
    expect(stdout).toContain('conv0/kernel   F16  (3, 3, 1, 24)');
  });

  it('refuses what is no model', async () => {
    const path = join(folder, 'notes.txt');
    writeFileSync(path, 'nothing of the kind');
    expect(await runCli(['inspect', path])).toMatchObject({ status: 1, stdout: '' });
  });
});

describe('gradcheck', () => {
  it('checks every layer there is', async () => {
    const { status, stdout } = await runCli(['gradcheck', '--json']);
    expect(status).toBe(0);
    const { results } = JSON.parse(stdout) as Results;
    const exported = Object.entries(rnn)
      .filter(([, value]) => typeof value === 'function' && value.prototype instanceof rnn.Layer)
      .map(([name]) => name);
    const checked = new Set(results.map(({ title }) => title.split(',')[0]));
    // L1 and L2 are no layers, but parts of the loss that layers add.
    expect([...checked].sort()).toEqual([...exported, 'L1', 'L2', 'Loss'].sort());
    for (const { title, errors } of results) {
      expect(errors.at(-1)?.name).toBe('overall');
      for (const { name, relativeError } of errors)
        expect(relativeError, `${title}: ${name}`).toBeLessThan(1e-7);
    }
  }, 240_000);

  it('prints a table of one layer, in whatever letters', async () => {
    const { status, stdout } = await runCli(['gradcheck', 'gru']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^GRU, meanSquaredError\n {2}gru\/h at the start +18 {2}\d\.\de-\d+\n/);
    expect(stdout).toContain('GRU, reset before, meanSquaredError\n');
    expect(stdout).toMatch(
      /All relative errors of reference are below 1e-7, two-sided, with L2 and with dropout where it is checked\.\n$/,
    );
  });

  it.each([
    ['a text model', textPath, ['lstm/kernel', 'lstm_1/recurrentKernel', 'dense/bias']],
    [
      'a convolutional model',
      soundPath,
      ['conv1d/kernel', 'batchnormalization/gamma', 'gru/bias', 'dense/kernel'],
    ],
  ])('checks the layers of %s, cut down', async (_what, path, names) => {
    const { status, stdout } = await runCli(['gradcheck', path, '--json']);
    expect(status).toBe(0);
    const [{ errors }] = (JSON.parse(stdout) as Results).results;
    expect(errors.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(errors.at(-1)!.size).toBeLessThan(2_000);
  });

  it('checks a graph as it is, some numbers of each array', async () => {
    const [a, b] = [input({ shape: [4, 9] }), input({ shape: [20] })];
    const state = new GRU({ units: 20 }).apply(a);
    const graph = new Model({
      inputs: [a, b],
      outputs: new Dense({ units: 3 }).apply(new Add().apply([state, b])),
    });
    await graph.build([4, 9], [20]);
    const path = join(folder, 'graph.safetensors');
    await graph.save(path);
    const { status, stdout } = await runCli(['gradcheck', path, '--json']);
    expect(status).toBe(0);
    const [{ errors }] = (JSON.parse(stdout) as Results).results;
    expect(errors.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['gru/kernel', 'dense/bias', 'x/1']),
    );
    expect(errors.find(({ name }) => name === 'gru/kernel')!.size).toBe(12);
    expect(errors.at(-1)!.size).toBeLessThan(120);
  });

  it.each<[string, () => Layer[], number[], string]>([
    [
      'wide pooling',
      () => [new MaxPooling1D({ poolSize: 8 }), new Dense({ units: 3 })],
      [16, 5],
      'dense/kernel',
    ],
    [
      'pooling between convolutions',
      () => [
        new Conv1D({ filters: 5, kernelSize: 3 }),
        new AveragePooling1D({ poolSize: 4 }),
        new Conv1D({ filters: 4, kernelSize: 5, dilationRate: 2, activation: 'tanh' }),
        new Dense({ units: 1 }),
      ],
      [60, 5],
      'conv1d_1/kernel',
    ],
    [
      'windows over hundreds of steps',
      () => [
        new Conv1D({ filters: 4, kernelSize: 6, strides: 3, padding: 'same' }),
        new MaxPooling1D({ poolSize: 8 }),
        new MaxPooling1D({ poolSize: 4, strides: 3 }),
        new GRU({ units: 4 }),
        new RepeatVector({ n: 6 }),
        new Conv1D({ filters: 4, kernelSize: 6 }),
      ],
      [400, 2],
      'conv1d_1/kernel',
    ],
    [
      'rows to sequences',
      () => [new Dense({ units: 4 }), new RepeatVector({ n: 3 }), new LSTM({ units: 4 })],
      [5],
      'lstm/kernel',
    ],
    [
      'a convolution in groups',
      () => [
        new Conv1D({
          filters: 6,
          kernelSize: 2,
          groups: 2,
          kernelConstraint: 'maxNorm',
          activityRegularizer: 'l2',
        }),
        new BatchNormalization({ center: false }),
        new Dense({ units: 3 }),
      ],
      [6, 4],
      'conv1d/kernel',
    ],
  ])('checks a model with %s', async (title, layers, shape, name) => {
    const model = new Sequential(layers());
    await model.build(shape);
    const path = join(folder, `${title}.safetensors`);
    await model.save(path);
    await model.dispose();
    const { status, stdout, stderr } = await runCli(['gradcheck', path, '--json']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const [{ errors }] = (JSON.parse(stdout) as Results).results;
    expect(errors.map((error) => error.name)).toContain(name);
  });

  it('leaves dropout out', async () => {
    // Dropout changes which numbers the differences are of, and so their errors, to the last bit.
    const errorsOf = async (rate: number): Promise<Results['results'][0]['errors']> => {
      const model = new Sequential([
        new LSTM({ units: 4, returnSequences: true, dropout: rate, recurrentDropout: rate }),
        new Dropout({ rate }),
        new Dense({ units: 2 }),
      ]);
      await model.build([4, 5]);
      const path = join(folder, `dropped-${rate}.safetensors`);
      await model.save(path);
      await model.dispose();
      const { stdout } = await runCli(['gradcheck', path, '--json']);
      return (JSON.parse(stdout) as Results).results[0].errors;
    };
    const [none, much] = [await errorsOf(0), await errorsOf(0.6)];
    expect(much).toEqual(none);
    expect(none.length).toBeGreaterThan(5);
    // The comparison would show it: with dropout on, some of the same errors are others.
    const layers = (rate: number): Layer[] => [new Dropout({ rate }), new Dense({ units: 2 })];
    const check = (rate: number, dropout: boolean) => {
      const x = { data: Float64Array.from({ length: 15 }, (_, i) => Math.sin(i)), shape: [3, 5] };
      const y = { data: new Float64Array(6), shape: [3, 2] };
      return gradientCheck(layers(rate), { loss: 'meanSquaredError', x, y, dropout });
    };
    expect(check(0.6, false)).toEqual(check(0, false));
    expect(check(0.6, true)).not.toEqual(check(0, true));
  });

  it('ends with status 1 and names what differs by more than the tolerance', async () => {
    // Finite differences in float64 agree to some 1e-9, never to 1e-15.
    const { status, stdout, stderr } = await runCli(['gradcheck', 'l2', '--tolerance', '1e-15']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Gradients differ by 1e-15 or more: L2: .*lstm\/recurrentKernel.*; L2: overall\./);
    expect(stdout).toContain('lstm/recurrentKernel');
    expect(stdout).not.toContain('All relative errors');
    const asJson = await runCli(['gradcheck', 'l2', '--tolerance', '1e-15', '--json']);
    expect(asJson.status).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ limit: 1e-15 });
    expect((await runCli(['gradcheck', 'l2', '--tolerance', '0'])).status).toBe(2);
  });

  it('names the layers where it is asked for another', async () => {
    const { status, stderr } = await runCli(['gradcheck', 'Transformer']);
    expect(status).toBe(2);
    expect(stderr).toContain('one of SimpleRNN, GRU, LSTM');
  });
});
