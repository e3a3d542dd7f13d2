import { SeqkitError } from '../../base/errors.js';
import { shown } from '../../base/schema/index.js';
import { Weight } from '../weights/weight.js';
import type { Cell } from './cell.js';

const methods = ['create', 'inputBias', 'forward', 'backward', 'accumulate'] as const;

/** @throws SeqkitError `usage` for what lacks a part of a `Cell`, named */
export function checkCell(cell: unknown): asserts cell is Cell {
  // A layer is none, nor is what has no method of one.
  const isOne = typeof cell === 'object' && cell !== null && methods.some((name) => name in cell);
  if (!isOne || 'applyAll' in cell) {
    throw new SeqkitError(`A recurrent layer is made of a cell, not of ${shown(cell)}.`, {
      code: 'usage',
      hint: 'For the cells that come along use LSTM, GRU or SimpleRNN.',
    });
  }
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;
  const { units, gates, states, tapeColumns } = cell as Partial<Cell>;
  const refuse = (part: string, wanted: string, value: unknown): never => {
    throw new SeqkitError(`The cell's ${part} must be ${wanted}, not ${shown(value)}.`, { code: 'usage' });
  };
  for (const method of methods) {
    const found = (cell as Partial<Cell>)[method];
    if (typeof found !== 'function') refuse(method, 'a method', found);
  }
  if (!isCount(units)) refuse('units', 'a whole number of at least 1', units);
  if (!isCount(gates)) refuse('gates', 'a whole number of at least 1', gates);
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const named = Array.isArray(states) && states.length > 0 && states.every(isName);
  if (!named) refuse('states', 'an array of names, the output first', states);
  if (!Array.isArray(tapeColumns) || !tapeColumns.every(isCount)) {
    refuse('tapeColumns', 'an array of whole numbers of at least 1', tapeColumns);
  }
}

/** @param features D @throws SeqkitError `bad-shape` where what `create` made is no kernel (D, G * H) */
export function checkCellWeights({ kernel, weights, units, gates }: Cell, features: number): void {
  const isList = Array.isArray(weights) && weights.every((weight) => (weight as unknown) instanceof Weight);
  const isKernel = kernel instanceof Weight && kernel.shape.join() === [features, gates * units].join();
  if (isList && isKernel) return;
  const found = kernel instanceof Weight ? `(${kernel.shape.join(', ')})` : shown(kernel);
  throw new SeqkitError(
    isList
      ? `The cell's kernel must be a Weight of shape (${features}, ${gates * units}), not ${found}.`
      : "The cell's weights must be an array of Weights.",
    { code: 'bad-shape', hint: 'Make them with cellWeights in create.' },
  );
}
