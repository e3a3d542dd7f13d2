import { SeqkitError } from '../../base/errors.js';
import { Activation, type ActivationOptions } from '../layers/activation.js';
import { BatchNormalization, type BatchNormalizationOptions } from '../layers/batch-normalization.js';
import { Bidirectional, type BidirectionalOptions } from '../layers/bidirectional.js';
import { Concatenate, type ConcatenateOptions } from '../layers/concatenate.js';
import { Conv1D, type Conv1DOptions } from '../layers/conv1d.js';
import { Dense, type DenseOptions } from '../layers/dense.js';
import { Dot, type DotOptions } from '../layers/dot.js';
import { Dropout, type DropoutOptions } from '../layers/dropout.js';
import { Embedding, type EmbeddingOptions } from '../layers/embedding.js';
import { GRU, type GRUOptions } from '../layers/gru.js';
import { frozen, type LayerDescription } from '../layers/inner-layer.js';
import { LayerNormalization, type LayerNormalizationOptions } from '../layers/layer-normalization.js';
import type { Layer } from '../layers/layer.js';
import { LSTM, type LSTMOptions } from '../layers/lstm.js';
import { Masking, type MaskingOptions } from '../layers/masking.js';
import { Add, Average, Multiply, Subtract } from '../layers/merge.js';
import { OneHot, type OneHotOptions } from '../layers/one-hot.js';
import {
  AveragePooling1D,
  GlobalAveragePooling1D,
  GlobalMaxPooling1D,
  MaxPooling1D,
  type PoolingOptions,
} from '../layers/pooling.js';
import type { CellDescription } from '../cells/cell.js';
import { makeCell } from '../cells/cell-kinds.js';
import { Recurrent, type RecurrentOptions } from '../layers/recurrent.js';
import { RepeatVector, type RepeatVectorOptions } from '../layers/repeat-vector.js';
import { Residual } from '../layers/residual.js';
import { Flatten, Reshape, type ReshapeOptions } from '../layers/reshape.js';
import { SimpleRNN, type SimpleRNNOptions } from '../layers/simple-rnn.js';
import { Standardize } from '../layers/standardize.js';
import { TiedEmbedding, type TiedEmbeddingOptions } from '../layers/tied-embedding.js';
import { TimeDistributed } from '../layers/time-distributed.js';

export type { LayerDescription } from '../layers/inner-layer.js';

/** Options of a wrapper, the layers inside described in turn. */
interface DescribedInner {
  layer: LayerDescription;
  name?: string;
}

/** The options of a Bidirectional, its layer described in turn. */
type DescribedBidirectional = Omit<BidirectionalOptions, 'layer'> & { layer: LayerDescription };

type Make = (options: never, own: OwnLayers) => Layer;

interface Named {
  name?: string;
}

const makers: Record<string, Make> = {
  Add: (options: Named) => new Add(options),
  Average: (options: Named) => new Average(options),
  Subtract: (options: Named) => new Subtract(options),
  Multiply: (options: Named) => new Multiply(options),
  Concatenate: (options: ConcatenateOptions) => new Concatenate(options),
  Dot: (options: DotOptions) => new Dot(options),
  LayerNormalization: (options: LayerNormalizationOptions) => new LayerNormalization(options),
  Masking: (options: MaskingOptions) => new Masking(options),
  AveragePooling1D: (options: PoolingOptions) => new AveragePooling1D(options),
  MaxPooling1D: (options: PoolingOptions) => new MaxPooling1D(options),
  GlobalAveragePooling1D: (options: Named) => new GlobalAveragePooling1D(options),
  GlobalMaxPooling1D: (options: Named) => new GlobalMaxPooling1D(options),
  RepeatVector: (options: RepeatVectorOptions) => new RepeatVector(options),
  Reshape: (options: ReshapeOptions) => new Reshape(options),
  Flatten: (options: Named) => new Flatten(options),
  Standardize: (options: Named) => new Standardize(options),
  TimeDistributed: ({ layer, ...options }: DescribedInner, own: OwnLayers) =>
    new TimeDistributed({ ...options, layer: makeLayer(layer, own) }),
  Residual: ({ layers, ...options }: Named & { layers: LayerDescription[] }, own: OwnLayers) =>
    new Residual({ ...options, layers: layers.map((layer) => makeLayer(layer, own)) }),
  TiedEmbedding: (
    { layers, ...options }: Omit<TiedEmbeddingOptions, 'layers'> & { layers: LayerDescription[] },
    own: OwnLayers,
  ) => new TiedEmbedding({ ...options, layers: layers.map((layer) => makeLayer(layer, own)) }),
  Activation: (options: ActivationOptions) => new Activation(options),
  BatchNormalization: (options: BatchNormalizationOptions) => new BatchNormalization(options),
  Bidirectional: ({ layer, ...options }: DescribedBidirectional, own: OwnLayers) =>
    new Bidirectional({ ...options, layer: makeLayer(layer, own) as Recurrent }),
  Conv1D: (options: Conv1DOptions) => new Conv1D(options),
  Dense: (options: DenseOptions) => new Dense(options),
  Dropout: (options: DropoutOptions) => new Dropout(options),
  Embedding: (options: EmbeddingOptions) => new Embedding(options),
  GRU: (options: GRUOptions) => new GRU(options),
  LSTM: (options: LSTMOptions) => new LSTM(options),
  OneHot: (options: OneHotOptions) => new OneHot(options),
  SimpleRNN: (options: SimpleRNNOptions) => new SimpleRNN(options),
  Recurrent: ({ cell, ...options }: RecurrentOptions & { cell?: CellDescription }) =>
    cell ? new Recurrent(makeCell(cell), options) : unknownKind('Recurrent'),
};

/** What a model file keeps of a layer besides its weights. */
export function describeLayer(layer: Layer): LayerDescription {
  return { kind: layer.kind, options: { ...layer.options(), name: layer.name }, ...frozen(layer) };
}

function unknownKind(kind: string): never {
  throw new SeqkitError(`The model has a layer "${kind}", which this release does not know.`, {
    code: 'bad-file',
    hint: 'Update seqkit: the model may come from a later release. For a layer of your own, give load its maker in layers.',
  });
}

/** How layers of one's own are made, by their kind, from the options that the file keeps. */
export type OwnLayers = Readonly<Record<string, (options: never) => Layer>>;

/** @throws SeqkitError `bad-file` for a kind that neither this release nor `own` knows */
export function makeLayer({ kind, options, trainable }: LayerDescription, own: OwnLayers = {}): Layer {
  const known: Readonly<Record<string, Make>> = { ...makers, ...own };
  const make = Object.hasOwn(known, kind) ? known[kind] : undefined;
  if (!make) return unknownKind(kind);
  try {
    const layer = make(options as never, own);
    if (trainable === false) layer.trainable = false;
    return layer;
  } catch (error) {
    const refused = error instanceof SeqkitError && ['usage', 'bad-value', 'bad-shape'].includes(error.code);
    if (!refused) throw error;
    throw new SeqkitError(`The model has a layer that cannot be made: ${error.message}`, {
      code: 'bad-file',
      hint: 'Update seqkit: the model may come from a later release.',
    });
  }
}
