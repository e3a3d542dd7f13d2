import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import type { ModelFile } from '../../rnn/graph/model-file.js';
import { describeLayer } from '../../rnn/graph/registry.js';

/**
 * Holds the network of a file against the one that its settings describe.
 * @throws SeqkitError `bad-file`
 */
export function checkGraph(file: ModelFile, wanted: LayerGraph, source: string): void {
  const { layers, inputs, nodes, outputs } = wanted;
  const graph = {
    inputs,
    nodes: nodes.map((node) => ({ layer: layers.indexOf(node.layer), inputs: node.inputs })),
    outputs,
  };
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (same(file.layers, layers.map(describeLayer)) && same(file.graph, graph)) return;
  throw new SeqkitError(`${source} holds another network than its settings describe.`, {
    code: 'bad-file',
    hint: 'Take the file as it was, or train anew.',
  });
}
