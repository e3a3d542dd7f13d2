import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/math/random.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/base/encoding/safetensors.js';
import {
  Bidirectional,
  Conv1D,
  Dense,
  GRU,
  input,
  LSTM,
  Model,
  Residual,
  SeqkitError,
  Sequential,
  TimeDistributed,
} from '../../src/rnn/index.js';
import { makeLayer, prepareLayers } from '../../src/rnn/graph/registry.js';
import { wrongValues } from '../support/wrong-values.js';

await prepareLayers();

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The same file with another description of its model. */
function described(bytes: Uint8Array, change: (model: Json) => Json | string): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(bytes, 'the test');
  const changed = change(JSON.parse(metadata['model']) as Json);
  const model = typeof changed === 'string' ? changed : JSON.stringify(changed);
  return encodeSafetensors(Object.fromEntries(tensors), { ...metadata, model });
}

async function stack(): Promise<Uint8Array> {
  const layers = [
    new Conv1D({ filters: 3, kernelSize: 2, padding: 'same', strides: 1 }),
    new Residual({ layers: [new TimeDistributed({ layer: new Dense({ units: 3 }) })] }),
    new Bidirectional({ layer: new GRU({ units: 2, returnSequences: true }), mergeMode: 'sum' }),
    new LSTM({ units: 2, recurrentActivation: 'sigmoid', dropout: 0.1 }),
    new Dense({ units: 1, activation: 'sigmoid', kernelRegularizer: { l2: 0.1 } }),
  ];
  const model = new Sequential(layers, { engine: 'reference' });
  await model.build([4, 2]);
  const bytes = model.toBytes();
  await model.dispose();
  return bytes;
}

async function graph(): Promise<Uint8Array> {
  const x = input({ shape: [null, 2], name: 'steps' });
  const h = new GRU({ units: 2 }).apply(x);
  const ends = { inputs: x, outputs: [new Dense({ units: 1 }).apply(h), h] };
  const model = new Model(ends, { engine: 'reference' });
  await model.build([3, 2]);
  const bytes = model.toBytes();
  await model.dispose();
  return bytes;
}

/** Every place in a tree, as a path of keys. */
function places(tree: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof tree !== 'object' || tree === null) return [path];
  const inside = Object.entries(tree).flatMap(([key, value]) =>
    places(value, [...path, Array.isArray(tree) ? Number(key) : key]),
  );
  return [path, ...inside];
}

/** The tree with something else at one place, or with nothing there. */
function replaced(tree: Json, path: readonly (string | number)[], value: Json | undefined): Json {
  if (path.length === 0) return value ?? null;
  const copy = structuredClone(tree);
  let parent = copy as Record<string | number, Json>;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string | number, Json>;
  const last = path[path.length - 1];
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(last as number, 1);
  else delete parent[last];
  return copy;
}

/** What of `wrongValues` JSON can hold, and sizes that nothing of such a file bears out. */
const inJson: Json[] = [
  ...wrongValues
    .map(([, value]) => value)
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value))
    .map((value) => JSON.parse(JSON.stringify(value)) as Json),
  ...[null, {}, { nonsense: 1 }, [[[]]], 1, 2, 3, 17, 2 ** 31, 1e15],
];

/** Opens the file, and lets it work where it opens: either a model, or `bad-file`. */
async function outcome(bytes: Uint8Array): Promise<'opened' | 'refused'> {
  try {
    const model = await Model.load(bytes, { engine: 'reference' });
    await model.dispose();
    return 'opened';
  } catch (error) {
    if (error instanceof SeqkitError && error.code === 'bad-file') return 'refused';
    throw error;
  }
}

