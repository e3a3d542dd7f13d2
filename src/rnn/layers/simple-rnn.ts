import { plainCellKeys, type CellOptions } from '../cells/cell.js';
import { SimpleRNNCell } from '../cells/simple-rnn-cell.js';
import { checkKnownOptions } from '../../base/options.js';
import { wholeNumber } from './layer.js';
import { Recurrent, recurrentKeys, type RecurrentOptions } from './recurrent.js';

export type SimpleRNNOptions = Omit<CellOptions, 'recurrentActivation'> & RecurrentOptions;

/** A plain recurrent layer: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class SimpleRNN extends Recurrent {
  override readonly kind = 'SimpleRNN';
  readonly #given: SimpleRNNOptions;

  constructor(options: SimpleRNNOptions) {
    checkKnownOptions(options, { ...plainCellKeys, ...recurrentKeys }, 'SimpleRNN');
    wholeNumber(options.units, 'SimpleRNN units', 1);
    super(new SimpleRNNCell(options), options, { ...options });
    this.#given = { ...options };
  }

  override copyWith(changes: RecurrentOptions): SimpleRNN {
    return new SimpleRNN({ ...this.#given, ...changes });
  }
}
