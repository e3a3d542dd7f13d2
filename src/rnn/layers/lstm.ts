import { cellPart } from '../cells/cell.js';
import { LSTMCell, lstmCellTable, type LSTMCellOptions } from '../cells/lstm-cell.js';
import { optionsSchema } from '../../base/schema/index.js';
import { Recurrent, recurrentOptions, recurrentTable, type RecurrentOptions } from './recurrent.js';

export type LSTMOptions = LSTMCellOptions & RecurrentOptions;

const lstmOptions = optionsSchema<LSTMOptions>('LSTM', { ...lstmCellTable, ...recurrentTable });

/** Long short-term memory: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class LSTM extends Recurrent {
  override readonly kind = 'LSTM';
  readonly #given: LSTMOptions;

  constructor(options: LSTMOptions) {
    const checked = lstmOptions.parse(options);
    super(new LSTMCell(cellPart(checked, lstmCellTable)), checked);
    this.#given = checked;
  }

  override copyWith(changes: RecurrentOptions): LSTM {
    return new LSTM({ ...this.#given, ...recurrentOptions.parse(changes, 'copyWith') });
  }
}
