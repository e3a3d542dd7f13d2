import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importedModel, fromBrain, fromMl5, type Ml5Files } from '../../src/exchange/index.js';
import { Random } from '../../src/index.js';
import type { TextModel } from '../../src/text/index.js';
import brain from '../golden/brain-networks.json' with { type: 'json' };

/** The logits after each character of a text, token by token. */
function logitsOf(model: TextModel, tokens: readonly number[]): number[][] {
  const stepper = model.stepper({ batch: 1 });
  const rows = tokens.map((token) => Array.from(stepper.step(Int32Array.of(token))));
  stepper.dispose();
  return rows;
}

function expectClose(found: number[][], expected: number[][], tolerance: number): void {
  expect(found.length).toBe(expected.length);
  for (const [i, row] of expected.entries()) {
    expect(found[i].length).toBe(row.length);
    for (const [j, value] of row.entries()) expect(Math.abs(found[i][j] - value)).toBeLessThan(tolerance);
  }
}

describe('fromBrain', () => {
  it.each(brain.networks)('gives the numbers and texts of brain.js: $name', async (network) => {
    const model = await fromBrain(network.json);
    const tokens = [0, ...model.vocabulary.encode(network.text)];
    expectClose(logitsOf(model, tokens), network.logits, 2e-5);
    // The most likely character each time.
    expect(model.generate({ length: 100, temperature: 0 })).toBe(network.run);
    const bytes = Buffer.from(JSON.stringify(network.json));
    const { model: imported, format } = await importedModel(bytes);
    expect(format).toBe('brain.js');
    expect(Buffer.from(imported.toBytes())).toEqual(Buffer.from(model.toBytes()));
    await Promise.all([model.dispose(), imported.dispose()]);
  });

  it.each([
    ['lstm', /is an LSTM of brain\.js, which multiplies the forget gate/],
    ['pairs', /trained on pairs of input and output/],
    ['sizes', /layers of several sizes: hiddenLayers\[0\] of 2, and the last of 3/],
  ] as const)('refuses by name what has no counterpart: %s', async (name, message) => {
    await expect(fromBrain(brain.refused[name])).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses what is damaged', async () => {
    const [{ json }] = brain.networks;
    const changed = (change: (json: (typeof brain.networks)[0]['json']) => void): object => {
      const copy = structuredClone(json);
      change(copy);
      return copy;
    };
    for (const [damaged, message] of [
      [changed((copy) => copy.input.weights.pop()), /input is no matrix/],
      [changed((copy) => (copy.output.rows = 1e9)), /output is no matrix/],
      [changed((copy) => (copy.input.weights[3] = null as unknown as number)), /no finite number at place 3/],
      [changed((copy) => (copy.output.weights[0] = 1e39)), /weights that are beyond numbers of 32 bits/],
      [changed((copy) => copy.input.weights.fill(1e38)), /weights that are beyond numbers of 32 bits/],
      [changed((copy) => (copy.hiddenLayers = [])), /no hidden layer/],
      [changed((copy) => copy.options.dataFormatter.characters.push('x')), /where \(8, any\) is expected/],
      [changed((copy) => (copy.options.dataFormatter.characters[0] = 'ab')), /no single character: "ab"/],
      [changed((copy) => (copy.options.dataFormatter.characters[0] = '\n')), /a line feed/],
      [changed((copy) => (copy.type = 'GRUTimeStep')), /a "GRUTimeStep" of brain\.js/],
      [
        changed((copy) => delete (copy.hiddenLayers[0] as Record<string, unknown>)['resetGateBias']),
        /resetGateBias/,
      ],
    ] as const) {
      await expect(fromBrain(damaged)).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringMatching(message) as string,
      });
    }
    const file = new Blob([JSON.stringify(changed((copy) => (copy.hiddenLayers = [])))]);
    await expect(importedModel(file)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The model is no whole network of brain\.js: it has no hidden/,
      ) as string,
    });
    await expect(fromBrain(Buffer.from('['.repeat(1e5)))).rejects.toMatchObject({ code: 'bad-file' });
    await expect(fromBrain(Buffer.from('{}'))).rejects.toMatchObject({ code: 'bad-file' });
  });
});

