import { cellKeys, cellPart, readCellActivations } from '../cells/cell.js';
import { GRUCell, type GRUCellOptions } from '../cells/gru-cell.js';
import { checkKnownOptions } from '../../base/options.js';
import { wholeNumber } from './layer.js';
import { Recurrent, recurrentKeys, type RecurrentOptions } from './recurrent.js';

export type GRUOptions = GRUCellOptions & RecurrentOptions;

/** Gated recurrent units: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class GRU extends Recurrent {
  override readonly kind = 'GRU';
  readonly #given: GRUOptions;

  constructor(options: GRUOptions) {
    checkKnownOptions(options, { ...cellKeys, ...recurrentKeys, resetAfter: true }, 'GRU');
    wholeNumber(options.units, 'GRU units', 1);
    const given = readCellActivations(options, 'GRU', { gated: true });
    super(new GRUCell(cellPart(given, { ...cellKeys, resetAfter: true })), given, { ...given });
    this.#given = given;
  }

  override copyWith(changes: RecurrentOptions): GRU {
    return new GRU({ ...this.#given, ...changes });
  }
}
