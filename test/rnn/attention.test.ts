import { describe, expect, it } from 'vitest';
import {
  AdditiveAttention,
  Attention,
  Embedding,
  input,
  Masking,
  Model,
  MultiHeadAttention,
  Sequential,
  type Layer,
  type SymbolicTensor,
} from '../../src/rnn/index.js';

const [T, S, D] = [3, 4, 2];
const kinds: Record<string, () => Layer> = {
  Attention: () => new Attention({ returnAttentionScores: true }),
  AdditiveAttention: () => new AdditiveAttention({ returnAttentionScores: true }),
  MultiHeadAttention: () =>
    new MultiHeadAttention({ numHeads: 2, keyDim: 3, useBias: false, returnAttentionScores: true }),
};

/** Tokens, 0 for padding, as vectors of D. */
function masked(name: string): { x: SymbolicTensor<Layer>; vectors: SymbolicTensor<Layer> } {
  const x = input({ shape: [null] });
  return { x, vectors: new Embedding({ inputDim: 6, outputDim: D, maskZero: true, name }).apply(x) };
}

const querying = [
  [1, 2, 0],
  [3, 0, 0],
];
const remembered = [
  [4, 5, 1, 0],
  [0, 0, 0, 0],
];

describe.each(Object.keys(kinds))('%s', (kind) => {
  const build = (): Model => {
    const [query, value] = [masked('query'), masked('value')];
    const outputs = kinds[kind]().applyAll([query.vectors, value.vectors]);
    return new Model({ inputs: [query.x, value.x], outputs }, { engine: 'wasm' });
  };

  it('gives padding no weight, and zeros where there is nothing to attend to', async () => {
    const model = build();
    const [context, weights] = await model.predictAll([querying, remembered]);
    const perHead = weights.shape.length === 4;
    expect(weights.shape).toEqual(perHead ? [2, 2, T, S] : [2, T, S]);
    const heads = perHead ? 2 : 1;
    for (let n = 0; n < 2; n++) {
      for (let h = 0; h < heads; h++) {
        for (let t = 0; t < T; t++) {
          const row = [...weights.data].slice(((n * heads + h) * T + t) * S).slice(0, S);
          const counts = n === 0 && querying[n][t] !== 0;
          expect(row[3]).toBe(0);
          expect(row.reduce((a, b) => a + b)).toBeCloseTo(counts ? 1 : 0, 6);
          if (counts) expect(row.slice(0, 3).every((share) => share > 0)).toBe(true);
        }
      }
    }
    const rows = Array.from({ length: 2 * T }, (_, i) => [...context.data].slice(i * D, (i + 1) * D));
    rows.forEach((row, i) => expect(row.some((y) => y !== 0)).toBe(i < 2));
    await model.dispose();
  });

  it('trains neither padding nor what attends to it', async () => {
    const model = build();
    await model.build([T], [S]);
    const tables = (): number[][] =>
      ['query', 'value'].map((name) => [
        ...model.layers.find((layer) => layer.name === name)!.getWeights()[0].data,
      ]);
    const before = tables();
    model.compile({ loss: ['meanSquaredError', 'meanSquaredError'], optimizer: 'sgd' });
    const shapes = (await model.predictAll([querying, remembered])).map(({ shape }) => shape);
    const y = shapes.map((shape) => ({
      data: new Float32Array(shape.reduce((a, b) => a * b)).fill(9),
      shape,
    }));
    expect(await model.trainOnBatch([querying, remembered], y)).toBeGreaterThan(0);
    const after = tables();
    const moved = (table: number): number[] =>
      Array.from({ length: 6 }, (_, token) => token).filter((token) =>
        [0, 1].some((d) => before[table][token * D + d] !== after[table][token * D + d]),
      );
    // Token 3 asks where there is nothing to attend to; 2 and 3 are not remembered.
    expect(moved(0)).toEqual([1, 2]);
    expect(moved(1)).toEqual([1, 4, 5]);
    await model.dispose();
  });

  it('comes back from a file', async () => {
    const model = build();
    const wanted = await model.predictAll([querying, remembered]);
    const again = await Model.load(model.toBytes(), { engine: 'wasm' });
    const found = await again.predictAll([querying, remembered]);
    found.forEach(({ data }, i) => expect([...data]).toEqual([...wanted[i].data]));
    await model.dispose();
    await again.dispose();
  });

  it('sees no later step where it is causal', async () => {
    const x = input({ shape: [S, D] });
    const make = {
      Attention: () => new Attention({ causal: true }),
      AdditiveAttention: () => new AdditiveAttention({ causal: true }),
      MultiHeadAttention: () => new MultiHeadAttention({ numHeads: 2, keyDim: 3, causal: true }),
    }[kind]!;
    const model = new Model({ inputs: x, outputs: make().apply([x, x]) }, { engine: 'wasm' });
    const data = Float32Array.from({ length: S * D }, (_, i) => Math.sin(i));
    const first = await model.predict({ data, shape: [1, S, D] });
    const changed = data.slice();
    changed.fill(7, 3 * D);
    const second = await model.predict({ data: changed, shape: [1, S, D] });
    expect([...second.data].slice(0, 3 * D)).toEqual([...first.data].slice(0, 3 * D));
    expect([...second.data].slice(3 * D)).not.toEqual([...first.data].slice(3 * D));
    await model.dispose();
  });
});

