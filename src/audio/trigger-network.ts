import { Activation } from '../rnn/layers/activation.js';
import { BatchNormalization } from '../rnn/layers/batch-normalization.js';
import { Conv1D } from '../rnn/layers/conv1d.js';
import { Dense } from '../rnn/layers/dense.js';
import { Dropout } from '../rnn/layers/dropout.js';
import { GRU } from '../rnn/layers/gru.js';
import type { Layer } from '../rnn/layers/layer.js';
import { Standardize } from '../rnn/layers/standardize.js';
import { LayerStack } from '../rnn/graph/layer-stack.js';
import type { ModelOptions } from '../rnn/model/model-options.js';
import type { Network } from '../rnn/model/network.js';
import { StackNetwork } from '../rnn/model/stack-network.js';
import type { NetworkSettings, TriggerPreset } from './detection/trigger-settings.js';

/** Less than Keras's 0.99, since a short training has only hundreds of steps. */
const MOMENTUM = 0.95;

/**
 * The network, causal: (N, frames, bands) to (N, steps, words) logits, a strided convolution without
 * padding and two recurrent layers; or the head over embeddings.
 */
export function triggerNetwork(settings: NetworkSettings, options: ModelOptions): Network {
  const { filters, kernelFrames, strideFrames } = settings;
  if (settings.layers === 'embedding') return stacked(embeddingLayers(settings), options);
  const front = new Conv1D({
    filters,
    kernelSize: kernelFrames,
    strides: strideFrames,
    useBias: hasFrontBias(settings),
    name: 'front',
  });
  return stacked([front, ...afterFront(settings)], options);
}

function stacked(layers: readonly Layer[], options: ModelOptions): Network {
  return new StackNetwork(new LayerStack(layers), options);
}

/**
 * The same network one step at a time: what one step of the convolution sees comes as one row
 * of (kernelFrames * bands) features, and the convolution is a product with the same kernel.
 *
 * @param trained a network that `triggerNetwork` made, with its weights
 */
export async function steppingNetwork(
  trained: Network,
  settings: NetworkSettings,
  bands: number,
): Promise<Network> {
  if (settings.layers === 'window') {
    const { windowStepping } = await import('./window-network.js');
    return windowStepping(trained, settings, bands);
  }
  const front = new Dense({ units: settings.filters, useBias: hasFrontBias(settings), name: 'front' });
  const layers =
    settings.layers === 'embedding' ? embeddingLayers(settings) : [front, ...afterFront(settings)];
  const twin = stacked(layers, { engine: trained.engine });
  await twin.build([1, settings.kernelFrames * bands]);
  twin.layers.forEach((layer, index) => {
    layer.setWeights(trained.layers[index].getWeights().map(({ data }) => data));
  });
  return twin;
}

/** Batch normalization takes a bias away again; the exercise has one all the same. */
function hasFrontBias({ layers }: NetworkSettings): boolean {
  return layers === 'coursera';
}

function afterFront(settings: NetworkSettings): Layer[] {
  return settings.layers === 'coursera' ? courseraLayers(settings) : standardLayers(settings);
}

function standardLayers({ dropout, units, outputBias, words = 1 }: NetworkSettings): Layer[] {
  return [
    new BatchNormalization({ momentum: MOMENTUM, name: 'norm' }),
    new Activation({ activation: 'relu' }),
    new Dropout({ rate: dropout }),
    new GRU({ units, returnSequences: true, name: 'gru1' }),
    new GRU({ units, returnSequences: true, name: 'gru2' }),
    new Dense({ units: words, biasValue: outputBias, name: 'output' }),
  ];
}

/**
 * The exercise's, in its order, the GRUs as first published (one bias), dropout and batch normalization
 * after each. Its last layer is Dense at each step under a sigmoid, which here the loss and the stream apply.
 */
