import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { CodeParts } from './code/code-part.js';
import { literal } from './code/code-part.js';
import { networkCode } from './network-writer.js';
import type { PackedWeights } from './packed-weights.js';

/** What a module offers: what stands after its functions and weights, and how it is used. */
export interface Front {
  /** What it is, such as "a text model". */
  readonly title: string;
  /** Lines of an example, after the import. */
  readonly example: readonly string[];
  /** All functions that may be needed, and those that are. */
  readonly parts: CodeParts;
  readonly needs: readonly string[];
  readonly constants: readonly string[];
  /** What the default export holds. */
  readonly exported: readonly string[];
}

/** The constants and the function of a network. */
export function networkConstants(graph: LayerGraph, weights: PackedWeights): string[] {
  const { inputs, lines, sequences } = networkCode(graph, weights);
  const shapes = graph.inputs.map((_, i) => {
    const { time, features } = graph.shapes![i];
    const tokens = graph.tokensOf(i);
    return tokens === undefined ? { features, sequence: time !== undefined } : { tokens };
  });
  return [
    `const INPUTS = ${literal(shapes)};`,
    `const SEQUENCES = ${literal(sequences)};`,
    '',
    '/** The network, for one example: its outputs. The memory keeps the states of recurrent layers. */',
    `function network(${[...inputs, 'memory'].join(', ')}) {`,
    ...lines.map((line) => `  ${line}`),
    '}',
  ];
}
