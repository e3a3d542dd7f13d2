import type { Matrix } from '../program/program.js';
import type { Signal, Trace } from '../weights/trace.js';
import type { AttendedGradients, AttendedWants, Sequences } from './attention-layer.js';
import { attentionMask, attentionWeights, type AttentionMasks } from './attention-weights.js';
import { blockOf, blockProducts, resultOf, sequenceOfProducts } from './head-blocks.js';
import { toExamples, toSteps } from './rearrangement.js';

/** What the values are weighted by, and who may attend to what. */
interface Weighted {
  /** (H * N * Tq, Tk), heads outermost, before softmax; it is overwritten. */
  readonly scores: Matrix;
  /** (Tk * N, H * V). */
  readonly value: Matrix;
  readonly masks: AttentionMasks;
  readonly dropout: number;
}

/** Softmax(scores) value, for each example and head. */
export function attendToValues(trace: Trace, { scores, value, masks, dropout }: Weighted) {
  const { heads, queryTime, keyTime } = masks;
  const [queries, keys] = [
    { heads, time: queryTime },
    { heads, time: keyTime },
  ];
  const { weights, dropped, backward } = attentionWeights(
    trace,
    scores,
    attentionMask(trace, masks),
    dropout,
  );
  const context = sequenceOfProducts(trace, queries, value.cols / heads, (n, h) => ({
    a: resultOf(trace, dropped, queries, n, h),
    b: blockOf(trace, value, keys, n, h),
  }));
  return {
    context,
    /** (H * N * Tq, Tk), before dropout. */
    weights,
    backward(dContext: Matrix | undefined, dWeights: Matrix | undefined, wantsValue: boolean) {
      if (!dContext) return { dValue: undefined, dScores: backward(undefined, dWeights) };
      const dValue = wantsValue
        ? sequenceOfProducts(trace, keys, value.cols / heads, (n, h) => ({
            a: resultOf(trace, dropped, queries, n, h),
            b: blockOf(trace, dContext, queries, n, h),
            transposeA: true,
          }))
        : undefined;
      const dDropped = blockProducts(trace, queries, keyTime, (n, h) => ({
        a: blockOf(trace, dContext, queries, n, h),
        b: blockOf(trace, value, keys, n, h),
        transposeB: true,
      }));
      return { dValue, dScores: backward(dDropped, dWeights) };
    },
  };
}

/** Attention by products of queries and keys, in one head or several. */
interface ByProducts extends Omit<Weighted, 'scores'> {
  /** (Tq * N, H * K). */
  readonly query: Matrix;
  /** (Tk * N, H * K). */
  readonly key: Matrix;
  /** What becomes of the products before softmax; its backward pass works in place. */
  readonly change?: (scores: Matrix) => { y: Matrix; backward: (dy: Matrix) => void };
}

/** Softmax(query key^T) value, for each example and head. */
export function attendByProducts(trace: Trace, { query, key, change, ...weighted }: ByProducts) {
  const { heads, queryTime, keyTime } = weighted.masks;
  const [queries, keys] = [
    { heads, time: queryTime },
    { heads, time: keyTime },
  ];
  const products = blockProducts(trace, queries, keyTime, (n, h) => ({
    a: blockOf(trace, query, queries, n, h),
    b: blockOf(trace, key, keys, n, h),
    transposeB: true,
  }));
  const changed = change?.(products);
  const core = attendToValues(trace, { ...weighted, scores: changed?.y ?? products });
  return {
    context: core.context,
    weights: core.weights,
    backward(
      dContext: Matrix | undefined,
      dWeights: Matrix | undefined,
      wants: AttendedWants,
    ): AttendedGradients {
      const { dValue, dScores } = core.backward(dContext, dWeights, wants.value);
      if (!dScores) return { query: undefined, value: dValue, key: undefined };
      changed?.backward(dScores);
      const dQuery = (): Matrix =>
        sequenceOfProducts(trace, queries, query.cols / heads, (n, h) => ({
          a: resultOf(trace, dScores, queries, n, h),
          b: blockOf(trace, key, keys, n, h),
        }));
      const dKey = (): Matrix =>
        sequenceOfProducts(trace, keys, key.cols / heads, (n, h) => ({
          a: resultOf(trace, dScores, queries, n, h),
          b: blockOf(trace, query, queries, n, h),
          transposeA: true,
        }));
      return {
        query: wants.query ? dQuery() : undefined,
        value: dValue,
        key: wants.key ? dKey() : undefined,
      };
    },
  };
}

/** Weights of one head (N * Tq, Tk) as an output (N, Tq, Tk). */
export function weightsInTime(trace: Trace, weights: Matrix, { time, mask }: Sequences): Signal {
  const keys = weights.cols;
  const examples = { ...weights, rows: trace.batch, cols: time * keys, rowStride: time * keys };
  return { matrix: toSteps(trace, examples, time), time, features: keys, mask };
}

/** Back from (N, Tq, Tk) to rows (N * Tq, Tk). */
export function weightsFromTime(trace: Trace, d: Matrix, time: number): Matrix {
  return { ...toExamples(trace, d, time), rows: trace.batch * time, cols: d.cols, rowStride: d.cols };
}
