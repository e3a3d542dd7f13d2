import { Dense } from '../../rnn/layers/dense.js';
import { Dropout } from '../../rnn/layers/dropout.js';
import { GRU } from '../../rnn/layers/gru.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { LSTM } from '../../rnn/layers/lstm.js';
import { OneHot } from '../../rnn/layers/one-hot.js';
import { Residual } from '../../rnn/layers/residual.js';
import { SimpleRNN } from '../../rnn/layers/simple-rnn.js';
import { TiedEmbedding } from '../../rnn/layers/tied-embedding.js';
import { Random } from '../../base/math/random.js';
import { LayerStack } from '../../rnn/graph/layer-stack.js';
import type { ModelOptions } from '../../rnn/model/model-options.js';
import type { Network } from '../../rnn/model/network.js';
import { StackNetwork } from '../../rnn/model/stack-network.js';
import type { TextArchitecture } from './text-settings.js';
import type { Vocabulary } from '../corpus/vocabulary.js';

/** Recurrent layers by the name of their cell. */
export const recurrentLayers = { lstm: LSTM, gru: GRU, rnn: SimpleRNN };

/** What the bias of a token starts at that the text to train on does not hold: one in 150 or so of an even share. */
const UNSEEN_BIAS = -5;

/**
 * The network with its first weights: tokens (N, T) to logits (N, T, V).
 *
 * Each token looks up one row of the first kernel, so that this is a table of embeddings, and
 * starts as such: every number normal with deviation 1. Glorot's rule divides by V, as if all
 * rows were added up, and leaves a signal so weak that the first hundreds of steps go into
 * making it stronger. The rows of bytes are zero: those that nothing trains stay without effect.
 */
export async function textNetwork(
  vocabulary: Vocabulary,
  { cell, units, layers, dropout, residual, tied }: TextArchitecture,
  options: ModelOptions & { seed: number },
): Promise<Network> {
  const V = vocabulary.size;
  const known = vocabulary.bytes === 'whole' ? V : vocabulary.characters.length + vocabulary.pieces.length;
  const Recurrent = recurrentLayers[cell];
  const stack: Layer[] = [];
  for (let i = 0; i < layers; i++) {
    const inner: Layer[] = [new Recurrent({ units, returnSequences: true, stateful: true })];
    if (dropout > 0) inner.push(new Dropout({ rate: dropout }));
    // What goes into the first of them is no vector of as many numbers, unless embeddings are tied.
    if (residual && (i > 0 || tied)) stack.push(new Residual({ layers: inner }));
    else stack.push(...inner);
  }
  const whole = tied
    ? [new TiedEmbedding({ inputDim: V, outputDim: units, layers: stack })]
    : [new OneHot({ depth: V }), ...stack, new Dense({ units: V })];
  const model = new StackNetwork(new LayerStack(whole), options);
  await model.build([1]);
  const table = (tied ? whole[0] : whole[1]).weights[0];
  const random = new Random(options.seed).fork('characters');
  const used = known * table.cols;
  const values = table.get().data;
  table.set(values.map((value, i) => (i >= used ? 0 : tied ? value : random.normal())));
  if (!vocabulary.spelled) {
    const bias = whole.at(-1)!.weights.at(-1)!;
    bias.set(bias.get().data.map((value, token) => (token < known ? value : UNSEEN_BIAS)));
  }
  return model;
}
