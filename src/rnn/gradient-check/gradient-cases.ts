import { SeqkitError } from '../../base/errors.js';
import { Dense } from '../layers/dense.js';
import { input } from '../layers/input.js';
import { graphBetween } from '../graph/graph-between.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import type { Layer } from '../layers/layer.js';
import type { PoolingOptions } from '../layers/pooling.js';
import type { Sliding } from '../layers/sliding.js';
import { restoreGraph } from '../model/model-architecture.js';
import type { ModelFile } from '../graph/model-file.js';
import { Model } from '../model/model.js';
import { makeLayer, prepareLayers, type LayerDescription } from '../graph/registry.js';
import { Random } from '../../base/math/random.js';
import { Sequential } from '../model/sequential.js';
import { sizeOf, type Tensor } from '../program/tensor.js';
import { parseLoss, type LossChoice, type LossTerm } from '../losses/loss-choice.js';
import { D, N, T, V } from './described-layers.js';
import { stacks } from './gradient-layers.js';
import { merges } from './gradient-merges.js';
import { trials, type Trial } from './gradient-trials.js';

/** Layers with data to check their gradients on. */
export interface GradientCase {
  readonly title: string;
  readonly layers: Layer[] | LayerGraph;
  readonly loss: LossChoice | readonly LossTerm[];
  readonly x: Tensor | readonly Tensor[];
  /** Undefined where the loss takes no targets. */
  readonly y: Tensor | readonly Tensor[] | undefined;
  /** How many numbers of each array to compare, where not all. */
  readonly samples?: number;
  readonly sampleWeight?: Tensor;
  readonly batchSize?: number;
  /** Whether layers drop out as in training. @default false */
  readonly dropout?: boolean;
}

/** The layers that can be asked for. */
export const gradientLayers = [
  ...new Set([stacks, trials, merges].flatMap((titles) => Object.keys(titles)).map(layerOf)),
];

/**
 * The cases of one layer, in any letters, or of all of them.
 * @throws SeqkitError `usage` for a layer that is none of `gradientLayers`
 */
export async function layerCases(asked?: string): Promise<GradientCase[]> {
  const isAsked = (title: string): boolean =>
    asked === undefined || layerOf(title).toLowerCase() === asked.toLowerCase();
  await prepareLayers();
  const found = [
    ...Object.entries(stacks)
      .filter(([title]) => isAsked(title))
      .map(([title, stack]) => makeCase(title, { stack })),
    ...Object.entries(trials)
      .filter(([title]) => isAsked(title))
      .map(([title, trial]) => makeCase(title, trial)),
    ...Object.entries(merges)
      .filter(([title]) => isAsked(title))
      .map(([title, [shapes, merge]]) => mergeCase(title, shapes, merge)),
  ];
  if (found.length === 0) {
    throw new SeqkitError(`There is no layer "${asked}", nor a file of that name.`, {
      code: 'usage',
      hint: `Give a model file, or one of ${gradientLayers.join(', ')}.`,
    });
  }
  return Promise.all(found);
}

/**
 * A case with the layers of a model: each cut down to a few units, so that every number can be
 * moved by itself, or, where sizes hang together, as it is with a few numbers of each array.
 */
export async function modelCase(file: ModelFile, title: string): Promise<GradientCase> {
  await prepareLayers();
  const hangTogether = file.layers.some(
    ({ kind, options }) =>
      ['Residual', 'TiedEmbedding', 'Reshape', 'Flatten'].includes(kind) || 'groups' in options,
  );
  if (file.graph || hangTogether || file.shapes?.some(({ steps }) => steps)) return wholeCase(file, title);
  const rows = file.shapes !== undefined && file.shapes[0].time === undefined;
  return makeCase(title, { stack: file.layers.map(shrink) }, { rows });
}

/** How many numbers of each array are moved where there are too many. */
const SAMPLES = 12;
/** An input of more numbers is too many: long windows need long sequences. */
const MANY_NUMBERS = 500;

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
  return { ...(await graphCase(title, () => restoreGraph(file, title), x, random)), samples: SAMPLES };
}

/** A merge with Dense before its first input, so that what flows back is seen too, and after it. */
function mergeCase(
  title: string,
  shapes: readonly number[][],
  merge: () => { apply: Layer['apply'] },
): Promise<GradientCase> {
  const random = new Random(11);
  const make = (): LayerGraph => {
    const inputs = shapes.map((shape) => input({ shape }));
    const [first, ...others] = inputs;
    const dense = new Dense({ units: shapes[0].at(-1)! }).apply(first);
    return graphBetween(inputs, [new Dense({ units: V }).apply(merge().apply([dense, ...others]))]);
  };
  const x = shapes.map((shape) => normals(random, [N, ...shape]));
  if (title.endsWith('masked sequences')) endInZeros(x[1]);
  return graphCase(title, make, x, random);
}

