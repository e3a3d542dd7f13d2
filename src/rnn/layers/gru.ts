import { cellKeys, type CellOptions } from '../cells/cell.js';
import { GRUCell } from '../cells/gru-cell.js';
import { GRUResetBeforeCell } from '../cells/gru-reset-before-cell.js';
import { checkKnownOptions } from '../../base/options.js';
import { wholeNumber } from './layer.js';
import { Recurrent, recurrentKeys, type RecurrentOptions } from './recurrent.js';

export interface GRUOptions extends CellOptions, RecurrentOptions {
  /** Reset gate after the product (two biases), or before it as first published. @default true */
  resetAfter?: boolean;
}

/** Gated recurrent units: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class GRU extends Recurrent {
  override readonly kind = 'GRU';
  readonly #given: GRUOptions;

  constructor(options: GRUOptions) {
    checkKnownOptions(options, { ...cellKeys, ...recurrentKeys, resetAfter: true }, 'GRU');
    wholeNumber(options.units, 'GRU units', 1);
    const cell = (options.resetAfter ?? true) ? new GRUCell(options) : new GRUResetBeforeCell(options);
    super(cell, options, { ...options });
    this.#given = { ...options };
  }

  override copyWith(changes: RecurrentOptions): GRU {
    return new GRU({ ...this.#given, ...changes });
  }
}
