import type { LayerGraph } from '../graph/layer-graph.js';
import type { Tensor } from '../program/tensor.js';
import { predictions } from '../training/batched-prediction.js';
import type { GivenExamples } from '../training/examples.js';
import { allOf, examplesFor } from './model-examples.js';
import type { ModelSession } from './model-session.js';

// A page that goes one time step at a call does not load it.

/** As the model's `predictAll`. @throws SeqkitError `bad-shape` where the examples do not fit */
export async function predictExamples(
  graph: LayerGraph,
  session: ModelSession,
  given: GivenExamples,
  batchSize: number | undefined,
): Promise<Tensor[]> {
  const selection = allOf(graph, examplesFor(graph, given), batchSize);
  return predictions(await session.open(selection.size), selection);
}
