import { cellPart, plainCellTable, type PlainCellOptions } from '../cells/cell.js';
import { SimpleRNNCell } from '../cells/simple-rnn-cell.js';
import { optionsSchema } from '../../base/schema/index.js';
import { Recurrent, recurrentOptions, recurrentTable, type RecurrentOptions } from './recurrent.js';

export type SimpleRNNOptions = PlainCellOptions & RecurrentOptions;

const simpleRNNOptions = optionsSchema<SimpleRNNOptions>('SimpleRNN', {
  ...{ ...plainCellTable, ...recurrentTable },
});

/** A plain recurrent layer: (N, T, D) to (N, T, H), or (N, H) for the last step alone. */
export class SimpleRNN extends Recurrent {
  override readonly kind = 'SimpleRNN';
  readonly #given: SimpleRNNOptions;

  constructor(options: SimpleRNNOptions) {
    const checked = simpleRNNOptions.parse(options);
    super(new SimpleRNNCell(cellPart(checked, plainCellTable)), checked);
    this.#given = checked;
  }

  override copyWith(changes: RecurrentOptions): SimpleRNN {
    return new SimpleRNN({ ...this.#given, ...recurrentOptions.parse(changes, 'copyWith') });
  }
}
