import { Activation } from '../rnn/layers/activation.js';
import { BatchNormalization } from '../rnn/layers/batch-normalization.js';
import { Conv1D } from '../rnn/layers/conv1d.js';
import { Dense } from '../rnn/layers/dense.js';
import { Dropout } from '../rnn/layers/dropout.js';
import { GRU } from '../rnn/layers/gru.js';
import type { Layer } from '../rnn/layers/layer.js';
import { Sequential, type SequentialOptions } from '../rnn/sequential.js';
import type { NetworkSettings } from './trigger-settings.js';

/** Less than Keras's 0.99, since a short training has only hundreds of steps. */
const MOMENTUM = 0.95;

/**
 * The network, causal: (N, frames, bands) to (N, steps, 1) logits. A strided convolution
 * without padding, batch normalization (hence no bias before it), two recurrent layers.
 */
export function triggerNetwork(settings: NetworkSettings, options: SequentialOptions): Sequential {
  const { filters, kernelFrames, strideFrames } = settings;
  const front = new Conv1D({
    filters,
    kernelSize: kernelFrames,
    strides: strideFrames,
    useBias: false,
    name: 'front',
  });
  return new Sequential([front, ...rest(settings)], options);
}

/**
 * The same network one step at a time: what one step of the convolution sees comes as one row
 * of (kernelFrames * bands) features, and the convolution is a product with the same kernel.
 *
 * @param trained a network that `triggerNetwork` made, with its weights
 */
export async function steppingNetwork(
  trained: Sequential,
  settings: NetworkSettings,
  bands: number,
): Promise<Sequential> {
  const front = new Dense({ units: settings.filters, useBias: false, name: 'front' });
  const twin = new Sequential([front, ...rest(settings)], { engine: trained.engine });
  await twin.build([1, settings.kernelFrames * bands]);
  twin.layers.forEach((layer, index) => {
    layer.setWeights(trained.layers[index].getWeights().map(({ data }) => data));
  });
  return twin;
}

function rest({ dropout, units, outputBias }: NetworkSettings): Layer[] {
  return [
    new BatchNormalization({ momentum: MOMENTUM, name: 'norm' }),
    new Activation({ activation: 'relu' }),
    new Dropout({ rate: dropout }),
    new GRU({ units, returnSequences: true, name: 'gru1' }),
    new GRU({ units, returnSequences: true, name: 'gru2' }),
    new Dense({ units: 1, biasValue: outputBias, name: 'output' }),
  ];
}
