import { cellPart, cellTable } from '../cells/cell.js';
import { LSTMCell, type LSTMCellOptions } from '../cells/lstm-cell.js';
import { flag, optional, optionsSchema } from '../../base/schema/index.js';
import { Recurrent, recurrentOptions, recurrentTable, type RecurrentOptions } from './recurrent.js';

export type LSTMOptions = LSTMCellOptions & RecurrentOptions;

const lstmOptions = optionsSchema<LSTMOptions>('LSTM', {
  ...{ ...cellTable, ...recurrentTable },
  unitForgetBias: optional(flag),
});

/** Long short-term memory: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class LSTM extends Recurrent {
  override readonly kind = 'LSTM';
  readonly #given: LSTMOptions;

  constructor(options: LSTMOptions) {
    const checked = lstmOptions.parse(options);
    super(new LSTMCell(cellPart(checked, { ...cellTable, unitForgetBias: true })), checked);
    this.#given = checked;
  }

  override copyWith(changes: RecurrentOptions): LSTM {
    return new LSTM({ ...this.#given, ...recurrentOptions.parse(changes, 'copyWith') });
  }
}
