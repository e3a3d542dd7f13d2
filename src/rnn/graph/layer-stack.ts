import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
import { LayerGraph, type InputShape } from './layer-graph.js';
import type { Layer } from '../layers/layer.js';

/** Layers one after the other: the graph of a `Sequential`. */
export class LayerStack extends LayerGraph {
  constructor(layers: readonly Layer[]) {
    const repeated = layers.find((layer, i) => layers.indexOf(layer) !== i);
    if (repeated) {
      throw new SeqkitError(`The same ${repeated.kind} stands twice in the model.`, {
        code: 'usage',
        hint: 'Make a layer for each place, or share it in a Model.',
      });
    }
    const several = layers.find(({ outputs }) => outputs > 1);
    if (several) {
      throw new SeqkitError(
        `${several.kind} has ${several.outputs} outputs: the next layer would not know which to take.`,
        {
          code: 'usage',
          hint: 'Use Model with applyAll.',
        },
      );
    }
    super({
      inputs: [{ name: '', shape: [] }],
      nodes: layers.map((layer, i) => ({ layer, inputs: [i] })),
      outputs: [layers.length],
    });
  }

  /**
   * Makes all weights.
   * @param shapes the input's sizes, or D alone where no layer depends on T
   */
  override build(shapes: readonly InputShape[] | number, random: Random): void {
    if (typeof shapes !== 'number') return super.build(shapes, random);
    let size = shapes;
    for (const layer of this.layers) {
      size = layer.build(size, random.fork(layer.name));
      if (Number.isNaN(size)) {
        throw new SeqkitError(`What "${layer.name}" gives depends on the number of time steps.`, {
          code: 'bad-shape',
          hint: 'Build the model with the shape (time, features).',
        });
      }
    }
    this.setShapes([{ time: undefined, features: shapes }]);
  }
}
