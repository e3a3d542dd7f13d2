import type { Layer, LayerOptions } from './layer.js';

/** A layer as a model file describes it. */
export interface LayerDescription {
  readonly kind: string;
  readonly options: LayerOptions;
  /** Where its weights are frozen. Files of before do not say it. */
  readonly trainable?: false;
}

/** What a description says of a layer that is not trained. */
export function frozen({ trainable }: Layer): { trainable?: false } {
  return trainable ? {} : { trainable: false };
}

/** A layer inside another one, which gives it its name. */
export function describeInner(layer: Layer): LayerDescription {
  return { kind: layer.kind, options: layer.options(), ...frozen(layer) };
}
