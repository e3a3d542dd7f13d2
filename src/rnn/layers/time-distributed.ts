import { SeqkitError } from '../errors.js';
import type { Random } from '../random.js';
import { checkKnownOptions } from '../known-options.js';
import { Layer, timeOf, type LayerOptions } from './layer.js';
import { describeInner } from './inner-layer.js';
import type { Signal, Trace, Traced } from './trace.js';
import type { Weight } from './weight.js';

export interface TimeDistributedOptions {
  /** A layer of rows, such as a Dense or a Residual of some. */
  layer: Layer;
  name?: string;
}

/** The same layer of rows (N, D) at every time step of (N, T, D). */
export class TimeDistributed extends Layer {
  readonly kind = 'TimeDistributed';
  readonly #layer: Layer;

  constructor(options: TimeDistributedOptions) {
    super();
    checkKnownOptions(options, { layer: true, name: true }, 'TimeDistributed');
    const { layer } = options;
    if (!(layer instanceof Layer) || layer.outputs !== 1 || layer.name !== '' || layer.built) {
      throw new SeqkitError('TimeDistributed takes a new layer with one output and without a name.', {
        code: 'usage',
        hint: 'Name the TimeDistributed instead.',
      });
    }
    this.name = options.name ?? '';
    this.#layer = layer;
  }

  options(): LayerOptions {
    return { layer: describeInner(this.#layer) };
  }

  get weights(): readonly Weight[] {
    return this.#layer.weights;
  }

  protected create(features: number, random: Random): number {
    this.#layer.name = `${this.name}/layer`;
    return this.#layer.build(features, random);
  }

  trace(trace: Trace, x: Signal): Traced {
    const time = timeOf(this, x);
    const rows = trace.ofRows(time * trace.batch);
    const { y, backward } = this.#layer.trace(rows, { ...x, time: undefined });
    if (y.time !== undefined) {
      throw new SeqkitError(
        `"${this.name}" takes a layer that gives rows; ${this.#layer.kind} gives sequences.`,
        {
          code: 'usage',
        },
      );
    }
    return { y: { ...y, time, mask: x.mask }, backward };
  }
}
