import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { Layer } from '../../rnn/layers/layer.js';
import type { LayerActivation } from '../../rnn/layers/layer-activation.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import type { ActivationName } from '../../rnn/program/activations.js';
import { affineOf } from '../onnx/write/write-normalization.js';
import { optionOf, weightOf } from '../onnx/write/writing.js';
import { literal } from './code/code-part.js';
import type { PackedWeights } from './packed-weights.js';

/** A value in the function `network`. */
interface Value {
  readonly code: string;
  /** V of tokens. */
  readonly tokens?: number;
  /** Whether it has time steps. */
  readonly sequence: boolean;
  /** Tokens that stand for one-hot rows. */
  readonly oneHot?: boolean;
}

/** A graph of layers as the source of a function. */
export interface NetworkCode {
  /** Names of what the function takes, before its memory. */
  readonly inputs: readonly string[];
  readonly lines: readonly string[];
  /** Whether each output has time steps. */
  readonly sequences: readonly boolean[];
}

/** @throws SeqkitError `usage` for a layer that modules have no function for */
export function networkCode(graph: LayerGraph, weights: PackedWeights): NetworkCode {
  return new NetworkWriter(graph, weights).code();
}

class NetworkWriter {
  readonly #lines: string[] = [];
  #values = 0;
  #walks = 0;
  /** Whether a layer is inside TimeDistributed, where each row is an example. */
  #distributed = false;

  constructor(
    readonly graph: LayerGraph,
    readonly weights: PackedWeights,
  ) {}

  code(): NetworkCode {
    const { inputs, nodes, outputs, shapes } = this.graph;
    const names = inputs.map((_, i) => `x${i}`);
    const values: Value[] = inputs.map((_, i) => {
      const { time, steps } = shapes![i];
      const tokens = this.graph.tokensOf(i);
      if (steps !== undefined) {
        const first = nodes.find((node) => node.inputs.includes(i))!.layer;
        refuse(first, 'takes sequences of sequences');
      }
      return { code: names[i], sequence: time !== undefined, ...(tokens !== undefined && { tokens }) };
    });
    for (const node of nodes) {
      values.push(
        ...this.#layer(
          node.layer,
          node.inputs.map((index) => values[index]),
        ),
      );
    }
    const results = outputs.map((index) => this.#rows(values[index]));
    this.#lines.push(`return [${results.map(({ code }) => code).join(', ')}];`);
    return { inputs: names, lines: this.#lines, sequences: results.map(({ sequence }) => sequence) };
  }

  /** A line; returns the name of its result. */
  #let(expression: string): string {
    const name = `v${this.#values++}`;
    this.#lines.push(`const ${name} = ${expression};`);
    return name;
  }

