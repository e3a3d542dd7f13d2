import type { TargetKind } from '../program/kernels.js';
import { Crossentropy, type CrossentropyOptions } from './crossentropy.js';
import { lossSchemas } from './loss-names.js';

/**
 * Softmax against the shares of the classes, such as one-hot rows: -sum(targets * log softmax(output)) of each row.
 * Targets are `values`, (N, F) or (N, T, F).
 */
export class CategoricalCrossentropy extends Crossentropy {
  override readonly name = 'categoricalCrossentropy';
  protected override readonly kind: TargetKind = 'categorical';
  override readonly probabilities = 'softmax';

  constructor(options?: CrossentropyOptions) {
    super(lossSchemas.categoricalCrossentropy.parse(options));
  }

  override classes(features: number): number {
    return features;
  }

  protected override copyWith(given: CrossentropyOptions): CategoricalCrossentropy {
    return new CategoricalCrossentropy(given);
  }
}
