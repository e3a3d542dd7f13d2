import { weightOf, type LayerWriter, type Writing } from './writing.js';

/** A vector for each token. */
export const writeEmbedding: LayerWriter = (writing, layer, [x]) => {
  const table = weightOf(layer, 'embeddings')!;
  const [V, D] = table.shape;
  const w = writing.weight(table.name, [V, D], () => table.get().data, 0);
  const name = writing.op('Gather', [w, x.name], { axis: 0 });
  const mask = layer.options()['maskZero'] === true ? paddingMask(writing, x.name, x.mask) : x.mask;
  return [{ name, dims: [...x.dims, D], features: D, mask }];
};

/** (N, T, 1): 0 for token 0. */
function paddingMask(writing: Writing, tokens: string, before: string | undefined): string {
  const isPadding = writing.op('Equal', [tokens, writing.builder.int(0)]);
  const counts = writing.op('Cast', [writing.op('Not', [isPadding])], { to: 1 });
  const mask = writing.op('Unsqueeze', [counts, writing.builder.ints(2)]);
  return before === undefined ? mask : writing.op('Mul', [mask, before]);
}

/** Nothing is laid out until a layer asks for it. */
export const writeOneHot: LayerWriter = (_writing, layer, [x]) => {
  return [{ ...x, features: layer.options()['depth'] as number, oneHot: true }];
};

/** y = f(sqrt(D) E[x]) E^T + b. */
export const writeTiedEmbedding: LayerWriter = (writing, layer, [x]) => {
  const [table, bias] = [weightOf(layer, 'embeddings')!, layer.weights.at(-1)!];
  const [V, D] = table.shape;
  const w = writing.weight(table.name, [V, D], () => table.get().data, 0);
  const vectors = writing.op('Gather', [w, x.name], { axis: 0 });
  let inner = {
    name: writing.op('Mul', [vectors, writing.builder.scalar(Math.sqrt(D))]),
    ...{ dims: [...x.dims, D], features: D, mask: x.mask },
  };
  for (const one of layer.innerLayers) [inner] = writing.layer(writing, one, [inner]) as [typeof inner];
  const product = writing.op('MatMul', [inner.name, writing.op('Transpose', [w], { perm: [1, 0] })]);
  const name = writing.op('Add', [product, writing.weight(bias.name, [V], () => bias.get().data)]);
  return [{ name, dims: [...inner.dims.slice(0, -1), V], features: V, mask: inner.mask }];
};
