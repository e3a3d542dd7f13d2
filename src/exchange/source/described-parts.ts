import type { LayerGraph } from '../../rnn/graph/layer-graph.js';

/** What a CRF holds, its numbers row by row. */
export interface CRFScores {
  /** (K, K): the score of label j right after label i. */
  readonly transitions: readonly number[];
  readonly start: readonly number[];
  readonly end: readonly number[];
}

/** Fingerprints of the lines that a model was trained on help nobody who runs it. */
export function withoutLines(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => name !== 'lines'));
}

/** What the CRFs of a network add up between labels, by the names of their layers; undefined where it has none. */
export function transitionsOf(graph: LayerGraph): Record<string, CRFScores> | undefined {
  const layers = graph.layers.filter(({ kind }) => kind === 'CRF');
  if (layers.length === 0) return undefined;
  return Object.fromEntries(
    layers.map((layer) => {
      const [transitions, start, end] = layer.getWeights().map(({ data }) => Array.from(data));
      return [layer.name, { transitions, start, end }];
    }),
  );
}
