import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { AbsoluteDifference } from '../layers/absolute-difference.js';
import { AdditiveAttention } from '../layers/additive-attention.js';
import { Attention } from '../layers/attention.js';
import { MultiHeadAttention } from '../layers/multi-head-attention.js';
import { Activation } from '../layers/activation.js';
import { BatchNormalization } from '../layers/batch-normalization.js';
import { Bidirectional } from '../layers/bidirectional.js';
import { Concatenate } from '../layers/concatenate.js';
import { Conv1D } from '../layers/conv1d.js';
import { Conv2D } from '../layers/conv2d.js';
import { CRF } from '../layers/crf.js';
import { Dense } from '../layers/dense.js';
import { Dot } from '../layers/dot.js';
import { Dropout } from '../layers/dropout.js';
import { Embedding } from '../layers/embedding.js';
import { GRU } from '../layers/gru.js';
import { frozen, type LayerDescription } from '../layers/inner-layer.js';
import { LayerNormalization } from '../layers/layer-normalization.js';
import { Layer } from '../layers/layer.js';
import { DEEPEST_NESTING } from '../layers/layer-options.js';
import { LeakyReLU } from '../layers/leaky-relu.js';
import { LSTM } from '../layers/lstm.js';
import { Masking } from '../layers/masking.js';
import { Add, Average, Multiply, Subtract } from '../layers/merge.js';
import { OneHot } from '../layers/one-hot.js';
import {
  AveragePooling1D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  MaxPooling1D,
} from '../layers/pooling.js';
import { AveragePooling2D, MaxPooling2D } from '../layers/pooling-2d.js';
import { makeCell } from '../cells/cell-kinds.js';
import { Recurrent } from '../layers/recurrent.js';
import { RepeatVector } from '../layers/repeat-vector.js';
import { Residual } from '../layers/residual.js';
import { Flatten, Reshape } from '../layers/reshape.js';
import { SimpleRNN } from '../layers/simple-rnn.js';
import { Standardize } from '../layers/standardize.js';
import { TiedEmbedding } from '../layers/tied-embedding.js';
import { TimeDistributed } from '../layers/time-distributed.js';
import { UnitNormalization } from '../layers/unit-normalization.js';

export type { LayerDescription } from '../layers/inner-layer.js';

/** Makes a layer from what a file says of its options: each constructor checks them. */
type Make = (options: never, inner: (described: unknown) => Layer) => Layer;

const makers: Record<string, Make> = {
  AbsoluteDifference: (options) => new AbsoluteDifference(options),
  AdditiveAttention: (options) => new AdditiveAttention(options),
  Attention: (options) => new Attention(options),
  MultiHeadAttention: (options) => new MultiHeadAttention(options),
  Add: (options) => new Add(options),
  Average: (options) => new Average(options),
  Subtract: (options) => new Subtract(options),
  Multiply: (options) => new Multiply(options),
  Concatenate: (options) => new Concatenate(options),
  Dot: (options) => new Dot(options),
  LayerNormalization: (options) => new LayerNormalization(options),
  Masking: (options) => new Masking(options),
  AveragePooling1D: (options) => new AveragePooling1D(options),
  MaxPooling1D: (options) => new MaxPooling1D(options),
  GlobalAveragePooling1D: (options) => new GlobalAveragePooling1D(options),
  GlobalMaxPooling1D: (options) => new GlobalMaxPooling1D(options),
  RepeatVector: (options) => new RepeatVector(options),
  Reshape: (options) => new Reshape(options),
  Flatten: (options) => new Flatten(options),
  Standardize: (options) => new Standardize(options),
  Activation: (options) => new Activation(options),
  BatchNormalization: (options) => new BatchNormalization(options),
  Conv1D: (options) => new Conv1D(options),
  Conv2D: (options) => new Conv2D(options),
  MaxPooling2D: (options) => new MaxPooling2D(options),
  AveragePooling2D: (options) => new AveragePooling2D(options),
  LeakyReLU: (options) => new LeakyReLU(options),
  CRF: (options) => new CRF(options),
  Dense: (options) => new Dense(options),
  Dropout: (options) => new Dropout(options),
  Embedding: (options) => new Embedding(options),
  GRU: (options) => new GRU(options),
  LSTM: (options) => new LSTM(options),
  OneHot: (options) => new OneHot(options),
  SimpleRNN: (options) => new SimpleRNN(options),
  UnitNormalization: (options) => new UnitNormalization(options),
  Recurrent: ({ cell, ...options }: { cell?: unknown }) => new Recurrent(makeCell(cell), options),
  TimeDistributed: (options, inner) => new TimeDistributed(withInner(options, inner)),
  Bidirectional: (options, inner) => new Bidirectional(withInner(options, inner)),
  Residual: (options, inner) => new Residual(withInner(options, inner)),
  TiedEmbedding: (options, inner) => new TiedEmbedding(withInner(options, inner)),
};

