import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import type { Random } from '../../base/math/random.js';
import type { Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import {
  cellTable,
  type Cell,
  type CellDescription,
  type CellOptions,
  type CellSequence,
  type CellStep,
  type CellStepBackward,
} from './cell.js';
import { GRUResetAfterCell } from './gru-reset-after-cell.js';
import { GRUResetBeforeCell } from './gru-reset-before-cell.js';

export interface GRUCellOptions extends CellOptions {
  /** Reset gate after the product (two biases), or before it as first published. @default true */
  resetAfter?: boolean;
}

const gruCellOptions = optionsSchema<GRUCellOptions>('GRUCell', {
  ...cellTable,
  resetAfter: optional(flag),
});

/** Gated recurrent units in either of their forms: see `GRUResetAfterCell` and `GRUResetBeforeCell`. */
export class GRUCell implements Cell {
  readonly gates = 3;
  readonly states = ['h'];
  readonly #options: GRUCellOptions;
  readonly #form: GRUResetAfterCell | GRUResetBeforeCell;

  constructor(options: GRUCellOptions) {
    this.#options = gruCellOptions.parse(options);
    const { resetAfter = true, ...rest } = this.#options;
    this.#form = resetAfter ? new GRUResetAfterCell(rest) : new GRUResetBeforeCell(rest);
  }

  get units(): number {
    return this.#form.units;
  }

  get tapeColumns(): readonly number[] {
    return this.#form.tapeColumns;
  }

  get kernel(): Weight {
    return this.#form.kernel;
  }

  get weights(): readonly Weight[] {
    return this.#form.weights;
  }

  describe(): CellDescription {
    return { kind: 'GRUCell', options: { ...this.#options } };
  }

  create(layerName: string, features: number, random: Random): void {
    this.#form.create(layerName, features, random);
  }

  inputBias(trace: Trace): Matrix | undefined {
    return this.#form.inputBias(trace);
  }

  forward(trace: Trace, step: CellStep): void {
    this.#form.forward(trace, step);
  }

  backward(trace: Trace, step: CellStepBackward): void {
    this.#form.backward(trace, step);
  }

  accumulate(trace: Trace, sequence: CellSequence): void {
    this.#form.accumulate(trace, sequence);
  }
}
