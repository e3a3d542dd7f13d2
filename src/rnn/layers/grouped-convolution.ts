import type { Convolution } from '../program/kernels.js';
import { sliceColumns, type Matrix } from '../program/program.js';
import { sideBySide } from '../weights/side-by-side.js';
import type { Trace } from '../weights/trace.js';

/** A convolution whose features and filters are cut into groups: one for each, put side by side. */
export class GroupedConvolution {
  constructor(
    private readonly trace: Trace,
    private readonly convolution: Convolution,
    private readonly groups: number,
  ) {}

  /** y(To * N, F) of x(T * N, D), kernel(K * D / groups, F) [and bias(1, F)]. */
  forward(x: Matrix, kernel: Matrix, bias: Matrix | undefined): Matrix {
    const { batch, outputTime } = this.convolution;
    const parts = this.#each((part) => {
      const y = this.trace.temporary(outputTime * batch, kernel.cols / this.groups);
      const operands = { x: part(x), kernel: part(kernel), ...(bias && { bias: part(bias) }) };
      this.trace.builder.run('conv1d', operands, { y }, this.convolution);
      return y;
    });
    return sideBySide(this.trace, parts);
  }

  /** dKernel = the gradient of the kernel [+ dKernel]. */
  kernelGradient(
    x: Matrix,
    dy: Matrix,
    { dKernel, accumulate }: { dKernel: Matrix; accumulate: boolean },
  ): void {
    const parts = this.#each((part) => {
      const own = this.trace.temporary(dKernel.rows, dKernel.cols / this.groups);
      const settings = { ...this.convolution, accumulate: false };
      this.trace.builder.run(
        'conv1dKernelGradient',
        { x: part(x), dy: part(dy) },
        { dKernel: own },
        settings,
      );
      return own;
    });
    const gradient = sideBySide(this.trace, parts);
    if (accumulate) this.trace.builder.run('add', { a: dKernel, b: gradient }, { y: dKernel }, {});
    else this.trace.builder.run('copy', { x: gradient }, { y: dKernel }, {});
  }

  /** dx(T * N, D). */
  inputGradient(dy: Matrix, kernel: Matrix, features: number): Matrix {
    const { batch, time } = this.convolution;
    const parts = this.#each((part) => {
      const dx = this.trace.temporary(time * batch, features / this.groups);
      const operands = { dy: part(dy), kernel: part(kernel) };
      this.trace.builder.run('conv1dInputGradient', operands, { dx }, this.convolution);
      return dx;
    });
    return sideBySide(this.trace, parts);
  }

  #each(run: (part: (matrix: Matrix) => Matrix) => Matrix): Matrix[] {
    return Array.from({ length: this.groups }, (_, group) =>
      run((matrix) => sliceColumns(matrix, (matrix.cols / this.groups) * group, matrix.cols / this.groups)),
    );
  }
}
