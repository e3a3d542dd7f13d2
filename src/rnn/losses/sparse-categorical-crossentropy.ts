import type { TargetKind } from '../program/kernels.js';
import { Crossentropy, crossentropyOptions, type CrossentropyOptions } from './crossentropy.js';

/**
 * Softmax against whole-number classes: -log softmax(output)[target] of each row. Targets are `classes`, (N) or
 * (N, T).
 */
export class SparseCategoricalCrossentropy extends Crossentropy {
  /** @internal */
  static readonly schema = crossentropyOptions('sparseCategoricalCrossentropy');
  override readonly name = 'sparseCategoricalCrossentropy';
  override readonly targets = 'classes';
  protected override readonly kind: TargetKind = 'sparse';
  override readonly probabilities = 'softmax';

  constructor(options?: CrossentropyOptions) {
    super(SparseCategoricalCrossentropy.schema.parse(options));
  }

  protected override copyWith(given: CrossentropyOptions): SparseCategoricalCrossentropy {
    return new SparseCategoricalCrossentropy(given);
  }
}
