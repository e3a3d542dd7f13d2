import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { Layer } from '../../rnn/layers/layer.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import { refuseTorch, torchLayer, type TorchSlot } from './torch-tensors.js';

/** A tensor of the state_dict, and how it is made of a layer's arrays. */
export interface TorchTensor extends TorchSlot {
  readonly layer: Layer;
}

/** The Python of a graph of layers. */
export interface ModuleSource {
  /** Lines of `__init__`. */
  readonly init: readonly string[];
  /** Names of what `forward` takes. */
  readonly inputs: readonly string[];
  /** Lines of `forward`. */
  readonly forward: readonly string[];
  /** Tensors by their names in the state_dict, in order. */
  readonly tensors: ReadonlyMap<string, TorchTensor>;
}

/** A value in `forward`. */
interface Value {
  readonly code: string;
  readonly features: number;
  readonly sequence: boolean;
  /** Whole numbers that stand for one-hot rows. */
  readonly oneHot?: boolean;
}

/** Names that a module has already, or that Python keeps. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    'and as assert async await bfloat16 break buffers children class continue cpu cuda def del double elif else eval ' +
    'except extra_repr finally float for forward from global half if import in is lambda modules named_buffers ' +
    'named_children named_modules named_parameters nonlocal not or parameters pass raise register_buffer return ' +
    'share_memory state_dict to train training try type while with xpu yield zero_grad apply dump_patches None True False'
  ).split(' '),
);

const python = (value: boolean): string => (value ? 'True' : 'False');

/** @throws SeqkitError `usage` for a layer that PyTorch's modules cannot be */
export function moduleSource(graph: LayerGraph): ModuleSource {
  return new ModuleWriter(graph).source();
}

class ModuleWriter {
  readonly #graph: LayerGraph;
  readonly #init: string[] = [];
  readonly #forward: string[] = [];
  readonly #tensors = new Map<string, TorchTensor>();
  readonly #modules = new Map<Layer, string>();
  readonly #carried = new Set<Layer>();
  #values = 0;

  constructor(graph: LayerGraph) {
    this.#graph = graph;
  }

  source(): ModuleSource {
    const { inputs, nodes, outputs, shapes } = this.#graph;
    const names = inputs.map(({ name }) => identifier(name));
    const values: Value[] = inputs.map((_, i) => {
      const tokens = this.#graph.tokensOf(i);
      const { time, features } = shapes![i];
      return { code: names[i], features: tokens ?? features, sequence: time !== undefined };
    });
    for (const node of nodes) {
      values.push(
        ...this.#layer(
          node.layer,
          node.inputs.map((index) => values[index]),
          identifier(node.layer.name),
        ),
      );
    }
    const results = outputs.map((index) => this.#dense(values[index]).code);
    this.#forward.push(`return ${results.join(', ')}`);
    return { init: this.#init, inputs: names, forward: this.#forward, tensors: this.#tensors };
  }

  /** A line of `forward`; returns the name of its result. */
  #let(expression: string): string {
    const name = `v${this.#values++}`;
    this.#forward.push(`${name} = ${expression}`);
    return name;
  }

