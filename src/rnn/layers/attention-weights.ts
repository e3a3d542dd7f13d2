import { sliceColumns, sliceRows, type Matrix } from '../program/program.js';
import { blockOf, blockProducts, resultOf } from './head-blocks.js';
import { activated } from './layer-activation.js';
import type { Trace } from '../weights/trace.js';

/** Who may attend to what. */
export interface AttentionMasks {
  readonly heads: number;
  /** Tq and Tk. */
  readonly queryTime: number;
  readonly keyTime: number;
  /** (Tq * N, 1) and (Tk * N, 1): 0 for padding. */
  readonly queryMask: Matrix | undefined;
  readonly keyMask: Matrix | undefined;
  /** Step i attends to steps up to i alone. */
  readonly causal: boolean;
}

/**
 * (H * N * Tq, Tk), heads outermost: 1 where a query may attend to a key, else 0; undefined where
 * all may to all.
 */
export function attentionMask(trace: Trace, masks: AttentionMasks): Matrix | undefined {
  const { heads, queryTime, keyTime, queryMask, keyMask, causal } = masks;
  if (!queryMask && !keyMask && !causal) return undefined;
  const { builder } = trace;
  const past = causal ? lowerTriangle(trace, queryTime, keyTime) : undefined;
  const queries = { heads: 1, time: queryTime };
  let ofHead: Matrix;
  if (queryMask || keyMask) {
    const [ofQueries, ofKeys] = [ones(trace, queryTime), ones(trace, keyTime)];
    ofHead = blockProducts(trace, queries, keyTime, (n) => ({
      a: queryMask ? blockOf(trace, queryMask, queries, n, 0) : ofQueries,
      b: keyMask ? blockOf(trace, keyMask, { heads: 1, time: keyTime }, n, 0) : ofKeys,
      transposeB: true,
    }));
  } else ofHead = trace.temporary(trace.batch * queryTime, keyTime);
  if (past && !trace.shapesOnly) {
    for (let n = 0; n < trace.batch; n++) {
      const own = resultOf(trace, ofHead, queries, n, 0);
      if (!queryMask && !keyMask) builder.run('copy', { x: past }, { y: own }, {});
      else builder.run('multiply', { a: own, b: past }, { y: own }, { accumulate: false });
    }
  }
  if (heads === 1) return ofHead;
  const all = trace.temporary(heads * ofHead.rows, keyTime);
  for (let h = 0; h < heads; h++) {
    builder.run('copy', { x: ofHead }, { y: sliceRows(all, h * ofHead.rows, ofHead.rows) }, {});
  }
  return all;
}

function ones(trace: Trace, rows: number): Matrix {
  const y = trace.temporary(rows, 1);
  trace.builder.run('fill', {}, { y }, { value: 1 });
  return y;
}

/** (Tq, Tk): row i is 1 up to column i, and 0 from there on. */
function lowerTriangle(trace: Trace, rows: number, cols: number): Matrix {
  const { builder } = trace;
  const [one, zero] = [trace.temporary(1, cols), trace.temporary(1, cols)];
  builder.run('fill', {}, { y: one }, { value: 1 });
  builder.run('fill', {}, { y: zero }, { value: 0 });
  const y = trace.temporary(rows, cols);
  for (let i = 0; i < (trace.shapesOnly ? 0 : rows); i++) {
    const row = sliceRows(y, i, 1);
    if (i + 1 >= cols) builder.run('copy', { x: one }, { y: row }, {});
    else {
      const [a, b] = [sliceColumns(one, 0, i + 1), sliceColumns(zero, 0, cols - i - 1)];
      builder.run('concatenate', { a, b }, { y: row }, { accumulate: false });
    }
  }
  return y;
}

/** How much each query attends to each key, with the backward pass. */
export interface AttentionWeights {
  /** (R, Tk): each row adds up to 1, or is 0 where there is nothing to attend to. */
  readonly weights: Matrix;
  /** The same after dropout: what values are weighted by. */
  readonly dropped: Matrix;
  /**
   * Appends the steps back to the scores; the result may lie in the memory of either gradient.
   * @param dDropped the gradient of `dropped`, if any; @param dWeights of `weights`, if any
   */
  readonly backward: (dDropped: Matrix | undefined, dWeights: Matrix | undefined) => Matrix | undefined;
}

/** Softmax of scores (R, Tk) in their place, under a mask (R, Tk), with dropout in training. */
export function attentionWeights(
  trace: Trace,
  scores: Matrix,
  mask: Matrix | undefined,
  rate: number,
): AttentionWeights {
  const { y: weights, backward } = activated(trace, scores, 'softmax', { featureMask: mask });
  const drops = trace.drops && rate > 0;
  const keys = drops ? trace.dropoutSite() : undefined;
  const drop = (x: Matrix, y: Matrix): Matrix => {
    if (keys) trace.builder.run('dropout', { x, keys }, { y }, { rate });
    return y;
  };
  const dropped = drops ? drop(weights, trace.temporary(weights.rows, weights.cols)) : weights;
  return {
    weights,
    dropped,
    backward(dDropped, dWeights) {
      if (dDropped) drop(dDropped, dDropped);
      const d = dDropped ?? dWeights;
      if (!d) return undefined;
      if (dDropped && dWeights) trace.builder.run('add', { a: d, b: dWeights }, { y: d }, {});
      backward(d);
      return d;
    },
  };
}
