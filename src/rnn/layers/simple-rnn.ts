import { cellPart, plainCellKeys, readCellActivations, type PlainCellOptions } from '../cells/cell.js';
import { SimpleRNNCell } from '../cells/simple-rnn-cell.js';
import { checkKnownOptions } from '../../base/options.js';
import { wholeNumber } from './layer.js';
import { Recurrent, recurrentKeys, type RecurrentOptions } from './recurrent.js';

export type SimpleRNNOptions = PlainCellOptions & RecurrentOptions;

/** A plain recurrent layer: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class SimpleRNN extends Recurrent {
  override readonly kind = 'SimpleRNN';
  readonly #given: SimpleRNNOptions;

  constructor(options: SimpleRNNOptions) {
    checkKnownOptions(options, { ...plainCellKeys, ...recurrentKeys }, 'SimpleRNN');
    wholeNumber(options.units, 'SimpleRNN units', 1);
    const given = readCellActivations(options, 'SimpleRNN', { gated: false });
    super(new SimpleRNNCell(cellPart(given, plainCellKeys)), given, { ...given });
    this.#given = given;
  }

  override copyWith(changes: RecurrentOptions): SimpleRNN {
    return new SimpleRNN({ ...this.#given, ...changes });
  }
}
