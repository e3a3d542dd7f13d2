import { SeqkitError } from '../../base/errors.js';
import type { Cell, CellDescription, PlainCellOptions } from './cell.js';
import { GRUCell, type GRUCellOptions } from './gru-cell.js';
import { LSTMCell, type LSTMCellOptions } from './lstm-cell.js';
import { SimpleRNNCell } from './simple-rnn-cell.js';

const makers: Readonly<Record<string, (options: never) => Cell>> = {
  SimpleRNNCell: (options: PlainCellOptions) => new SimpleRNNCell(options),
  GRUCell: (options: GRUCellOptions) => new GRUCell(options),
  LSTMCell: (options: LSTMCellOptions) => new LSTMCell(options),
};

/** A cell as `describe` told of it. @throws SeqkitError `usage` for a kind that there is not */
export function makeCell({ kind, options }: CellDescription): Cell {
  if (Object.hasOwn(makers, kind)) return makers[kind](options as never);
  throw new SeqkitError(`There is no cell "${kind}".`, {
    code: 'usage',
    hint: `The cells are ${Object.keys(makers).join(', ')}.`,
  });
}
