import { AbsoluteDifference } from '../layers/absolute-difference.js';
import { Concatenate } from '../layers/concatenate.js';
import { Dot } from '../layers/dot.js';
import { Activation } from '../layers/activation.js';
import { Dense } from '../layers/dense.js';
import type { Layer } from '../layers/layer.js';
import { Masking } from '../layers/masking.js';
import type { SymbolicTensor } from '../layers/symbolic-tensor.js';
import { makeLayer } from '../graph/registry.js';
import { Add, Average, Multiply, Subtract } from '../layers/merge.js';
import type { LayerDescription } from '../graph/registry.js';
import { activationNames, outputSlopeNames } from '../program/activations.js';
import { Crossentropy } from '../losses/crossentropy.js';
import { lossNames, parseLoss, type LossChoice } from '../losses/loss-choice.js';

/** N, T, D, H and V all differ, so that no transposed dimension can pass. */
export const [N, T, D, H, V] = [3, 4, 5, 6, 7];

const layer = (kind: string, options: object = {}): LayerDescription => ({ kind, options: { ...options } });
const UNITS = H;
const returnSequences = true;

/** Layers one after the other, and what their gradients are checked with. */
export interface Trial {
  readonly stack: readonly LayerDescription[];
  /** @default what the outputs suggest */
  readonly loss?: LossChoice;
  /** How far the inputs spread. @default 1 */
  readonly spread?: number;
  /** Whether the last steps of some examples are 0. @default whether the first layer is Masking */
  readonly padded?: boolean;
  /** Rows of padding behind the batch, and a weight for each example. @default false */
  readonly weighed?: boolean;
  /** Drop out as in training. @default false */
  readonly dropout?: boolean;
}

const masking = layer('Masking');
const dense = (options: object = {}): LayerDescription => layer('Dense', { units: UNITS, ...options });
const recurrent = (kind: string, options: object = {}): LayerDescription =>
  layer(kind, { units: UNITS, returnSequences, ...options });
const frozen = (description: LayerDescription): LayerDescription => ({ ...description, trainable: false });

/** Every loss, of logits and of probabilities, of labels as they are and smoothed. */
const lossTrials: Readonly<Record<string, Trial>> = Object.fromEntries(
  lossNames.flatMap((name): [string, Trial][] => {
    const loss = parseLoss(name);
    if (!(loss instanceof Crossentropy)) {
      const masked = { stack: [masking, dense()], loss: name };
      return [
        [`Loss, ${name}`, { stack: [dense()], loss: name, weighed: true }],
        [`Loss, ${name}, masked`, masked],
      ];
    }
    const { probabilities: activation } = loss;
    return [true, false].flatMap((fromLogits) =>
      [0, 0.1].map((labelSmoothing): [string, Trial] => [
        `Loss, ${name}${fromLogits ? '' : `, of ${activation}`}${labelSmoothing ? ', smoothed' : ''}`,
        {
          stack: [dense(fromLogits ? {} : { activation })],
          loss: { name, labelSmoothing },
          weighed: true,
        },
      ]),
    );
  }),
);

