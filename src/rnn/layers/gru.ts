import { cellTable, type CellOptions } from '../cells/cell.js';
import { GRUCell } from '../cells/gru-cell.js';
import { GRUResetBeforeCell } from '../cells/gru-reset-before-cell.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { Recurrent, recurrentTable, type RecurrentOptions } from './recurrent.js';

export interface GRUOptions extends CellOptions, RecurrentOptions {
  /** Reset gate after the product (two biases), or before it as first published. @default true */
  resetAfter?: boolean;
}

const gruOptions = optionsSchema<GRUOptions>('GRU', {
  ...{ ...cellTable, ...recurrentTable },
  resetAfter: optional(flag),
});

/** Gated recurrent units: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class GRU extends Recurrent {
  override readonly kind = 'GRU';
  readonly #given: GRUOptions;

  constructor(options: GRUOptions) {
    const checked = gruOptions.parse(options);
    const cell = (checked.resetAfter ?? true) ? new GRUCell(checked) : new GRUResetBeforeCell(checked);
    super(cell, checked);
    this.#given = checked;
  }

  override copyWith(changes: RecurrentOptions): GRU {
    return new GRU({ ...this.#given, ...changes });
  }
}
