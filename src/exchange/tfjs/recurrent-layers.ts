import type { Layer, LayerOptions } from '../../rnn/layers/layer.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import { activationName } from './activation-name.js';
import { refuseTfjs, type TfjsLayer, type TfjsWeight } from './tfjs-graph.js';

const CLASSES: Readonly<Record<string, string>> = {
  SimpleRNNCell: 'SimpleRNN',
  GRUCell: 'GRU',
  LSTMCell: 'LSTM',
};

/** Weights are read over what these would make, the slow orthogonal one among them. */
const ZEROS = { class_name: 'Zeros', config: {} };

/**
 * A recurrent layer. Its arrays are in TensorFlow.js's layout, which is Keras's and ours.
 * @param stateful whether it remembers from call to call
 */
export function recurrentLayer(layer: Recurrent, stateful: boolean): TfjsLayer {
  const described = layer.cell.describe?.();
  const className = described && Object.hasOwn(CLASSES, described.kind) ? CLASSES[described.kind] : undefined;
  if (!described || className === undefined) {
    return refuseTfjs(layer, 'has a cell of its own', 'Use SimpleRNN, LSTM or GRU.');
  }
  const cell = described.options;
  if (cell['peepholes'] === true) {
    refuseTfjs(layer, 'has peepholes', 'Train without them, or export it to ONNX.');
  }
  if (className === 'GRU' && (cell['resetAfter'] ?? true) === true) {
    refuseTfjs(
      layer,
      'resets after the product, which TensorFlow.js does not do',
      'Train with resetAfter: false, or export it to ONNX.',
    );
  }
  const options = layer.options();
  const useBias = cell['useBias'] ?? true;
  return {
    className,
    config: {
      units: layer.cell.units,
      activation: ofCell(layer, cell, 'activation', 'tanh'),
      ...(className !== 'SimpleRNN' && {
        recurrent_activation: ofCell(layer, cell, 'recurrentActivation', 'sigmoid'),
      }),
      ...(className === 'GRU' && { reset_after: false }),
      ...(className === 'LSTM' && { unit_forget_bias: false }),
      use_bias: useBias,
      return_sequences: options['returnSequences'] ?? false,
      return_state: options['returnState'] ?? false,
      go_backwards: options['goBackwards'] ?? false,
      stateful,
      unroll: false,
      dropout: options['dropout'] ?? 0,
      recurrent_dropout: options['recurrentDropout'] ?? 0,
      ...{ kernel_initializer: ZEROS, recurrent_initializer: ZEROS, bias_initializer: ZEROS },
    },
    weights: named(layer, ['kernel', 'recurrent_kernel', 'bias']),
    outputs: layer.outputs,
  };
}

function ofCell(layer: Layer, cell: LayerOptions, option: string, otherwise: string): string {
  const name = (cell[option] as string | undefined) ?? otherwise;
  const theirs = activationName(name);
  if (theirs !== undefined) return theirs;
  return refuseTfjs(layer, `has the activation "${name}" inside`, 'Train with tanh, or export it to ONNX.');
}

const MERGES: Readonly<Record<string, string>> = {
  concat: 'concat',
  sum: 'sum',
  multiply: 'mul',
  average: 'ave',
};

/** A layer in both directions. */
export function bothDirections(layer: Layer): TfjsLayer {
  const [forward, backward] = layer.innerLayers;
  const { mergeMode = 'concat' } = layer.options();
  if (!(forward instanceof Recurrent))
    return refuseTfjs(layer, 'holds no recurrent layer', 'Use GRU or LSTM.');
  const inner = recurrentLayer(forward, false);
  const name = inner.className.toLowerCase();
  const part = (direction: string, of: Layer): TfjsWeight[] =>
    named(of, ['kernel', 'recurrent_kernel', 'bias']).map((weight) => ({
      ...weight,
      name: `${direction}_${name}/${weight.name}`,
    }));
  return {
    className: 'Bidirectional',
    config: {
      merge_mode: MERGES[mergeMode as string],
      layer: { class_name: inner.className, config: { name, trainable: true, ...inner.config } },
    },
    weights: [...part('forward', forward), ...part('backward', backward)],
    outputs: layer.outputs,
  };
}

/** The arrays of a layer under Keras's names. */
export function named(layer: Layer, names: readonly string[]): TfjsWeight[] {
  return layer.weights.map((weight, i) => ({ name: names[i], shape: weight.shape, data: weight.get().data }));
}