/** A model of ml5 with weights drawn at random, and its equations as TensorFlow 1 has them, in doubles. */
function ml5Model(sizes: { V: number; H: number; D: number | undefined; layers: number }) {
  const { V, H, D, layers } = sizes;
  const random = new Random(4);
  const tensors: Record<string, { shape: number[]; data: Float32Array }> = {};
  const add = (name: string, ...shape: number[]) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal() / 2);
    tensors[name] = { shape, data };
  };
  for (let i = 0; i < layers; i++) {
    add(`rnnlm/multi_rnn_cell/cell_${i}/basic_lstm_cell/kernel`, (i > 0 ? H : (D ?? V)) + H, 4 * H);
    add(`rnnlm/multi_rnn_cell/cell_${i}/basic_lstm_cell/bias`, 4 * H);
  }
  add('rnnlm/softmax_w', H, V);
  add('rnnlm/softmax_b', V);
  if (D !== undefined) add('embedding', V, D);
  const characters = [...'ab ç水\n'].slice(0, V);
  const files: Record<string, Uint8Array> = {
    'vocab.json': Buffer.from(JSON.stringify(Object.fromEntries(characters.map((c, i) => [c, i])))),
  };
  const manifest: Record<string, { filename: string; shape: number[] }> = {};
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const filename = name.replaceAll('/', '_');
    manifest[name] = { filename, shape };
    // Small Buffers of Node are views of memory that they share.
    files[filename] = Buffer.from(new Uint8Array(data.buffer));
  }
  files['manifest.json'] = Buffer.from(JSON.stringify(manifest));
  return { files, logits: (tokens: readonly number[]) => ml5Logits(tensors, sizes, tokens) };
}

/** BasicLSTMCell of TensorFlow 1: gates i, j, f, o; c = c * sigmoid(f + 1) + sigmoid(i) * tanh(j). */
function ml5Logits(
  tensors: Record<string, { shape: number[]; data: Float32Array }>,
  { V, H, D, layers }: { V: number; H: number; D: number | undefined; layers: number },
  tokens: readonly number[],
): number[][] {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const c = Array.from({ length: layers }, () => new Float64Array(H));
  const h = Array.from({ length: layers }, () => new Float64Array(H));
  return tokens.map((token) => {
    let x = Array.from({ length: D ?? V }, (_, d) =>
      D === undefined ? Number(d === token) : tensors['embedding'].data[token * D + d],
    );
    for (let layer = 0; layer < layers; layer++) {
      const name = `rnnlm/multi_rnn_cell/cell_${layer}/basic_lstm_cell`;
      const [kernel, bias] = [tensors[`${name}/kernel`].data, tensors[`${name}/bias`].data];
      const row = [...x, ...h[layer]];
      const gates = Array.from(bias, (b, j) => row.reduce((sum, v, i) => sum + v * kernel[i * 4 * H + j], b));
      for (let u = 0; u < H; u++) {
        const [i, j, f, o] = [0, 1, 2, 3].map((gate) => gates[gate * H + u]);
        c[layer][u] = c[layer][u] * sigmoid(f + 1) + sigmoid(i) * Math.tanh(j);
        h[layer][u] = Math.tanh(c[layer][u]) * sigmoid(o);
      }
      x = [...h[layer]];
    }
    const [w, b] = [tensors['rnnlm/softmax_w'].data, tensors['rnnlm/softmax_b'].data];
    return Array.from(b, (value, v) => x.reduce((sum, hidden, u) => sum + hidden * w[u * V + v], value));
  });
}

