import type { Layer } from '../../rnn/layers/layer.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import { LEAKY_SLOPE } from '../../rnn/program/activations.js';
import { activationName } from './activation-name.js';
import { bothDirections, named, recurrentLayer } from './recurrent-layers.js';
import { refuseTfjs, type TfjsLayer, type TfjsWeight } from './tfjs-graph.js';

/** A layer of ours that is one of TensorFlow.js's, or one and an activation behind it. */
export interface PlainLayer {
  readonly layer: TfjsLayer;
  readonly then?: TfjsLayer;
}

type Make = (layer: Layer) => PlainLayer;

/** Weights are read over what it makes. */
const ZEROS = { class_name: 'Zeros', config: {} };

/** Whether a layer is one of TensorFlow.js's, and not several, or none. */
export function isPlain(layer: Layer): boolean {
  return layer instanceof Recurrent || Object.hasOwn(PLAIN, layer.kind);
}

/**
 * A layer that is plain.
 * @param stateful whether it remembers from call to call
 * @throws SeqkitError `usage` for options that TensorFlow.js has not
 */
export function plainLayer(layer: Layer, stateful: boolean): PlainLayer {
  if (layer instanceof Recurrent) return { layer: recurrentLayer(layer, stateful) };
  return PLAIN[layer.kind](layer);
}

function of(className: string, config: (layer: Layer) => Record<string, unknown> = () => ({})): Make {
  return (layer) => ({ layer: { className, config: config(layer) } });
}

const leaky = (alpha: unknown): TfjsLayer => ({ className: 'LeakyReLU', config: { alpha } });

/** With an activation of the layer's own, or one behind it. */
function activated(
  layer: Layer,
  className: string,
  config: Readonly<Record<string, unknown>>,
  weights: readonly TfjsWeight[],
): PlainLayer {
  const { activation = 'linear' } = layer.options() as { activation?: string };
  const then = activation === 'leakyRelu' ? leaky(LEAKY_SLOPE) : undefined;
  const name = then ? 'linear' : activationName(activation);
  if (name === undefined) {
    return refuseTfjs(
      layer,
      `has the activation "${activation}"`,
      'Train with another, or export it to ONNX.',
    );
  }
  return { layer: { className, config: { ...config, activation: name }, weights }, ...(then && { then }) };
}

const dense: Make = (layer) => {
  const [, units] = layer.weights[0].shape;
  const config = { units, use_bias: layer.weights.length > 1, kernel_initializer: ZEROS };
  return activated(layer, 'Dense', config, named(layer, ['kernel', 'bias']));
};

/**
 * A convolution. TensorFlow.js knows no groups and no causal padding: the kernel gets zeros for the features of other
 * groups, and for later time steps under `same` padding.
 */
const convolution: Make = (layer) => {
  const { padding = 'valid', strides = 1, dilationRate = 1, groups = 1 } = layer.options();
  const isCausal = padding === 'causal';
  if (isCausal && strides !== 1) {
    refuseTfjs(
      layer,
      'pads causally with strides, which TensorFlow.js cannot',
      'Use strides: 1 and a pooling layer, or export it to ONNX.',
    );
  }
  if (dilationRate !== 1 && strides !== 1) {
    refuseTfjs(layer, 'has strides and dilation at once', 'Use one of them, or export it to ONNX.');
  }
  const [kernel, ...bias] = named(layer, ['kernel', 'bias']);
  const whole = withLaterSteps(ungrouped(kernel, groups as number), isCausal);
  const config = {
    filters: whole.shape[2],
    kernel_size: [whole.shape[0]],
    strides: [strides],
    dilation_rate: [dilationRate],
    padding: isCausal ? 'same' : padding,
    data_format: 'channels_last',
    use_bias: bias.length > 0,
    kernel_initializer: ZEROS,
  };
  return activated(layer, 'Conv1D', config, [whole, ...bias]);
};

/** (K, D / groups, F) to (K, D, F). */
function ungrouped({ name, shape, data }: TfjsWeight, groups: number): TfjsWeight {
  if (groups === 1) return { name, shape, data };
  const [K, part, F] = shape;
  const D = part * groups;
  const own = F / groups;
  const wide = new Float32Array(K * D * F);
  for (let k = 0; k < K; k++) {
    for (let d = 0; d < part; d++) {
      for (let f = 0; f < F; f++) {
        const row = Math.floor(f / own) * part + d;
        wide[(k * D + row) * F + f] = data[(k * part + d) * F + f];
      }
    }
  }
  return { name, shape: [K, D, F], data: wide };
}

/** (K, D, F) to (2 K - 1, D, F), zeros behind. */
function withLaterSteps(weight: TfjsWeight, isCausal: boolean): TfjsWeight {
  if (!isCausal) return weight;
  const { name, shape, data } = weight;
  const [K, D, F] = shape;
  const long = new Float32Array((2 * K - 1) * D * F);
  long.set(data);
  return { name, shape: [2 * K - 1, D, F], data: long };
}

