import { SeqkitError } from '../errors.js';
import { Activation, type ActivationOptions } from './activation.js';
import { BatchNormalization, type BatchNormalizationOptions } from './batch-normalization.js';
import { Bidirectional, type BidirectionalOptions } from './bidirectional.js';
import { Conv1D, type Conv1DOptions } from './conv1d.js';
import { Dense, type DenseOptions } from './dense.js';
import { Dropout, type DropoutOptions } from './dropout.js';
import { Embedding, type EmbeddingOptions } from './embedding.js';
import { GRU, type GRUOptions } from './gru.js';
import type { Layer, LayerOptions } from './layer.js';
import { LSTM, type LSTMOptions } from './lstm.js';
import { OneHot, type OneHotOptions } from './one-hot.js';
import type { Recurrent } from './recurrent.js';
import { SimpleRNN, type SimpleRNNOptions } from './simple-rnn.js';

/** A layer as a model file describes it. */
export interface LayerDescription {
  readonly kind: string;
  readonly options: LayerOptions;
}

/** The options of a Bidirectional, its layer described in turn. */
type DescribedBidirectional = Omit<BidirectionalOptions, 'layer'> & { layer: LayerDescription };

type Make = (options: never) => Layer;

const makers: Record<string, Make> = {
  Activation: (options: ActivationOptions) => new Activation(options),
  BatchNormalization: (options: BatchNormalizationOptions) => new BatchNormalization(options),
  Bidirectional: ({ layer, ...options }: DescribedBidirectional) =>
    new Bidirectional({ ...options, layer: makeLayer(layer) as Recurrent }),
  Conv1D: (options: Conv1DOptions) => new Conv1D(options),
  Dense: (options: DenseOptions) => new Dense(options),
  Dropout: (options: DropoutOptions) => new Dropout(options),
  Embedding: (options: EmbeddingOptions) => new Embedding(options),
  GRU: (options: GRUOptions) => new GRU(options),
  LSTM: (options: LSTMOptions) => new LSTM(options),
  OneHot: (options: OneHotOptions) => new OneHot(options),
  SimpleRNN: (options: SimpleRNNOptions) => new SimpleRNN(options),
};

/** What a model file keeps of a layer besides its weights. */
export function describeLayer(layer: Layer): LayerDescription {
  return { kind: layer.kind, options: { ...layer.options(), name: layer.name } };
}

/** @throws SeqkitError `bad-file` for a kind that this release does not know */
export function makeLayer({ kind, options }: LayerDescription): Layer {
  const make = Object.hasOwn(makers, kind) ? makers[kind] : undefined;
  if (!make) {
    throw new SeqkitError(`The model has a layer "${kind}", which this release does not know.`, {
      code: 'bad-file',
      hint: 'Update seqkit: the model may come from a later release.',
    });
  }
  return make(options as never);
}
