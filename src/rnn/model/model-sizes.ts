import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { sizes } from '../program/tensor.js';
import type { ProgramSize } from '../training/forward-program.js';
import { programSize } from '../training/input-sizes.js';

/** The sizes of a program for one example of each input, of these shapes, as the model's `build` is given them. */
export function sizeOfShapes(graph: LayerGraph, shapes: readonly unknown[]): ProgramSize {
  const inputs = shapes.map((shape, i) => ({
    data: new Float32Array(),
    shape: [1, ...sizes.parse(shape, `build: shape ${i}`)],
  }));
  if (inputs.length !== graph.inputs.length) {
    throw new SeqkitError(`The model has ${graph.inputs.length} inputs; ${inputs.length} shapes came.`, {
      code: 'usage',
    });
  }
  return programSize(graph, { inputs }, 1);
}
