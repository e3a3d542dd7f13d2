import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** y = h U [+ bias] [+ y]: the product every step makes with its state. */
export function recurrentProduct(
  trace: Trace,
  h: Matrix,
  kernel: Matrix,
  y: Matrix,
  { accumulate, bias }: { accumulate: boolean; bias?: Matrix },
): void {
  trace.builder.run(
    'gemm',
    { a: h, b: kernel, ...(bias ? { bias } : {}) },
    { c: y },
    { transposeA: false, transposeB: false, accumulate },
  );
}

/** dh = dy U^T [+ dh]. */
export function recurrentProductBackward(
  trace: Trace,
  dy: Matrix,
  kernel: Matrix,
  dh: Matrix,
  { accumulate }: { accumulate: boolean },
): void {
  trace.builder.run(
    'gemm',
    { a: dy, b: kernel },
    { c: dh },
    { transposeA: false, transposeB: true, accumulate },
  );
}

/** dU = h^T dy [+ dU], over all rows. */
export function recurrentKernelGradient(
  trace: Trace,
  h: Matrix,
  dy: Matrix,
  dKernel: Matrix,
  { accumulate }: { accumulate: boolean },
): void {
  trace.builder.run(
    'gemm',
    { a: h, b: dy },
    { c: dKernel },
    { transposeA: true, transposeB: false, accumulate },
  );
}
