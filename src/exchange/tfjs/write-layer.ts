import type { Layer } from '../../rnn/layers/layer.js';
import { Recurrent } from '../../rnn/layers/recurrent.js';
import { isPlain, plainLayer } from './plain-layers.js';
import { refuseTfjs, type TfjsFlow, type TfjsGraph, type TfjsLayer } from './tfjs-graph.js';

/** Layers that hand a mask on in TensorFlow.js, as here. All others there forget it, and count every step. */
const MASKED: ReadonlySet<string> = new Set([
  ...['Dense', 'Activation', 'Dropout', 'BatchNormalization', 'LayerNormalization', 'Standardize', 'CRF'],
  ...['Masking', 'Bidirectional', 'TimeDistributed'],
]);

/** What is known of a use of a layer. */
export interface TfjsUse {
  /** Whether recurrent layers remember from call to call. */
  readonly stateful: boolean;
  /** Sizes of one example of what comes out, where they are known. */
  readonly shape?: readonly number[];
}

/**
 * A use of a layer.
 * @throws SeqkitError `usage` for what TensorFlow.js's layers cannot say
 */
export function writeTfjsLayer(
  graph: TfjsGraph,
  layer: Layer,
  inputs: readonly TfjsFlow[],
  use: TfjsUse,
): TfjsFlow[] {
  const { stateful } = use;
  const several = Object.hasOwn(SEVERAL, layer.kind) ? SEVERAL[layer.kind] : undefined;
  if (!several && !isPlain(layer)) {
    return refuseTfjs(layer, 'has no counterpart there', 'Export it to ONNX, or as a module of JavaScript.');
  }
  const masked = inputs.find(({ mask }) => mask !== 'none');
  const carries = layer instanceof Recurrent || MASKED.has(layer.kind);
  const walks = layer instanceof Recurrent || layer.kind === 'Bidirectional';
  const walksInside = layer.innerLayers.some((inner) => inner instanceof Recurrent);
  if (masked && (!carries || (layer.kind === 'TimeDistributed' && walksInside))) refuseMasked(layer);
  if (masked?.mask === 'turned' && walks) {
    refuseTfjs(
      layer,
      'takes masked sequences from a layer that goes backwards, where TensorFlow.js does not turn the mask',
      'Use Bidirectional, or export it to ONNX.',
    );
  }
  if (stateful) refuseWhole(layer, inputs);
  if (layer.kind === 'Bidirectional' && inputs.length > 1) {
    refuseTfjs(
      layer,
      'takes its first states as inputs, which TensorFlow.js refuses in both directions',
      'Let it begin with zeros, or export it to ONNX.',
    );
  }
  if (several) return several(graph, layer, inputs, use);
  const made = plainLayer(layer, stateful);
  const mask = startsMask(layer) ? 'in order' : (masked?.mask ?? 'none');
  const goesOn = !givesSequences(layer)
    ? 'none'
    : mask === 'in order' && layer instanceof Recurrent && layer.goesBackwards
      ? 'turned'
      : mask;
  const flows = graph.apply(layer, '', () => made.layer, inputs, goesOn);
  const { then } = made;
  if (!then) return flows;
  if (goesOn !== 'none') refuseMasked(layer);
  return graph.apply(layer, 'activation', () => then, flows);
}

function refuseMasked(layer: Layer): never {
  return refuseTfjs(
    layer,
    'takes masked sequences, whose mask TensorFlow.js would forget there',
    'Export it to ONNX, or train on sequences without padding.',
  );
}

function startsMask(layer: Layer): boolean {
  return layer.kind === 'Masking' || layer.options()['maskZero'] === true;
}

/** Whether time goes on behind it. */
function givesSequences(layer: Layer): boolean {
  const recurrent = layer.kind === 'Bidirectional' ? layer.innerLayers[0] : layer;
  return !(recurrent instanceof Recurrent) || recurrent.options()['returnSequences'] === true;
}