describe('what attention weighs', () => {
  it('is softmax of the products, by hand', async () => {
    const [query, value] = [input({ shape: [1, 2] }), input({ shape: [2, 2] })];
    const [context, weights] = new Attention({ returnAttentionScores: true }).applyAll([query, value]);
    const model = new Model({ inputs: [query, value], outputs: [context, weights] }, { engine: 'reference' });
    // Products 0 and ln 3: shares of 1/4 and 3/4.
    const found = await model.predictAll([
      [[[1, 0]]],
      [
        [
          [0, 4],
          [Math.log(3), 8],
        ],
      ],
    ]);
    expect([...found[1].data].map((share) => share.toFixed(6))).toEqual(['0.250000', '0.750000']);
    expect(found[0].data[0]).toBeCloseTo(0.75 * Math.log(3), 6);
    expect(found[0].data[1]).toBeCloseTo(7, 6);
    await model.dispose();
  });

  it('has weights in the order and the shapes of Keras', async () => {
    const [query, value, key] = [
      input({ shape: [3, 5] }),
      input({ shape: [4, 6] }),
      input({ shape: [4, 7] }),
    ];
    const layer = new MultiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 4, name: 'mha' });
    const model = new Model({ inputs: [query, value, key], outputs: layer.apply([query, value, key]) });
    await model.build([3, 5], [4, 6], [4, 7]);
    expect(layer.weights.map(({ name, shape }) => `${name} ${shape.join(' ')}`)).toEqual([
      ...['mha/query/kernel 5 2 3', 'mha/query/bias 2 3', 'mha/key/kernel 7 2 3', 'mha/key/bias 2 3'],
      ...['mha/value/kernel 6 2 4', 'mha/value/bias 2 4'],
      ...['mha/attention_output/kernel 2 4 5', 'mha/attention_output/bias 5'],
    ]);
    await model.dispose();
  });
});

describe('what attention refuses', () => {
  const message = async (make: () => Promise<unknown>): Promise<string> => {
    try {
      await make();
    } catch (error) {
      return (error as Error).message;
    }
    return 'nothing';
  };
  const predict = async (layer: Layer, ...shapes: number[][]): Promise<void> => {
    const inputs = shapes.map((shape) => input({ shape }));
    const model = new Model({ inputs, outputs: layer.apply(inputs) }, { engine: 'reference' });
    const x = shapes.map((shape) => ({
      data: new Float32Array(shape.reduce((a, b) => a * b)),
      shape: [1, ...shape],
    }));
    await model.predict(x.length === 1 ? x[0] : x);
  };

  it.each([
    ['one input', new Attention(), [[3, 2]], 'takes query, value and, where it differs, key; 1 came'],
    ['rows', new Attention(), [[2], [2]], 'needs sequences (batch, time, features); it got (batch, 2)'],
    [
      'queries and keys of other sizes',
      new AdditiveAttention(),
      [
        [3, 2],
        [4, 3],
      ],
      'compares queries with keys of as many features; 2 and 3 came',
    ],
    [
      'keys without values',
      new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
      [
        [3, 2],
        [4, 2],
        [5, 2],
      ],
      'needs a key for each value; 5 keys and 4 values came',
    ],
  ] as [string, Layer, number[][], string][])('%s', async (_, layer, shapes, expected) => {
    expect(await message(() => predict(layer, ...shapes))).toContain(expected);
  });

  it('a second use with other features', async () => {
    const inputs = [
      [3, 2],
      [4, 5],
      [4, 6],
    ].map((shape) => input({ shape }));
    const [a, b, c] = inputs;
    const layer = new MultiHeadAttention({ numHeads: 1, keyDim: 2, name: 'mha' });
    const model = new Model({ inputs, outputs: [layer.apply([a, b]), layer.apply([a, c])] });
    expect(await message(() => model.build([3, 2], [4, 5], [4, 6]))).toContain(
      '"mha/key/kernel" was made for 5 features; 6 came',
    );
  });

  it('a place in a Sequential', async () => {
    const model = new Sequential([new Masking(), new Attention()], { engine: 'reference' });
    expect(await message(() => model.predict([[[1, 2]]]))).toContain('takes query, value');
  });
});

it('comes to the same bytes on two threads as on one', async () => {
  const [N, time, features] = [16, 24, 48];
  const run = async (threads: number): Promise<number[]> => {
    const x = input({ shape: [time, features] });
    const heads = new MultiHeadAttention({ numHeads: 4, keyDim: 12, causal: true, dropout: 0.1 }).apply([
      x,
      x,
    ]);
    const outputs = new AdditiveAttention({ causal: true }).apply([heads, x]);
    const model = new Model({ inputs: x, outputs }, { engine: 'wasm', threads, seed: 3 });
    model.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
    const data = Float32Array.from({ length: N * time * features }, (_, i) => Math.sin(i * i));
    const sequences = { data, shape: [N, time, features] };
    const losses = [];
    for (let step = 0; step < 3; step++) losses.push(await model.trainOnBatch(sequences, sequences));
    await model.dispose();
    return losses;
  };
  expect(await run(2)).toEqual(await run(1));
});
