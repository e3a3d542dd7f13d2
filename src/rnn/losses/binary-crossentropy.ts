import type { TargetKind } from '../program/kernels.js';
import { Crossentropy, type CrossentropyOptions } from './crossentropy.js';
import { lossSchemas } from './loss-names.js';

/**
 * Sigmoid against 0 to 1, the mean over the features of -t log p - (1 - t) log(1 - p). Targets are `values`, (N, F)
 * or (N, T, F).
 */
export class BinaryCrossentropy extends Crossentropy {
  override readonly name = 'binaryCrossentropy';
  protected override readonly kind: TargetKind = 'binary';
  override readonly probabilities = 'sigmoid';
  override readonly range = [0, 1] as const;

  constructor(options?: CrossentropyOptions) {
    super(lossSchemas.binaryCrossentropy.parse(options));
  }

  override classes(features: number): number | undefined {
    return features === 1 ? 2 : undefined;
  }

  protected override copyWith(given: CrossentropyOptions): BinaryCrossentropy {
    return new BinaryCrossentropy(given);
  }
}
