import type { Random } from '../../base/math/random.js';
import { optionsSchema } from '../../base/schema/index.js';
import { denseMatrix, Layer, timeOf, type Ending, type LayerOptions } from './layer.js';
import { innerLayer, layerName } from './layer-options.js';
import { buildInner, describeInner } from './inner-layer.js';
import { toExamples, toSteps } from './rearrangement.js';
import type { Signal, Trace, Traced } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';

export interface TimeDistributedOptions {
  /** Any layer with one input and one output that carries no state from batch to batch. */
  layer: Layer;
  name?: string;
}

const timeDistributedOptions = optionsSchema<TimeDistributedOptions>('TimeDistributed', {
  layer: innerLayer<Layer>(
    'a new layer with one output, without a name, that is not stateful',
    ({ outputs, stateful }) => outputs === 1 && !stateful,
    ({ stateful }) =>
      stateful ? 'Leave out stateful: no sequence goes on from another.' : 'Leave out returnState.',
  ),
  name: layerName,
});

/**
 * The same layer at every time step, on its own: a layer of rows at each row of (N, T, D), a layer of
 * sequences, such as Conv1D, LSTM or Flatten, at each sequence of (N, T, S, D). Gives (N, T, F), or
 * (N, T, S', F) where the layer gives sequences. Masked time steps stay masked; inside, all count.
 */
export class TimeDistributed extends Layer {
  readonly kind = 'TimeDistributed';
  readonly #layer: Layer;

  constructor(options: TimeDistributedOptions) {
    super();
    const { layer, name = '' } = timeDistributedOptions.parse(options);
    this.name = name;
    this.#layer = layer;
  }

  override get depth(): number {
    return 1 + this.#layer.depth;
  }

  options(): LayerOptions {
    return { layer: describeInner(this.#layer) };
  }

  override get innerLayers(): readonly Layer[] {
    return [this.#layer];
  }

  override ending(before: Ending): Ending {
    return this.#layer.ending(before);
  }

  override get takesOneHot(): boolean {
    return this.#layer.takesOneHot;
  }

  get weights(): readonly Weight[] {
    return this.#layer.weights;
  }

  override get takesInnerSteps(): boolean {
    return true;
  }

  protected create(features: number, random: Random): number {
    return buildInner(this.#layer, `${this.name}/layer`, features, { random, fork: undefined });
  }

  trace(trace: Trace, x: Signal): Traced {
    const time = timeOf(this, x);
    const { steps, mask } = x;
    const rows = trace.ofRows(time * trace.batch);
    const input: Signal =
      steps === undefined
        ? { ...x, time: undefined }
        : { matrix: toSteps(rows, denseMatrix(this, x), steps), time: steps, features: x.features };
    const { y, backward } = this.#layer.trace(rows, input);
    const { time: given, features } = y;
    const matrix = given === undefined ? y.matrix : toExamples(rows, y.matrix, given);
    return {
      y: { matrix, time, steps: given, features, mask },
      backward: (dy, wantsDx) => {
        const dx = backward(given === undefined ? dy : toSteps(rows, dy, given), wantsDx);
        return dx && steps !== undefined ? toExamples(rows, dx, steps) : dx;
      },
    };
  }
}