/** @throws SeqkitError `usage` for what cannot go step by step */
function refuseWhole(layer: Layer, inputs: readonly TfjsFlow[]): void {
  const { kernelSize = 1 } = layer.options();
  if (layer.needsWholeSequence || (layer.kind === 'Conv1D' && kernelSize !== 1)) {
    refuseTfjs(
      layer,
      'needs other time steps than the one at hand',
      'Leave out step, or export the steps to ONNX, where states of convolutions are carried.',
    );
  }
  if (inputs.length > 1 && layer instanceof Recurrent) {
    refuseTfjs(layer, 'takes its first states as inputs', 'Leave out step: the states are inputs already.');
  }
}

type Several = typeof writeTfjsLayer;

const plain = (className: string, config: Readonly<Record<string, unknown>> = {}): TfjsLayer => ({
  className,
  config,
});

/** -x. */
const negated = plain('Rescaling', { scale: -1, offset: 0 });

/** Layers of ours that are several of TensorFlow.js's. */
const SEVERAL: Readonly<Record<string, Several>> = {
  Residual(graph, layer, inputs, { stateful }) {
    const inner = chain(graph, layer.innerLayers, inputs, stateful);
    return graph.apply(layer, 'sum', () => plain('Add'), [...inputs, ...inner]);
  },
  // The table twice: as rows, and turned as the kernel of the last layer.
  TiedEmbedding(graph, layer, inputs, { stateful }) {
    const [table, bias] = [layer.weights[0], layer.weights.at(-1)!];
    const [V, D] = table.shape;
    const rows = table.get().data;
    // What goes in is longer, as in our layer.
    const longer = Float32Array.from(rows, (value) => value * Math.sqrt(D));
    const embeddings: TfjsLayer = {
      className: 'Embedding',
      config: { input_dim: V, output_dim: D, mask_zero: false },
      weights: [{ name: 'embeddings', shape: [V, D], data: longer }],
    };
    const kernel = Float32Array.from({ length: D * V }, (_, i) => rows[(i % V) * D + Math.floor(i / V)]);
    const scores: TfjsLayer = {
      className: 'Dense',
      config: { units: V, activation: 'linear', use_bias: true },
      weights: [
        { name: 'kernel', shape: [D, V], data: kernel },
        { name: 'bias', shape: [V], data: bias.get().data },
      ],
    };
    const embedded = graph.apply(layer, '', () => embeddings, inputs);
    const inner = chain(graph, layer.innerLayers, embedded, stateful);
    return graph.apply(layer, 'scores', () => scores, inner);
  },
  // TensorFlow.js cannot find the size that -1 stands for while the number of examples is open.
  Reshape(graph, layer, inputs, { shape }) {
    const { targetShape } = layer.options() as { targetShape: readonly number[] };
    const whole = targetShape.includes(-1) ? shape : targetShape;
    if (!whole)
      refuseTfjs(layer, 'leaves a size open inside another layer', 'Write all sizes of targetShape out.');
    return graph.apply(layer, '', () => plain('Reshape', { target_shape: [...whole] }), inputs);
  },
  Subtract(graph, layer, [a, b]) {
    const minus = graph.apply(layer, 'negated', () => negated, [b]);
    return graph.apply(layer, '', () => plain('Add'), [a, ...minus]);
  },
  // The larger less the smaller.
  AbsoluteDifference(graph, layer, inputs) {
    const larger = graph.apply(layer, 'larger', () => plain('Maximum'), inputs);
    const smaller = graph.apply(layer, 'smaller', () => plain('Minimum'), inputs);
    const minus = graph.apply(layer, 'negated', () => negated, smaller);
    return graph.apply(layer, '', () => plain('Add'), [...larger, ...minus]);
  },
};

function chain(
  graph: TfjsGraph,
  layers: readonly Layer[],
  inputs: readonly TfjsFlow[],
  stateful: boolean,
): TfjsFlow[] {
  return layers.reduce((flows, layer) => writeTfjsLayer(graph, layer, flows, { stateful }), [...inputs]);
}
