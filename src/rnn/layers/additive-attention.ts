import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';
import { sliceRows, type Matrix } from '../program/program.js';
import { startOf } from '../weights/deferred-initialization.js';
import { glorotUniform } from '../weights/initializers.js';
import type { Trace } from '../weights/trace.js';
import { Weight } from '../weights/weight.js';
import {
  AttentionLayer,
  attentionTable,
  checkAlike,
  type Attended,
  type AttendedOutputs,
  type AttentionLayerOptions,
  type Sequences,
} from './attention-layer.js';
import { attendToValues, weightsFromTime, weightsInTime } from './attention-products.js';
import { copyOf } from './rearrangement.js';

export interface AdditiveAttentionOptions extends AttentionLayerOptions {
  /** Weigh the features of tanh(query + key) before they are added up. @default true */
  useScale?: boolean;
}

const additiveAttentionOptions = optionsSchema<AdditiveAttentionOptions>('AdditiveAttention', {
  ...attentionTable,
  useScale: optional(flag),
});

/**
 * Attention by sums (Bahdanau et al. 2015): each query's mean of the values, weighted by
 * softmax(sum of scale * tanh(query + key)). Query (N, Tq, D), value (N, Tk, V) and key (N, Tk, D) to
 * (N, Tq, V); the attention weights are (N, Tq, Tk). The paper's W and U are a Dense without a bias before query
 * and key. It holds N * Tq * Tk * D numbers. Weights: with `useScale` scale (D).
 */
export class AdditiveAttention extends AttentionLayer<AdditiveAttentionOptions> {
  readonly kind = 'AdditiveAttention';
  #scale: Weight | undefined;

  constructor(options?: AdditiveAttentionOptions) {
    super(additiveAttentionOptions.parse(options));
  }

  get weights(): readonly Weight[] {
    return this.#scale ? [this.#scale] : [];
  }

  protected createFrom([features, values]: readonly number[], random: Random): number {
    if (this.given.useScale ?? true) {
      const start = startOf(random, [features], () => glorotUniform(features, 1, random));
      this.#scale = new Weight(`${this.name}/scale`, [features], start);
    }
    return values;
  }

