import type { GraphNode, LayerGraph } from '../../../rnn/graph/layer-graph.js';
import { Conv1D } from '../../../rnn/layers/conv1d.js';
import { Dense } from '../../../rnn/layers/dense.js';
import type { Layer } from '../../../rnn/layers/layer.js';
import { Random } from '../../../base/math/random.js';
import { affineOf } from './write-normalization.js';

/** What stands in the place of a node: another layer, or nothing, since the layer before does its work. */
export type Folded = Layer | 'gone';

/**
 * Batch normalization after a Dense or Conv1D, folded into its weights: y = (x W + b) * factor + offset is x W' + b'.
 * Where another layer takes what lies between, or the one before has an activation, both stay.
 */
export function foldedInto(graph: LayerGraph): Map<GraphNode, Folded> {
  const folded = new Map<GraphNode, Folded>();
  for (const node of graph.nodes) {
    if (node.layer.kind !== 'BatchNormalization') continue;
    const before = graph.makerOf(node.inputs[0]);
    if (!before || folded.has(before) || !isLinear(before.layer)) continue;
    const uses = graph.nodes.filter(({ inputs }) => inputs.includes(node.inputs[0])).length;
    const isOutput = graph.outputs.includes(node.inputs[0]);
    const isShared = graph.nodes.filter(({ layer }) => layer === before.layer).length > 1;
    if (uses > 1 || isOutput || isShared) continue;
    folded.set(before, withNormalization(before.layer, node.layer));
    folded.set(node, 'gone');
  }
  return folded;
}

function isLinear(layer: Layer): boolean {
  const { activation = 'linear' } = layer.options();
  return (layer.kind === 'Dense' || layer.kind === 'Conv1D') && activation === 'linear';
}

/** A copy of a Dense or Conv1D that normalizes too. Its last axis are the features that come out. */
function withNormalization(layer: Layer, normalization: Layer): Layer {
  const { factor, offset } = affineOf(normalization)!;
  const [kernel, bias] = layer.getWeights();
  const F = factor.length;
  const options = { ...layer.options(), name: layer.name, useBias: true };
  const copy = layer.kind === 'Dense' ? new Dense(options as never) : new Conv1D(options as never);
  const [inputs, groups] = [kernel.shape.at(-2)!, (layer.options()['groups'] as number | undefined) ?? 1];
  copy.build(inputs * groups, new Random(0));
  copy.setWeights([
    Array.from(kernel.data, (weight, i) => weight * factor[i % F]),
    Array.from(offset, (value, f) => value + (bias ? bias.data[f] * factor[f] : 0)),
  ]);
  return copy;
}
