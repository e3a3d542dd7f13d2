import { sliceRows, type Matrix } from '../program/program.js';
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
 * Gated recurrent unit (Cho et al. 2014), the reset gate applied after the product (as in
 * cuDNN and Keras's `reset_after`). With x' = x W + b and u = h' U + bR, in the order z, r, h:
 *
 *     z, r = sigmoid(x' + u)    candidate = tanh(x' + r * u)    h = z * h' + (1 - z) * candidate
 *
 * Weights: kernel W (D, 3H), recurrentKernel U (H, 3H), bias (2, 3H): b, then bR.
 */
export class GRUResetAfterCell implements Cell {
  readonly gates = 3;
  readonly states = ['h'];
  readonly tapeColumns: readonly number[];
  readonly units: number;
  readonly #options: CellOptions;
  kernel!: Weight;
  #recurrentKernel!: Weight;
  #bias: Weight | undefined;

  constructor(options: CellOptions) {
    this.units = options.units;
    // u, of which the backward pass needs the candidate's part.
    this.tapeColumns = [3 * options.units];
    this.#options = options;
  }

  get weights(): readonly Weight[] {
    return [this.kernel, this.#recurrentKernel, this.#bias].filter((weight) => weight !== undefined);
  }

  create(layerName: string, features: number, random: Random): void {
    const { units } = this;
    const sizes = { features, units, gates: 3, biasShape: [2, 3 * units] };
    const { kernel, recurrentKernel, bias } = cellWeights(layerName, sizes, this.#options, random);
    this.kernel = kernel;
    this.#recurrentKernel = recurrentKernel;
    this.#bias = bias;
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#bias && sliceRows(trace.weight(this.#bias), 0, 1);
  }

  forward(
    trace: Trace,
    { projected, tape, previous: [previousH], recurrentInput, next: [h] }: CellStep,
  ): void {
    const [recurrent] = tape;
    const bias = this.#bias ? { bias: sliceRows(trace.weight(this.#bias), 1, 1) } : {};
    recurrentProduct(trace, recurrentInput, trace.weight(this.#recurrentKernel), recurrent, {
      accumulate: false,
      ...bias,
    });
    trace.builder.run(
      'gruForward',
      { x: projected, recurrent, previousH },
      { gates: projected, h },
      cellActivations(this.#options),
    );
  }

  /**
   * With d a gradient, s (1 - s) and 1 - t^2 the slopes of sigmoid and tanh by what they gave, and z and r standing
   * for what is within their sigmoids as well:
   *
   *     dz = dh * (h' - candidate) * z * (1 - z)    dcandidate = dh * (1 - z) * (1 - candidate^2)
   *     dr = dcandidate * u_h * r * (1 - r)
   *     dx' = [dz, dr, dcandidate]                  du = [dz, dr, dcandidate * r]
   *     dh' += dh * z + du U^T
   *
   * `accumulate` makes dU = h'^T du, db = the sum of the rows of dx' and dbR = that of du, and the layer dx = dx' W^T
   * and dW = x^T dx'.
   */
  backward(
    trace: Trace,
    { projected, tape, previous: [previousH], dNext, dPrevious, dRecurrentInput }: CellStepBackward,
  ): void {
    const [recurrent] = tape;
    trace.builder.run(
      'gruBackward',
      { gates: projected, recurrent, previousH, dh: dNext[0] },
      { dx: projected, dRecurrent: recurrent, dPreviousH: dPrevious[0] },
      cellActivations(this.#options),
    );
    recurrentProductBackward(trace, recurrent, trace.weight(this.#recurrentKernel), dRecurrentInput, {
      accumulate: true,
    });
  }

  accumulate(trace: Trace, { dProjected, tape, recurrentInput }: CellSequence): void {
    const [dRecurrent] = tape;
    const { matrix, accumulate } = trace.gradient(this.#recurrentKernel);
    recurrentKernelGradient(trace, recurrentInput, dRecurrent, matrix, { accumulate });
    if (this.#bias) {
      const { matrix: dBias, accumulate: more } = trace.gradient(this.#bias);
      trace.builder.run(
        'sumRows',
        { x: dProjected },
        { total: sliceRows(dBias, 0, 1) },
        { accumulate: more },
      );
      trace.builder.run(
        'sumRows',
        { x: dRecurrent },
        { total: sliceRows(dBias, 1, 1) },
        { accumulate: more },
      );
    }
  }
}