function courseraLayers({ dropout, units, outputBias, words = 1 }: NetworkSettings): Layer[] {
  const gru = (name: string) => new GRU({ units, returnSequences: true, resetAfter: false, name });
  return [
    new BatchNormalization({ name: 'norm' }),
    new Activation({ activation: 'relu' }),
    new Dropout({ rate: dropout }),
    gru('gru1'),
    new Dropout({ rate: dropout }),
    new BatchNormalization({ name: 'norm1' }),
    gru('gru2'),
    new Dropout({ rate: dropout }),
    new BatchNormalization({ name: 'norm2' }),
    new Dropout({ rate: dropout }),
    new Dense({ units: words, biasValue: outputBias, name: 'output' }),
  ];
}

/** A step is an embedding; its statistics are taken from the examples before the first batch. */
function embeddingLayers({ filters, dropout, units, outputBias, words = 1 }: NetworkSettings): Layer[] {
  return [
    new Standardize({ name: 'norm' }),
    new Dropout({ rate: dropout }),
    new Dense({ units: filters, activation: 'relu', name: 'front' }),
    new GRU({ units, returnSequences: true, name: 'gru1' }),
    new Dense({ units: words, biasValue: outputBias, name: 'output' }),
  ];
}

/** Options of layers that a saved network may have otherwise: they do not change what it hears. */
const FREE_OPTIONS = new Set(['name', 'trainable', 'rate', 'biasValue']);

/**
 * What a network from a file has otherwise than its settings say; undefined where they fit, so that a network made
 * by the settings is of the size of the tensors that are there.
 * @param shape one example's, as the file has it
 */
export async function networkComplaint(
  network: Network,
  { features, network: settings }: Pick<TriggerPreset, 'features' | 'network'>,
  words: number,
  shape: readonly (number | undefined)[],
): Promise<string | undefined> {
  const { filters, kernelFrames, units } = settings;
  if ((settings.words ?? 1) !== words)
    return `its network has ${settings.words ?? 1} outputs for ${words} words.`;
  if (settings.layers === 'window') {
    const { windowComplaint } = await import('./window-network.js');
    return windowComplaint(network, words, shape, [settings.windowFrames, features.bands]);
  }
  const expected = triggerNetwork(settings, {}).layers;
  const { layers } = network;
  const sizes: Record<string, readonly number[]> = {
    front:
      settings.layers === 'embedding' ? [features.bands, filters] : [kernelFrames, features.bands, filters],
    ...(settings.layers === 'embedding' && { norm: [features.bands] }),
    gru1: [filters, 3 * units],
    gru2: [units, 3 * units],
    output: [units, words],
  };
  for (let i = 0; i < Math.max(layers.length, expected.length); i++) {
    const [layer, wanted] = [layers.at(i), expected.at(i)];
    if (layer?.kind !== wanted?.kind) {
      return `layer ${i + 1} of its network is ${layer?.kind ?? 'missing'}, expected ${wanted?.kind ?? 'none'}.`;
    }
    const [options, wantedOptions] = [layer!.options(), wanted!.options()];
    const differs = Object.keys(options).find(
      (key) => !FREE_OPTIONS.has(key) && JSON.stringify(options[key]) !== JSON.stringify(wantedOptions[key]),
    );
    const name = wanted!.name || wanted!.kind;
    if (differs !== undefined) {
      return `${differs} of its layer ${name} is ${JSON.stringify(options[differs])}, expected ${JSON.stringify(wantedOptions[differs])}.`;
    }
    const weights = layer!.getWeights();
    const size = sizes[wanted!.name];
    if (size !== undefined && String(weights.at(0)?.shape) !== String(size)) {
      return `the kernel of its layer ${name} is (${weights.at(0)?.shape.join(', ')}), expected (${size.join(', ')}).`;
    }
    if (weights.some(({ data }) => data.some((x) => !Number.isFinite(x)))) {
      return `a weight of its layer ${name} is no finite number.`;
    }
  }
  return undefined;
}
