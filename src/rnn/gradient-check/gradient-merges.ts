import type { LayerDescription } from '../graph/registry.js';
import { makeLayer } from '../graph/registry.js';
import { AbsoluteDifference } from '../layers/absolute-difference.js';
import { Activation } from '../layers/activation.js';
import { Concatenate } from '../layers/concatenate.js';
import { Dense } from '../layers/dense.js';
import { Dot } from '../layers/dot.js';
import type { Layer } from '../layers/layer.js';
import { Masking } from '../layers/masking.js';
import { Add, Average, Multiply, Subtract } from '../layers/merge.js';
import type { SymbolicTensor } from '../layers/symbolic-tensor.js';
import { D, H, T, UNITS, dense, layer, recurrent, returnSequences } from './described-layers.js';

const sequences = (...features: number[]): number[][] => features.map((size) => [T, size]);

/** The states that a layer leaves, side by side with nothing: what goes back comes through them alone. */
function statesOf(description: LayerDescription): { apply: Layer['apply'] } {
  return {
    apply(inputs) {
      const [, ...states] = makeLayer(description).applyAll(inputs);
      return new Concatenate().apply(states);
    },
  };
}

/** One layer on two inputs, and their sum. */
function usedTwice(description: LayerDescription): { apply: Layer['apply'] } {
  return {
    apply(inputs) {
      const shared = makeLayer(description);
      return new Add().apply((inputs as SymbolicTensor<Layer>[]).map((x) => shared.apply(x)));
    },
  };
}

/** What a layer has that another of its kind has not. */
function variant({ options }: LayerDescription): string {
  if ('resetAfter' in options) return ', reset before';
  if ('peepholes' in options) return ', peepholes';
  const named = ['groups', 'scale', 'center'].find((name) => name in options);
  return named === undefined ? '' : `, with ${named} ${String(options[named])}`;
}

/** Two uses of one tensor. */
function besideItself(): { apply: Layer['apply'] } {
  return {
    apply(inputs) {
      const [x] = inputs as SymbolicTensor<Layer>[];
      return new Add().apply([x, new Dense({ units: D, activation: 'tanh' }).apply(x)]);
    },
  };
}

/** From sequences to masked ones. */
function attention(): { apply: Layer['apply'] } {
  return {
    apply(inputs) {
      const [to, padded] = inputs as SymbolicTensor<Layer>[];
      const from = new Dense({ units: D }).apply(new Masking().apply(padded));
      const energies = new Dot({ axes: 2 }).apply([to, from]);
      const shares = new Activation({ activation: 'softmax' }).apply(energies);
      return new Dot({ axes: [2, 1] }).apply([shares, from]);
    },
  };
}

/** An attention layer between sequences, padded in query and value; its weights too where it gives them. */
function attending(description: LayerDescription): { apply: Layer['apply'] } {
  return {
    apply(inputs) {
      const [query, value, ...others] = inputs as SymbolicTensor<Layer>[];
      const masked = new Masking().apply(value);
      const attention = makeLayer(description);
      const [context, scores] = attention.applyAll([new Masking().apply(query), masked, ...others]);
      if (!scores || description.kind === 'MultiHeadAttention') return context;
      return new Concatenate().apply([context, scores]);
    },
  };
}

/** The inputs of attention: query, value and key. */
const attended = [
  [T, D],
  [T + 2, D],
  [T + 2, D],
];

/** Layers of several inputs by their name: the inputs' shapes, and the layer that takes them. */
export const merges: Readonly<
  Record<string, readonly [shapes: readonly number[][], merge: () => { apply: Layer['apply'] }]>
> = {
  ...Object.fromEntries(
    [
      ['SimpleRNN', 1],
      ['LSTM', 2],
      ['GRU', 1],
    ].map(([kind, states]) => [
      `${kind}, from given states`,
      [
        [[T, D], ...Array.from({ length: states as number }, () => [H])],
        () => makeLayer(layer(kind as string, { units: UNITS, returnSequences })),
      ] as const,
    ]),
  ),
  'LSTM, states given on': [[[T, D]], () => statesOf(recurrent('LSTM', { returnState: true }))],
  'LSTM, activity, states given on': [
    [[T, D]],
    () => statesOf(recurrent('LSTM', { returnState: true, activityRegularizer: { l2: 0.1 } })),
  ],
  // A second use adds its gradients to those of the first.
  ...Object.fromEntries(
    (
      [
        dense(),
        layer('Conv1D', { filters: H, kernelSize: 2 }),
        layer('Conv1D', { filters: 2 * D, kernelSize: 2, groups: D }),
        layer('BatchNormalization'),
        layer('BatchNormalization', { scale: false }),
        layer('BatchNormalization', { center: false }),
        recurrent('LSTM'),
        recurrent('LSTM', { peepholes: true }),
        recurrent('GRU'),
        recurrent('GRU', { resetAfter: false }),
        layer('LayerNormalization'),
      ] as const
    ).map((description) => [
      `${description.kind}, used twice${variant(description)}`,
      [sequences(D, D), () => usedTwice(description)] as const,
    ]),
  ),
  'Dense, beside what it takes': [sequences(D), () => besideItself()],
  'Dot, over the time of masked sequences': [
    sequences(D, D),
    () => ({
      apply(inputs) {
        const [x, padded] = inputs as SymbolicTensor<Layer>[];
        const from = new Dense({ units: H }).apply(new Masking().apply(padded));
        return new Dot({ axes: 1 }).apply([from, x]);
      },
    }),
  ],
  'Dot, of masked sequences': [sequences(D, D), () => attention()],
  AbsoluteDifference: [sequences(D, D), () => new AbsoluteDifference()],
  Attention: [attended, () => makeLayer(layer('Attention', { useScale: true }))],
  'Attention, masked sequences': [
    attended,
    () => attending(layer('Attention', { causal: true, returnAttentionScores: true })),
  ],
  AdditiveAttention: [attended, () => makeLayer(layer('AdditiveAttention', { useScale: false }))],
  'AdditiveAttention, masked sequences': [
    attended.slice(0, 2),
    () => attending(layer('AdditiveAttention', { causal: true, returnAttentionScores: true })),
  ],
  MultiHeadAttention: [
    attended,
    () => makeLayer(layer('MultiHeadAttention', { numHeads: 2, keyDim: 3, useBias: false })),
  ],
  'MultiHeadAttention, masked sequences': [
    attended.slice(0, 2),
    () => attending(layer('MultiHeadAttention', { numHeads: 2, keyDim: 3, valueDim: 4, causal: true })),
  ],
  Add: [sequences(D, D, D), () => new Add()],
  Subtract: [sequences(D, D, D), () => new Subtract()],
  Average: [sequences(D, D, D), () => new Average()],
  Multiply: [sequences(D, D, D), () => new Multiply()],
  Concatenate: [sequences(D, H), () => new Concatenate()],
  'Concatenate, in time': [
    [
      [T, D],
      [T + 2, D],
    ],
    () => new Concatenate({ axis: 1 }),
  ],
  Dot: [sequences(D, H), () => new Dot({ axes: 1 })],
  'Dot, over features': [
    [
      [T, D],
      [H, D],
    ],
    () => new Dot({ axes: 2 }),
  ],
  'Dot, of rows': [[[D], [D]], () => new Dot({ axes: 1 })],
};
