import { slopesByInput, type ActivationName } from '../program/activations.js';
import type { Matrix } from '../program/program.js';
import { biasBackward } from '../weights/projection.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { Random } from '../../base/math/random.js';
import { optionsSchema } from '../../base/schema/index.js';
import {
  plainCellTable,
  type Cell,
  type CellDescription,
  type PlainCellOptions,
  type CellSequence,
  type CellStep,
  type CellStepBackward,
} from './cell.js';
import { cellWeights } from './cell-weights.js';
import { recurrentKernelGradient, recurrentProduct, recurrentProductBackward } from './recurrent-product.js';

const simpleRNNCellOptions = optionsSchema<PlainCellOptions>('SimpleRNNCell', plainCellTable);

/**
 * The plain recurrent cell (Elman 1990): h = f(x W + h' U + b).
 * Weights: kernel W (D, H), recurrentKernel U (H, H), bias b (H).
 */
export class SimpleRNNCell implements Cell {
  readonly gates = 1;
  readonly states = ['h'];
  readonly tapeColumns = [];
  readonly units: number;
  readonly #options: PlainCellOptions;
  kernel!: Weight;
  #recurrentKernel!: Weight;
  #bias: Weight | undefined;

  constructor(options: PlainCellOptions) {
    this.#options = simpleRNNCellOptions.parse(options);
    this.units = this.#options.units;
  }

  get #activation(): ActivationName {
    return this.#options.activation ?? 'tanh';
  }

  get weights(): readonly Weight[] {
    return [this.kernel, this.#recurrentKernel, this.#bias].filter((weight) => weight !== undefined);
  }

  describe(): CellDescription {
    return { kind: 'SimpleRNNCell', options: { ...this.#options } };
  }

  create(layerName: string, features: number, random: Random): void {
    const { units } = this;
    const sizes = { features, units, gates: 1, biasShape: [units] };
    const { kernel, recurrentKernel, bias } = cellWeights(layerName, sizes, this.#options, random);
    this.kernel = kernel;
    this.#recurrentKernel = recurrentKernel;
    this.#bias = bias;
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#bias && trace.weight(this.#bias);
  }

  forward(trace: Trace, { projected, recurrentInput, next }: CellStep): void {
    const activation = this.#activation;
    recurrentProduct(trace, recurrentInput, trace.weight(this.#recurrentKernel), projected, {
      accumulate: true,
    });
    trace.builder.run('activate', { x: projected }, { y: next[0] }, { activation });
  }

  /**
   * With z = x W + h' U + b and d a gradient; the slope of f is taken from h = f(z) where it follows from that:
   *
   *     dz = dh * slope(z)    dh' += dz U^T
   *
   * `accumulate` makes dU = h'^T dz and db = the sum of the rows of dz, and the layer dx = dz W^T and dW = x^T dz.
   */
  backward(trace: Trace, { projected, next, dNext, dRecurrentInput }: CellStepBackward): void {
    const activation = this.#activation;
    const dz = projected;
    const [dy] = dNext;
    if (slopesByInput(activation)) {
      trace.builder.run('activateInputBackward', { x: projected, dy }, { dx: dz }, { activation });
    } else {
      trace.builder.run('activateBackward', { y: next[0], dy }, { dx: dz }, { activation });
    }
    recurrentProductBackward(trace, dz, trace.weight(this.#recurrentKernel), dRecurrentInput, {
      accumulate: true,
    });
  }

  accumulate(trace: Trace, { dProjected, recurrentInput }: CellSequence): void {
    const { matrix, accumulate } = trace.gradient(this.#recurrentKernel);
    recurrentKernelGradient(trace, recurrentInput, dProjected, matrix, { accumulate });
    if (this.#bias) biasBackward(trace, this.#bias, dProjected);
  }
}
