import type { LayerActivation } from '../../../rnn/layers/layer-activation.js';
import { writeActivation } from './write-activation.js';
import { writeAdditiveAttention, writeAttention, writeMultiHeadAttention } from './write-attention.js';
import { writeConv2D, writeLeakyReLU, writePooling2D } from './write-bands.js';
import { writeDense } from './write-dense.js';
import {
  writeAbsoluteDifference,
  writeAdd,
  writeAverage,
  writeConcatenate,
  writeDot,
  writeMultiply,
  writeSubtract,
} from './write-merge.js';
import {
  writeAffine,
  writeLayerNormalization,
  writeMasking,
  writeUnitNormalization,
} from './write-normalization.js';
import { writeBidirectional, writeRecurrent } from './write-recurrent.js';
import { writeRepeatVector, writeReshape } from './write-shape.js';
import { writeConv1D, writeGlobalPooling, writePooling } from './write-sliding.js';
import { writeEmbedding, writeOneHot, writeTiedEmbedding } from './write-tokens.js';
import { writeResidual, writeTimeDistributed } from './write-wrapper.js';
import type { LayerWriter } from './writing.js';

/** What only training needs, or only a loss. */
const unchanged: LayerWriter = (writing, _layer, [x]) => [writing.dense(x)];

/** How each kind of layer is written. */
const WRITERS: Readonly<Record<string, LayerWriter>> = {
  AbsoluteDifference: writeAbsoluteDifference,
  Activation: (writing, layer, [given]) => {
    const x = writing.dense(given);
    const activation = layer.options()['activation'] as LayerActivation;
    return [{ ...x, name: writeActivation(writing, x.name, activation, x.featureMask) }];
  },
  Add: writeAdd,
  AdditiveAttention: writeAdditiveAttention,
  Attention: writeAttention,
  Average: writeAverage,
  AveragePooling1D: writePooling,
  AveragePooling2D: writePooling2D,
  BatchNormalization: writeAffine,
  Bidirectional: writeBidirectional,
  CRF: unchanged,
  Concatenate: writeConcatenate,
  Conv1D: writeConv1D,
  Conv2D: writeConv2D,
  Dense: writeDense,
  Dot: writeDot,
  Dropout: unchanged,
  Embedding: writeEmbedding,
  Flatten: writeReshape,
  GRU: writeRecurrent,
  GlobalAveragePooling1D: writeGlobalPooling,
  GlobalMaxPooling1D: writeGlobalPooling,
  LSTM: writeRecurrent,
  LeakyReLU: writeLeakyReLU,
  LayerNormalization: writeLayerNormalization,
  Masking: writeMasking,
  MaxPooling1D: writePooling,
  MaxPooling2D: writePooling2D,
  MultiHeadAttention: writeMultiHeadAttention,
  Multiply: writeMultiply,
  OneHot: writeOneHot,
  Recurrent: writeRecurrent,
  RepeatVector: writeRepeatVector,
  Reshape: writeReshape,
  Residual: writeResidual,
  SimpleRNN: writeRecurrent,
  Standardize: writeAffine,
  Subtract: writeSubtract,
  TiedEmbedding: writeTiedEmbedding,
  TimeDistributed: writeTimeDistributed,
  UnitNormalization: writeUnitNormalization,
};

/** Writes a layer of any kind. @throws SeqkitError `usage` for one that ONNX has no words for */
export const writeLayer: LayerWriter = (writing, layer, inputs) => {
  const write = Object.hasOwn(WRITERS, layer.kind) ? WRITERS[layer.kind] : undefined;
  if (write) return write(writing, layer, inputs);
  return writing.refuse(
    layer,
    'is a layer of your own, whose operations are not known',
    "Make the model of seqkit's layers, or save its weights as safetensors.",
  );
};

/** The kinds of layer that can be written. */
export const WRITTEN_KINDS: readonly string[] = Object.keys(WRITERS);
