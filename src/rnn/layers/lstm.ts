import { cellKeys, cellPart, readCellActivations } from '../cells/cell.js';
import { LSTMCell, type LSTMCellOptions } from '../cells/lstm-cell.js';
import { checkKnownOptions } from '../../base/options.js';
import { wholeNumber } from './layer.js';
import { Recurrent, recurrentKeys, type RecurrentOptions } from './recurrent.js';

export type LSTMOptions = LSTMCellOptions & RecurrentOptions;

/** Long short-term memory: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class LSTM extends Recurrent {
  override readonly kind = 'LSTM';
  readonly #given: LSTMOptions;

  constructor(options: LSTMOptions) {
    checkKnownOptions(options, { ...cellKeys, ...recurrentKeys, unitForgetBias: true }, 'LSTM');
    wholeNumber(options.units, 'LSTM units', 1);
    const given = readCellActivations(options, 'LSTM', { gated: true });
    super(new LSTMCell(cellPart(given, { ...cellKeys, unitForgetBias: true })), given, { ...given });
    this.#given = given;
  }

  override copyWith(changes: RecurrentOptions): LSTM {
    return new LSTM({ ...this.#given, ...changes });
  }
}
