import { expect } from 'vitest';
import { Model } from '../../../src/index.js';
import { Random } from '../../../src/base/math/random.js';
import type { LayerGraph } from '../../../src/rnn/graph/layer-graph.js';
import { programSize } from '../../../src/rnn/training/input-sizes.js';
import type { LayerCase } from '../../rnn/layer-cases.js';
import { differenceTable } from './difference-table.js';
import { largestDifference, type Numbers } from './onnx-runtime.js';
import { randomizeWeights } from './random-weights.js';

/** A case of layers with weights at random, and its model. @param own its graph, as it is exported */
export function builtCase({ x }: LayerCase, own: LayerGraph) {
  const inputs = (Array.isArray(x) ? x : [x]) as readonly Numbers[];
  const shapes = programSize(own, { inputs: inputs as never }, 1);
  const first = { time: shapes.time, steps: shapes.steps, features: shapes.features };
  own.build([first, ...(shapes.others ?? [])], new Random(5));
  randomizeWeights(own, 7);
  return { inputs, model: new Model(own, { engine: 'wasm', threads: 1 }) };
}

/**
 * Holds what another runtime gives of each case against ours, within 1e-5. What each came to SEQKIT_EXCHANGE_TABLE=1
 * prints for docs/exchange.md.
 */
export function comparedCases(): (name: string, found: Numbers, own: Numbers) => void {
  const note = differenceTable();
  return (name, found, { data, shape }) => {
    expect(found.shape).toEqual(shape);
    const largest = largestDifference(found.data, data);
    note(name, largest);
    expect(largest).toBeLessThan(1e-5);
  };
}
