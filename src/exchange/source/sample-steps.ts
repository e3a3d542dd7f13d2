import type { LayerGraph } from '../../rnn/graph/layer-graph.js';

/** Of a size, or of one over time and one over bands, that over time; undefined for anything else. */
function overTime(size: unknown): number | undefined {
  const first: unknown = Array.isArray(size) ? size[0] : size;
  return typeof first === 'number' ? first : undefined;
}

/**
 * How windows that slide over time, one layer after the other, bear upon the length of a sequence.
 * @returns `least`: so many time steps give an output; `stride`: the product of all strides
 */
export function slidingSteps({ layers }: Pick<LayerGraph, 'layers'>): { least: number; stride: number } {
  let [least, stride] = [1, 1];
  for (const layer of layers) {
    const options = layer.options();
    const pool = overTime(options['poolSize']) ?? (/Pooling[12]D$/.test(layer.kind) ? 2 : undefined);
    const kernel = overTime(options['kernelSize']);
    const size = layer.kind.startsWith('Global') ? undefined : (kernel ?? pool);
    if (size === undefined) continue;
    const reach = (size - 1) * (overTime(options['dilationRate']) ?? 1) + 1;
    if ((options['padding'] ?? 'valid') === 'valid') least += (reach - 1) * stride;
    stride *= overTime(options['strides']) ?? (kernel === undefined ? size : 1);
  }
  return { least, stride };
}
