import type { LayerGraph } from '../graph/layer-graph.js';
import type { ModelDescription } from '../graph/model-file.js';
import { describeArchitecture } from './model-architecture.js';
import type { ModelLifetime } from './model-lifetime.js';
import type { SaveOptions } from './model-options.js';
import type { ModelSession } from './model-session.js';
import { noWeights } from './no-weights.js';

/** What a network is made of. Several views of one network share it. */
export interface NetworkParts {
  readonly graph: LayerGraph;
  /** Its weights in an engine. */
  readonly session: ModelSession;
  /** What may run at once, and whether it is over. */
  readonly lifetime: ModelLifetime;
  readonly seed: number;
}

/** @throws SeqkitError `usage` before the weights are made, and once it is over */
export function needBuilt({ graph, session, lifetime }: NetworkParts): void {
  lifetime.check();
  if (graph.features !== undefined && session.runner !== undefined) return;
  throw noWeights();
}

/** What a file of it says besides its weights. @param kind what it is called, where the options say nothing else */
export function descriptionOf(
  { graph, seed }: NetworkParts,
  kind: string,
  options: Omit<SaveOptions, 'force'>,
): ModelDescription {
  return {
    kind: options.kind ?? kind,
    ...describeArchitecture(graph),
    seed,
    settings: options.settings ?? {},
  };
}
