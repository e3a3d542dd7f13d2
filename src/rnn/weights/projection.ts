import type { Matrix } from '../program/program.js';
import type { Signal, Trace } from './trace.js';
import type { Weight } from './weight.js';

/** y(R, F) = x W + b: the product that Dense and the recurrent layers begin with. */
export function project(trace: Trace, x: Signal, kernel: Weight, bias: Matrix | undefined): Matrix {
  const y = trace.temporary(x.matrix.rows, kernel.cols);
  const table = trace.weight(kernel);
  const withBias = bias ? { bias } : {};
  if (x.oneHot) {
    // A one-hot row times a matrix is one row of it.
    trace.builder.run('gather', { table, index: x.matrix, ...withBias }, { y }, {});
  } else {
    trace.builder.run(
      'gemm',
      { a: x.matrix, b: table, ...withBias },
      { c: y },
      { transposeA: false, transposeB: false, accumulate: false },
    );
  }
  return y;
}

/** dW = x^T dy, and dx = dy W^T where wanted (never for tokens). The bias is the caller's. */
export function projectBackward(
  trace: Trace,
  x: Signal,
  kernel: Weight,
  dy: Matrix,
  wantsDx: boolean,
): Matrix | undefined {
  const { matrix: dKernel, accumulate } = trace.gradient(kernel);
  if (x.oneHot) {
    const { order, offsets } = trace.tokenOrder(x.matrix, kernel.rows);
    trace.builder.run('gatherBackward', { dy, order, offsets }, { dTable: dKernel }, { accumulate });
    return undefined;
  }
  trace.builder.run(
    'gemm',
    { a: x.matrix, b: dy },
    { c: dKernel },
    { transposeA: true, transposeB: false, accumulate },
  );
  if (!wantsDx) return undefined;
  const dx = trace.temporary(x.matrix.rows, x.matrix.cols);
  trace.builder.run(
    'gemm',
    { a: dy, b: trace.weight(kernel) },
    { c: dx },
    { transposeA: false, transposeB: true, accumulate: false },
  );
  return dx;
}

/** db = the sum of dy over its rows. */
export function biasBackward(trace: Trace, bias: Weight, dy: Matrix): void {
  const { matrix: total, accumulate } = trace.gradient(bias);
  trace.builder.run('sumRows', { x: dy }, { total }, { accumulate });
}
