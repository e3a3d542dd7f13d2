import type { Vectors } from '../../../base/math/vectors.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import type { SymbolicTensor } from '../../../rnn/layers/symbolic-tensor.js';
import { AdditiveAttention } from '../../../rnn/layers/additive-attention.js';
import { Bidirectional } from '../../../rnn/layers/bidirectional.js';
import { Conv1D } from '../../../rnn/layers/conv1d.js';
import { Dense } from '../../../rnn/layers/dense.js';
import { Dropout } from '../../../rnn/layers/dropout.js';
import { Embedding } from '../../../rnn/layers/embedding.js';
import { GRU } from '../../../rnn/layers/gru.js';
import { input } from '../../../rnn/layers/input.js';
import { LSTM } from '../../../rnn/layers/lstm.js';
import { GlobalAveragePooling1D, GlobalMaxPooling1D } from '../../../rnn/layers/pooling.js';
import { RepeatVector } from '../../../rnn/layers/repeat-vector.js';
import { Flatten } from '../../../rnn/layers/reshape.js';
import { Model } from '../../../rnn/model/model.js';
import type { ModelOptions } from '../../../rnn/model/model-options.js';

export const POOLINGS = ['last', 'mean', 'max', 'attention'] as const;
/** How the steps of a network become one row: the last state, the mean, the largest, or attention to them. */
export type PoolingName = (typeof POOLINGS)[number];

/** The layers between a sequence and its class scores. */
export interface NetworkShape {
  readonly encoder: 'gru' | 'lstm' | 'conv';
  /** Units of each recurrent layer and direction, or filters of each convolution. */
  readonly units: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly pooling: PoolingName;
  /** Time steps that a convolution looks at. */
  readonly kernelSize: number;
  /** Of what goes into the first layer and into the last, dropped in training. */
  readonly dropout: number;
  /** Numbers of a token's vector. */
  readonly embeddingSize: number;
}

/** What goes into a network. */
export interface NetworkInput {
  /** V, or undefined where steps are numbers. */
  readonly tokens: number | undefined;
  readonly features: number;
  /** Known vectors, and the token of each word, that the table of tokens begins at. */
  readonly known?: { readonly vectors: Vectors; readonly words: ReadonlyMap<string, number> } | undefined;
}

type Signal = SymbolicTensor<Layer>;

/** A network from sequences, whose lengths are given beside them, to logits (N, C). */
export function classifierNetwork(
  shape: NetworkShape,
  from: NetworkInput,
  classes: number,
  options: ModelOptions,
): Model {
  const x = input({ shape: from.tokens === undefined ? [null, from.features] : [null] });
  const { dropout } = shape;
  let h = from.tokens === undefined ? x : embedding(shape, from).apply(x);
  if (dropout > 0) h = new Dropout({ rate: dropout }).apply(h);
  for (let layer = 0; layer < shape.layers; layer++) {
    const isLast = layer === shape.layers - 1;
    h = stepLayer(shape, !isLast || shape.pooling !== 'last').apply(h);
  }
  h = pooled(shape, h);
  if (dropout > 0) h = new Dropout({ rate: dropout }).apply(h);
  return new Model({ inputs: x, outputs: new Dense({ units: classes }).apply(h) }, options);
}

function embedding({ embeddingSize }: NetworkShape, { tokens, known }: NetworkInput): Embedding {
  if (!known) return new Embedding({ inputDim: tokens!, outputDim: embeddingSize });
  const start = { inputDim: tokens!, unknown: 'random', trainable: true } as const;
  return Embedding.fromVectors(known.vectors, known.words, start);
}

function stepLayer(shape: NetworkShape, returnSequences: boolean): Layer {
  const { encoder, units, bidirectional, kernelSize } = shape;
  if (encoder === 'conv') {
    return new Conv1D({ filters: units, kernelSize, padding: 'same', activation: 'relu' });
  }
  const recurrent = new (encoder === 'gru' ? GRU : LSTM)({ units, returnSequences });
  return bidirectional ? new Bidirectional({ layer: recurrent }) : recurrent;
}

/** (N, T, H) to (N, H). */
function pooled({ pooling }: NetworkShape, h: Signal): Signal {
  if (pooling === 'mean') return new GlobalAveragePooling1D().apply(h);
  if (pooling === 'max') return new GlobalMaxPooling1D().apply(h);
  if (pooling === 'last') return h;
  // One query for each sequence, its mean (Bahdanau et al. 2015): steps weigh as they fit it.
  const query = new RepeatVector({ n: 1 }).apply(new GlobalAveragePooling1D().apply(h));
  return new Flatten().apply(new AdditiveAttention().apply([query, h]));
}
