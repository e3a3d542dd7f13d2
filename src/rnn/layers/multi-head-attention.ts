import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';
import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import {
  AttentionLayer,
  attentionTable,
  type Attended,
  type AttendedOutputs,
  type AttentionLayerOptions,
} from './attention-layer.js';
import { attendByProducts } from './attention-products.js';
import { HeadProjection } from './head-projection.js';
import { size } from './layer-options.js';

export interface MultiHeadAttentionOptions extends AttentionLayerOptions {
  /** H. */
  numHeads: number;
  /** K, the features of each head's queries and keys. */
  keyDim: number;
  /** V, the features of each head's values. @default keyDim */
  valueDim?: number;
  /** @default true */
  useBias?: boolean;
}

const multiHeadAttentionOptions = optionsSchema<MultiHeadAttentionOptions>('MultiHeadAttention', {
  ...attentionTable,
  numHeads: size,
  keyDim: size,
  valueDim: optional(size),
  useBias: optional(flag),
});

type Projections = Record<'query' | 'key' | 'value' | 'output', HeadProjection>;

/**
 * Scaled dot-product attention in several heads (Vaswani et al. 2017, section 3.2): each head projects query, key and
 * value, attends by softmax(query . key / sqrt(K)), and the heads' contexts side by side are projected to as many
 * features as the query has: (N, Tq, D), (N, Tk, ...) to (N, Tq, D). The attention weights are (N, H, Tq, Tk). Weights: kernel
 * and bias of query (D, H, K) and (H, K), of key, of value (..., H, V) and (H, V), and of the output (H, V, D) and (D).
 */
export class MultiHeadAttention extends AttentionLayer<MultiHeadAttentionOptions> {
  readonly kind = 'MultiHeadAttention';
  #projections: Projections | undefined;

  constructor(options: MultiHeadAttentionOptions) {
    super(multiHeadAttentionOptions.parse(options));
  }

  get weights(): readonly Weight[] {
    if (!this.#projections) return [];
    const { query, key, value, output } = this.#projections;
    return [query, key, value, output].flatMap(({ weights }) => weights);
  }

  protected createFrom(inputs: readonly number[], random: Random): number {
    const { numHeads: H, keyDim: K, valueDim: V = K, useBias = true } = this.given;
    const [features, values, keys = values] = inputs;
    const toHeads = (name: string, from: number, to: number): HeadProjection => {
      const shapes = { kernel: [from, H, to], bias: [H, to], features: from } as const;
      return new HeadProjection(`${this.name}/${name}`, shapes, useBias, random);
    };
    const fromHeads = { kernel: [H, V, features], bias: [features], features: H * V } as const;
    this.#projections = {
      query: toHeads('query', features, K),
      key: toHeads('key', keys, K),
      value: toHeads('value', values, V),
      output: new HeadProjection(`${this.name}/attention_output`, fromHeads, useBias, random),
    };
    return features;
  }

  /** @internal */
  protected attend(trace: Trace, { query, value, key, keyMask }: Attended): AttendedOutputs {
    const { numHeads: heads, keyDim, causal = false, dropout = 0 } = this.given;
    const projections = this.#projections!;
    const { builder } = trace;
    const scale = { factor: 1 / Math.sqrt(keyDim), offset: 0 };
    const queries = projections.query.forward(trace, query.matrix);
    builder.run('affine', { x: queries }, { y: queries }, scale);
    const core = attendByProducts(trace, {
      query: queries,
      key: projections.key.forward(trace, key.matrix),
      value: projections.value.forward(trace, value.matrix),
      masks: {
        ...{ heads, queryTime: query.time, keyTime: key.time },
        ...{ queryMask: query.mask, keyMask, causal },
      },
      dropout,
    });
    const context = projections.output.forward(trace, core.context);
    return {
      context,
      // Rows (H * N * Tq, Tk) as (H * N, Tq * Tk): heads stand in the place of time.
      scores: () => ({
        matrix: inRows(core.weights, heads * trace.batch),
        ...{ time: heads, steps: query.time, features: key.time },
      }),
      backward(dy, dScores, wants) {
        const dContext = dy && projections.output.backward(trace, core.context, dy, true);
        const dWeights = dScores && inRows(dScores, core.weights.rows);
        const d = core.backward(dContext, dWeights, { query: true, value: true, key: true });
        if (d.query) builder.run('affine', { x: d.query }, { y: d.query }, scale);
        return {
          query: d.query && projections.query.backward(trace, query.matrix, d.query, wants.query),
          key: d.key && projections.key.backward(trace, key.matrix, d.key, wants.key),
          value: d.value && projections.value.backward(trace, value.matrix, d.value, wants.value),
        };
      },
    };
  }
}

/** The same numbers in so many rows. */
function inRows(x: Matrix, rows: number): Matrix {
  const cols = (x.rows * x.cols) / rows;
  return { ...x, rows, cols, rowStride: cols };
}
