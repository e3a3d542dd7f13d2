import { describe, it } from 'vitest';
import { Activation } from '../../src/rnn/layers/activation.js';
import { AdditiveAttention } from '../../src/rnn/layers/additive-attention.js';
import { Attention } from '../../src/rnn/layers/attention.js';
import { input } from '../../src/rnn/layers/input.js';
import { graphBetween } from '../../src/rnn/graph/graph-between.js';
import type { Layer } from '../../src/rnn/layers/layer.js';
import { MultiHeadAttention } from '../../src/rnn/layers/multi-head-attention.js';
import { TimeDistributed } from '../../src/rnn/layers/time-distributed.js';
import { numbers } from '../support/golden-numbers.js';
import { judgedEngines } from '../support/tolerances.js';
import { expectAsTorch, type TorchCase } from './torch-run.js';
// Made by test/golden/torch-attention.py, which says what goes in.
import golden from '../golden/torch-attention.json' with { type: 'json' };

const [N, T, S, D, V, H, K, O] = [3, 4, 5, 6, 8, 2, 3, 7];
const [queries, keys] = [
  [4, 2, 3],
  [3, 5, 1],
];
const returnAttentionScores = true;

/** A layer that gives its weights too, whose use a program must be able to name: linear, as they are. */
function attending(layer: Layer, shapes: readonly number[][], { masked = false } = {}): TorchCase {
  const inputs = shapes.map((shape) => input({ shape }));
  const [context, weights] = layer.applyAll(inputs);
  const same = new Activation({ activation: 'linear' });
  const inHeads = layer.kind === 'MultiHeadAttention';
  const seen = (inHeads ? new TimeDistributed({ layer: same }) : same).apply(weights);
  const shared = layer.kind === 'MultiHeadAttention' ? [H, T, S] : [T, S];
  const outputs = inHeads || layer.kind === 'AdditiveAttention' ? shapes[0][1] : V;
  return {
    graph: graphBetween(inputs, [context, seen]),
    x: shapes.map((shape, i) => numbers(1 + i, [N, ...shape], 4)),
    y: [numbers(10, [N, T, outputs], 4), numbers(11, [N, ...shared], 4)],
    loss: [
      { loss: 'meanSquaredError', weight: 1 },
      { loss: 'meanSquaredError', weight: 0.5 },
    ],
    ...(masked && { lengths: [queries, keys, ...(shapes.length > 2 ? [keys] : [])] }),
  };
}

function toItself(): TorchCase {
  const x = input({ shape: [T, D] });
  const layer = new Attention({ causal: true });
  return {
    graph: graphBetween([x], [layer.apply([x, x, x])]),
    x: [numbers(1, [N, T, D], 4)],
    y: [numbers(10, [N, T, D], 4)],
    loss: 'meanSquaredError',
  };
}

const three = [
  [T, D],
  [S, V],
  [S, D],
];
const two = [
  [T, D],
  [S, D],
];
const apart = [
  [T, D],
  [S, V],
  [S, O],
];
const masked = { masked: true };
const causal = true;
const heads = { numHeads: H, keyDim: K, returnAttentionScores };

const cases: Record<keyof typeof golden, () => TorchCase> = {
  products: () => attending(new Attention({ returnAttentionScores }), three),
  productsMasked: () => attending(new Attention({ useScale: true, returnAttentionScores }), three, masked),
  productsMaskedCausal: () =>
    attending(new Attention({ useScale: true, causal, returnAttentionScores }), three, masked),
  productsToItself: toItself,
  sums: () => attending(new AdditiveAttention({ useScale: false, returnAttentionScores }), two),
  sumsMasked: () => attending(new AdditiveAttention({ returnAttentionScores }), two, masked),
  sumsMaskedCausal: () => attending(new AdditiveAttention({ causal, returnAttentionScores }), two, masked),
  heads: () => attending(new MultiHeadAttention(heads), apart),
  headsMasked: () => attending(new MultiHeadAttention(heads), apart, masked),
  headsMaskedCausal: () =>
    attending(new MultiHeadAttention({ ...heads, causal, useBias: false }), apart, masked),
  headsOfOtherSizes: () =>
    attending(new MultiHeadAttention({ ...heads, valueDim: V }), [three[0], [S, O]], masked),
};

describe.each(judgedEngines)('attention as PyTorch computes it, on %s', (engine) => {
  it.each(Object.keys(cases) as (keyof typeof cases)[])('%s', async (title) => {
    await expectAsTorch('PyTorch, attention', { engine, title }, cases[title](), golden[title]);
  });
});
