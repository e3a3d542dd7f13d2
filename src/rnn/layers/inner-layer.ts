import { SeqkitError } from '../../base/errors.js';
import type { Random } from '../../base/math/random.js';
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

/**
 * Makes the weights of a layer inside another one.
 * @param name what it is called from now on
 * @param fork what its random numbers are called
 * @throws SeqkitError `usage` where it has weights already: it stands in two places
 */
export function buildInner(
  layer: Layer,
  name: string,
  features: number,
  { random, fork }: { random: Random; fork: string | undefined },
): number {
  if (layer.built) {
    throw new SeqkitError(`The ${layer.kind} inside "${name}" stands in another place too.`, {
      code: 'usage',
      hint: 'Make a layer for each place.',
    });
  }
  layer.name = name;
  return layer.build(features, fork === undefined ? random : random.fork(fork));
}