  /** A module and its tensors, once for a layer that is used twice; returns `self.name`. */
  #module(layer: Layer, path: string, expression: string): string {
    const known = this.#modules.get(layer);
    if (known !== undefined) return known;
    const name = path.replaceAll('.', '_');
    this.#init.push(`self.${name} = ${expression}`);
    for (const slot of torchLayer(layer)?.slots ?? [])
      this.#tensors.set(`${name}.${slot.name}`, { ...slot, layer });
    this.#modules.set(layer, `self.${name}`);
    return `self.${name}`;
  }

  #dense(x: Value): Value {
    if (!x.oneHot) return x;
    return { ...x, code: this.#let(`functional.one_hot(${x.code}, ${x.features}).float()`), oneHot: false };
  }

  #layer(layer: Layer, given: readonly Value[], path: string): Value[] {
    const options = layer.options();
    const inputs = layer.kind === 'OneHot' ? given : given.map((x) => this.#dense(x));
    const [x] = inputs;
    const same = (expression: string): Value[] => [{ ...x, code: this.#let(expression) }];
    const option = <T>(name: string, otherwise: T): T => (options[name] as T | undefined) ?? otherwise;
    if (layer instanceof Recurrent) return this.#recurrent(layer, inputs, path);
    switch (layer.kind) {
      case 'Bidirectional':
        return this.#bidirectional(layer, inputs, path);
      case 'Dense': {
        const [D, F] = layer.weights[0].shape;
        const self = this.#module(
          layer,
          path,
          `nn.Linear(${D}, ${F}, bias=${python(layer.weights.length > 1)})`,
        );
        const y = this.#activated(layer, `${self}(${x.code})`, option('activation', 'linear'));
        return [{ ...x, code: y, features: F }];
      }
      case 'Conv1D':
        return [this.#convolution(layer, x, path)];
      case 'Embedding': {
        if (options['maskZero'] === true) this.#refuseMask(layer);
        const [V, D] = layer.weights[0].shape;
        const self = this.#module(layer, path, `nn.Embedding(${V}, ${D})`);
        return [{ code: this.#let(`${self}(${x.code})`), features: D, sequence: x.sequence }];
      }
      case 'OneHot':
        return [{ ...x, features: option('depth', x.features), oneHot: true }];
      case 'Dropout':
        return same(`${this.#module(layer, path, `nn.Dropout(${option('rate', 0.5)})`)}(${x.code})`);
      case 'Activation':
        return [{ ...x, code: this.#activated(layer, x.code, option('activation', 'linear')) }];
      case 'BatchNormalization':
        return [this.#batchNormalization(layer, x, path)];
      case 'LayerNormalization': {
        const affine = layer.weights.length > 0;
        const settings = `${x.features}, eps=${option('epsilon', 1e-3)}, elementwise_affine=${python(affine)}`;
        return same(`${this.#module(layer, path, `nn.LayerNorm(${settings})`)}(${x.code})`);
      }
      case 'Standardize': {
        const self = this.#module(layer, path, `Standardize(${x.features})`);
        return same(`${self}(${x.code})`);
      }
      case 'UnitNormalization':
        return same(`functional.normalize(${x.code}, dim=-1, eps=1e-20)`);
      case 'GlobalAveragePooling1D':
        return [{ ...x, code: this.#let(`${x.code}.mean(1)`), sequence: false }];
      case 'GlobalMaxPooling1D':
        return [{ ...x, code: this.#let(`${x.code}.amax(1)`), sequence: false }];
      case 'MaxPooling1D':
      case 'AveragePooling1D':
        return [this.#pooling(layer, x)];
      case 'Flatten':
      case 'Reshape':
        return [this.#reshape(option<readonly number[]>('targetShape', [-1]), x)];
      case 'RepeatVector':
        return [
          { ...x, code: this.#let(`${x.code}.unsqueeze(1).repeat(1, ${option('n', 1)}, 1)`), sequence: true },
        ];
      case 'TimeDistributed':
        return this.#timeDistributed(layer, x, path);
      case 'Residual':
        return same(`${x.code} + ${this.#inner(layer.innerLayers, x, path).code}`);
      case 'Add':
        return same(inputs.map(({ code }) => code).join(' + '));
      case 'Subtract':
        return same(inputs.map(({ code }) => code).join(' - '));
      case 'Multiply':
        return same(inputs.map(({ code }) => code).join(' * '));
      case 'Average':
        return same(`(${inputs.map(({ code }) => code).join(' + ')}) / ${inputs.length}`);
      case 'AbsoluteDifference':
        return same(`(${inputs.map(({ code }) => code).join(' - ')}).abs()`);
      case 'Concatenate': {
        const inTime = option<number>('axis', -1) === 1 && x.sequence;
        const code = this.#let(
          `torch.cat([${inputs.map((one) => one.code).join(', ')}], ${inTime ? 1 : -1})`,
        );
        return [
          { ...x, code, features: inTime ? x.features : inputs.reduce((sum, one) => sum + one.features, 0) },
        ];
      }
      case 'Masking':
        return this.#refuseMask(layer);
      default:
        return refuseTorch(layer, 'has no module there that is the same', 'Export it as ONNX.');
    }
  }

  #refuseMask(layer: Layer): never {
    return refuseTorch(
      layer,
      'masks time steps, which modules of PyTorch do not',
      'Export it as ONNX, or train without the mask.',
    );
  }

  #inner(layers: readonly Layer[], x: Value, path: string): Value {
    let value = x;
    layers.forEach((one, i) => ([value] = this.#layer(one, [value], `${path}.${i}`)));
    return this.#dense(value);
  }

  #activated(layer: Layer, x: string, activation: string): string {
    const make = Object.hasOwn(ACTIVATIONS, activation) ? ACTIVATIONS[activation] : undefined;
    const isCall = x.startsWith('self.');
    if (activation === 'linear') return isCall ? this.#let(x) : x;
    if (make) return this.#let(make(isCall ? this.#let(x) : x));
    return refuseTorch(layer, `has the activation "${activation}"`, 'Export it as ONNX.');
  }

  #recurrent(layer: Recurrent, [x, ...initial]: readonly Value[], path: string): Value[] {
    const tensors = torchLayer(layer)!;
    const { kind, options: cell } = layer.cell.describe!();
    const module = { SimpleRNNCell: 'RNN', GRUCell: 'GRU', LSTMCell: 'LSTM' }[kind]!;
    const H = layer.cell.units;
    const relu = cell['activation'] === 'relu' ? ', nonlinearity="relu"' : '';
    const bias = python(tensors.slots.length > 2);
    const settings = `${layer.weights[0].shape[0]}, ${H}, bias=${bias}, batch_first=True${relu}`;
    const self = this.#module(layer, path, `nn.${module}(${settings})`);
    const given = initial.map(({ code }) => `${code}.unsqueeze(0)`);
    const isLstm = module === 'LSTM';
    const key = JSON.stringify(self.slice('self.'.length));
    const carries = layer.stateful && !this.#carried.has(layer);
    if (carries) this.#carried.add(layer);
    const start = carries
      ? `, states.get(${key})`
      : given.length > 0
        ? `, ${isLstm ? `(${given.join(', ')})` : given[0]}`
        : '';
    const [y, h] = [`v${this.#values++}`, `v${this.#values++}`];
    this.#forward.push(`${y}, ${h} = ${self}(${x.code}${layer.goesBackwards ? '.flip(1)' : ''}${start})`);
    if (carries) this.#forward.push(`states[${key}] = ${h}`);
    const { returnSequences = false, returnState = false } = layer.options() as Record<string, boolean>;
    const last = (code: string): Value => ({ code, features: H, sequence: false });
    const ends = isLstm ? [`${h}[0][0]`, `${h}[1][0]`] : [`${h}[0]`];
    const output = returnSequences ? { code: y, features: H, sequence: true } : last(ends[0]);
    return [output, ...(returnState ? ends.map(last) : [])];
  }

  #bidirectional(layer: Layer, [x, ...initial]: readonly Value[], path: string): Value[] {
    const [forward] = layer.innerLayers as readonly Recurrent[];
    const { returnState = false, returnSequences = false } = forward.options() as Record<string, boolean>;
    if (initial.length > 0 || returnState || forward.stateful) {
      refuseTorch(layer, 'takes, gives or keeps states', 'Export it as ONNX.');
    }
    const tensors = torchLayer(layer)!;
    const { kind, options: cell } = forward.cell.describe!();
    const module = { SimpleRNNCell: 'RNN', GRUCell: 'GRU', LSTMCell: 'LSTM' }[kind]!;
    const H = forward.cell.units;
    const relu = cell['activation'] === 'relu' ? ', nonlinearity="relu"' : '';
    const settings = `${forward.weights[0].shape[0]}, ${H}, bias=${python(tensors.slots.length > 4)}`;
    const self = this.#module(
      layer,
      path,
      `nn.${module}(${settings}, batch_first=True, bidirectional=True${relu})`,
    );
    const [y, h] = [`v${this.#values++}`, `v${this.#values++}`];
    this.#forward.push(`${y}, ${h} = ${self}(${x.code})`);
    const last = module === 'LSTM' ? `${h}[0]` : h;
    const [a, b] = returnSequences ? [`${y}[..., :${H}]`, `${y}[..., ${H}:]`] : [`${last}[0]`, `${last}[1]`];
    const { mergeMode = 'concat' } = layer.options() as { mergeMode?: string };
    const merged: Record<string, string> = {
      concat: returnSequences ? y : `torch.cat([${a}, ${b}], -1)`,
      sum: `${a} + ${b}`,
      multiply: `${a} * ${b}`,
      average: `(${a} + ${b}) / 2`,
    };
    const features = mergeMode === 'concat' ? 2 * H : H;
    return [{ code: this.#let(merged[mergeMode]), features, sequence: returnSequences }];
  }

  #convolution(layer: Layer, x: Value, path: string): Value {
    const options = layer.options() as Record<string, number>;
    const { strides = 1, dilationRate = 1, groups = 1 } = options;
    const padding = (layer.options()['padding'] as string | undefined) ?? 'valid';
    const [K, perGroup, F] = layer.weights[0].shape;
    const reach = (K - 1) * dilationRate + 1;
    if (padding === 'same' && strides > 1) {
      refuseTorch(layer, 'pads to the same length with strides', 'Export it as ONNX.');
    }
    const before = { valid: 0, causal: reach - 1, same: Math.floor((reach - 1) / 2) }[padding] ?? 0;
    const after = padding === 'same' ? reach - 1 - before : 0;
    const settings = [
      ...[perGroup * groups, F, K],
      ...[`stride=${strides}`, `dilation=${dilationRate}`, `groups=${groups}`],
      `bias=${python(layer.weights.length > 1)}`,
    ];
    const self = this.#module(layer, path, `nn.Conv1d(${settings.join(', ')})`);
    const across = `${x.code}.transpose(1, 2)`;
    const padded = before + after > 0 ? `functional.pad(${across}, (${before}, ${after}))` : across;
    const y = this.#let(`${self}(${padded}).transpose(1, 2)`);
    const activation = (layer.options()['activation'] as string | undefined) ?? 'linear';
    return { code: this.#activated(layer, y, activation), features: F, sequence: true };
  }

  #batchNormalization(layer: Layer, x: Value, path: string): Value {
    const { momentum = 0.99, epsilon = 1e-3 } = layer.options() as Record<string, number>;
    const affine = python(layer.weights.length > 2);
    // Momentum is counted from the other side there.
    const own = Number((1 - momentum).toPrecision(6));
    const settings = `${x.features}, eps=${epsilon}, momentum=${own}, affine=${affine}`;
    const self = this.#module(layer, path, `nn.BatchNorm1d(${settings})`);
    const code = x.sequence ? `${self}(${x.code}.transpose(1, 2)).transpose(1, 2)` : `${self}(${x.code})`;
    return { ...x, code: this.#let(code) };
  }

  #pooling(layer: Layer, x: Value): Value {
    const { poolSize = 2, strides = poolSize } = layer.options() as Record<string, number>;
    if (layer.options()['padding'] === 'same') {
      refuseTorch(layer, 'pads to the same length', 'Export it as ONNX.');
    }
    const pool = layer.kind === 'MaxPooling1D' ? 'max_pool1d' : 'avg_pool1d';
    const code = `functional.${pool}(${x.code}.transpose(1, 2), ${poolSize}, ${strides}).transpose(1, 2)`;
    return { ...x, code: this.#let(code) };
  }

  #reshape(target: readonly number[], x: Value): Value {
    const code = this.#let(`${x.code}.reshape(${x.code}.shape[0], ${target.join(', ')})`);
    const last = target[target.length - 1];
    // Only the number of features that follows from the shape is unknown, and then no later layer has weights for it.
    return { code, features: last === -1 ? x.features : last, sequence: target.length > 1 };
  }

  #timeDistributed(layer: Layer, x: Value, path: string): Value[] {
    const [inner] = layer.innerLayers;
    const rows = this.#let(`${x.code}.flatten(0, 1)`);
    const before = x.code;
    const steps = this.#graph.shapes!.some((shape) => shape.steps !== undefined);
    const [y] = this.#layer(inner, [{ code: rows, features: x.features, sequence: steps }], path);
    return [
      {
        code: this.#let(`${y.code}.unflatten(0, ${before}.shape[:2])`),
        features: y.features,
        sequence: true,
      },
    ];
  }
}

/** Each activation as an expression of x. */
const ACTIVATIONS: Readonly<Record<string, (x: string) => string>> = {
  tanh: (x) => `torch.tanh(${x})`,
  sigmoid: (x) => `torch.sigmoid(${x})`,
  relu: (x) => `torch.relu(${x})`,
  hardSigmoid: (x) => `(0.2 * ${x} + 0.5).clamp(0, 1)`,
  elu: (x) => `functional.elu(${x})`,
  selu: (x) => `functional.selu(${x})`,
  softplus: (x) => `functional.softplus(${x})`,
  leakyRelu: (x) => `functional.leaky_relu(${x}, 0.2)`,
  exponential: (x) => `torch.exp(${x})`,
  silu: (x) => `functional.silu(${x})`,
  gelu: (x) => `functional.gelu(${x})`,
  geluTanh: (x) => `0.5 * ${x} * (1 + torch.tanh(0.7978845608028654 * (${x} + 0.044715 * ${x} ** 3)))`,
  softmax: (x) => `torch.softmax(${x}, -1)`,
};

/** A name of a layer or an input as Python takes it. */
function identifier(name: string): string {
  const plain = name.replaceAll(/\W+/g, '_').replace(/^(?=\d)/, '_');
  return TAKEN.has(plain) || /^v\d+$/.test(plain) || plain === 'states' ? `${plain}_` : plain;
}
