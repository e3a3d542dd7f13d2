import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { Masking } from '../layers/masking.js';
import { Standardize } from '../layers/standardize.js';
import { sizeOf } from '../program/tensor.js';
import type { Examples } from './examples.js';

/**
 * Gives `Standardize` layers without statistics those of the examples that are trained on.
 * @param heldBack the last share of the examples, which does not count
 * @throws SeqkitError `usage` for one that does not stand at an input, or after Masking there
 */
export function fitStandardizers(graph: LayerGraph, examples: Examples, heldBack: number): void {
  for (const { layer, inputs } of graph.nodes) {
    if (!(layer instanceof Standardize) || layer.fitted) continue;
    const before = graph.makerOf(inputs[0]);
    const masked = before?.layer instanceof Masking ? before.layer : undefined;
    const source = masked ? before!.inputs[0] : inputs[0];
    const x = examples.inputs.at(source);
    if (!x) {
      throw new SeqkitError(
        `"${layer.name}" does not stand at an input, so fit cannot know its statistics.`,
        {
          code: 'usage',
          hint: 'Put it first, or after Masking, or call its adapt.',
        },
      );
    }
    const trained = x.shape[0] - Math.floor(x.shape[0] * heldBack);
    const rows = x.data.subarray(0, trained * sizeOf(x.shape.slice(1)));
    const D = x.shape[x.shape.length - 1];
    const lengths = examples.lengths[source];
    const T = x.shape[1];
    const counts = (row: number): boolean =>
      (!lengths || row % T < lengths[Math.floor(row / T)]) &&
      (!masked || rows.subarray(row * D, (row + 1) * D).some((value) => value !== masked.maskValue));
    layer.adapt(rows, counts);
  }
}
