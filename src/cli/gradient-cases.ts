import { SeqkitError } from '../rnn/errors.js';
import type { LayerGraph } from '../rnn/layers/layer-graph.js';
import type { Layer } from '../rnn/layers/layer.js';
import { restoreGraph } from '../rnn/model-architecture.js';
import type { ModelFile } from '../rnn/model-file.js';
import { Model } from '../rnn/model.js';
import { makeLayer, type LayerDescription } from '../rnn/layers/registry.js';
import { Random } from '../rnn/random.js';
import { Sequential } from '../rnn/sequential.js';
import { sizeOf, type Tensor } from '../rnn/tensor.js';
import type { LossName, LossTerm } from '../rnn/training/losses.js';

/** Layers with data to check their gradients on. */
export interface GradientCase {
  readonly title: string;
  readonly layers: Layer[] | LayerGraph;
  readonly loss: LossName | readonly LossTerm[];
  readonly x: Tensor | readonly Tensor[];
  readonly y: Tensor | readonly Tensor[];
  /** How many numbers of each array to compare, where not all. */
  readonly samples?: number;
}

/** N, T, D, H and V all differ, so that no transposed dimension can pass. */
const [N, T, D, H, V] = [3, 4, 5, 6, 7];
const layer = (kind: string, options: object = {}): LayerDescription => ({ kind, options: { ...options } });
const units = H;
const returnSequences = true;

/** Stacks by the name of the layer that they show. */
const stacks: Readonly<Record<string, readonly LayerDescription[]>> = {
  SimpleRNN: [layer('SimpleRNN', { units, returnSequences })],
  GRU: [layer('GRU', { units, returnSequences })],
  'GRU, reset before': [layer('GRU', { units, returnSequences, resetAfter: false })],
  LSTM: [layer('LSTM', { units, returnSequences })],
  Bidirectional: [layer('Bidirectional', { layer: layer('GRU', { units, returnSequences }) })],
  Dense: [layer('Dense', { units })],
  Activation: [layer('Dense', { units }), layer('Activation', { activation: 'tanh' })],
  Dropout: [layer('Dense', { units }), layer('Dropout', { rate: 0.4 })],
  Conv1D: [layer('Conv1D', { filters: H, kernelSize: 2, strides: 2 })],
  BatchNormalization: [layer('Dense', { units, useBias: false }), layer('BatchNormalization')],
  Embedding: [layer('Embedding', { inputDim: V, outputDim: D }), layer('Dense', { units: V })],
  OneHot: [layer('OneHot', { depth: V }), layer('LSTM', { units, returnSequences })],
  Masking: [layer('Masking'), layer('GRU', { units, returnSequences })],
  LayerNormalization: [layer('LayerNormalization'), layer('Dense', { units })],
  Residual: [layer('Residual', { layers: [layer('Dense', { units: D, activation: 'tanh' })] })],
  TiedEmbedding: [
    layer('TiedEmbedding', {
      inputDim: V,
      outputDim: D,
      layers: [layer('GRU', { units: D, returnSequences })],
    }),
  ],
  TimeDistributed: [layer('TimeDistributed', { layer: layer('Dense', { units, activation: 'tanh' }) })],
  MaxPooling1D: [layer('Dense', { units }), layer('MaxPooling1D')],
  AveragePooling1D: [layer('Dense', { units }), layer('AveragePooling1D')],
  GlobalMaxPooling1D: [layer('Dense', { units }), layer('GlobalMaxPooling1D')],
  GlobalAveragePooling1D: [layer('Dense', { units }), layer('GlobalAveragePooling1D')],
  Flatten: [layer('Flatten'), layer('Dense', { units })],
  Reshape: [layer('Reshape', { targetShape: [2, -1] }), layer('Dense', { units })],
  RepeatVector: [
    layer('Dense', { units }),
    layer('GlobalMaxPooling1D'),
    layer('RepeatVector', { n: 2 }),
    layer('SimpleRNN', { units: V, returnSequences }),
  ],
  Standardize: [layer('Standardize'), layer('Dense', { units })],
  L2: [
    layer('LSTM', { units, kernelRegularizer: { l2: 0.01 }, recurrentRegularizer: { l2: 0.02 } }),
    layer('Dense', { units: V, kernelRegularizer: { l2: 0.03 }, biasRegularizer: { l2: 0.04 } }),
  ],
};

/** The layers that can be asked for. */
export const gradientLayers = [...new Set(Object.keys(stacks).map(layerOf))];

/**
 * The cases of one layer, in any letters, or of all of them.
 * @throws SeqkitError `usage` for a layer that is none of `gradientLayers`
 */
