import { optional, wholeNumber, type OptionTable } from '../../base/schema/index.js';
import {
  elementActivation,
  outputSlopeActivation,
  type ActivationName,
  type OutputSlopeName,
} from '../program/activations.js';
import type { CellActivations } from '../program/kernels.js';
import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { Random } from '../../base/math/random.js';
import { cellWeightTable, type CellWeightOptions } from './cell-weights.js';

export interface CellOptions extends CellWeightOptions {
  /** H. */
  units: number;
  /** f of the candidate and the output. @default 'tanh' */
  activation?: ActivationName;
  /** f of the gates. @default 'sigmoid' */
  recurrentActivation?: ActivationName;
}

/** What a cell is made from, for the model file. */
export interface CellDescription {
  readonly kind: string;
  readonly options: Record<string, unknown>;
}

/** Of a cell without gates. */
export type PlainCellOptions = Omit<CellOptions, 'recurrentActivation'>;

/** The schemas of `CellOptions` but that of the gates, which a plain cell has not. */
export const plainCellTable: OptionTable<PlainCellOptions> = {
  units: wholeNumber({ min: 1, max: 2 ** 31 - 1 }),
  activation: optional(elementActivation),
  ...cellWeightTable,
};

/**
 * The schemas of `CellOptions`. The gates of a cell keep their outputs alone for the backward pass, so that
 * their activations are those whose slope follows from them.
 */
export const cellTable: OptionTable<CellOptions> = {
  ...plainCellTable,
  activation: optional(outputSlopeActivation),
  recurrentActivation: optional(outputSlopeActivation),
};

/** What one time step reads and writes on the way forward. */
export interface CellStep {
  /** x W + b (N, G * H), made for all steps at once. The cell keeps its gates here. */
  readonly projected: Matrix;
  /** What else the cell keeps from forward to backward, each (N, tapeColumns[i]). */
  readonly tape: readonly Matrix[];
  /** States before the step, each (N, H), the output state first. */
  readonly previous: readonly Matrix[];
  /**
   * The output state before the step as the recurrent weights see it (N, H): with dropout some
   * of its numbers are 0, else it is `previous[0]`.
   */
  readonly recurrentInput: Matrix;
  /** States after it. */
  readonly next: readonly Matrix[];
}

/** What one time step reads and writes in the backward pass. */
export interface CellStepBackward extends CellStep {
  /** Gradients of `next`. May be overwritten. */
  readonly dNext: readonly Matrix[];
  /**
   * Gradients of `previous`. The output state's already holds what comes from the layer
   * above and is added to; the others' are written, and may be the same view as in `dNext`.
   */
  readonly dPrevious: readonly Matrix[];
  /** Gradient of `recurrentInput`, to be added to: without dropout it is `dPrevious[0]`. */
  readonly dRecurrentInput: Matrix;
}

/** All time steps at once, R = T * N rows. */
export interface CellSequence {
  /** Gradients of the projected input (R, G * H). */
  readonly dProjected: Matrix;
  readonly tape: readonly Matrix[];
  /** What the recurrent weights saw at each step (R, H). */
  readonly recurrentInput: Matrix;
  /** States before each step, each (R, H), the output state first. */
  readonly previous: readonly Matrix[];
  /** States after it. */
  readonly next: readonly Matrix[];
}

/**
 * One time step of a recurrent network, forward and backward, written against programs. It
 * knows no time axis, no mask, no direction and no device; `Recurrent` does.
 */
export interface Cell {
  /** H. */
  readonly units: number;
  /** G: the input is projected to G * H columns. */
  readonly gates: number;
  /** Names of the states, the output's first: ['h'] or ['h', 'c']. */
  readonly states: readonly string[];
  /** Columns of each matrix that a step keeps for its backward pass besides its gates and states. */
  readonly tapeColumns: readonly number[];
  /** The input kernel (D, G * H). */
  readonly kernel: Weight;
  /** All weights in Keras's order. */
  readonly weights: readonly Weight[];

  /** What the cell is made from, where a model file can say it: else the layer's class has to. */
  describe?(): CellDescription;
  /** Makes the weights for D input features. */
  create(layerName: string, features: number, random: Random): void;
  /** The bias (1, G * H) of the projected input. */
  inputBias(trace: Trace): Matrix | undefined;
  /** Fills `next` from `previous`. */
  forward(trace: Trace, step: CellStep): void;
  /** Puts the gradient of the projected input in its place, and fills `dPrevious`. */
  backward(trace: Trace, step: CellStepBackward): void;
  /** The gradients of bias and recurrent weights, in products over all steps. */
  accumulate(trace: Trace, sequence: CellSequence): void;
}

/** The activations of a cell with gates, with Keras's defaults. */
export function cellActivations(options: CellOptions): CellActivations {
  return {
    activation: (options.activation ?? 'tanh') as OutputSlopeName,
    recurrentActivation: (options.recurrentActivation ?? 'sigmoid') as OutputSlopeName,
  };
}

/** The options of a cell among those of a layer. */
export function cellPart<Key extends string, Options extends object>(
  options: Options,
  keys: Readonly<Record<Key, unknown>>,
): Pick<Options, Key & keyof Options> {
  return Object.fromEntries(Object.entries(options).filter(([key]) => Object.hasOwn(keys, key))) as Pick<
    Options,
    Key & keyof Options
  >;
}