  /** A call of a function of the module. */
  #call(name: string, ...args: readonly (string | number | boolean)[]): string {
    this.weights.needs.add(name);
    const given = args.map(String);
    while (given.at(-1) === 'undefined') given.pop();
    return `${name}(${given.join(', ')})`;
  }

  #weight(layer: Layer, part: string): string {
    const weight = weightOf(layer, part);
    if (!weight) return 'undefined';
    const { data, shape } = weight.get();
    return this.weights.add(weight.name, shape.at(-1)!, data);
  }

  #activation(name: ActivationName): string {
    this.weights.needs.add(name);
    return name;
  }

  #activated(code: string, activation: LayerActivation): string {
    if (activation === 'linear') return code;
    if (activation === 'softmax') {
      this.weights.needs.add('softmax');
      return `${code}.map(softmax)`;
    }
    return `${code}.map((row) => row.map(${this.#activation(activation)}))`;
  }

  /** Numbers in the place of tokens that stand for one-hot rows. */
  #rows(x: Value): Value {
    if (!x.oneHot) return x;
    return { code: this.#let(this.#call('oneHot', x.code, x.tokens!)), sequence: x.sequence };
  }

  #layer(layer: Layer, given: readonly Value[]): Value[] {
    const options = layer.options();
    if (layer instanceof Recurrent) return this.#recurrent(layer, given, { inOrder: false });
    if (layer.kind === 'Bidirectional') return this.#bidirectional(layer, given);
    if (layer.kind === 'OneHot') {
      return [{ ...given[0], oneHot: true }];
    }
    if (layer.kind === 'Dense') return [this.#dense(layer, given[0])];
    if (layer.kind === 'Dropout') return [...given];
    const inputs = given.map((x) => this.#rows(x));
    const [x] = inputs;
    const same = (expression: string): Value[] => [{ ...x, code: this.#let(expression) }];
    const codes = inputs.map(({ code }) => code);
    const merged = (f: string): Value[] => same(this.#call('together', f, ...codes));
    switch (layer.kind) {
      case 'Activation': {
        const activation = optionOf<LayerActivation>(options, 'activation', 'linear');
        return activation === 'linear' ? [x] : same(this.#activated(x.code, activation));
      }
      case 'LeakyReLU': {
        const [slope, least] = [
          optionOf(options, 'negativeSlope', 0.3),
          optionOf(options, 'minValue', -Infinity),
        ];
        return same(`${x.code}.map((row) => row.map((x) => Math.max(${least}, x > 0 ? x : ${slope} * x)))`);
      }
      case 'Embedding': {
        if (options['maskZero'] === true) refuseMask(layer);
        const rows = this.#call('vectors', x.code, this.#weight(layer, 'embeddings'));
        return [{ code: this.#let(rows), sequence: x.sequence }];
      }
      case 'TiedEmbedding':
        return [this.#tiedEmbedding(layer, x)];
      case 'BatchNormalization':
      case 'Standardize': {
        const { factor, offset } = affineOf(layer)!;
        const of = (part: string, data: Float64Array): string =>
          this.weights.add(`${layer.name}/${part}`, data.length, data);
        return same(this.#call('affine', x.code, of('factor', factor), of('offset', offset)));
      }
      case 'LayerNormalization': {
        const [gamma, beta] = [this.#weight(layer, 'gamma'), this.#weight(layer, 'beta')];
        const epsilon = optionOf(options, 'epsilon', 1e-3);
        return same(this.#call('layerNormalization', x.code, epsilon, gamma, beta));
      }
      case 'UnitNormalization':
        return same(this.#call('unitNormalization', x.code));
      case 'Conv1D':
        return [this.#convolution(layer, x)];
      case 'MaxPooling1D':
      case 'AveragePooling1D': {
        const size = optionOf(options, 'poolSize', 2);
        const window = windowCode(layer, size, optionOf(options, 'strides', size), 1);
        return same(this.#call('pooling', x.code, layer.kind === 'MaxPooling1D', window));
      }
      case 'GlobalAveragePooling1D':
        return [{ ...x, code: this.#let(this.#call('meanOfSteps', x.code)), sequence: false }];
      case 'GlobalMaxPooling1D':
        return [{ ...x, code: this.#let(this.#call('largestOfSteps', x.code)), sequence: false }];
      case 'Flatten':
      case 'Reshape':
        return [this.#reshape(layer, x)];
      case 'RepeatVector': {
        const code = this.#let(`new Array(${optionOf(options, 'n', 1)}).fill(${x.code}[0])`);
        return [{ ...x, code, sequence: true }];
      }
      case 'Residual':
        this.weights.needs.add('together');
        return same(`together((a, b) => a + b, ${x.code}, ${this.#inner(layer, x).code})`);
      case 'TimeDistributed':
        return [this.#timeDistributed(layer, x)];
      case 'Add':
        return merged('(a, b) => a + b');
      case 'Subtract':
        return merged('(a, b) => a - b');
      case 'Multiply':
        return merged('(a, b) => a * b');
      case 'AbsoluteDifference': {
        const [{ code }] = merged('(a, b) => a - b');
        return same(`${code}.map((row) => row.map(Math.abs))`);
      }
      case 'Average': {
        const [{ code }] = merged('(a, b) => a + b');
        return same(`${code}.map((row) => row.map((x) => x / ${inputs.length}))`);
      }
      case 'Concatenate': {
        if (optionOf<number>(options, 'axis', -1) === 1 && x.sequence) {
          return same(`[${codes.map((code) => `...${code}`).join(', ')}]`);
        }
        return same(this.#call('sideBySide', ...codes));
      }
      case 'Attention':
      case 'AdditiveAttention':
        return [this.#attention(layer, inputs)];
      case 'Masking':
        return refuseMask(layer);
      default:
        return refuse(layer, 'has no function there');
    }
  }

  #dense(layer: Layer, x: Value): Value {
    const product = this.#call('dense', x.code, this.#weight(layer, 'kernel'), this.#weight(layer, 'bias'));
    const activation = optionOf<LayerActivation>(layer.options(), 'activation', 'linear');
    return { code: this.#let(this.#activated(product, activation)), sequence: x.sequence };
  }

  #tiedEmbedding(layer: Layer, x: Value): Value {
    const [V, D] = layer.weights[0].shape;
    const table = this.#weight(layer, 'embeddings');
    const rows = this.#let(this.#call('vectors', x.code, table, Math.sqrt(D)));
    const { code } = this.#inner(layer, { code: rows, sequence: x.sequence });
    const bias = layer.weights.at(-1)!;
    const product = this.#call(
      'productWithRows',
      code,
      table,
      this.weights.add(bias.name, V, bias.get().data),
    );
    return { code: this.#let(product), sequence: x.sequence };
  }

  /** The layers inside, one after the other. */
  #inner(layer: Layer, x: Value): Value {
    return layer.innerLayers.reduce((value, one) => this.#layer(one, [value])[0], x);
  }

  #timeDistributed(layer: Layer, x: Value): Value {
    if (!x.sequence) refuse(layer, 'is given no time steps');
    const outer = this.#distributed;
    this.#distributed = true;
    // Layers that go row by row do the same to all rows at once.
    const y = this.#inner(layer, { ...x, sequence: false });
    this.#distributed = outer;
    if (y.sequence) refuse(layer, 'has sequences inside');
    return { ...y, sequence: true };
  }

  #convolution(layer: Layer, x: Value): Value {
    const options = layer.options();
    const [K] = layer.weights[0].shape;
    const window = windowCode(
      layer,
      K,
      optionOf(options, 'strides', 1),
      optionOf(options, 'dilationRate', 1),
    );
    const [kernel, bias] = [this.#weight(layer, 'kernel'), this.#weight(layer, 'bias')];
    const convolved = this.#call('convolution', x.code, kernel, bias, optionOf(options, 'groups', 1), window);
    const activation = optionOf<LayerActivation>(options, 'activation', 'linear');
    return { ...x, code: this.#let(this.#activated(convolved, activation)) };
  }

  #reshape(layer: Layer, x: Value): Value {
    const target = optionOf<readonly number[]>(layer.options(), 'targetShape', [-1]);
    const sequence = target.length > 1;
    if (this.#distributed) {
      if (sequence) refuse(layer, 'makes sequences of sequences');
      return x;
    }
    return { code: this.#let(this.#call('reshape', x.code, literal(target))), sequence };
  }

  #attention(layer: Layer, inputs: readonly Value[]): Value {
    if (layer.outputs > 1) refuse(layer, 'gives its attention weights (returnAttentionScores)');
    const score = this.#call(
      layer.kind === 'Attention' ? 'dotScore' : 'additiveScore',
      this.#weight(layer, 'scale'),
    );
    const causal = optionOf(layer.options(), 'causal', false);
    const codes = inputs.map(({ code }) => code);
    return { ...inputs[0], code: this.#let(this.#call('attention', score, causal, ...codes)) };
  }

  #recurrent(
    layer: Recurrent,
    [x, ...initial]: readonly Value[],
    { inOrder }: { readonly inOrder: boolean },
  ): Value[] {
    const options = layer.options();
    const walk = [
      ...(optionOf(options, 'returnSequences', false) ? ['sequences: true'] : []),
      ...(layer.goesBackwards ? ['backwards: true'] : []),
      ...(inOrder ? ['inOrder: true'] : []),
    ];
    const start =
      initial.length > 0 ? `[${initial.map(({ code }) => `${code}[0]`).join(', ')}]` : 'undefined';
    const cell = this.#cell(layer);
    const settings = walk.length > 0 ? `{ ${walk.join(', ')} }` : '{}';
    const name = this.#let(this.#call('walk', x.code, cell, settings, 'memory', this.#walks++, start));
    const all = [{ code: `${name}[0]`, sequence: optionOf(options, 'returnSequences', false) }];
    if (!optionOf(options, 'returnState', false)) return all;
    const states = layer.cell.states.map((_, i) => ({ code: `${name}[${i + 1}]`, sequence: false }));
    return [...all, ...states];
  }

  #cell(layer: Recurrent): string {
    const { cell } = layer;
    const described = cell.describe?.();
    const { kind = '', options = {} } = described ?? {};
    const own = this.#activation(optionOf<ActivationName>(options, 'activation', 'tanh'));
    const [kernel, recurrent, bias] = [cell.weights[0], cell.weights[1], weightOf(layer, 'bias')].map(
      (weight) =>
        weight ? this.weights.add(weight.name, weight.shape.at(-1)!, weight.get().data) : 'undefined',
    );
    if (kind === 'SimpleRNNCell') return this.#call('simpleRNN', kernel, recurrent, bias, own);
    const gates = this.#activation(optionOf<ActivationName>(options, 'recurrentActivation', 'sigmoid'));
    if (kind === 'LSTMCell') {
      const peepholes = weightOf(layer, 'peepholes');
      if (!peepholes) return this.#call('lstm', kernel, recurrent, bias, gates, own);
      // One row, which stays as it is, as biases do.
      const { data } = peepholes.get();
      const seen = this.weights.add(peepholes.name, data.length, data);
      return this.#call('lstmPeepholes', kernel, recurrent, bias, seen, gates, own);
    }
    if (kind !== 'GRUCell') return refuse(layer, 'has a cell of its own');
    const name = optionOf(options, 'resetAfter', true) ? 'gru' : 'gruResetBefore';
    return this.#call(name, kernel, recurrent, bias, gates, own);
  }

  #bidirectional(layer: Layer, [x, ...initial]: readonly Value[]): Value[] {
    const [forward, backward] = layer.innerLayers as readonly Recurrent[];
    const half = Math.ceil(initial.length / 2);
    const [a, ...forwardStates] = this.#recurrent(forward, [x, ...initial.slice(0, half)], {
      inOrder: false,
    });
    const [b, ...backwardStates] = this.#recurrent(backward, [x, ...initial.slice(half)], { inOrder: true });
    const mode = optionOf<string>(layer.options(), 'mergeMode', 'concat');
    const how: Readonly<Record<string, string>> = {
      sum: 'a + b',
      multiply: 'a * b',
      average: '(a + b) / 2',
    };
    const code =
      mode === 'concat'
        ? this.#call('sideBySide', a.code, b.code)
        : this.#call('together', `(a, b) => ${how[mode]}`, a.code, b.code);
    return [{ ...a, code: this.#let(code) }, ...forwardStates, ...backwardStates];
  }
}

function windowCode(layer: Layer, size: number, stride: number, dilation: number): string {
  const padding = optionOf(layer.options(), 'padding', 'valid');
  return `{ size: ${size}, stride: ${stride}, dilation: ${dilation}, padding: '${padding}', name: ${literal(layer.name)} }`;
}

function refuseMask(layer: Layer): never {
  return refuse(
    layer,
    'masks time steps',
    'Leave out the mask: a module takes one sequence at a time, of its own length.',
  );
}

function refuse(layer: Layer, why: string, hint = 'Export it as ONNX, or as PyTorch.'): never {
  throw new SeqkitError(
    `The layer ${quoted(layer.name)} (${layer.kind}) cannot be written as a module: it ${why}.`,
    { code: 'usage', hint },
  );
}
