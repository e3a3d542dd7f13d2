import { SeqkitError } from '../../base/errors.js';
import { isPlainObject, quoted, wrongValue } from '../../base/schema/index.js';
import type { Cell, PlainCellOptions } from './cell.js';
import { GRUCell, type GRUCellOptions } from './gru-cell.js';
import { LSTMCell, type LSTMCellOptions } from './lstm-cell.js';
import { SimpleRNNCell } from './simple-rnn-cell.js';

const makers: Readonly<Record<string, (options: never) => Cell>> = {
  SimpleRNNCell: (options: PlainCellOptions) => new SimpleRNNCell(options),
  GRUCell: (options: GRUCellOptions) => new GRUCell(options),
  LSTMCell: (options: LSTMCellOptions) => new LSTMCell(options),
};

/**
 * A cell as `describe` told of it.
 * @param described as a file has it, or anything
 * @throws SeqkitError `bad-value` where it is no description, `usage` for a kind that there is not
 */
export function makeCell(described: unknown): Cell {
  if (
    !isPlainObject(described) ||
    typeof described['kind'] !== 'string' ||
    !isPlainObject(described['options'])
  ) {
    throw wrongValue('Recurrent: cell', 'the description of a cell', described);
  }
  const { kind, options } = described;
  if (Object.hasOwn(makers, kind)) return makers[kind](options as never);
  throw new SeqkitError(`There is no cell ${quoted(kind)}.`, {
    code: 'usage',
    hint: `The cells are ${Object.keys(makers).join(', ')}.`,
  });
}
