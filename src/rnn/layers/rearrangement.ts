import { sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** Time step t of every example, in rows of an example each: a view of x(N, T * D). */
function stepOf(x: Matrix, t: number, features: number): Matrix {
  return { ...x, offset: x.offset + t * features, cols: features };
}

/** (T * N, D), time-major, to one row an example (N, T * D). */
export function toExamples(trace: Trace, x: Matrix, time: number): Matrix {
  const y = trace.temporary(trace.batch, time * x.cols);
  if (trace.shapesOnly) return y;
  for (let n = 0; n < trace.batch; n++) {
    const steps = {
      ...x,
      offset: x.offset + n * x.rowStride,
      rows: time,
      rowStride: trace.batch * x.rowStride,
    };
    const own = { ...sliceRows(y, n, 1), rows: time, cols: x.cols, rowStride: x.cols };
    trace.builder.run('copy', { x: steps }, { y: own }, {});
  }
  return y;
}

/** One row an example (N, T * D) to (T * N, D), time-major. */
export function toSteps(trace: Trace, x: Matrix, time: number): Matrix {
  const features = x.cols / time;
  const y = trace.temporary(time * x.rows, features);
  if (trace.shapesOnly) return y;
  for (let t = 0; t < time; t++) {
    trace.builder.run('copy', { x: stepOf(x, t, features) }, { y: sliceRows(y, t * x.rows, x.rows) }, {});
  }
  return y;
}

/** x (T * N, D), time-major, from the last step to the first. */
export function reversedInTime(trace: Trace, x: Matrix, time: number): Matrix {
  const { batch } = trace;
  const y = trace.temporary(x.rows, x.cols);
  if (trace.shapesOnly) return y;
  for (let t = 0; t < time; t++) {
    const from = sliceRows(x, t * batch, batch);
    trace.builder.run('copy', { x: from }, { y: sliceRows(y, (time - 1 - t) * batch, batch) }, {});
  }
  return y;
}

/** A copy in memory of its own. */
export function copyOf(trace: Trace, x: Matrix): Matrix {
  const y = trace.temporary(x.rows, x.cols);
  trace.builder.run('copy', { x }, { y }, {});
  return y;
}
