import type { LayerActivation } from '../../../rnn/layers/layer-activation.js';
import { writeActivation } from './write-activation.js';
import { optionOf, weightOf, type LayerWriter } from './writing.js';

/** y = f(x W + b); of one-hot rows the rows of W that they choose. */
export const writeDense: LayerWriter = (writing, layer, [x]) => {
  const [kernel, bias] = [weightOf(layer, 'kernel')!, weightOf(layer, 'bias')];
  const [D, F] = kernel.shape;
  const w = writing.weight(kernel.name, [D, F], () => kernel.get().data, 1);
  let y = x.oneHot
    ? writing.op('Gather', [w, x.name], { axis: 0 })
    : writing.op('MatMul', [writing.dense(x).name, w]);
  if (bias) y = writing.op('Add', [y, writing.weight(bias.name, [F], () => bias.get().data)]);
  y = writeActivation(writing, y, optionOf<LayerActivation>(layer.options(), 'activation', 'linear'));
  const dims = x.oneHot ? [...x.dims, F] : [...x.dims.slice(0, -1), F];
  return [{ name: y, dims, features: F, mask: x.mask }];
};