/** Options whose `layer` or `layers` are described in turn. */
function withInner(options: object, inner: (described: unknown) => Layer): never {
  const { layer, layers } = options as { layer?: unknown; layers?: unknown };
  return {
    ...options,
    ...(layer !== undefined && { layer: inner(layer) }),
    ...(Array.isArray(layers) && { layers: Array.from(layers, inner) }),
  } as never;
}

/** What a model file keeps of a layer besides its weights. */
export function describeLayer(layer: Layer): LayerDescription {
  return { kind: layer.kind, options: { ...layer.options(), name: layer.name }, ...frozen(layer) };
}

/** How layers of one's own are made, by their kind, from the options that the file keeps. */
export type OwnLayers = Readonly<Record<string, (options: never) => Layer>>;

/**
 * @param described as a file has it: a `LayerDescription`, or anything
 * @throws SeqkitError `bad-file` for a kind that neither this release nor `own` knows, for options that the layer
 *   does not take, and for layers one inside the other without end
 */
export function makeLayer(described: unknown, own: OwnLayers = {}, depth = 1): Layer {
  const refuse = (message: string, hint?: string, cause?: unknown): never => {
    throw new SeqkitError(message, { code: 'bad-file', ...(hint !== undefined && { hint }), cause });
  };
  if (!isDescription(described)) return refuse('The model has a damaged description of a layer.');
  const { kind, options } = described;
  const place = options['name'];
  const called = typeof place === 'string' && place !== '' ? `${quoted(place)} (${kind})` : quoted(kind);
  if (depth > DEEPEST_NESTING)
    return refuse(`The model has more than ${DEEPEST_NESTING} layers one inside the other.`);
  const known: Readonly<Record<string, Make>> = { ...makers, ...own };
  const make = Object.hasOwn(known, kind) ? known[kind] : undefined;
  if (!make) {
    return refuse(
      `The model has a layer ${quoted(kind)}, which this release does not know.`,
      'Update seqkit: the model may come from a later release. For a layer of your own, give load its maker in layers.',
    );
  }
  try {
    const layer: unknown = make(options as never, (inside) => makeLayer(inside, own, depth + 1));
    if (layer instanceof Layer) {
      if (described.trainable === false) layer.trainable = false;
      return layer;
    }
  } catch (error) {
    if (!(error instanceof SeqkitError) || error.code === 'bad-file') throw error;
    refuse(
      `The model has a layer ${called} that cannot be made: ${error.message}`,
      'The file is damaged, or comes from a later release: update seqkit.',
      error,
    );
  }
  throw new SeqkitError(`The maker of ${quoted(kind)} in layers gives no layer.`, { code: 'usage' });
}

function isDescription(
  value: unknown,
): value is { kind: string; options: Record<string, unknown>; trainable?: false } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, options, trainable } = value as Partial<LayerDescription>;
  return (
    (trainable === undefined || trainable === false) &&
    typeof kind === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    !Array.isArray(options)
  );
}
