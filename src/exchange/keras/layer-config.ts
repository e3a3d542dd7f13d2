import type { SeqkitError } from '../../base/errors.js';
import { isPlainObject, quoted } from '../../base/schema/index.js';
import type { LayerDescription } from '../../rnn/graph/registry.js';
import { unsupported } from './damage.js';

/** A layer of a Keras model, as its configuration has it. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What is known of the file. */
export interface KerasContext {
  readonly major: number;
  /** The recurrent activation of layers that do not say theirs, by Keras's name. */
  readonly gates: string;
  readonly source: string;
  /** The error of a file that contradicts itself. @param cause what is wrong, as the end of a sentence */
  readonly damaged: (cause: string) => SeqkitError;
  /** Takes down what has no counterpart here and changes no prediction. */
  readonly note: (line: string) => void;
}

type Options = Record<string, unknown>;

/** @throws SeqkitError `bad-file` where an entry is no layer */
export function kerasLayer(entry: unknown, { damaged }: KerasContext): KerasLayer {
  if (!isPlainObject(entry)) throw damaged('a layer is no object');
  const { class_name: className, config } = entry;
  if (typeof className !== 'string' || !isPlainObject(config))
    throw damaged('a layer has no class or no configuration');
  const name = config['name'] ?? entry['name'];
  return { className, name: typeof name === 'string' ? name : '', config };
}

/** Options of a layer that only training heeds. */
const TRAINING_ONLY =
  /^(kernel|bias|recurrent|embeddings|activity|beta|gamma)_(regularizer|constraint)$|^[WUb]_(regularizer|constraint)$/;

/**
 * A layer of ours for one of Keras's.
 * @throws SeqkitError `bad-file` for a class or an option that has no counterpart, with what would do instead
 */
export function describedLayer(layer: KerasLayer, context: KerasContext): LayerDescription {
  const { className, name, config } = layer;
  const make = Object.hasOwn(CLASSES, className) ? CLASSES[className] : undefined;
  if (!make) {
    throw unsupported(
      context.source,
      `has the layer ${quoted(name)} of the class ${quoted(className)}, which has no counterpart here`,
      `Layers that are read: ${Object.keys(CLASSES).join(', ')}.`,
    );
  }
  for (const [key, value] of Object.entries(config)) {
    if (TRAINING_ONLY.test(key) && value !== null && value !== undefined) {
      context.note(`The layer ${quoted(name)} had a ${key.replace('_', ' ')}, which is left out.`);
    }
  }
  const { kind, options } = make(new Reading(layer, context));
  return {
    kind,
    options: {
      ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
      name,
    },
    ...(config['trainable'] === false && { trainable: false }),
  };
}

type Made = { kind: string; options: Options };

/** Reads the options of one layer. */
class Reading {
  readonly #layer: KerasLayer;
  readonly context: KerasContext;

  constructor(layer: KerasLayer, context: KerasContext) {
    this.#layer = layer;
    this.context = context;
  }

  /** The first of several names that the option has had. */
  get(...names: string[]): unknown {
    const { config } = this.#layer;
    const found = names.find((name) => Object.hasOwn(config, name));
    return found === undefined ? undefined : config[found];
  }

  /** One number, where Keras keeps a list of one. */
  one(...names: string[]): unknown {
    const value = this.get(...names);
    return Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : (value ?? undefined);
  }

  flag(name: string, ...others: string[]): boolean | undefined {
    const value = this.get(name, ...others);
    return typeof value === 'boolean' ? value : undefined;
  }

  refuse(what: string, hint: string): never {
    const { name, className } = this.#layer;
    throw unsupported(this.context.source, `has the layer ${quoted(name)} (${className}) with ${what}`, hint);
  }

  /** @throws SeqkitError `bad-file` where an option has another value than the one that is the same here */
  only(name: string, value: unknown, hint: string): void {
    const found = this.get(name);
    if (found === undefined || found === null || JSON.stringify(found) === JSON.stringify(value)) return;
    this.refuse(`${name} ${JSON.stringify(found)}`, hint);
  }

  activation(otherwise: string, ...names: string[]): string {
    const given = this.get(...names) ?? otherwise;
    const value = isPlainObject(given) ? (given['config'] ?? given['class_name']) : given;
    if (typeof value === 'string' && Object.hasOwn(ACTIVATIONS, value)) {
      if (value === 'hard_sigmoid' && this.context.major >= 3) {
        this.refuse(
          "Keras 3's hard_sigmoid, x / 6 + 0.5",
          "seqkit's is that of Keras 1 and 2, 0.2 x + 0.5: train with sigmoid.",
        );
      }
      return ACTIVATIONS[value];
    }
    const shown = isPlainObject(value) ? 'of its own' : JSON.stringify(value);
    return this.refuse(
      `the activation ${shown}`,
      `Activations that are read: ${Object.keys(ACTIVATIONS).join(', ')}.`,
    );
  }

