import type { TargetKind } from '../program/kernels.js';
import { Crossentropy, type CrossentropyOptions } from './crossentropy.js';
import { lossSchemas } from './loss-names.js';

/**
 * Softmax against whole-number classes: -log softmax(output)[target] of each row. Targets are `classes`, (N) or
 * (N, T).
 */
export class SparseCategoricalCrossentropy extends Crossentropy {
  override readonly name = 'sparseCategoricalCrossentropy';
  override readonly targets = 'classes';
  protected override readonly kind: TargetKind = 'sparse';
  override readonly probabilities = 'softmax';

  constructor(options?: CrossentropyOptions) {
    super(lossSchemas.sparseCategoricalCrossentropy.parse(options));
  }

  protected override copyWith(given: CrossentropyOptions): SparseCategoricalCrossentropy {
    return new SparseCategoricalCrossentropy(given);
  }
}
