import type { Matrix } from '../engine/program.js';
import { glorotUniform, orthogonal, zeros } from '../initializers.js';
import { biasBackward } from '../layers/projection.js';
import type { Trace } from '../layers/trace.js';
import { Weight } from '../layers/weight.js';
import type { Random } from '../random.js';
import {
  cellActivations,
  type Cell,
  type CellOptions,
  type CellSequence,
  type CellStep,
  type CellStepBackward,
} from './cell.js';
import { recurrentKernelGradient, recurrentProduct, recurrentProductBackward } from './recurrent-product.js';

/**
 * The plain recurrent cell (Elman 1990): h = f(x W + h' U + b).
 * Weights: kernel W (D, H), recurrentKernel U (H, H), bias b (H).
 */
export class SimpleRNNCell implements Cell {
  readonly gates = 1;
  readonly states = ['h'];
  readonly tapeColumns = [];
  readonly units: number;
  readonly #options: CellOptions;
  kernel!: Weight;
  #recurrentKernel!: Weight;
  #bias: Weight | undefined;

  constructor(options: CellOptions) {
    this.units = options.units;
    this.#options = options;
  }

  get weights(): readonly Weight[] {
    return [this.kernel, this.#recurrentKernel, this.#bias].filter((weight) => weight !== undefined);
  }

  create(layerName: string, features: number, random: Random): void {
    const H = this.units;
    this.kernel = new Weight(`${layerName}/kernel`, [features, H], glorotUniform(features, H, random));
    this.#recurrentKernel = new Weight(`${layerName}/recurrentKernel`, [H, H], orthogonal(H, H, random));
    if (this.#options.useBias ?? true) {
      this.#bias = new Weight(`${layerName}/bias`, [H], zeros(1, H, random));
    }
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#bias && trace.weight(this.#bias);
  }

  forward(trace: Trace, { projected, previous, next }: CellStep): void {
    const { activation } = cellActivations(this.#options);
    recurrentProduct(trace, previous[0], trace.weight(this.#recurrentKernel), projected, {
      accumulate: true,
    });
    trace.builder.run('activate', { x: projected }, { y: next[0] }, { activation });
  }

  backward(trace: Trace, { projected, next, dNext, dPrevious }: CellStepBackward): void {
    const { activation } = cellActivations(this.#options);
    const dz = projected;
    trace.builder.run('activateBackward', { y: next[0], dy: dNext[0] }, { dx: dz }, { activation });
    recurrentProductBackward(trace, dz, trace.weight(this.#recurrentKernel), dPrevious[0], {
      accumulate: true,
    });
  }

  accumulate(trace: Trace, { dProjected, previousOutput }: CellSequence): void {
    const { matrix, accumulate } = trace.gradient(this.#recurrentKernel);
    recurrentKernelGradient(trace, previousOutput, dProjected, matrix, { accumulate });
    if (this.#bias) biasBackward(trace, this.#bias, dProjected);
  }
}
