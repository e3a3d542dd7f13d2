import { isSequence, type Flow } from './flow.js';
import { refuseStep } from './write-sliding.js';
import type { LayerWriter, Writing } from './writing.js';

/** Reshape and Flatten: each example's numbers in their order. */
export const writeReshape: LayerWriter = (writing, layer, [given]) => {
  refuseStep(writing, layer);
  const x = writing.dense(given);
  const target = (layer.options()['targetShape'] as readonly number[] | undefined) ?? [-1];
  const sizes = x.dims.slice(1);
  if (!sizes.every((size) => typeof size === 'number')) {
    writing.refuse(
      layer,
      'fixes how many time steps there are',
      'Give its input a shape with as many time steps.',
    );
  }
  const all = (sizes as number[]).reduce((product, size) => product * size, 1);
  const known = target.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const shape = target.map((size) => (size === -1 ? all / known : size));
  const name = writing.op('Reshape', [x.name, writing.builder.ints(0, ...shape)]);
  const y = { name, dims: [x.dims[0], ...shape], features: shape[shape.length - 1] };
  return [{ ...y, ...masks(writing, layer, x, y) }];
};

/** Time steps of one number become features and back, and what is padding stays so. */
function masks(
  writing: Writing,
  layer: Parameters<LayerWriter>[1],
  x: Flow,
  y: Flow,
): Pick<Flow, 'mask' | 'featureMask'> {
  const { mask, featureMask } = x;
  if (mask === undefined && featureMask === undefined) return {};
  if (x.dims.join() === y.dims.join()) return { mask, featureMask };
  if (mask !== undefined && x.features === 1 && !isSequence(y)) {
    return { featureMask: writing.op('Squeeze', [mask, writing.builder.ints(2)]) };
  }
  if (featureMask !== undefined && !isSequence(x) && y.features === 1) {
    return { mask: writing.op('Unsqueeze', [featureMask, writing.builder.ints(2)]) };
  }
  return writing.refuse(layer, 'would mix masked time steps with the others', 'Leave the mask out.');
}

export const writeRepeatVector: LayerWriter = (writing, layer, [given]) => {
  refuseStep(writing, layer);
  const x = writing.dense(given);
  const n = layer.options()['n'] as number;
  const row = writing.op('Unsqueeze', [x.name, writing.builder.ints(1)]);
  const name = writing.op('Expand', [row, writing.builder.ints(1, n, 1)]);
  return [{ name, dims: [x.dims[0], n, x.features], features: x.features }];
};
