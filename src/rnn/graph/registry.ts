import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';
import { frozen, type LayerDescription } from '../layers/inner-layer.js';
import { Layer } from '../layers/layer.js';
import { DEEPEST_NESTING } from '../layers/layer-options.js';

export type { LayerDescription } from '../layers/inner-layer.js';

/** Makes a layer from what a file says of its options: each constructor checks them. */
type Make = (options: never, inner: (described: unknown) => Layer) => Layer;

/** The module in which each layer is exported, loaded where a file has one. A new layer of the library gets a line here. */
const MODULES: Readonly<Record<string, () => Promise<object>>> = {
  AbsoluteDifference: () => import('../layers/absolute-difference.js'),
  AdditiveAttention: () => import('../layers/additive-attention.js'),
  Attention: () => import('../layers/attention.js'),
  MultiHeadAttention: () => import('../layers/multi-head-attention.js'),
  Add: () => import('../layers/merge.js'),
  Average: () => import('../layers/merge.js'),
  Subtract: () => import('../layers/merge.js'),
  Multiply: () => import('../layers/merge.js'),
  Concatenate: () => import('../layers/concatenate.js'),
  Dot: () => import('../layers/dot.js'),
  LayerNormalization: () => import('../layers/layer-normalization.js'),
  Masking: () => import('../layers/masking.js'),
  AveragePooling1D: () => import('../layers/pooling.js'),
  MaxPooling1D: () => import('../layers/pooling.js'),
  GlobalAveragePooling1D: () => import('../layers/pooling.js'),
  GlobalMaxPooling1D: () => import('../layers/pooling.js'),
  RepeatVector: () => import('../layers/repeat-vector.js'),
  Reshape: () => import('../layers/reshape.js'),
  Flatten: () => import('../layers/reshape.js'),
  Standardize: () => import('../layers/standardize.js'),
  Activation: () => import('../layers/activation.js'),
  BatchNormalization: () => import('../layers/batch-normalization.js'),
  Conv1D: () => import('../layers/conv1d.js'),
  Conv2D: () => import('../layers/conv2d.js'),
  MaxPooling2D: () => import('../layers/pooling-2d.js'),
  AveragePooling2D: () => import('../layers/pooling-2d.js'),
  LeakyReLU: () => import('../layers/leaky-relu.js'),
  CRF: () => import('../layers/crf.js'),
  Dense: () => import('../layers/dense.js'),
  Dropout: () => import('../layers/dropout.js'),
  Embedding: () => import('../layers/embedding.js'),
  GRU: () => import('../layers/gru.js'),
  LSTM: () => import('../layers/lstm.js'),
  OneHot: () => import('../layers/one-hot.js'),
  SimpleRNN: () => import('../layers/simple-rnn.js'),
  UnitNormalization: () => import('../layers/unit-normalization.js'),
  Recurrent: () => import('../layers/recurrent.js'),
  TimeDistributed: () => import('../layers/time-distributed.js'),
  Bidirectional: () => import('../layers/bidirectional.js'),
  Residual: () => import('../layers/residual.js'),
  TiedEmbedding: () => import('../layers/tied-embedding.js'),
};

/** Layers with others inside, which are described in turn. */
const HOLDERS: readonly string[] = ['TimeDistributed', 'Bidirectional', 'Residual', 'TiedEmbedding'];

/** Layers whose modules have been loaded. */
const ready = new Map<string, Make>();

/**
 * Loads the modules of layers, so that `makeLayer` can make them.
 * @param described as a file has them; kinds that there are not are passed over @default all that there are
 */
export async function prepareLayers(described?: readonly unknown[]): Promise<void> {
  const kinds = described ? kindsOf(described) : Object.keys(MODULES);
  const missing = [...kinds].filter((kind) => Object.hasOwn(MODULES, kind) && !ready.has(kind));
  const makers = await Promise.all(missing.map(loadMaker));
  missing.forEach((kind, i) => ready.set(kind, makers[i]));
}

