import type { LayerGraph } from '../../rnn/graph/layer-graph.js';
import { modelCode } from './code/model-code.js';
import { networkConstants, type Front } from './front.js';
import type { PackedWeights } from './packed-weights.js';

/** A model of layers that is no more than that. */
export function modelFront(graph: LayerGraph, weights: PackedWeights): Front {
  const given = graph.inputs.map((_, i) => {
    const { time, features } = graph.shapes![i];
    const tokens = graph.tokensOf(i);
    if (tokens !== undefined) return `[...tokens from 0 to ${tokens - 1}]`;
    return time === undefined ? `[...${features} numbers]` : `[[...${features} numbers], ...more time steps]`;
  });
  return {
    title: 'a network',
    example: [`model.predict(${given.join(', ')});`],
    parts: modelCode,
    needs: ['predict'],
    constants: networkConstants(graph, weights),
    exported: ['predict'],
  };
}