describe.each([
  ['layers one after the other', stack],
  ['a graph', graph],
])('the description of %s', (_, make) => {
  it('with anything anywhere opens or is refused as bad-file', async () => {
    const bytes = await make();
    let whole!: Json;
    described(bytes, (model) => (whole = model));
    const counts = { opened: 0, refused: 0 };
    for (const path of places(whole)) {
      for (const value of [undefined, ...inJson]) {
        const changed = described(bytes, () => replaced(whole, path, value));
        try {
          counts[await outcome(changed)]++;
        } catch (error) {
          throw new Error(`${path.join('.')} = ${JSON.stringify(value)}`, { cause: error });
        }
      }
    }
    // Names, seeds, flags and rates may be others; sizes and kinds may not.
    expect(counts.refused).toBeGreaterThan(4 * counts.opened);
  }, 30_000);

  it("with two parts in each other's place opens or is refused as bad-file", async () => {
    const bytes = await make();
    let whole!: Json;
    described(bytes, (model) => (whole = model));
    const all = places(whole).filter(({ length }) => length > 0);
    const at = (path: readonly (string | number)[]): Json =>
      path.reduce<Json>((tree, key) => (tree as Record<string | number, Json>)[key], whole);
    const random = new Random(1);
    for (let i = 0; i < 300; i++) {
      const [a, b] = [random.choice(all), random.choice(all)];
      const isInside = a.every((key, k) => b[k] === key) || b.every((key, k) => a[k] === key);
      if (isInside) continue;
      await outcome(described(bytes, () => replaced(replaced(whole, a, at(b)), b, at(a))));
    }
  }, 30_000);
});

describe('a description without end', () => {
  const nested = (depth: number): Json =>
    Array.from({ length: depth }).reduce<Json>(
      (inside) => ({ kind: 'Residual', options: { layers: [inside] } }),
      { kind: 'Dense', options: { units: 2 } },
    );

  it('of layers one inside the other is refused, at any depth', async () => {
    const bytes = await stack();
    expect(makeLayer(nested(31)).depth).toBe(32);
    expect(() => makeLayer(nested(32))).toThrow('more than 32 layers one inside the other');
    // By hand, as JSON.stringify would overflow.
    const text = (depth: number): string =>
      `{"layers":[${'{"kind":"Residual","options":{"layers":['.repeat(depth)}1${']}}'.repeat(depth)}],"features":2,"seed":0}`;
    for (const depth of [40, 6000, 200_000]) {
      expect(await outcome(described(bytes, () => text(depth)))).toBe('refused');
    }
    let layer = new Residual({ layers: [new Dense({ units: 2 })] });
    for (let depth = 2; depth < 32; depth++) layer = new Residual({ layers: [layer] });
    expect(() => new Residual({ layers: [layer] })).toThrow(SeqkitError);
  });

  it('of layers one after the other is built without a recursion', async () => {
    const x = input({ shape: [2] });
    let h = x;
    for (let i = 0; i < 6000; i++) h = new Residual({ layers: [new Dense({ units: 2 })] }).apply(h);
    expect(new Model({ inputs: x, outputs: h }).layers).toHaveLength(6000);
    const many = Array.from({ length: 20_000 }, () => ({ kind: 'Flatten', options: {} }));
    const claim = { layers: many, features: 2, seed: 0 };
    expect(await outcome(described(await stack(), () => claim))).toBe('refused');
  });

  it.each([
    ['units', { kind: 'Dense', options: { units: 2 ** 30 } }],
    ['filters', { kind: 'Conv1D', options: { filters: 2 ** 30, kernelSize: 2 ** 20 } }],
    ['tokens', { kind: 'Embedding', options: { inputDim: 2 ** 31 - 1, outputDim: 2 ** 31 - 1 } }],
    ['gates', { kind: 'LSTM', options: { units: 2 ** 31 - 1 } }],
    ['time steps', { kind: 'RepeatVector', options: { n: 1e9 } }],
    ['a window', { kind: 'MaxPooling1D', options: { poolSize: 1e9, padding: 'same' } }],
  ])('that claims %s which no tensor bears out takes neither memory nor time', async (_, layer) => {
    const bytes = await stack();
    const claim = { layers: [layer], features: 2, seed: 0, shapes: [{ time: 4, features: 2 }] };
    const [before, startMs] = [process.memoryUsage().arrayBuffers, performance.now()];
    expect(await outcome(described(bytes, () => claim))).toBe('refused');
    expect(performance.now() - startMs).toBeLessThan(2000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
