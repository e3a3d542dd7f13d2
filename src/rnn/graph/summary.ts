import { groupDigits } from '../../base/math/group-digits.js';
import { ProgramBuilder } from '../program/program.js';
import { sizeOf } from '../program/tensor.js';
import type { Layer } from '../layers/layer.js';
import { Trace, type Signal } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { GraphNode, LayerGraph } from './layer-graph.js';
import { LayerStack } from './layer-stack.js';

const GAP = 2;
const HEADS = ['Layer (kind)', 'Output shape', 'Parameters', 'Connected to'] as const;

/**
 * A built graph as a table, one line for each use of a layer: its name and kind, the shape of what it gives with
 * `null` for the batch, how many numbers its weights hold, and, where layers do not stand one after the other, what
 * it takes. Below it the numbers that are trained and those that are not.
 */
export function summarize(graph: LayerGraph, title: string): string {
  const isStack = graph instanceof LayerStack;
  const signals = signalsOf(graph);
  const names = namesOfSignals(graph);
  const seen = new Set<Layer>();
  const inputs = isStack
    ? []
    : graph.inputs.map(({ name }, i) => [
        `${name} (input)`,
        inputShape(signals?.[i], graph.tokensOf(i)),
        '0',
        '',
      ]);
  let first = graph.inputs.length;
  const uses = graph.nodes.map(({ layer, inputs }) => {
    const shapes = Array.from({ length: layer.outputs }, (_, i) => shapeOf(signals?.[first + i]));
    first += layer.outputs;
    // A layer that stands in several places has its weights once.
    const count = seen.has(layer) ? 'shared' : groupDigits(countOf(layer.weights));
    seen.add(layer);
    const from = isStack ? '' : inputs.map((index) => names[index]).join(', ');
    return [`${layer.name} (${layer.kind})`, shapes.join(', '), count, from];
  });
  const columns = isStack ? 3 : 4;
  const rows = [[...HEADS], ...inputs, ...uses].map((row) => row.slice(0, columns));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => row[i].length)));
  const isNumber = (column: number): boolean => column === 2;
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
  const rule = (sign: string): string =>
    sign.repeat(widths.reduce((sum, width) => sum + width, GAP * (columns - 1)));
  const trained = countOf(graph.weights.filter(({ trainable }) => trainable));
  const total = countOf(graph.weights);
  return [
    ...[title, rule('='), lines[0], rule('-'), ...lines.slice(1), rule('=')],
    `Parameters: ${groupDigits(total)}`,
    `Trained: ${groupDigits(trained)}`,
    `Not trained: ${groupDigits(total - trained)}`,
  ].join('\n');
}

/** All that flows, by a pass without numbers; undefined where the file of a model does not say what it takes. */
function signalsOf(graph: LayerGraph): readonly Signal[] | undefined {
  const trace = new Trace(new ProgramBuilder('summary'), { batch: 1, training: false, shapesOnly: true });
  try {
    return graph.trace(trace, graph.declareInputs(trace, graph.shapes!)).signals;
  } catch {
    // A `Sequential` of the first release knows the features alone.
    return undefined;
  }
}

function shapeOf(signal: Signal | undefined): string {
  if (!signal) return '?';
  const { time, steps, features } = signal;
  const sizes = [time, steps, features].filter((size) => size !== undefined);
  return `(${['null', ...sizes].join(', ')})`;
}

/** Tokens (N, T) have no features. */
function inputShape(signal: Signal | undefined, tokens: number | undefined): string {
  if (!signal || tokens === undefined) return shapeOf(signal);
  return `(${['null', signal.time].filter((size) => size !== undefined).join(', ')})`;
}

/** What each signal comes from; the further outputs of a layer have their place. */
function namesOfSignals({ inputs, nodes }: LayerGraph): string[] {
  return [
    ...inputs.map(({ name }) => name),
    ...nodes.flatMap(({ layer }: GraphNode) =>
      Array.from({ length: layer.outputs }, (_, i) => (i === 0 ? layer.name : `${layer.name}[${i}]`)),
    ),
  ];
}

function countOf(weights: readonly Weight[]): number {
  return weights.reduce((total, { shape }) => total + sizeOf(shape), 0);
}
