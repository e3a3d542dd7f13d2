import type { Layer } from '../../../src/rnn/layers/layer.js';
import type { Weight } from '../../../src/rnn/weights/weight.js';
import { Random } from '../../../src/base/math/random.js';

/** Gives every weight numbers of its own, positive ones to variances, so that no bias is 0 and no scale is 1. */
export function randomizeWeights(graph: { readonly weights: readonly Weight[] }, seed: number): void {
  const random = new Random(seed);
  for (const weight of graph.weights) {
    const positive = /variance|count|gamma/i.test(weight.name);
    const size = weight.shape.reduce((product, length) => product * length, 1);
    const spread = Math.min(0.5, 1 / Math.sqrt(weight.shape[0]));
    weight.set(
      Float64Array.from({ length: size }, () => {
        const value = random.normal() * spread;
        return Math.fround(positive ? 0.5 + Math.abs(value) : value);
      }),
    );
  }
}

/** The same for a model that is built. */
export function randomized(model: { readonly layers: readonly Layer[] }, seed: number): void {
  randomizeWeights({ weights: model.layers.flatMap(({ weights }) => [...weights]) }, seed);
}