  /** @internal */
  protected attend(trace: Trace, attended: Attended): AttendedOutputs {
    checkAlike(this, attended);
    const { query, value, key, keyMask } = attended;
    const { causal = false, dropout = 0 } = this.given;
    const sums = additiveScores(trace, query, key, this.#scale);
    const core = attendToValues(trace, {
      scores: sums.scores,
      value: value.matrix,
      masks: {
        ...{ heads: 1, queryTime: query.time, keyTime: key.time },
        ...{ queryMask: query.mask, keyMask, causal },
      },
      dropout,
    });
    return {
      context: core.context,
      scores: () => weightsInTime(trace, core.weights, query),
      backward(dContext, dWeights, wants) {
        const dOwn = dWeights && weightsFromTime(trace, dWeights, query.time);
        const { dValue, dScores } = core.backward(dContext, dOwn, wants.value);
        return { value: dValue, ...sums.backward(dScores) };
      },
    };
  }
}

/**
 * (N * Tq, Tk) from query (Tq * N, D) and key (Tk * N, D). Row (i * Tk + j) * N + n of the hidden
 * matrix is tanh(query i + key j) of example n.
 */
function additiveScores(trace: Trace, query: Sequences, key: Sequences, scale: Weight | undefined) {
  const { builder, batch: N } = trace;
  const [queryTime, keyTime, features] = [query.time, key.time, query.features];
  const pairs = queryTime * keyTime;
  const plain = { transposeA: false, transposeB: false, accumulate: false };
  const [queries, keys] = [contiguous(trace, query.matrix), contiguous(trace, key.matrix)];
  const hidden = trace.temporary(pairs * N, features);
  const steps = trace.shapesOnly ? 0 : queryTime;
  const onePerKey = filled(trace, keyTime, 1);
  for (let i = 0; i < steps; i++) {
    const ofStep = asRows(sliceRows(hidden, i * keyTime * N, keyTime * N), keyTime);
    builder.run('copy', { x: asRows(keys, keyTime) }, { y: ofStep }, {});
    const own = asRows(sliceRows(queries, i * N, N), 1);
    builder.run('gemm', { a: onePerKey, b: own }, { c: ofStep }, { ...plain, accumulate: true });
  }
  builder.run('activate', { x: hidden }, { y: hidden }, { activation: 'tanh' });
  // (1, D).
  const factors = scale ? trace.weight(scale) : filled(trace, 1, features);
  const energies = trace.temporary(pairs * N, 1);
  builder.run('gemm', { a: hidden, b: factors }, { c: energies }, { ...plain, transposeB: true });
  // Exact, for all but one of the products are with 0: (Tq * Tk, N) to (N, Tq * Tk).
  const identity = identityOf(trace, N);
  const byExample = trace.temporary(N, pairs);
  const asPairs = { ...energies, rows: pairs, cols: N, rowStride: N };
  builder.run('gemm', { a: identity, b: asPairs }, { c: byExample }, { ...plain, transposeB: true });
  return {
    scores: { ...byExample, rows: N * queryTime, cols: keyTime, rowStride: keyTime },
    backward(dScores: Matrix | undefined): { query: Matrix | undefined; key: Matrix | undefined } {
      if (!dScores) return { query: undefined, key: undefined };
      const ofExamples = { ...dScores, rows: N, cols: pairs, rowStride: pairs };
      const inPairs = trace.temporary(pairs, N);
      builder.run('gemm', { a: ofExamples, b: identity }, { c: inPairs }, { ...plain, transposeA: true });
      const dEnergies = { ...inPairs, rows: pairs * N, cols: 1, rowStride: 1 };
      if (scale) {
        const { matrix, accumulate } = trace.gradient(scale);
        const how = { transposeA: true, transposeB: false, accumulate };
        builder.run('gemm', { a: dEnergies, b: hidden }, { c: matrix }, how);
      }
      const dHidden = trace.temporary(pairs * N, features);
      builder.run('gemm', { a: dEnergies, b: factors }, { c: dHidden }, plain);
      builder.run('activateBackward', { y: hidden, dy: dHidden }, { dx: dHidden }, { activation: 'tanh' });
      const [dQuery, dKey] = [
        trace.temporary(queryTime * N, features),
        trace.temporary(keyTime * N, features),
      ];
      for (let i = 0; i < steps; i++) {
        const x = asRows(sliceRows(dHidden, i * keyTime * N, keyTime * N), keyTime);
        const total = asRows(sliceRows(dQuery, i * N, N), 1);
        builder.run('sumRows', { x }, { total }, { accumulate: false });
      }
      builder.run(
        'sumRows',
        { x: asRows(dHidden, queryTime) },
        { total: asRows(dKey, 1) },
        { accumulate: false },
      );
      return { query: dQuery, key: dKey };
    },
  };
}

/** A matrix of whole rows, its numbers in so many rows. */
function asRows(x: Matrix, rows: number): Matrix {
  const cols = (x.rows * x.cols) / rows;
  return { ...x, rows, cols, rowStride: cols };
}

function contiguous(trace: Trace, x: Matrix): Matrix {
  return x.rowStride === x.cols ? x : copyOf(trace, x);
}

function filled(trace: Trace, rows: number, cols: number): Matrix {
  const y = trace.temporary(rows, cols);
  trace.builder.run('fill', {}, { y }, { value: 1 });
  return y;
}

/** (N, N): 1 on the diagonal, else 0. */
function identityOf(trace: Trace, size: number): Matrix {
  const index = trace.temporary(size, 1);
  for (let n = 0; n < size; n++) {
    trace.builder.run('fill', {}, { y: sliceRows(index, n, 1) }, { value: n });
  }
  const y = trace.temporary(size, size);
  trace.builder.run('oneHot', { index }, { y }, {});
  return y;
}
