import {
  flag,
  instanceOf,
  listOf,
  optional,
  optionsSchema,
  someText,
  wholeNumber,
  type OptionTable,
} from '../../base/schema/index.js';
import {
  initializerName,
  initializerOf,
  orthogonalLater,
  type InitializerName,
} from '../weights/initializers.js';
import { constraint, type Constraint } from '../weights/constraint.js';
import { factorsOf, regularizer, type RegularizerOption } from '../weights/regularizer.js';
import { NoStart, startOf } from '../weights/deferred-initialization.js';
import { Weight, type WeightOptions } from '../weights/weight.js';
import { Random } from '../../base/math/random.js';

export interface CellWeightOptions {
  /** @default true */
  useBias?: boolean;
  /** @default 'glorotUniform' */
  kernelInitializer?: InitializerName;
  /** @default 'orthogonal' */
  recurrentInitializer?: InitializerName;
  /** @default 'zeros' */
  biasInitializer?: InitializerName;
  kernelRegularizer?: RegularizerOption;
  recurrentRegularizer?: RegularizerOption;
  biasRegularizer?: RegularizerOption;
  kernelConstraint?: Constraint;
  recurrentConstraint?: Constraint;
  biasConstraint?: Constraint;
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
  kernelConstraint: optional(constraint),
  recurrentConstraint: optional(constraint),
  biasConstraint: optional(constraint),
};

export interface CellSizes {
  /** D. */
  features: number;
  /** H. */
  units: number;
  /** G. */
  gates: number;
  biasShape: readonly number[];
}

const anyRandom = instanceOf(Random, 'a Random');

const count = wholeNumber({ min: 1, max: 2 ** 31 - 1 });

const cellSizes = optionsSchema<CellSizes>('cellWeights: sizes', {
  features: count,
  units: count,
  gates: count,
  biasShape: listOf(count, { min: 1 }),
});

const cellWeightOptions = optionsSchema<CellWeightOptions>('cellWeights', cellWeightTable);

/** Of a cell's options those of its weights, among which others may stand. */
function anyCellOptions(options: unknown): CellWeightOptions {
  if (typeof options !== 'object' || options === null) return cellWeightOptions.parse(options);
  const own = Object.entries(options).filter(([name]) => Object.hasOwn(cellWeightTable, name));
  return cellWeightOptions.parse(Object.fromEntries(own));
}

/** kernel (D, G * H), recurrentKernel (H, G * H) and, unless there is none, the bias. */
export function cellWeights(
  layerName: string,
  sizes: CellSizes,
  options: CellWeightOptions,
  random: Random,
): { kernel: Weight; recurrentKernel: Weight; bias: Weight | undefined } {
  someText.parse(layerName, 'cellWeights: layerName');
  const { features, units, gates, biasShape } = cellSizes.parse(sizes);
  const checked = anyCellOptions(options);
  anyRandom.parse(random, 'cellWeights: random');
  const {
    kernelInitializer = 'glorotUniform',
    recurrentInitializer = 'orthogonal',
    biasInitializer = 'zeros',
  } = checked;
  const rules = {
    kernel: { ...factorsOf(checked.kernelRegularizer), constraint: checked.kernelConstraint },
    recurrent: { ...factorsOf(checked.recurrentRegularizer), constraint: checked.recurrentConstraint },
    bias: { ...factorsOf(checked.biasRegularizer), constraint: checked.biasConstraint },
  };
  const make = (name: string, shape: readonly number[], initializer: InitializerName, rule: WeightOptions) =>
    startedWeight(`${layerName}/${name}`, shape, { initializer, random, rules: rule });
  return {
    kernel: make('kernel', [features, gates * units], kernelInitializer, rules.kernel),
    recurrentKernel: make('recurrentKernel', [units, gates * units], recurrentInitializer, rules.recurrent),
    bias: (checked.useBias ?? true) ? make('bias', biasShape, biasInitializer, rules.bias) : undefined,
  };
}

/** A weight (rows, cols), or a vector, filled by its initializer. */
export function startedWeight(
  name: string,
  shape: readonly number[],
  {
    initializer,
    random,
    rules,
  }: { initializer: InitializerName; random: Random; rules?: WeightOptions | undefined },
): Weight {
  const cols = shape[shape.length - 1];
  const rows = shape.length === 1 ? 1 : shape[0];
  if (initializer === 'orthogonal' && !(random instanceof NoStart)) {
    const weight = new Weight(name, shape, undefined, rules);
    weight.startBy(orthogonalLater(rows, cols, random));
    return weight;
  }
  const initialize = initializerOf(initializer);
  const start = startOf(random, shape, () => initialize(rows, cols, random));
  return new Weight(name, shape, start, rules);
}
