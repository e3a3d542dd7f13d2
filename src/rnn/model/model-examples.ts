import type { LayerGraph } from '../graph/layer-graph.js';
import type { Selection } from '../training/batched-prediction.js';
import { countOf, readExamples, type Examples, type GivenExamples } from '../training/examples.js';
import { programSize } from '../training/input-sizes.js';

/** Examples whose shapes the model takes. @throws SeqkitError `bad-shape` where they do not fit */
export function examplesFor(graph: LayerGraph, given: GivenExamples): Examples {
  const examples = readExamples(graph, given);
  programSize(graph, examples, 1);
  return examples;
}

/** All of the examples, for a pass over them. */
export function allOf(graph: LayerGraph, examples: Examples, batchSize?: number): Selection {
  const total = countOf(examples);
  const size = programSize(graph, examples, batchSize ?? Math.min(32, total));
  return { examples, indices: range(total), size };
}

/** 0 to count - 1. */
export function range(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}
