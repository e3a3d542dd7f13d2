import type { ActivationName } from '../engine/kernels.js';
import { glorotUniform, heNormal, zeros } from '../initializers.js';
import type { Random } from '../random.js';
import { Layer, wholeNumber, type LayerOptions } from './layer.js';
import { biasBackward, project, projectBackward } from './projection.js';
import type { Signal, Trace, Traced } from './trace.js';
import { Weight } from './weight.js';

export interface DenseOptions {
  /** F, the number of outputs. */
  units: number;
  /** @default 'linear' */
  activation?: ActivationName;
  /** @default true */
  useBias?: boolean;
  /** What the bias starts at. @default 0 */
  biasValue?: number;
  name?: string;
}

/** y = f(x W + b), at every time step where there are any. Weights: kernel (D, F), bias (F). */
export class Dense extends Layer {
  readonly kind = 'Dense';
  readonly #options: DenseOptions;
  #kernel: Weight | undefined;
  #bias: Weight | undefined;

  constructor(options: DenseOptions) {
    super();
    wholeNumber(options.units, 'Dense units', 1);
    this.name = options.name ?? '';
    this.#options = options;
  }

  options(): LayerOptions {
    return { ...this.#options };
  }

  get weights(): readonly Weight[] {
    return [this.#kernel, this.#bias].filter((weight) => weight !== undefined);
  }

  protected create(features: number, random: Random): number {
    const { units, activation, useBias = true, biasValue = 0 } = this.#options;
    const initialize = activation === 'relu' ? heNormal : glorotUniform;
    this.#kernel = new Weight(`${this.name}/kernel`, [features, units], initialize(features, units, random));
    if (useBias) {
      this.#bias = new Weight(`${this.name}/bias`, [units], zeros(1, units, random).fill(biasValue));
    }
    return units;
  }

  trace(trace: Trace, x: Signal): Traced {
    const { units, activation = 'linear' } = this.#options;
    const kernel = this.#kernel!;
    const bias = this.#bias;
    const y = project(trace, x, kernel, bias && trace.weight(bias));
    if (activation !== 'linear') trace.builder.run('activate', { x: y }, { y }, { activation });
    return {
      y: { matrix: y, time: x.time, features: units },
      backward(dy, wantsDx) {
        if (activation !== 'linear') {
          trace.builder.run('activateBackward', { y, dy }, { dx: dy }, { activation });
        }
        if (bias) biasBackward(trace, bias, dy);
        return projectBackward(trace, x, kernel, dy, wantsDx);
      },
    };
  }
}
