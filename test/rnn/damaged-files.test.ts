import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DIGEST_KEY } from '../../src/base/encoding/content-digest.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import { KeyedVectors, Word2Vec } from '../../src/embeddings/index.js';
import { decodeModel } from '../../src/rnn/graph/model-file.js';
import { Adam, Dense, GRU, Sequential } from '../../src/rnn/index.js';
import { TextModel } from '../../src/text/index.js';

const folder = fs.mkdtempSync(join(tmpdir(), 'seqkit-damaged-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const engine = { engine: 'reference' } as const;
const x = { data: Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)), shape: [4, 3, 2] };
const y = { data: Float32Array.from({ length: 4 }, (_, i) => Math.cos(i)), shape: [4, 1] };

function network(): Sequential {
  const model = new Sequential([new GRU({ units: 2 }), new Dense({ units: 1 })], { ...engine, seed: 3 });
  model.compile({ loss: 'meanSquaredError', optimizer: new Adam() });
  return model;
}

async function modelBytes(): Promise<Uint8Array> {
  const model = network();
  await model.fit(x, y, { epochs: 1, batchSize: 2 });
  return model.toBytes();
}

let runs = 0;

async function checkpointBytes(): Promise<Uint8Array> {
  const path = join(folder, `run-${runs++}.safetensors`);
  await network().fit(x, y, { epochs: 1, batchSize: 2, checkpoint: { path, everySteps: 1 } });
  return fs.readFileSync(path);
}

async function vectorBytes(): Promise<Uint8Array> {
  const vectors = KeyedVectors.fromRows(['a', 'b', 'c'], Float32Array.of(1, 2, 3, 4, 5, 6));
  return vectors.toBytes('seqkit');
}

async function trainingBytes(): Promise<Uint8Array> {
  const model = new Word2Vec({ vectorSize: 2, minCount: 1, workers: 1, epochs: 1, sample: 0 });
  await model.fit([['a', 'b', 'c', 'a']]);
  return model.toBytes();
}

async function textBytes(): Promise<Uint8Array> {
  const model = new TextModel({ cell: 'rnn', units: 2, layers: 1, engine: 'wasm', threads: 1 });
  await model.fit('abab abab abab', { batchSize: 1, seqLength: 4, steps: 1, heldOut: 0 });
  return model.toBytes();
}

/** Every number of a file, as its bits, and all its text. */
const contentsOf = (bytes: Uint8Array): unknown => {
  const { tensors, metadata } = decodeSafetensors(bytes, 'x', { verify: false });
  // A digest under another name is text that nobody reads.
  const texts = Object.entries(metadata).filter(([, value]) => !/^v1:[0-9a-f]{32}$/.test(value));
  return [[...tensors].map(([name, { shape, data }]) => [name, shape, [...data]]), texts];
};

const kinds: Record<string, [() => Promise<Uint8Array>, (bytes: Uint8Array) => unknown]> = {
  'a model': [modelBytes, (bytes) => decodeModel(bytes, 'x')],
  'a checkpoint': [checkpointBytes, (bytes) => decodeModel(bytes, 'x')],
  'a file of vectors': [vectorBytes, (bytes) => KeyedVectors.fromBytes(bytes)],
  'a training of word vectors': [trainingBytes, (bytes) => Word2Vec.fromBytes(bytes, { workers: 1 })],
  'a text model': [textBytes, (bytes) => decodeModel(bytes, 'x')],
};
/** Those that nobody else writes: without its digest such a file is damaged. */
const strict = ['a checkpoint', 'a training of word vectors'];

describe.each(Object.keys(kinds))('%s', (kind) => {
  const [make, open] = kinds[kind];

  it('opens as it was saved, with the same bytes each time', async () => {
    const [bytes, again] = [await make(), await make()];
    expect(Buffer.compare(bytes, again)).toBe(0);
    expect(decodeSafetensors(bytes, 'x').digest).toBe('verified');
    await open(bytes);
  });

  it('is refused with any one bit flipped, or has the same contents', { timeout: 60_000 }, async () => {
    const bytes = Uint8Array.from(await make());
    const before = contentsOf(bytes);
    let refused = 0;
    // Every bit of what is not too long, and of longer files every seventh.
    const step = bytes.length * 8 > 20_000 ? 7 : 1;
    for (let bit = 0; bit < bytes.length * 8; bit += step) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      try {
        await open(bytes);
        expect(contentsOf(bytes), `bit ${bit}`).toEqual(before);
        if (strict.includes(kind)) expect.fail(`bit ${bit} opens`);
      } catch (error) {
        expect(error, `bit ${bit}`).toMatchObject({ code: 'bad-file' });
        refused++;
      }
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    // What opens all the same is a flaw in the digest's own name, at most.
    expect(refused).toBeGreaterThan(0.97 * ((bytes.length * 8) / step));
  });

  it('with a number that is none is refused by the name of its tensor, though its digest is right', async () => {
    const { tensors, metadata } = decodeSafetensors(await make(), 'x');
    const floats = [...tensors].filter(
      ([name, { dtype, data }]) => dtype.startsWith('F') && data.length > 0 && !/loss/i.test(name),
    );
    expect(floats.length).toBeGreaterThan(0);
    for (const [name, tensor] of floats) {
      const data = tensor.data.slice();
      data[data.length - 1] = NaN;
      const damaged = encodeSafetensors(
        { ...Object.fromEntries(tensors), [name]: { ...tensor, data } as never },
        metadata,
      );
      await expect((async () => open(damaged))(), name).rejects.toMatchObject({
        code: 'bad-file',
        message: expect.stringContaining(`"${name}" holds NaN at place ${data.length - 1}`) as string,
      });
    }
  });
});

