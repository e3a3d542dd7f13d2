import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { toOnnx } from '../../src/exchange/index.js';
import { Dense, Sequential } from '../../src/index.js';
import { runCli } from '../support/run-cli.js';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-foreign-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const golden = (name: string): string => path.resolve(import.meta.dirname, '../golden', name);
const recording = path.resolve(import.meta.dirname, '../../data/demo/recording.wav');

/** A network of each kind, under a name that says nothing, and what it is. */
const FILES: Readonly<Record<string, string>> = {
  'keras.a': 'an HDF5 file, as Keras writes',
  'keras3.a': 'a zip archive, as Keras and PyTorch write',
  'network.a': 'an ONNX file',
  'word.a': 'a file of TensorFlow Lite',
  'brain.a': 'JSON',
  'old.a': 'a pickle of Python',
};

let written: string;

beforeAll(async () => {
  copyFileSync(golden('keras-files/keras2.h5'), at('keras.a'));
  copyFileSync(golden('keras-files/tokens.keras'), at('keras3.a'));
  const model = new Sequential([new Dense({ units: 2 })], { seed: 1 });
  await model.build([3]);
  writeFileSync(at('network.a'), (await toOnnx(model)).bytes);
  await model.dispose();
  const { networks } = JSON.parse(readFileSync(golden('brain-networks.json'), 'utf8')) as {
    networks: { json: unknown; run: string }[];
  };
  writeFileSync(at('brain.a'), JSON.stringify(networks[0].json));
  written = networks[0].run;
  writeFileSync(at('word.a'), Buffer.from('\x1c\0\0\0TFL3\0\0\0\0\0\0\0\0', 'latin1'));
  writeFileSync(at('old.a'), Buffer.from('\x80\x02}q\0.\0\0\0\0\0\0\0\0', 'latin1'));
});

describe('a command that is given a model of another library', () => {
  it('hears by a detector that was exported as ONNX', async () => {
    const own = golden('release-0.1.0/trigger.safetensors');
    await runCli(['export', own, '--out', at('onnx')]);
    const args = [recording, '--threshold', '0.001', '--json'];
    const expected = await runCli(['detect', own, ...args]);
    const { status, stdout, stderr } = await runCli(['detect', at('onnx/trigger.onnx'), ...args]);
    expect(status).toBe(0);
    const times = (text: string) =>
      (JSON.parse(text) as { events: { timeSeconds: number }[] }[]).map(({ events }) =>
        events.map(({ timeSeconds }) => timeSeconds),
      );
    expect(times(stdout)[0].length).toBeGreaterThan(0);
    expect(times(stdout)).toEqual(times(expected.stdout));
    expect(stderr).toContain(`seqkit import ${at('onnx/trigger.onnx')} --out model.safetensors`);
  });

  it('writes by a network of brain.js', async () => {
    const { status, stdout } = await runCli([
      'generate',
      at('brain.a'),
      '--temperature',
      '0',
      '--length',
      '20',
    ]);
    expect([status, stdout.trim()]).toEqual([0, written]);
  });

  it('tells what is in one of Keras, and exports it', async () => {
    const { status, stdout } = await runCli(['inspect', at('keras.a'), '--json']);
    expect(status).toBe(0);
    const { kind, layers } = JSON.parse(stdout) as { kind: string; layers: { kind: string }[] };
    expect([kind, layers.map((layer) => layer.kind)]).toEqual(['Sequential', ['LSTM', 'LSTM', 'Dense']]);
    const exported = await runCli(['export', at('keras3.a'), '--out', at('out'), '--json']);
    expect(exported.status).toBe(0);
    const { largestDifference } = JSON.parse(exported.stdout) as { largestDifference: number };
    expect(largestDifference).toBeLessThan(1e-5);
  });

  it.each([
    ['detect', ['keras.a', recording], 'holds a network, where a detector is wanted'],
    ['detect', ['brain.a', recording], 'holds a text model, where a detector is wanted'],
    ['generate', ['network.a'], 'holds a network, where a text model is wanted'],
    ['eval-text', ['keras.a', recording], 'holds a network, where a text model is wanted'],
    ['serve', ['network.a', '--port', '0'], 'which has no way of its own to be asked'],
    ['export-page', ['network.a'], 'which has no way of its own to be asked'],
  ])('%s %j is refused', async (command, [file, ...more], said) => {
    const { status, stdout, stderr } = await runCli([command, at(file), ...more]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toContain(`seqkit import ${at(file)} --out model.safetensors`);
  });

  it.each(Object.entries(FILES))('what seqkit alone trains is refused of %s', async (file, what) => {
    const commands = {
      classify: ['good'],
      chat: [],
      translate: ['good'],
      tag: ['good'],
      forecast: [at('none.csv')],
      compose: [],
    };
    for (const [command, more] of Object.entries(commands)) {
      const { status, stdout, stderr } = await runCli([command, at(file), ...more]);
      expect({ command, status, stdout }).toEqual({ command, status: 1, stdout: '' });
      expect(stderr).toBe(
        `error: ${at(file)} is ${what}, and this command takes what seqkit trained for it.\nNetworks of other libraries are for programs: seqkit import ${at(file)} --out model.safetensors\n`,
      );
    }
    await expect(Sequential.load(at(file))).rejects.toMatchObject({
      code: 'bad-file',
      message: `${at(file)} is ${what}, and no safetensors file.`,
      hint: expect.stringContaining('importedModel of seqkit/exchange') as string,
    });
  });

  it('says what is lacking of weights alone', async () => {
    const tensors = { 'rnn.weight': { dtype: 'F32' as const, shape: [1], data: Float32Array.of(1) } };
    writeFileSync(at('weights.safetensors'), encodeSafetensors(tensors, { format: 'pt' }));
    const { status, stderr } = await runCli(['inspect', at('weights.safetensors')]);
    expect(status).toBe(1);
    expect(stderr).toContain(`seqkit import ${at('weights.safetensors')} --layers layers.json`);
    const pickled = await runCli(['inspect', at('old.a')]);
    expect(pickled.status).toBe(1);
    expect(pickled.stderr).toContain(`seqkit import ${at('old.a')} --layers layers.json`);
    mkdirSync(at('empty'));
    expect((await runCli(['detect', at('empty'), recording])).status).toBe(1);
  });
});
