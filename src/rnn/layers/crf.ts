import type { Random } from '../../base/math/random.js';
import { optionsSchema } from '../../base/schema/index.js';
import { startOf } from '../weights/deferred-initialization.js';
import { uniform } from '../weights/initializers.js';
import type { Trace, Signal, Traced } from '../weights/trace.js';
import { Weight } from '../weights/weight.js';
import { denseMatrix, Layer, timeOf, type Ending, type LayerOptions } from './layer.js';
import { layerName, type NamedOptions } from './layer-options.js';

const crfOptions = optionsSchema<NamedOptions>('CRF', { name: layerName });

/**
 * The end of a linear-chain conditional random field (Lafferty et al. 2001): it hands on the scores of the labels at
 * each time step, (N, T, K), as they are, and holds what `CRFLoss` adds to them. Weights: transitions (K, K), the score
 * of label j right after label i; start (K) and end (K), those of the first and of the last label. They are trained by
 * `new CRFLoss({ layer })` alone.
 */
export class CRF extends Layer {
  readonly kind = 'CRF';
  #weights: readonly [transitions: Weight, start: Weight, end: Weight] | undefined;

  constructor(options?: NamedOptions) {
    super();
    this.name = crfOptions.parse(options).name ?? '';
  }

  options(): LayerOptions {
    return {};
  }

  get weights(): readonly Weight[] {
    return this.#weights ?? [];
  }

  /** @internal Transitions, start and end, once built. */
  get scores(): readonly [transitions: Weight, start: Weight, end: Weight] | undefined {
    return this.#weights;
  }

  override ending(before: Ending): Ending {
    return before;
  }

  protected create(labels: number, random: Random): number {
    const weight = (name: string, shape: readonly number[], rows: number): Weight =>
      new Weight(
        `${this.name}/${name}`,
        shape,
        startOf(random, shape, () => uniform(rows, labels, random)),
      );
    this.#weights = [
      weight('transitions', [labels, labels], labels),
      weight('start', [labels], 1),
      weight('end', [labels], 1),
    ];
    return labels;
  }

  trace(_trace: Trace, x: Signal): Traced {
    timeOf(this, x);
    denseMatrix(this, x);
    return { y: x, backward: (dy) => dy };
  }
}