function pooling(className: string): Make {
  return of(className, (layer) => {
    const { poolSize = 2, strides = poolSize, padding = 'valid' } = layer.options();
    return { pool_size: [poolSize], strides: [strides], padding, data_format: 'channels_last' };
  });
}

function normalization(className: string): Make {
  return (layer) => {
    const { epsilon = 1e-3, center = true, scale = true, momentum = 0.99 } = layer.options();
    const isBatch = className === 'BatchNormalization';
    const names = [
      ...(scale ? ['gamma'] : []),
      ...(center ? ['beta'] : []),
      'moving_mean',
      'moving_variance',
    ];
    const config = { axis: -1, epsilon, center, scale, ...(isBatch && { momentum }) };
    return { layer: { className, config, weights: named(layer, names) } };
  };
}

const PLAIN: Readonly<Record<string, Make>> = {
  Dense: dense,
  Conv1D: convolution,
  Bidirectional: (layer) => ({ layer: bothDirections(layer) }),
  Embedding: (layer) => {
    const [V, D] = layer.weights[0].shape;
    const { maskZero = false } = layer.options();
    const config = { input_dim: V, output_dim: D, mask_zero: maskZero, embeddings_initializer: ZEROS };
    return { layer: { className: 'Embedding', config, weights: named(layer, ['embeddings']) } };
  },
  // A table whose rows are those of the identity.
  OneHot: (layer) => {
    const V = layer.tokens!;
    const data = new Float32Array(V * V);
    for (let v = 0; v < V; v++) data[v * V + v] = 1;
    const config = { input_dim: V, output_dim: V, mask_zero: false, trainable: false };
    const weights = [{ name: 'embeddings', shape: [V, V], data }];
    return {
      layer: { className: 'Embedding', config: { ...config, embeddings_initializer: ZEROS }, weights },
    };
  },
  BatchNormalization: normalization('BatchNormalization'),
  LayerNormalization: normalization('LayerNormalization'),
  // Batch normalization with the statistics of the training data.
  Standardize: (layer) => {
    const config = { axis: -1, epsilon: 0, center: false, scale: false, trainable: false };
    const weights = named(layer, ['moving_mean', 'moving_variance', 'count']).slice(0, 2);
    return { layer: { className: 'BatchNormalization', config, weights } };
  },
  Masking: of('Masking', (layer) => ({ mask_value: layer.options()['maskValue'] ?? 0 })),
  Dropout: of('Dropout', (layer) => ({ rate: layer.options()['rate'], noise_shape: null, seed: null })),
  Activation: (layer) => {
    const { activation } = layer.options();
    return activation === 'leakyRelu'
      ? { layer: leaky(LEAKY_SLOPE) }
      : activated(layer, 'Activation', {}, []);
  },
  LeakyReLU: (layer) => {
    const { negativeSlope = 0.3, minValue } = layer.options();
    if (minValue !== undefined)
      refuseTfjs(layer, 'has a least value', 'Leave out minValue, or export it to ONNX.');
    return { layer: leaky(negativeSlope) };
  },
  // Its scores go on as they are; what it adds between labels stands in the description.
  CRF: of('Activation', () => ({ activation: 'linear' })),
  Flatten: of('Flatten'),
  RepeatVector: of('RepeatVector', (layer) => ({ n: layer.options()['n'] })),
  MaxPooling1D: pooling('MaxPooling1D'),
  AveragePooling1D: pooling('AveragePooling1D'),
  GlobalMaxPooling1D: of('GlobalMaxPooling1D'),
  GlobalAveragePooling1D: of('GlobalAveragePooling1D'),
  Add: of('Add'),
  Multiply: of('Multiply'),
  Average: of('Average'),
  Concatenate: of('Concatenate', (layer) => ({ axis: layer.options()['axis'] ?? -1 })),
  Dot: of('Dot', (layer) => ({ axes: layer.options()['axes'], normalize: false })),
  TimeDistributed: (layer) => {
    const [inside] = layer.innerLayers;
    const inner = isPlain(inside) ? plainLayer(inside, false) : undefined;
    if (!inner || inner.then || (inner.layer.outputs ?? 1) > 1) {
      return refuseTfjs(
        layer,
        `holds ${inside.kind}, which is not one layer there`,
        'Use it without TimeDistributed, or export it to ONNX.',
      );
    }
    const { className, config, weights = [] } = inner.layer;
    const described = { class_name: className, config: { name: inside.kind.toLowerCase(), ...config } };
    return { layer: { className: 'TimeDistributed', config: { layer: described }, weights } };
  },
};
