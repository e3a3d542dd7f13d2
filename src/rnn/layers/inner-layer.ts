import type { Layer, LayerOptions } from './layer.js';

/** A layer as a model file describes it. */
export interface LayerDescription {
  readonly kind: string;
  readonly options: LayerOptions;
}

/** A layer inside another one, which gives it its name. */
export function describeInner(layer: Layer): LayerDescription {
  return { kind: layer.kind, options: layer.options() };
}
