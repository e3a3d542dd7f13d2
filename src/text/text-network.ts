import { Dense } from '../rnn/layers/dense.js';
import { Dropout } from '../rnn/layers/dropout.js';
import { GRU } from '../rnn/layers/gru.js';
import type { Layer } from '../rnn/layers/layer.js';
import { LSTM } from '../rnn/layers/lstm.js';
import { OneHot } from '../rnn/layers/one-hot.js';
import { SimpleRNN } from '../rnn/layers/simple-rnn.js';
import { Random } from '../rnn/random.js';
import { Sequential, type SequentialOptions } from '../rnn/sequential.js';
import type { TextArchitecture } from './text-settings.js';

/** Recurrent layers by the name of their cell. */
export const recurrentLayers = { lstm: LSTM, gru: GRU, rnn: SimpleRNN };

/**
 * The network with its first weights: tokens (N, T) to logits (N, T, V).
 *
 * Each token looks up one row of the first kernel, so that this is a table of embeddings, and
 * starts as such: every number normal with deviation 1. Glorot's rule divides by V, as if all
 * rows were added up, and leaves a signal so weak that the first hundreds of steps go into
 * making it stronger.
 */
export async function textNetwork(
  V: number,
  { cell, units, layers, dropout }: TextArchitecture,
  options: SequentialOptions & { seed: number },
): Promise<Sequential> {
  const Recurrent = recurrentLayers[cell];
  const stack: Layer[] = [new OneHot({ depth: V })];
  for (let i = 0; i < layers; i++) {
    stack.push(new Recurrent({ units, returnSequences: true, stateful: true }));
    if (dropout > 0) stack.push(new Dropout({ rate: dropout }));
  }
  const model = new Sequential([...stack, new Dense({ units: V })], options);
  await model.build([1]);
  const random = new Random(options.seed).fork('characters');
  const [kernel, ...others] = stack[1].getWeights().map(({ data }) => data);
  stack[1].setWeights([kernel.map(() => random.normal()), ...others]);
  return model;
}