describe('fromMl5', () => {
  it.each([
    { V: 6, H: 5, D: undefined, layers: 1 },
    { V: 5, H: 4, D: 3, layers: 2 },
  ])('gives the numbers of the equations of TensorFlow 1: %j', async (sizes) => {
    const { files, logits } = ml5Model(sizes);
    const model = await fromMl5(files);
    const tokens = [0, 2, 4, 1, 3, 3, 0];
    expectClose(logitsOf(model, tokens), logits(tokens), 1e-5);
    expect(model.generate({ prime: 'a', length: 20, seed: 1 }).length).toBeGreaterThan(20);
    await model.dispose();
  });

  it('is opened by the path of its folder, with its files beside one another', async () => {
    const { files } = ml5Model({ V: 6, H: 5, D: undefined, layers: 1 });
    const folder = mkdtempSync(join(tmpdir(), 'seqkit-ml5-'));
    try {
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
      const given = await fromMl5(files);
      const opened = await fromMl5(`${folder}/`);
      const { model, format } = await importedModel(folder);
      expect(format).toBe('ml5');
      for (const each of [opened, model]) {
        expect(Buffer.from(each.toBytes())).toEqual(Buffer.from(given.toBytes()));
        await each.dispose();
      }
      await given.dispose();
      rmSync(join(folder, 'vocab.json'));
      await expect(importedModel(folder)).rejects.toMatchObject({
        code: 'file-access',
        message: expect.stringContaining(join(folder, 'vocab.json')) as string,
      });
      // A folder without a manifest is none of ml5's.
      mkdirSync(join(folder, 'empty'));
      await expect(importedModel(join(folder, 'empty'))).rejects.toMatchObject({ code: 'file-access' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses what is damaged, by name', async () => {
    const { files } = ml5Model({ V: 6, H: 5, D: undefined, layers: 1 });
    const manifest = (
      change: (entries: Record<string, { filename: string; shape: number[] }>) => void,
    ): Ml5Files => {
      const entries = JSON.parse(Buffer.from(files['manifest.json']).toString()) as Parameters<
        typeof change
      >[0];
      change(entries);
      return { ...files, 'manifest.json': Buffer.from(JSON.stringify(entries)) };
    };
    const less = Object.fromEntries(Object.entries(files).filter(([name]) => name !== 'rnnlm_softmax_b'));
    for (const [given, code, message] of [
      [less, 'file-access', /no file "rnnlm_softmax_b"/],
      [
        manifest((all) => (all['rnnlm/softmax_b'].filename = '../x')),
        'bad-file',
        /"\.\.\/x", which is not one beside/,
      ],
      [
        manifest((all) => (all['rnnlm/softmax_b'].filename = '__proto__')),
        'file-access',
        /no file "__proto__"/,
      ],
      [
        manifest((all) => (all['rnnlm/softmax_b'].shape = [5])),
        'bad-file',
        /24 bytes, where \(5\) floats take 20/,
      ],
      [manifest((all) => delete all['rnnlm/softmax_w']), 'bad-file', /names no softmax_w/],
      [
        manifest((all) => (all['rnnlm/other'] = all['rnnlm/softmax_b'])),
        'bad-file',
        /"rnnlm\/other", which no/,
      ],
      [{ ...files, 'vocab.json': Buffer.from('{"a":0,"b":0}') }, 'bad-file', /gives "b" the number 0/],
      [
        { ...files, 'vocab.json': Buffer.from('{"a":0}') },
        'bad-file',
        /softmax_w the shape \(5, 6\), where \(5, 1\)/,
      ],
      [{ ...files, 'manifest.json': Buffer.from('[]') }, 'bad-file', /no manifest/],
      [{ ...files, 'manifest.json': Buffer.from('{') }, 'bad-file', /^manifest\.json is no JSON/],
    ] as const) {
      await expect(fromMl5(given)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message) as string,
      });
    }
    await expect(fromMl5(3 as unknown as string)).rejects.toMatchObject({ code: 'bad-value' });
  });
});
