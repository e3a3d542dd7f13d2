import type { Flow } from './flow.js';
import { refuseStep } from './write-sliding.js';
import type { LayerWriter } from './writing.js';

/** y = x + f(x). */
export const writeResidual: LayerWriter = (writing, layer, [given]) => {
  const x = writing.dense(given);
  let inner: Flow = x;
  for (const one of layer.innerLayers) [inner] = writing.layer(writing, one, [inner]);
  return [{ ...x, name: writing.op('Add', [x.name, inner.name]) }];
};

/** The layer inside at every time step: of (N, T, D) on N * T rows, of (N, T, S, D) on N * T sequences. */
export const writeTimeDistributed: LayerWriter = (writing, layer, [given]) => {
  const { builder } = writing;
  const op = writing.op.bind(writing);
  const x = writing.dense(given);
  const [inside] = layer.innerLayers;
  writing.sequence(layer, x);
  if (x.dims.length > 3) refuseStep(writing, layer);
  const [N, T, ...rest] = x.dims;
  const rows = op('Reshape', [x.name, builder.ints(-1, ...(rest as number[]))]);
  const input = { name: rows, dims: [`${N}*${T}`, ...rest], features: x.features };
  const [y] = writing.layer(writing, inside, [input]);
  const [start, end] = [0, 2].map((n) => builder.ints(n));
  const first = op('Slice', [op('Shape', [x.name]), start, end]);
  const own = y.dims.slice(1);
  if (!own.every((size) => typeof size === 'number')) {
    writing.refuse(
      layer,
      'has sequences inside whose length varies',
      'Give its input a shape with their length.',
    );
  }
  const shape = op('Concat', [first, builder.ints(...(own as number[]))], { axis: 0 });
  return [{ name: op('Reshape', [y.name, shape]), dims: [N, T, ...own], features: y.features, mask: x.mask }];
};