/** The kinds of layers, with those inside. */
function kindsOf(described: readonly unknown[], found = new Set<string>(), depth = 1): Set<string> {
  for (const layer of described) {
    if (!isDescription(layer) || depth > DEEPEST_NESTING) continue;
    found.add(layer.kind);
    const { layer: inner, layers: inners } = layer.options;
    kindsOf([inner, ...(Array.isArray(inners) ? (inners as unknown[]) : [])], found, depth + 1);
  }
  return found;
}

async function loadMaker(kind: string): Promise<Make> {
  const module = (await MODULES[kind]()) as Record<string, new (...options: readonly unknown[]) => Layer>;
  const layer = module[kind];
  if (kind === 'Recurrent') {
    const { makeCell } = await import('../cells/cell-kinds.js');
    return ({ cell, ...options }: { cell?: unknown }) => new layer(makeCell(cell), options);
  }
  if (HOLDERS.includes(kind)) return (options, inner) => new layer(withInner(options, inner));
  return (options) => new layer(options);
}

/** Options whose `layer` or `layers` are described in turn. */
function withInner(options: object, inner: (described: unknown) => Layer): never {
  const { layer, layers } = options as { layer?: unknown; layers?: unknown };
  return {
    ...options,
    ...(layer !== undefined && { layer: inner(layer) }),
    ...(Array.isArray(layers) && { layers: Array.from(layers, inner) }),
  } as never;
}

/** What a model file keeps of a layer besides its weights. */
export function describeLayer(layer: Layer): LayerDescription {
  return { kind: layer.kind, options: { ...layer.options(), name: layer.name }, ...frozen(layer) };
}

/** How layers of one's own are made, by their kind, from the options that the file keeps. */
export type OwnLayers = Readonly<Record<string, (options: never) => Layer>>;

/**
 * Makes a layer, after `prepareLayers`.
 * @param described as a file has it: a `LayerDescription`, or anything
 * @throws SeqkitError `bad-file` for a kind that neither this release nor `own` knows, for options that the layer
 *   does not take, and for layers one inside the other without end
 */
export function makeLayer(described: unknown, own: OwnLayers = {}, depth = 1): Layer {
  const refuse = (message: string, hint?: string, cause?: unknown): never => {
    throw new SeqkitError(message, { code: 'bad-file', ...(hint !== undefined && { hint }), cause });
  };
  if (!isDescription(described)) return refuse('The model has a damaged description of a layer.');
  const { kind, options } = described;
  const place = options['name'];
  const called = typeof place === 'string' && place !== '' ? `${quoted(place)} (${kind})` : quoted(kind);
  if (depth > DEEPEST_NESTING)
    return refuse(`The model has more than ${DEEPEST_NESTING} layers one inside the other.`);
  const make: Make | undefined = Object.hasOwn(own, kind) ? own[kind] : ready.get(kind);
  if (!make && Object.hasOwn(MODULES, kind)) throw new RangeError(`the layer ${kind} was not prepared`);
  if (!make) {
    return refuse(
      `The model has a layer ${quoted(kind)}, which this release does not know.`,
      'Update seqkit: the model may come from a later release. For a layer of your own, give load its maker in layers.',
    );
  }
  try {
    const layer: unknown = make(options as never, (inside) => makeLayer(inside, own, depth + 1));
    if (layer instanceof Layer) {
      if (described.trainable === false) layer.trainable = false;
      return layer;
    }
  } catch (error) {
    if (!(error instanceof SeqkitError) || error.code === 'bad-file') throw error;
    refuse(
      `The model has a layer ${called} that cannot be made: ${error.message}`,
      'The file is damaged, or comes from a later release: update seqkit.',
      error,
    );
  }
  throw new SeqkitError(`The maker of ${quoted(kind)} in layers gives no layer.`, { code: 'usage' });
}

function isDescription(
  value: unknown,
): value is { kind: string; options: Record<string, unknown>; trainable?: false } {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, options, trainable } = value as Partial<LayerDescription>;
  return (
    (trainable === undefined || trainable === false) &&
    typeof kind === 'string' &&
    typeof options === 'object' &&
    options !== null &&
    !Array.isArray(options)
  );
}
