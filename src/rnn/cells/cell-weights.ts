import { flag, optional, type OptionTable } from '../../base/schema/index.js';
import { initializerName, initializerOf, type InitializerName } from '../weights/initializers.js';
import { l2Of, regularizer, type Regularizer } from '../weights/regularizer.js';
import { startOf } from '../weights/deferred-initialization.js';
import { Weight } from '../weights/weight.js';
import type { Random } from '../../base/random.js';

export interface CellWeightOptions {
  /** @default true */
  useBias?: boolean;
  /** @default 'glorotUniform' */
  kernelInitializer?: InitializerName;
  /** @default 'orthogonal' */
  recurrentInitializer?: InitializerName;
  /** @default 'zeros' */
  biasInitializer?: InitializerName;
  kernelRegularizer?: Regularizer;
  recurrentRegularizer?: Regularizer;
  biasRegularizer?: Regularizer;
}

/** The schemas of `CellWeightOptions`. */
export const cellWeightTable: OptionTable<CellWeightOptions> = {
  useBias: optional(flag),
  kernelInitializer: optional(initializerName),
  recurrentInitializer: optional(initializerName),
  biasInitializer: optional(initializerName),
  kernelRegularizer: optional(regularizer),
  recurrentRegularizer: optional(regularizer),
  biasRegularizer: optional(regularizer),
};

/** kernel (D, G * H), recurrentKernel (H, G * H) and, unless there is none, the bias. */
export function cellWeights(
  layerName: string,
  sizes: { features: number; units: number; gates: number; biasShape: readonly number[] },
  options: CellWeightOptions,
  random: Random,
): { kernel: Weight; recurrentKernel: Weight; bias: Weight | undefined } {
  const { features, units, gates, biasShape } = sizes;
  const make = (
    name: string,
    shape: readonly number[],
    initializer: InitializerName,
    regularizer: Regularizer | undefined,
  ): Weight => {
    const cols = shape[shape.length - 1];
    const rows = shape.length === 1 ? 1 : shape[0];
    const initialize = initializerOf(initializer);
    const start = startOf(random, () => initialize(rows, cols, random));
    return new Weight(`${layerName}/${name}`, shape, start, { l2: l2Of(regularizer) });
  };
  const { kernelInitializer = 'glorotUniform', recurrentInitializer = 'orthogonal' } = options;
  return {
    kernel: make('kernel', [features, gates * units], kernelInitializer, options.kernelRegularizer),
    recurrentKernel: make(
      'recurrentKernel',
      [units, gates * units],
      recurrentInitializer,
      options.recurrentRegularizer,
    ),
    bias:
      (options.useBias ?? true)
        ? make('bias', biasShape, options.biasInitializer ?? 'zeros', options.biasRegularizer)
        : undefined,
  };
}
