import { sliceColumns, type Matrix } from '../program/program.js';
import { biasBackward } from '../weights/projection.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { Random } from '../../base/math/random.js';
import {
  cellActivations,
  type Cell,
  type CellOptions,
  type CellSequence,
  type CellStep,
  type CellStepBackward,
} from './cell.js';
import { cellWeights } from './cell-weights.js';
import { recurrentKernelGradient, recurrentProduct, recurrentProductBackward } from './recurrent-product.js';

/**
 * The GRU as first published (Cho et al. 2014, equations 5 to 8; Chung et al. 2014), the
 * reset gate applied to the state before the product. With x' = x W + b, in the order z, r, h:
 *
 *     z, r = sigmoid(x' + h' U_zr)    candidate = tanh(x' + (r * h') U_h)
 *     h = z * h' + (1 - z) * candidate
 *
 * It is made of elementary kernels alone.
 * Weights: kernel W (D, 3H), recurrentKernel U (H, 3H), bias b (3H).
 */
export class GRUResetBeforeCell implements Cell {
  readonly gates = 3;
  readonly states = ['h'];
  readonly tapeColumns: readonly number[];
  readonly units: number;
  readonly #options: CellOptions;
  kernel!: Weight;
  #recurrentKernel!: Weight;
  #bias: Weight | undefined;

  constructor(options: CellOptions) {
    const H = options.units;
    this.units = H;
    // z and r side by side, r * h', the candidate.
    this.tapeColumns = [2 * H, H, H];
    this.#options = options;
  }

  get weights(): readonly Weight[] {
    return [this.kernel, this.#recurrentKernel, this.#bias].filter((weight) => weight !== undefined);
  }

  create(layerName: string, features: number, random: Random): void {
    const { units } = this;
    const sizes = { features, units, gates: 3, biasShape: [3 * units] };
    const { kernel, recurrentKernel, bias } = cellWeights(layerName, sizes, this.#options, random);
    this.kernel = kernel;
    this.#recurrentKernel = recurrentKernel;
    this.#bias = bias;
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#bias && trace.weight(this.#bias);
  }

  forward(
    trace: Trace,
    { projected, tape, previous: [previousH], recurrentInput, next: [h] }: CellStep,
  ): void {
    const H = this.units;
    const { builder } = trace;
    const { activation, recurrentActivation } = cellActivations(this.#options);
    const [zr, resetH, candidate] = tape;
    const [kernelZR, kernelH] = this.#kernels(trace);
    builder.run('copy', { x: sliceColumns(projected, 0, 2 * H) }, { y: zr }, {});
    recurrentProduct(trace, recurrentInput, kernelZR, zr, { accumulate: true });
    builder.run('activate', { x: zr }, { y: zr }, { activation: recurrentActivation });
    const [z, r] = [sliceColumns(zr, 0, H), sliceColumns(zr, H, H)];
    builder.run('multiply', { a: r, b: recurrentInput }, { y: resetH }, { accumulate: false });
    builder.run('copy', { x: sliceColumns(projected, 2 * H, H) }, { y: candidate }, {});
    recurrentProduct(trace, resetH, kernelH, candidate, { accumulate: true });
    builder.run('activate', { x: candidate }, { y: candidate }, { activation });
    // h = candidate + z * (h' - candidate)
    builder.run('subtract', { a: previousH, b: candidate }, { y: h }, {});
    builder.run('multiply', { a: z, b: h }, { y: h }, { accumulate: false });
    builder.run('add', { a: h, b: candidate }, { y: h }, {});
  }

  /**
   * With d a gradient, s (1 - s) and 1 - t^2 the slopes of sigmoid and tanh by what they gave, and z and r standing
   * for what is within their sigmoids as well:
   *
   *     dcandidate = dh * (1 - z) * (1 - candidate^2)    d(r * h') = dcandidate U_h^T
   *     dz = dh * (h' - candidate) * z * (1 - z)         dr = d(r * h') * h' * r * (1 - r)
   *     dx' = [dz, dr, dcandidate]
   *     dh' += dh * z + d(r * h') * r + [dz, dr] U_zr^T
   *
   * `accumulate` makes dU_zr = h'^T [dz, dr], dU_h = (r * h')^T dcandidate and db = the sum of the rows of dx', and the
   * layer dx = dx' W^T and dW = x^T dx'.
   */
  backward(
    trace: Trace,
    {
      projected,
      tape,
      previous: [previousH],
      dNext: [dh],
      dPrevious: [dPreviousH],
      ...step
    }: CellStepBackward,
  ): void {
    const H = this.units;
    const { builder } = trace;
    const { activation, recurrentActivation } = cellActivations(this.#options);
    const { recurrentInput, dRecurrentInput } = step;
    const [zr, , candidate] = tape;
    const [z, r] = [sliceColumns(zr, 0, H), sliceColumns(zr, H, H)];
    const [kernelZR, kernelH] = this.#kernels(trace);
    const N = dh.rows;
    const [dz, dr, dzr] = [trace.temporary(N, H), trace.temporary(N, H), trace.temporary(N, 2 * H)];
    const [dCandidate, dResetH] = [trace.temporary(N, H), trace.temporary(N, H)];
    builder.run('subtract', { a: previousH, b: candidate }, { y: dz }, {});
    builder.run('multiply', { a: dh, b: dz }, { y: dz }, { accumulate: false });
    builder.run('affine', { x: z }, { y: dCandidate }, { factor: -1, offset: 1 });
    builder.run('multiply', { a: dh, b: dCandidate }, { y: dCandidate }, { accumulate: false });
    builder.run('activateBackward', { y: candidate, dy: dCandidate }, { dx: dCandidate }, { activation });
    recurrentProductBackward(trace, dCandidate, kernelH, dResetH, { accumulate: false });
    builder.run('multiply', { a: dResetH, b: recurrentInput }, { y: dr }, { accumulate: false });
    builder.run('concatenate', { a: dz, b: dr }, { y: dzr }, { accumulate: false });
    builder.run('activateBackward', { y: zr, dy: dzr }, { dx: dzr }, { activation: recurrentActivation });
    builder.run('concatenate', { a: dzr, b: dCandidate }, { y: projected }, { accumulate: false });
    builder.run('multiply', { a: dh, b: z }, { y: dPreviousH }, { accumulate: true });
    builder.run('multiply', { a: dResetH, b: r }, { y: dRecurrentInput }, { accumulate: true });
    recurrentProductBackward(trace, dzr, kernelZR, dRecurrentInput, { accumulate: true });
  }

  accumulate(trace: Trace, { dProjected, tape: [, resetH], recurrentInput }: CellSequence): void {
    const H = this.units;
    const [dZR, dH] = [trace.temporary(H, 2 * H), trace.temporary(H, H)];
    recurrentKernelGradient(trace, recurrentInput, sliceColumns(dProjected, 0, 2 * H), dZR, {
      accumulate: false,
    });
    recurrentKernelGradient(trace, resetH, sliceColumns(dProjected, 2 * H, H), dH, { accumulate: false });
    const { matrix, accumulate } = trace.gradient(this.#recurrentKernel);
    trace.builder.run('concatenate', { a: dZR, b: dH }, { y: matrix }, { accumulate });
    if (this.#bias) biasBackward(trace, this.#bias, dProjected);
  }

  /** U_zr (H, 2H) and U_h (H, H). */
  #kernels(trace: Trace): [Matrix, Matrix] {
    const kernel = trace.weight(this.#recurrentKernel);
    return [sliceColumns(kernel, 0, 2 * this.units), sliceColumns(kernel, 2 * this.units, this.units)];
  }
}
