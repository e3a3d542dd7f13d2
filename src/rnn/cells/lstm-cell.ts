import type { Matrix } from '../program/program.js';
import { biasBackward } from '../weights/projection.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { Random } from '../../base/math/random.js';
import { flag, optional, optionsSchema, type OptionTable } from '../../base/schema/index.js';
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
import { cellWeights, startedWeight } from './cell-weights.js';
import { Peepholes } from './lstm-peepholes.js';
import { recurrentKernelGradient, recurrentProduct, recurrentProductBackward } from './recurrent-product.js';

export interface LSTMCellOptions extends CellOptions {
  /** Start the forget gate's bias at 1 (Jozefowicz et al. 2015). @default true */
  unitForgetBias?: boolean;
  /** Let the gates see the cell state, each through a weight for each unit: see `Peepholes`. @default false */
  peepholes?: boolean;
}

/** The schemas of `LSTMCellOptions`. */
export const lstmCellTable: OptionTable<LSTMCellOptions> = {
  ...cellTable,
  unitForgetBias: optional(flag),
  peepholes: optional(flag),
};

const lstmCellOptions = optionsSchema<LSTMCellOptions>('LSTMCell', lstmCellTable);

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et
 * al. 2000). With z = x W + h' U + b, split in the order i, f, g, o:
 *
 *     i, f, o = sigmoid(z)    g = tanh(z)    c = f * c' + i * g    h = o * tanh(c)
 *
 * Weights: kernel W (D, 4H), recurrentKernel U (H, 4H), bias b (4H), and with `peepholes` P (3, H), whose rows are of
 * i, f and o: then P_i * c' and P_f * c' are within the sigmoids of i and f, and P_o * c within that of o.
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
  #peepholes: Peepholes | undefined;

  constructor(options: LSTMCellOptions) {
    this.#options = lstmCellOptions.parse(options);
    this.units = this.#options.units;
    // The main activation of c, which the backward pass uses again.
    this.tapeColumns = [this.units];
  }

  get weights(): readonly Weight[] {
    const all = [this.kernel, this.#recurrentKernel, this.#bias, this.#peepholes?.weight];
    return all.filter((weight) => weight !== undefined);
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
    if (!this.#options.peepholes) return;
    // As Keras's PeepholeLSTMCell starts them.
    const initializer = this.#options.kernelInitializer ?? 'glorotUniform';
    this.#peepholes = new Peepholes(
      startedWeight(`${layerName}/peepholes`, [3, units], { initializer, random }),
      cellActivations(this.#options),
    );
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#bias && trace.weight(this.#bias);
  }

  forward(trace: Trace, step: CellStep): void {
    const { projected: z, recurrentInput } = step;
    recurrentProduct(trace, recurrentInput, trace.weight(this.#recurrentKernel), z, { accumulate: true });
    if (this.#peepholes) {
      this.#peepholes.forward(trace, step);
      return;
    }
    const [[squashed], [, previousC], [h, c]] = [step.tape, step.previous, step.next];
    const activations = cellActivations(this.#options);
    trace.builder.run('lstmForward', { z, previousC }, { gates: z, c, squashed, h }, activations);
  }

  /**
   * With d a gradient, s (1 - s) and 1 - t^2 the slopes of sigmoid and tanh by what they gave, in this order:
   *
   *     dc += dh * o * (1 - tanh(c)^2)      dc' = dc * f
   *     dz_i = dc * g * i * (1 - i)         dz_f = dc * c' * f * (1 - f)
   *     dz_g = dc * i * (1 - g^2)           dz_o = dh * tanh(c) * o * (1 - o)
   *     dh' += dz U^T
   *
   * Peepholes add to dc, dc' and dz what `Peepholes` says.
   * `accumulate` makes dU = h'^T dz and db = the sum of the rows of dz, and the layer dx = dz W^T and dW = x^T dz.
   */
  backward(trace: Trace, step: CellStepBackward): void {
    // In its place dz follows.
    const { projected: dz } = step;
    if (this.#peepholes) this.#peepholes.backward(trace, step);
    else {
      const [[squashed], [, previousC], [dh, dc]] = [step.tape, step.previous, step.dNext];
      trace.builder.run(
        'lstmBackward',
        { gates: dz, previousC, squashed, dh, dc },
        { dz, dPreviousC: step.dPrevious[1] },
        cellActivations(this.#options),
      );
    }
    recurrentProductBackward(trace, dz, trace.weight(this.#recurrentKernel), step.dRecurrentInput, {
      accumulate: true,
    });
  }

  accumulate(trace: Trace, sequence: CellSequence): void {
    const { dProjected, recurrentInput } = sequence;
    const { matrix, accumulate } = trace.gradient(this.#recurrentKernel);
    recurrentKernelGradient(trace, recurrentInput, dProjected, matrix, { accumulate });
    if (this.#bias) biasBackward(trace, this.#bias, dProjected);
    this.#peepholes?.accumulate(trace, sequence);
  }
}
