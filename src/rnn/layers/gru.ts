import { cellPart, cellTable } from '../cells/cell.js';
import { GRUCell, type GRUCellOptions } from '../cells/gru-cell.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { Recurrent, recurrentOptions, recurrentTable, type RecurrentOptions } from './recurrent.js';

export type GRUOptions = GRUCellOptions & RecurrentOptions;

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
    super(new GRUCell(cellPart(checked, { ...cellTable, resetAfter: true })), checked);
    this.#given = checked;
  }

  override copyWith(changes: RecurrentOptions): GRU {
    return new GRU({ ...this.#given, ...recurrentOptions.parse(changes, 'copyWith') });
  }
}