  inner(): LayerDescription {
    const layer = kerasLayer(this.get('layer'), this.context);
    const { kind, options, ...rest } = describedLayer(layer, this.context);
    const { name, ...plain } = options;
    void name;
    return { kind, options: plain, ...rest };
  }

  get config(): KerasLayer['config'] {
    return this.#layer.config;
  }
}

const ACTIVATIONS: Readonly<Record<string, string>> = {
  linear: 'linear',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  hard_sigmoid: 'hardSigmoid',
  relu: 'relu',
  elu: 'elu',
  selu: 'selu',
  softplus: 'softplus',
  leaky_relu: 'leakyRelu',
  exponential: 'exponential',
  swish: 'silu',
  silu: 'silu',
  gelu: 'gelu',
  softmax: 'softmax',
};

/** What all recurrent layers have. */
function recurrent(reading: Reading): Options {
  reading.only('time_major', false, 'Save it with time_major=False.');
  reading.only('zero_output_for_mask', false, 'Save it with zero_output_for_mask=False.');
  const { config } = reading;
  return {
    units: reading.get('units', 'output_dim'),
    activation: reading.activation('tanh', 'activation'),
    useBias: reading.flag('use_bias'),
    returnSequences: reading.flag('return_sequences'),
    returnState: reading.flag('return_state'),
    goBackwards: reading.flag('go_backwards'),
    stateful: reading.flag('stateful'),
    dropout: config['dropout'] ?? config['dropout_W'] ?? undefined,
    recurrentDropout: config['recurrent_dropout'] ?? config['dropout_U'] ?? undefined,
  };
}

/** The gates' activation, whose default has changed. */
function gates(reading: Reading): string {
  return reading.activation(reading.context.gates, 'recurrent_activation', 'inner_activation');
}

function resetAfter(reading: Reading): boolean {
  // Keras 1 knows nothing of it, Keras 2 keeps it in the file.
  return reading.flag('reset_after') ?? false;
}

const dense = (reading: Reading): Made => ({
  kind: 'Dense',
  options: {
    units: reading.get('units', 'output_dim'),
    activation: reading.activation('linear', 'activation'),
    useBias: reading.flag('use_bias', 'bias'),
  },
});

const convolution = (reading: Reading): Made => {
  reading.only('data_format', 'channels_last', 'Save it with data_format="channels_last".');
  return {
    kind: 'Conv1D',
    options: {
      filters: reading.get('filters', 'nb_filter'),
      kernelSize: reading.one('kernel_size', 'filter_length'),
      strides: reading.one('strides', 'subsample_length'),
      dilationRate: reading.one('dilation_rate', 'atrous_rate'),
      groups: reading.get('groups') ?? undefined,
      padding: reading.get('padding', 'border_mode') ?? undefined,
      activation: reading.activation('linear', 'activation'),
      useBias: reading.flag('use_bias', 'bias'),
    },
  };
};

const normalization =
  (kind: string) =>
  (reading: Reading): Made => ({
    kind,
    options: {
      axis: reading.get('axis') ?? undefined,
      epsilon: reading.get('epsilon') ?? undefined,
      center: reading.flag('center'),
      scale: reading.flag('scale'),
      ...(kind === 'BatchNormalization' && { momentum: reading.get('momentum') ?? undefined }),
    },
  });

const pooling =
  (kind: string) =>
  (reading: Reading): Made => {
    reading.only('data_format', 'channels_last', 'Save it with data_format="channels_last".');
    return {
      kind,
      options: {
        poolSize: reading.one('pool_size', 'pool_length'),
        strides: reading.one('strides', 'stride'),
        padding: reading.get('padding', 'border_mode') ?? undefined,
      },
    };
  };

const plain = (kind: string) => (): Made => ({ kind, options: {} });

const globalPooling =
  (kind: string) =>
  (reading: Reading): Made => {
    reading.only('keepdims', false, 'Save it with keepdims=False.');
    reading.only('data_format', 'channels_last', 'Save it with data_format="channels_last".');
    return { kind, options: {} };
  };

