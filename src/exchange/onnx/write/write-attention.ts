import type { Layer } from '../../../rnn/layers/layer.js';
import type { Flow } from './flow.js';
import { maskedSoftmax } from './write-activation.js';
import { refuseStep } from './write-sliding.js';
import { optionOf, weightOf, type LayerWriter, type Writing } from './writing.js';

interface Attended {
  readonly query: Flow;
  readonly value: Flow;
  readonly key: Flow;
  /** (N, Tq, Tk): 1 where a query may attend to a key; undefined where all may to all. */
  readonly allowed: string | undefined;
}

function attended(writing: Writing, layer: Layer, inputs: readonly Flow[]): Attended {
  refuseStep(writing, layer);
  const [query, value, key = value] = inputs.map((x) => writing.dense(x));
  for (const x of [query, value, key]) writing.sequence(layer, x);
  return { query, value, key, allowed: allowed(writing, layer, { query, value, key }) };
}

function allowed(
  writing: Writing,
  layer: Layer,
  { query, value, key }: Omit<Attended, 'allowed'>,
): string | undefined {
  const op = writing.op.bind(writing);
  const masks = [...new Set([value.mask, key.mask])].filter((mask) => mask !== undefined);
  const parts: string[] = query.mask === undefined ? [] : [query.mask];
  if (masks.length > 0) {
    const ofKeys = masks.reduce((a, b) => op('Mul', [a, b]));
    parts.push(op('Transpose', [ofKeys], { perm: [0, 2, 1] }));
  }
  if (optionOf(layer.options(), 'causal', false)) parts.push(pastOf(writing, query, key));
  return parts.length === 0 ? undefined : parts.reduce((a, b) => op('Mul', [a, b]));
}

/** (1, Tq, Tk): row i is 1 up to column i. */
function pastOf(writing: Writing, query: Flow, key: Flow): string {
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const steps = (x: Flow): string => {
    const time = op('Gather', [op('Shape', [x.name]), builder.int(1)], { axis: 0 });
    return op('Range', [builder.int(0), time, builder.int(1)]);
  };
  const rows = op('Unsqueeze', [steps(query), builder.ints(1)]);
  const cols = op('Unsqueeze', [steps(key), builder.ints(0)]);
  const past = op('Cast', [op('GreaterOrEqual', [rows, cols])], { to: 1 });
  return op('Unsqueeze', [past, builder.ints(0)]);
}

function softmax(writing: Writing, scores: string, mask: string | undefined): string {
  return mask === undefined
    ? writing.op('Softmax', [scores], { axis: -1 })
    : maskedSoftmax(writing, scores, mask);
}

/** The context, 0 where the query is masked, and the attention weights where they are asked for. */
function outputsOf(writing: Writing, layer: Layer, query: Flow, context: Flow, weights: Flow): Flow[] {
  const name = query.mask === undefined ? context.name : writing.op('Mul', [context.name, query.mask]);
  const y = { ...context, name, mask: query.mask };
  return optionOf(layer.options(), 'returnAttentionScores', false) ? [y, weights] : [y];
}

/** Of one head: the weights are (N, Tq, Tk). */
function ofOneHead(
  writing: Writing,
  layer: Layer,
  { query, value, key, allowed }: Attended,
  scores: string,
): Flow[] {
  const shares = softmax(writing, scores, allowed);
  const [N, Tq] = query.dims;
  const context = {
    name: writing.op('MatMul', [shares, value.name]),
    ...{ dims: [N, Tq, value.features], features: value.features },
  };
  const Tk = key.dims[1];
  const weights = { name: shares, dims: [N, Tq, Tk], features: Number(Tk), mask: query.mask };
  return outputsOf(writing, layer, query, context, weights);
}

/** Softmax(query . key) value. */
export const writeAttention: LayerWriter = (writing, layer, inputs) => {
  const parts = attended(writing, layer, inputs);
  const op = writing.op.bind(writing);
  let scores = op('MatMul', [parts.query.name, op('Transpose', [parts.key.name], { perm: [0, 2, 1] })]);
  const scale = weightOf(layer, 'scale');
  if (scale) scores = op('Mul', [scores, writing.weight(scale.name, [1], () => scale.get().data)]);
  return ofOneHead(writing, layer, parts, scores);
};

/** Softmax(sum of scale * tanh(query + key)) value. */
export const writeAdditiveAttention: LayerWriter = (writing, layer, inputs) => {
  const parts = attended(writing, layer, inputs);
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const queries = op('Unsqueeze', [parts.query.name, builder.ints(2)]);
  const keys = op('Unsqueeze', [parts.key.name, builder.ints(1)]);
  let hidden = op('Tanh', [op('Add', [queries, keys])]);
  const scale = weightOf(layer, 'scale');
  if (scale) hidden = op('Mul', [hidden, writing.weight(scale.name, scale.shape, () => scale.get().data)]);
  const scores = op('ReduceSum', [hidden, builder.ints(3)], { keepdims: 0 });
  return ofOneHead(writing, layer, parts, scores);
};

/** Attention in several heads. */
export const writeMultiHeadAttention: LayerWriter = (writing, layer, inputs) => {
  const { query, value, key, allowed } = attended(writing, layer, inputs);
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const options = layer.options();
  const heads = options['numHeads'] as number;
  const keyDim = options['keyDim'] as number;
  /** (N, T, D) to (N, H, T, K). */
  const toHeads = (x: Flow, part: string): string => {
    const projected = project(writing, layer, x.name, part, x.features);
    const split = op('Reshape', [projected, builder.ints(0, 0, heads, -1)]);
    return op('Transpose', [split], { perm: [0, 2, 1, 3] });
  };
  const queries = op('Mul', [toHeads(query, 'query'), builder.scalar(1 / Math.sqrt(keyDim))]);
  const keys = op('Transpose', [toHeads(key, 'key')], { perm: [0, 1, 3, 2] });
  const mask = allowed === undefined ? undefined : op('Unsqueeze', [allowed, builder.ints(1)]);
  const shares = softmax(writing, op('MatMul', [queries, keys]), mask);
  const contexts = op('Transpose', [op('MatMul', [shares, toHeads(value, 'value')])], { perm: [0, 2, 1, 3] });
  const beside = op('Reshape', [contexts, builder.ints(0, 0, -1)]);
  const width = heads * optionOf(options, 'valueDim', keyDim);
  const name = project(writing, layer, beside, 'attention_output', width);
  const [N, Tq] = query.dims;
  const Tk = key.dims[1];
  const context = { name, dims: [N, Tq, query.features], features: query.features };
  return outputsOf(writing, layer, query, context, {
    name: shares,
    dims: [N, heads, Tq, Tk],
    features: Number(Tk),
  });
};

/** x W + b, the weights' axes of heads laid side by side. */
function project(writing: Writing, layer: Layer, x: string, part: string, features: number): string {
  const find = (name: string) =>
    layer.weights.find((weight) => weight.name === `${layer.name}/${part}/${name}`);
  const [kernel, bias] = [find('kernel')!, find('bias')];
  const cols = kernel.shape.reduce((product, size) => product * size, 1) / features;
  const w = writing.weight(kernel.name, [features, cols], () => kernel.get().data, 1);
  const y = writing.op('MatMul', [x, w]);
  return bias ? writing.op('Add', [y, writing.weight(bias.name, [cols], () => bias.get().data)]) : y;
}