/** A graph as it is, with targets of the shapes that it gives. @param make the graph, anew at each call */
async function graphCase(
  title: string,
  make: () => LayerGraph,
  x: readonly Tensor[],
  random: Random,
): Promise<GradientCase> {
  const probe = new Model(make(), { engine: 'reference' });
  const outputs = await probe.predictAll(x.length === 1 ? x[0] : x);
  await probe.dispose();
  const y = outputs.map(({ shape }) => normals(random, [...shape]));
  const loss = y.map(() => ({ loss: 'meanSquaredError', weight: 1 }) as const);
  const one = <Item>(items: readonly Item[]): Item | readonly Item[] =>
    items.length === 1 ? items[0] : items;
  return { title, layers: make(), loss, x: one(x), y: one(y) };
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

/** @param rows whether the first layer takes rows, not sequences */
async function makeCase(
  title: string,
  { stack, loss: given, spread = 1, padded = stack[0].kind === 'Masking', weighed, dropout }: Trial,
  { rows: ofRows = false } = {},
): Promise<GradientCase> {
  const random = new Random(11);
  const first = stack[0].options;
  const tokens = first['depth'] ?? first['inputDim'];
  const x =
    typeof tokens === 'number'
      ? classes(random, tokens, [N, T])
      : normals(random, ofRows ? [N, D] : [N, stepsFor(stack), D], spread);
  if (padded && !ofRows) endInZeros(x);
  const probe = new Sequential(
    stack.map((layer) => makeLayer(layer)),
    { engine: 'reference' },
  );
  const { shape } = await probe.predict(x);
  await probe.dispose();
  const outputs = shape[shape.length - 1];
  const suggested = outputs === 1 ? 'binaryCrossentropy' : 'meanSquaredError';
  const loss =
    given ?? (tokens !== undefined && outputs === tokens ? 'sparseCategoricalCrossentropy' : suggested);
  return {
    ...{ title, layers: stack.map((layer) => makeLayer(layer)), loss, x, y: targets(random, loss, shape) },
    ...(sizeOf(x.shape) > MANY_NUMBERS && { samples: SAMPLES }),
    ...(weighed && { batchSize: N + 2, sampleWeight: { data: Float64Array.of(0.5, 2, 1), shape: [N] } }),
    ...(dropout && { dropout }),
  };
}

/** What an output of this shape may be asked for. */
function targets(random: Random, choice: LossChoice, shape: readonly number[]): Tensor | undefined {
  const loss = parseLoss(choice);
  const features = shape[shape.length - 1];
  const rows = shape.slice(0, -1);
  switch (loss.targets) {
    case 'none':
      return undefined;
    case 'classes':
      return classes(random, features, rows);
    case 'labels':
      return labels(random, features, rows[0]);
    case 'values':
      break;
  }
  if (loss.probabilities === 'softmax') return shares(random, [...shape]);
  const own = [...rows, loss.targetColumns(features)];
  const areBits = loss.probabilities === 'sigmoid' || loss.classes(features) === 2;
  return areBits ? classes(random, 2, own) : normals(random, own);
}

/** Shares of the classes in the last dimension. */
function shares(random: Random, shape: number[]): Tensor {
  const count = shape[shape.length - 1];
  const data = Float64Array.from(normals(random, shape).data, Math.abs);
  for (let row = 0; row < data.length; row += count) {
    const total = data.subarray(row, row + count).reduce((a, b) => a + b);
    for (let c = 0; c < count; c++) data[row + c] /= total;
  }
  return { data, shape };
}

/** Two labels in turn one, two equal and two different: they fit three steps, or two where one is all there are. */
function labels(random: Random, features: number, examples: number): Tensor {
  const data = Float64Array.from({ length: 2 * examples }, () => 1 + random.integer(features - 1));
  for (let n = 0; n < examples; n++) {
    const [first, second] = [2 * n, 2 * n + 1];
    if (n % 3 === 0) data[second] = data[first];
    if (n % 3 === 1 && data[second] === data[first]) data[second] = 1 + (data[first] % (features - 1));
    if (n % 3 === 2) data[second] = 0;
  }
  return { data, shape: [examples, 2] };
}

/** Zeros in the last steps: of the second example one, of the third two. */
function endInZeros({ data, shape: [, time, features] }: Tensor): void {
  for (let n = 1; n < N; n++) {
    (data as Float64Array).fill(0, ((n + 1) * time - n) * features, (n + 1) * time * features);
  }
}

/** How many time steps must go in: T, or as many as leave two after the last layer that slides over time. */
function stepsFor(stack: readonly LayerDescription[]): number {
  const left = 2;
  const needed = stack.reduceRight((steps, { kind, options }) => {
    // Its own steps come after it: those before it have become a row.
    if (kind === 'RepeatVector') return left;
    if (!/^(Conv|MaxPooling|AveragePooling)\dD$/.test(kind)) return steps;
    const ofTime = Object.fromEntries(
      Object.entries(options).map(([name, value]) => [
        name,
        Array.isArray(value) ? (value[0] as number) : value,
      ]),
    );
    const { poolSize = 2, dilationRate = 1, padding = 'valid', ...given } = ofTime as SlidingOptions;
    const { kernelSize = poolSize, strides = kind.startsWith('Conv') ? 1 : poolSize } = given;
    return (steps - 1) * strides + (padding === 'valid' ? (kernelSize - 1) * dilationRate + 1 : 1);
  }, left);
  return Math.max(T, needed);
}

/** What convolutions and the pooling layers say of their windows over time. */
type SlidingOptions = Partial<Sliding & PoolingOptions>;

function normals(random: Random, shape: number[], spread = 1): Tensor {
  return { data: Float64Array.from({ length: sizeOf(shape) }, () => spread * random.normal()), shape };
}

function classes(random: Random, count: number, shape: number[]): Tensor {
  return { data: Float64Array.from({ length: sizeOf(shape) }, () => random.integer(count)), shape };
}
