import type { Matrix } from '../program/program.js';
import { biasBackward } from '../weights/projection.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { Random } from '../../base/math/random.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import {
  cellActivations,
  cellTable,
  type Cell,
  type CellDescription,
  type CellOptions,
  type CellSequence,
  type CellStep,
  type CellStepBackward,
} from './cell.js';
import { cellWeights } from './cell-weights.js';
import { recurrentKernelGradient, recurrentProduct, recurrentProductBackward } from './recurrent-product.js';

export interface LSTMCellOptions extends CellOptions {
  /** Start the forget gate's bias at 1 (Jozefowicz et al. 2015). @default true */
  unitForgetBias?: boolean;
}

const lstmCellOptions = optionsSchema<LSTMCellOptions>('LSTMCell', {
  ...cellTable,
  unitForgetBias: optional(flag),
});

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et
 * al. 2000). With z = x W + h' U + b, split in the order i, f, g, o:
 *
 *     i, f, o = sigmoid(z)    g = tanh(z)    c = f * c' + i * g    h = o * tanh(c)
 *
 * Weights: kernel W (D, 4H), recurrentKernel U (H, 4H), bias b (4H).
 */
export class LSTMCell implements Cell {
  readonly gates = 4;
  readonly states = ['h', 'c'];
  readonly tapeColumns: readonly number[];
  readonly units: number;
  readonly #options: LSTMCellOptions;
  kernel!: Weight;
  #recurrentKernel!: Weight;
  #bias: Weight | undefined;

  constructor(options: LSTMCellOptions) {
    this.#options = lstmCellOptions.parse(options);
    this.units = this.#options.units;
    // The main activation of c, which the backward pass uses again.
    this.tapeColumns = [this.units];
  }

  get weights(): readonly Weight[] {
    return [this.kernel, this.#recurrentKernel, this.#bias].filter((weight) => weight !== undefined);
  }

  describe(): CellDescription {
    return { kind: 'LSTMCell', options: { ...this.#options } };
  }

  create(layerName: string, features: number, random: Random): void {
    const { units } = this;
    const sizes = { features, units, gates: 4, biasShape: [4 * units] };
    const { kernel, recurrentKernel, bias } = cellWeights(layerName, sizes, this.#options, random);
    this.kernel = kernel;
    this.#recurrentKernel = recurrentKernel;
    this.#bias = bias;
    if (bias?.started && (this.#options.unitForgetBias ?? true)) {
      bias.set(Array.from(bias.get().data).fill(1, units, 2 * units));
    }
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#bias && trace.weight(this.#bias);
  }

  forward(
    trace: Trace,
    { projected: z, tape: [squashed], previous: [, previousC], recurrentInput, next: [nextH, c] }: CellStep,
  ): void {
    recurrentProduct(trace, recurrentInput, trace.weight(this.#recurrentKernel), z, { accumulate: true });
    trace.builder.run(
      'lstmForward',
      { z, previousC },
      { gates: z, c, squashed, h: nextH },
      cellActivations(this.#options),
    );
  }

  /**
   * With d a gradient, s (1 - s) and 1 - t^2 the slopes of sigmoid and tanh by what they gave, in this order:
   *
   *     dc += dh * o * (1 - tanh(c)^2)      dc' = dc * f
   *     dz_i = dc * g * i * (1 - i)         dz_f = dc * c' * f * (1 - f)
   *     dz_g = dc * i * (1 - g^2)           dz_o = dh * tanh(c) * o * (1 - o)
   *     dh' += dz U^T
   *
   * `accumulate` makes dU = h'^T dz and db = the sum of the rows of dz, and the layer dx = dz W^T and dW = x^T dz.
   */
  backward(
    trace: Trace,
    {
      projected: gates,
      tape: [squashed],
      previous: [, previousC],
      dNext: [dh, dc],
      ...step
    }: CellStepBackward,
  ): void {
    const dz = gates;
    trace.builder.run(
      'lstmBackward',
      { gates, previousC, squashed, dh, dc },
      { dz, dPreviousC: step.dPrevious[1] },
      cellActivations(this.#options),
    );
    recurrentProductBackward(trace, dz, trace.weight(this.#recurrentKernel), step.dRecurrentInput, {
      accumulate: true,
    });
  }

  accumulate(trace: Trace, { dProjected, recurrentInput }: CellSequence): void {
    const { matrix, accumulate } = trace.gradient(this.#recurrentKernel);
    recurrentKernelGradient(trace, recurrentInput, dProjected, matrix, { accumulate });
    if (this.#bias) biasBackward(trace, this.#bias, dProjected);
  }
}