export async function layerCases(asked?: string): Promise<GradientCase[]> {
  const titles = Object.keys(stacks).filter(
    (title) => asked === undefined || layerOf(title).toLowerCase() === asked.toLowerCase(),
  );
  if (titles.length === 0) {
    throw new SeqkitError(`There is no layer "${asked}", nor a file of that name.`, {
      code: 'usage',
      hint: `Give a model file, or one of ${gradientLayers.join(', ')}.`,
    });
  }
  return Promise.all(titles.map((title) => makeCase(title, stacks[title])));
}

/**
 * A case with the layers of a model: each cut down to a few units, so that every number can be
 * moved by itself, or, where sizes hang together, as it is with a few numbers of each array.
 */
export function modelCase(file: ModelFile, title: string): Promise<GradientCase> {
  const hangTogether = file.layers.some(({ kind }) =>
    ['Residual', 'TiedEmbedding', 'Reshape', 'Flatten'].includes(kind),
  );
  if (file.graph || hangTogether || file.shapes?.some(({ steps }) => steps)) return wholeCase(file, title);
  return makeCase(title, file.layers.map(shrink));
}

/** How many numbers of each array are moved where there are too many. */
const samples = 12;

async function wholeCase(file: ModelFile, title: string): Promise<GradientCase> {
  const random = new Random(11);
  const graph = restoreGraph(file, title);
  const x = graph.shapes!.map(({ time, steps, features }, i) => {
    const tokens = graph.tokensOf(i);
    if (tokens !== undefined) return classes(random, tokens, [N, time!]);
    return normals(
      random,
      [N, time, steps, features].filter((size) => size !== undefined),
    );
  });
  const probe = new Model(restoreGraph(file, title), { engine: 'reference' });
  const outputs = await probe.predictAll(x.length === 1 ? x[0] : x);
  await probe.dispose();
  const y = outputs.map(({ shape }) => normals(random, [...shape]));
  const loss = y.map(() => ({ loss: 'meanSquaredError', weight: 1 }) as const);
  const one = <Item>(items: Item[]): Item | Item[] => (items.length === 1 ? items[0] : items);
  return { title, layers: graph, loss, x: one(x), y: one(y), samples };
}

function layerOf(title: string): string {
  return title.split(',')[0];
}

/** Small sizes that differ from layer to layer; what fits classes to tokens stays so. */
function shrink(description: LayerDescription, index: number, all: readonly LayerDescription[]) {
  const options = { ...description.options };
  const small = 4 + (index % 3);
  const depth = all[0].options['depth'] ?? all[0].options['inputDim'];
  const last = index === all.length - 1;
  for (const name of ['units', 'filters', 'outputDim']) {
    const size = options[name];
    if (typeof size === 'number') options[name] = last && size === depth ? V : Math.min(size, small);
  }
  for (const name of ['depth', 'inputDim']) if (name in options) options[name] = V;
  const inner = options['layer'] as LayerDescription | undefined;
  if (inner) options['layer'] = shrink(inner, index, all);
  return { kind: description.kind, options };
}

async function makeCase(title: string, stack: readonly LayerDescription[]): Promise<GradientCase> {
  const random = new Random(11);
  const first = stack[0].options;
  const tokens = first['depth'] ?? first['inputDim'];
  const x =
    typeof tokens === 'number'
      ? classes(random, tokens, [N, T])
      : normals(random, [N, T + convolutionSpan(stack), D]);
  const probe = new Sequential(
    stack.map((layer) => makeLayer(layer)),
    { engine: 'reference' },
  );
  const { shape } = await probe.predict(x);
  await probe.dispose();
  const outputs = shape[shape.length - 1];
  const rows = shape.slice(0, -1);
  if (tokens !== undefined && outputs === tokens) {
    const y = classes(random, outputs, rows);
    return {
      title,
      layers: stack.map((layer) => makeLayer(layer)),
      loss: 'sparseCategoricalCrossentropy',
      x,
      y,
    };
  }
  const loss = outputs === 1 ? 'binaryCrossentropy' : 'meanSquaredError';
  const y = outputs === 1 ? classes(random, 2, [...rows, 1]) : normals(random, [...rows, outputs]);
  return { title, layers: stack.map((layer) => makeLayer(layer)), loss, x, y };
}

/** Time steps that convolutions need beyond those of the other layers. */
function convolutionSpan(stack: readonly LayerDescription[]): number {
  return stack
    .filter(({ kind }) => kind === 'Conv1D')
    .map(({ options }) => options as { kernelSize: number; strides?: number; dilationRate?: number })
    .reduce(
      (span, { kernelSize, strides = 1, dilationRate = 1 }) => span + kernelSize * dilationRate + 2 * strides,
      0,
    );
}

function normals(random: Random, shape: number[]): Tensor {
  return { data: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()), shape };
}

function classes(random: Random, count: number, shape: number[]): Tensor {
  return { data: Float64Array.from({ length: sizeOf(shape) }, () => random.integer(count)), shape };
}