/** What one kind of layer has besides its common form: each a branch of its backward pass. */
export const trials: Readonly<Record<string, Trial>> = {
  ...lossTrials,
  ...Object.fromEntries(
    [...activationNames, 'softmax'].map((activation) => [
      `Activation, ${activation}`,
      // So far out that hardSigmoid and relu are flat for some.
      { stack: [dense(), layer('Activation', { activation })], spread: activation === 'exponential' ? 1 : 4 },
    ]),
  ),
  ...Object.fromEntries(
    outputSlopeNames
      .filter((name) => !['tanh', 'exponential'].includes(name))
      .flatMap((activation) =>
        ['LSTM', 'GRU'].map((kind) => [
          `${kind}, ${activation}`,
          { stack: [recurrent(kind, { activation, recurrentActivation: 'hardSigmoid' })], spread: 3 },
        ]),
      ),
  ),
  'GRU, reset before, hardSigmoid': {
    stack: [recurrent('GRU', { activation: 'relu', recurrentActivation: 'hardSigmoid', resetAfter: false })],
    spread: 4,
  },
  'SimpleRNN, gelu': { stack: [recurrent('SimpleRNN', { activation: 'gelu' })] },
  'Dense, softmax': { stack: [dense({ activation: 'softmax' })] },
  'Dense, relu': { stack: [dense({ activation: 'relu' })] },
  'Dense, silu': { stack: [dense({ activation: 'silu' }), dense()] },
  'Conv1D, relu, causal, dilated': {
    stack: [
      layer('Conv1D', { filters: H, kernelSize: 2, dilationRate: 2, padding: 'causal', activation: 'relu' }),
    ],
  },
  'Conv1D, same': { stack: [dense(), layer('Conv1D', { filters: H, kernelSize: 3, padding: 'same' })] },
  'OneHot, Conv1D': {
    stack: [layer('OneHot', { depth: V }), layer('Conv1D', { filters: H, kernelSize: 2, padding: 'same' })],
  },
  ...Object.fromEntries(
    ['SimpleRNN', 'LSTM', 'GRU'].flatMap((kind) => [
      [`${kind}, masked`, { stack: [masking, dense(), recurrent(kind)] }],
      [`${kind}, last step, masked`, { stack: [masking, dense(), layer(kind, { units: UNITS })] }],
      [`${kind}, backwards`, { stack: [recurrent(kind, { goBackwards: true })] }],
      [`${kind}, last step, backwards`, { stack: [layer(kind, { units: UNITS, goBackwards: true })] }],
      [
        `${kind}, dropout`,
        { stack: [dense(), recurrent(kind, { dropout: 0.3, recurrentDropout: 0.4 })], dropout: true },
      ],
    ]),
  ),
  ...Object.fromEntries(
    ['sum', 'multiply', 'average'].map((mergeMode) => [
      `Bidirectional, ${mergeMode}`,
      { stack: [dense(), layer('Bidirectional', { layer: recurrent('GRU'), mergeMode })] },
    ]),
  ),
  'GRU, reset before, dropout': {
    stack: [recurrent('GRU', { recurrentDropout: 0.4, resetAfter: false })],
    dropout: true,
  },
  'Bidirectional, masked': { stack: [masking, layer('Bidirectional', { layer: recurrent('LSTM') })] },
  'Recurrent, of a cell': {
    stack: [
      layer('Recurrent', { cell: layer('GRUCell', { units: UNITS, resetAfter: false }), returnSequences }),
    ],
  },
  'Dropout, in training': { stack: [dense(), layer('Dropout', { rate: 0.4 }), dense()], dropout: true },
  'BatchNormalization, masked, a short batch': {
    stack: [masking, dense(), layer('BatchNormalization'), dense({ activation: 'tanh' })],
    weighed: true,
  },
  'BatchNormalization, without center': {
    stack: [dense(), layer('BatchNormalization', { center: false }), dense({ activation: 'tanh' })],
  },
  'BatchNormalization, without scale': {
    stack: [dense(), layer('BatchNormalization', { scale: false }), dense({ activation: 'tanh' })],
    weighed: true,
  },
  'BatchNormalization, with neither': {
    stack: [dense(), layer('BatchNormalization', { center: false, scale: false }), dense()],
  },
  'LayerNormalization, without center': {
    stack: [dense(), layer('LayerNormalization', { center: false }), dense({ activation: 'tanh' })],
  },
  'LayerNormalization, without scale': {
    stack: [dense(), layer('LayerNormalization', { scale: false }), dense({ activation: 'tanh' })],
  },
  'Conv1D, in groups': {
    stack: [dense(), layer('Conv1D', { filters: 4, kernelSize: 2, groups: 2, dilationRate: 2 })],
  },
  'Conv1D, depthwise': {
    stack: [dense(), layer('Conv1D', { filters: 2 * UNITS, kernelSize: 3, groups: UNITS, padding: 'same' })],
  },
  'BatchNormalization, frozen': {
    stack: [dense(), frozen(layer('BatchNormalization')), dense({ activation: 'tanh' })],
  },
  'MaxPooling1D, overlapping': {
    stack: [dense(), layer('MaxPooling1D', { poolSize: 3, strides: 1, padding: 'same' })],
  },
  'AveragePooling1D, overlapping': {
    stack: [dense(), layer('AveragePooling1D', { poolSize: 3, strides: 2, padding: 'same' })],
  },
  'GlobalMaxPooling1D, masked': { stack: [masking, dense(), layer('GlobalMaxPooling1D')] },
  'GlobalAveragePooling1D, masked': { stack: [masking, dense(), layer('GlobalAveragePooling1D')] },
  'Residual, masked': {
    stack: [masking, dense(), layer('Residual', { layers: [recurrent('SimpleRNN'), dense()] })],
  },
  'TimeDistributed, frozen inside': {
    stack: [dense(), layer('TimeDistributed', { layer: frozen(dense({ activation: 'tanh' })) }), dense()],
  },
  'L1, of weights': {
    stack: [
      recurrent('GRU', { kernelRegularizer: { l1: 0.02 }, recurrentRegularizer: { l1: 0.01, l2: 0.03 } }),
      dense({ kernelRegularizer: { l1: 0.03, l2: 0.01 }, biasRegularizer: { l1: 0.02 } }),
    ],
  },
  'Dense, activity, a short batch': {
    stack: [dense({ activation: 'tanh', activityRegularizer: { l1: 0.03, l2: 0.05 } }), dense()],
    weighed: true,
  },
  'Conv1D, activity': {
    stack: [layer('Conv1D', { filters: H, kernelSize: 2, activityRegularizer: { l2: 0.1 } })],
  },
  'Embedding, activity': {
    stack: [
      layer('Embedding', { inputDim: V, outputDim: D, maskZero: true, activityRegularizer: { l1: 0.5 } }),
      recurrent('SimpleRNN'),
    ],
  },
  'TimeDistributed, activity, masked': {
    stack: [
      masking,
      dense(),
      layer('TimeDistributed', { layer: dense({ activation: 'tanh', activityRegularizer: { l2: 0.1 } }) }),
    ],
    weighed: true,
  },
  ...Object.fromEntries(
    ['SimpleRNN', 'LSTM', 'GRU'].flatMap((kind) => [
      [
        `${kind}, activity, masked`,
        { stack: [masking, dense(), recurrent(kind, { activityRegularizer: { l1: 0.02, l2: 0.1 } })] },
      ],
      [
        `${kind}, activity, last step`,
        { stack: [layer(kind, { units: UNITS, activityRegularizer: { l2: 0.2 } })], weighed: true },
      ],
    ]),
  ),
  'Bidirectional, activity, masked': {
    stack: [
      masking,
      dense(),
      layer('Bidirectional', { layer: recurrent('GRU', { activityRegularizer: { l2: 0.1 } }) }),
    ],
    weighed: true,
  },
  'Reshape, to steps of one and back': {
    stack: [
      dense({ units: 1 }),
      layer('Flatten'),
      layer('Activation', { activation: 'softmax' }),
      layer('Reshape', { targetShape: [T, 1] }),
      dense(),
    ],
  },
  'Reshape, of masked steps': {
    stack: [
      masking,
      dense({ units: 1 }),
      layer('Flatten'),
      layer('Activation', { activation: 'softmax' }),
      layer('Reshape', { targetShape: [T, 1] }),
      recurrent('SimpleRNN'),
    ],
  },
};