/** Keras's classes, with the layer of ours that each is. */
const CLASSES: Readonly<Record<string, (reading: Reading) => Made>> = {
  Dense: dense,
  Conv1D: convolution,
  Convolution1D: convolution,
  SimpleRNN: (reading) => ({ kind: 'SimpleRNN', options: recurrent(reading) }),
  GRU: (reading) => ({
    kind: 'GRU',
    options: { ...recurrent(reading), recurrentActivation: gates(reading), resetAfter: resetAfter(reading) },
  }),
  LSTM: (reading) => ({
    kind: 'LSTM',
    options: { ...recurrent(reading), recurrentActivation: gates(reading) },
  }),
  CuDNNGRU: (reading) => ({ kind: 'GRU', options: { ...recurrent(reading), resetAfter: true } }),
  CuDNNLSTM: (reading) => ({ kind: 'LSTM', options: recurrent(reading) }),
  Bidirectional: (reading) => {
    const mode = reading.get('merge_mode');
    if (mode === null) reading.refuse('merge_mode None', 'Save it with merge_mode="concat".');
    const layer = reading.inner();
    const back = reading.get('backward_layer');
    if (isPlainObject(back)) {
      const other = { ...(back['config'] as Options), go_backwards: false, name: '' };
      const own = {
        ...((reading.get('layer') as Options)['config'] as Options),
        go_backwards: false,
        name: '',
      };
      const same = ['units', 'activation', 'recurrent_activation', 'use_bias', 'reset_after'].every(
        (key) => JSON.stringify(other[key as never]) === JSON.stringify(own[key as never]),
      );
      if (!same) reading.refuse('a backward layer of another kind', 'Use two layers and Concatenate.');
    }
    return {
      kind: 'Bidirectional',
      options: { layer, mergeMode: MERGES[mode as string] ?? mode ?? 'concat' },
    };
  },
  TimeDistributed: (reading) => ({ kind: 'TimeDistributed', options: { layer: reading.inner() } }),
  Embedding: (reading) => ({
    kind: 'Embedding',
    options: {
      inputDim: reading.get('input_dim'),
      outputDim: reading.get('output_dim'),
      maskZero: reading.flag('mask_zero'),
    },
  }),
  BatchNormalization: normalization('BatchNormalization'),
  LayerNormalization: normalization('LayerNormalization'),
  Masking: (reading) => ({ kind: 'Masking', options: { maskValue: reading.get('mask_value') } }),
  Dropout: (reading) => ({ kind: 'Dropout', options: { rate: reading.get('rate', 'p') } }),
  Activation: (reading) => ({
    kind: 'Activation',
    options: { activation: reading.activation('linear', 'activation') },
  }),
  ReLU: (reading) => {
    reading.only('max_value', null, 'Save it without max_value.');
    reading.only('threshold', 0, 'Save it with threshold=0.');
    reading.only('negative_slope', 0, 'Save it as LeakyReLU.');
    return { kind: 'Activation', options: { activation: 'relu' } };
  },
  LeakyReLU: (reading) => ({
    kind: 'LeakyReLU',
    options: { negativeSlope: reading.get('negative_slope', 'alpha') ?? undefined },
  }),
  ELU: (reading) => {
    reading.only('alpha', 1, 'Save it with alpha=1.');
    return { kind: 'Activation', options: { activation: 'elu' } };
  },
  Softmax: (reading) => {
    reading.only('axis', -1, 'Save it with axis -1, the features.');
    return { kind: 'Activation', options: { activation: 'softmax' } };
  },
  Flatten: plain('Flatten'),
  Reshape: (reading) => ({ kind: 'Reshape', options: { targetShape: reading.get('target_shape') } }),
  RepeatVector: (reading) => ({ kind: 'RepeatVector', options: { n: reading.get('n') } }),
  MaxPooling1D: pooling('MaxPooling1D'),
  AveragePooling1D: pooling('AveragePooling1D'),
  GlobalMaxPooling1D: globalPooling('GlobalMaxPooling1D'),
  GlobalAveragePooling1D: globalPooling('GlobalAveragePooling1D'),
  Add: plain('Add'),
  Subtract: plain('Subtract'),
  Multiply: plain('Multiply'),
  Average: plain('Average'),
  Concatenate: (reading) => ({ kind: 'Concatenate', options: { axis: reading.get('axis') ?? undefined } }),
  Dot: (reading) => {
    reading.only('normalize', false, 'Save it with normalize=False.');
    return { kind: 'Dot', options: { axes: reading.get('axes') } };
  },
};

const MERGES: Readonly<Record<string, string>> = { mul: 'multiply', ave: 'average' };