/** The file without its digest, and what else is changed in its metadata. */
function withoutDigest(bytes: Uint8Array, changed: Record<string, string> = {}): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as {
    __metadata__: Record<string, string>;
  };
  delete header.__metadata__[DIGEST_KEY];
  Object.assign(header.__metadata__, changed);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + bytes.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(bytes.subarray(8 + length), 8 + text.length);
  return out;
}

describe('a file without a digest', () => {
  it('of a version that had none opens without a word', async () => {
    const model = await Sequential.load(withoutDigest(await modelBytes(), { formatVersion: '1' }), engine);
    expect(model.notes).toEqual([]);
    const vectors = await KeyedVectors.fromBytes(withoutDigest(await vectorBytes(), { formatVersion: '1' }));
    expect(vectors.notes).toEqual([]);
  });

  it('of a version that has one opens with a note', async () => {
    const note = expect.stringMatching(/keeps no digest of its contents/) as string;
    const bytes = withoutDigest(await modelBytes());
    expect((await Sequential.load(bytes, engine)).notes).toEqual([note]);
    expect((await TextModel.fromBytes(withoutDigest(await textBytes()))).notes).toEqual([note]);
    expect((await KeyedVectors.fromBytes(withoutDigest(await vectorBytes()))).notes).toEqual([note]);
  });

  it('is refused where a run would go on from it', async () => {
    const path = join(folder, 'stripped.safetensors');
    fs.writeFileSync(path, withoutDigest(await checkpointBytes()));
    const resumed = network().fit(x, y, {
      epochs: 2,
      batchSize: 2,
      checkpoint: { path, everySteps: 1 },
      resume: true,
    });
    await expect(resumed).rejects.toThrow('the digest of its contents is gone');
    await expect(Word2Vec.fromBytes(withoutDigest(await trainingBytes()))).rejects.toThrow('is gone');
  });
});

it('verify: false opens a damaged file as it is', async () => {
  const bytes = await vectorBytes();
  const { tensors } = decodeSafetensors(bytes, 'x');
  const rows = tensors.get('rows')!.data;
  new Uint8Array(rows.buffer, rows.byteOffset)[0] ^= 1;
  await expect(KeyedVectors.fromBytes(bytes)).rejects.toThrow('its contents are not those that were saved');
  const vectors = await KeyedVectors.fromBytes(bytes, { verify: false });
  expect(vectors.get('a')[0]).toBeCloseTo(1, 6);
  expect(vectors.get('a')[0]).not.toBe(1);

  const model = await modelBytes();
  const weights = decodeSafetensors(model, 'x').tensors.get('dense/kernel')!.data;
  new Uint8Array(weights.buffer, weights.byteOffset)[0] ^= 1;
  await expect(Sequential.load(model, engine)).rejects.toMatchObject({ code: 'bad-file' });
  await expect(Sequential.load(model, { ...engine, verify: false })).resolves.toBeInstanceOf(Sequential);
});

it('a checkpoint with one bit of its moments flipped does not resume', async () => {
  const path = join(folder, 'flipped.safetensors');
  const bytes = Uint8Array.from(await checkpointBytes());
  const { tensors } = decodeSafetensors(bytes, 'x');
  const name = [...tensors.keys()].find((key) => key.startsWith('training state/'))!;
  const { data } = tensors.get(name)!;
  new Uint8Array(data.buffer, data.byteOffset)[2] ^= 4;
  fs.writeFileSync(path, bytes);
  const resumed = network().fit(x, y, {
    epochs: 2,
    batchSize: 2,
    checkpoint: { path, everySteps: 1 },
    resume: true,
  });
  await expect(resumed).rejects.toMatchObject({
    code: 'bad-file',
    message: expect.stringContaining(path) as string,
  });
});

it('a model whose weights are no numbers is not saved', async () => {
  const model = network();
  await model.build([3, 2]);
  model.layers[1].setWeights([
    { data: Float32Array.of(1, NaN), shape: [2, 1] },
    { data: Float32Array.of(0), shape: [1] },
  ]);
  expect(() => model.toBytes()).toThrow('"dense/kernel" holds NaN');
});