/** Stacks by the name of the layer that they show. */
export const stacks: Readonly<Record<string, readonly LayerDescription[]>> = {
  SimpleRNN: [layer('SimpleRNN', { units: UNITS, returnSequences })],
  GRU: [layer('GRU', { units: UNITS, returnSequences })],
  'GRU, reset before': [layer('GRU', { units: UNITS, returnSequences, resetAfter: false })],
  LSTM: [layer('LSTM', { units: UNITS, returnSequences })],
  Bidirectional: [layer('Bidirectional', { layer: layer('GRU', { units: UNITS, returnSequences }) })],
  Dense: [layer('Dense', { units: UNITS })],
  Activation: [layer('Dense', { units: UNITS }), layer('Activation', { activation: 'tanh' })],
  Dropout: [layer('Dense', { units: UNITS }), layer('Dropout', { rate: 0.4 })],
  Conv1D: [layer('Conv1D', { filters: H, kernelSize: 2, strides: 2 })],
  BatchNormalization: [layer('Dense', { units: UNITS, useBias: false }), layer('BatchNormalization')],
  Embedding: [layer('Embedding', { inputDim: V, outputDim: D }), layer('Dense', { units: V })],
  OneHot: [layer('OneHot', { depth: V }), layer('LSTM', { units: UNITS, returnSequences })],
  Masking: [layer('Masking'), layer('GRU', { units: UNITS, returnSequences })],
  LayerNormalization: [layer('LayerNormalization'), layer('Dense', { units: UNITS })],
  UnitNormalization: [dense(), layer('UnitNormalization'), dense()],
  Residual: [layer('Residual', { layers: [layer('Dense', { units: D, activation: 'tanh' })] })],
  TiedEmbedding: [
    layer('TiedEmbedding', {
      inputDim: V,
      outputDim: D,
      layers: [layer('GRU', { units: D, returnSequences })],
    }),
  ],
  TimeDistributed: [
    layer('TimeDistributed', { layer: layer('Dense', { units: UNITS, activation: 'tanh' }) }),
  ],
  MaxPooling1D: [layer('Dense', { units: UNITS }), layer('MaxPooling1D')],
  AveragePooling1D: [layer('Dense', { units: UNITS }), layer('AveragePooling1D')],
  GlobalMaxPooling1D: [layer('Dense', { units: UNITS }), layer('GlobalMaxPooling1D')],
  GlobalAveragePooling1D: [layer('Dense', { units: UNITS }), layer('GlobalAveragePooling1D')],
  Flatten: [layer('Flatten'), layer('Dense', { units: UNITS })],
  Reshape: [layer('Reshape', { targetShape: [2, -1] }), layer('Dense', { units: UNITS })],
  RepeatVector: [
    layer('Dense', { units: UNITS }),
    layer('GlobalMaxPooling1D'),
    layer('RepeatVector', { n: 2 }),
    layer('SimpleRNN', { units: V, returnSequences }),
  ],
  Standardize: [layer('Standardize'), layer('Dense', { units: UNITS })],
  L2: [
    layer('LSTM', { units: UNITS, kernelRegularizer: { l2: 0.01 }, recurrentRegularizer: { l2: 0.02 } }),
    layer('Dense', { units: V, kernelRegularizer: { l2: 0.03 }, biasRegularizer: { l2: 0.04 } }),
  ],
};

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
