import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { ones } from '../weights/initializers.js';
import type { Random } from '../../base/math/random.js';
import { startOf } from '../weights/deferred-initialization.js';
import type { Trace } from '../weights/trace.js';
import { Weight } from '../weights/weight.js';
import { attendByProducts, weightsFromTime, weightsInTime } from './attention-products.js';
import {
  AttentionLayer,
  attentionTable,
  checkAlike,
  type Attended,
  type AttendedOutputs,
  type AttentionLayerOptions,
} from './attention-layer.js';
import { rowSums } from './layer-activation.js';
import type { Matrix } from '../program/program.js';

export interface AttentionOptions extends AttentionLayerOptions {
  /** Multiply the products by a number that is trained. @default false */
  useScale?: boolean;
}

const attentionOptions = optionsSchema<AttentionOptions>('Attention', {
  ...attentionTable,
  useScale: optional(flag),
});

/**
 * Attention by products (Luong et al. 2015, "dot"): each query's mean of the values, weighted by
 * softmax(query . key). Query (N, Tq, D), value (N, Tk, V) and key (N, Tk, D) to (N, Tq, V); the attention
 * weights are (N, Tq, Tk). Weights: with `useScale` scale (1), which begins at 1.
 */
export class Attention extends AttentionLayer<AttentionOptions> {
  readonly kind = 'Attention';
  #scale: Weight | undefined;

  constructor(options?: AttentionOptions) {
    super(attentionOptions.parse(options));
  }

  get weights(): readonly Weight[] {
    return this.#scale ? [this.#scale] : [];
  }

  protected createFrom([, values]: readonly number[], random: Random): number {
    if (this.given.useScale) {
      const start = startOf(random, [1], () => ones(1, 1, random));
      this.#scale = new Weight(`${this.name}/scale`, [1], start);
    }
    return values;
  }

  /** @internal */
  protected attend(trace: Trace, attended: Attended): AttendedOutputs {
    checkAlike(this, attended);
    const { query, value, key, keyMask } = attended;
    const { causal = false, dropout = 0 } = this.given;
    const scale = this.#scale;
    const core = attendByProducts(trace, {
      query: query.matrix,
      value: value.matrix,
      key: key.matrix,
      masks: {
        ...{ heads: 1, queryTime: query.time, keyTime: key.time },
        ...{ queryMask: query.mask, keyMask, causal },
      },
      dropout,
      ...(scale && { change: (scores: Matrix) => scaled(trace, scale, scores) }),
    });
    return {
      context: core.context,
      scores: () => weightsInTime(trace, core.weights, query),
      backward: (dContext, dScores, wants) =>
        core.backward(dContext, dScores && weightsFromTime(trace, dScores, query.time), wants),
    };
  }
}

/** Scores times a weight, with the backward pass. */
function scaled(trace: Trace, weight: Weight, scores: Matrix) {
  const { builder } = trace;
  const factor = trace.weight(weight);
  const y = trace.temporary(scores.rows, scores.cols);
  builder.run('scale', { x: scores, factor }, { y }, {});
  return {
    y,
    backward(dy: Matrix): void {
      const products = trace.temporary(scores.rows, scores.cols);
      builder.run('multiply', { a: dy, b: scores }, { y: products }, { accumulate: false });
      const { matrix: total, accumulate } = trace.gradient(weight);
      builder.run('sumRows', { x: rowSums(trace, products) }, { total }, { accumulate });
      builder.run('scale', { x: dy, factor }, { y: dy }, {});
    },
  };
}
