import { SeqkitError } from '../../base/errors.js';
import {
  anything,
  isNumberArray,
  isPlainObject,
  listOf,
  shown,
  wrongValue,
} from '../../base/schema/index.js';
import { FLOAT32_NUMBER } from '../examples/float32-numbers.js';

/** Values over time, evenly spaced, with what goes along. */
export interface TimeSeries {
  /** What is forecast, (T), the earliest first. */
  readonly values: ArrayLike<number>;
  /**
   * Inputs that are known ahead, such as prices or the day of the week: rows (T, K), or (T + horizon, K) with those of
   * the steps to forecast.
   */
  readonly known?: readonly ArrayLike<number>[];
  /** Inputs that are known up to now alone, such as the weather: rows (T, O). */
  readonly observed?: readonly ArrayLike<number>[];
  /** What errors call it. */
  readonly name?: string;
}

/** A series that was checked. */
export interface CheckedSeries {
  readonly values: Float64Array;
  /** Row by row, K numbers each. */
  readonly known: Float64Array;
  readonly observed: Float64Array;
  readonly steps: number;
  /** Rows of `known`. */
  readonly knownSteps: number;
}

/** How many inputs go along with each value. */
export interface InputCounts {
  readonly known: number;
  readonly observed: number;
}

/** @throws SeqkitError `bad-value` or `bad-shape` that names the first fault */
export function checkedSeries(value: unknown, where: string, counts?: InputCounts): CheckedSeries {
  if (!isPlainObject(value)) throw wrongValue(where, 'a series, an object with values', value);
  const { values, known = [], observed = [], name } = value as unknown as TimeSeries;
  const place = typeof name === 'string' && name !== '' ? `${where} (${name})` : where;
  if (!isNumberArray(values)) throw wrongValue(`${place}: values`, 'numbers over time', values);
  const own = {
    values: numbersOf(values, `${place}: values`),
    known: rowsOf(known, `${place}: known`, counts?.known),
    observed: rowsOf(observed, `${place}: observed`, counts?.observed),
  };
  const steps = own.values.length;
  if (own.known.rows < steps && own.known.width > 0) {
    throw tooFew(`${place}: known`, own.known.rows, steps);
  }
  if (own.observed.rows !== steps && own.observed.width > 0) {
    throw tooFew(`${place}: observed`, own.observed.rows, steps);
  }
  return {
    ...{ values: own.values, known: own.known.data, observed: own.observed.data },
    ...{ steps, knownSteps: own.known.rows },
  };
}

/** One series or several. @throws SeqkitError as `checkedSeries`; `bad-shape` where they have not the same inputs */
export function checkedSeriesList(
  value: unknown,
  where: string,
): { list: CheckedSeries[]; counts: InputCounts } {
  const given = Array.isArray(value) ? listOf(anything(), { min: 1 }).parse(value, where) : [value];
  const list = given.map((one, i) => checkedSeries(one, Array.isArray(value) ? `${where}[${i}]` : where));
  const [first] = list;
  const counts = {
    known: widthOf(first.known, first.knownSteps),
    observed: widthOf(first.observed, first.steps),
  };
  list.forEach(({ known, knownSteps, observed, steps }, i) => {
    const own = { known: widthOf(known, knownSteps), observed: widthOf(observed, steps) };
    if (own.known === counts.known && own.observed === counts.observed) return;
    throw new SeqkitError(
      `${where}[${i}] has ${own.known} known and ${own.observed} observed inputs, where the first has ${counts.known} and ${counts.observed}.`,
      { code: 'bad-shape' },
    );
  });
  return { list, counts };
}

function widthOf(data: Float64Array, rows: number): number {
  return rows === 0 ? 0 : data.length / rows;
}

function numbersOf(values: ArrayLike<number>, name: string): Float64Array {
  const data = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    if (!FLOAT32_NUMBER.takes(values[i]))
      throw wrongValue(`${name}[${i}]`, FLOAT32_NUMBER.expected, values[i]);
    data[i] = values[i];
  }
  return data;
}

function rowsOf(
  rows: unknown,
  name: string,
  width?: number,
): { data: Float64Array; rows: number; width: number } {
  if (!Array.isArray(rows)) throw wrongValue(name, 'rows of numbers, one for each step', rows);
  const own = width ?? (isNumberArray(rows[0]) ? rows[0].length : 0);
  const data = new Float64Array(rows.length * own);
  rows.forEach((row: unknown, t) => {
    if (!isNumberArray(row)) throw wrongValue(`${name}[${t}]`, 'a row of numbers', row);
    if (row.length !== own) {
      throw new SeqkitError(`${name}[${t}] has ${row.length} numbers, not ${own}: ${shown(row)}.`, {
        code: 'bad-shape',
      });
    }
    data.set(numbersOf(row, `${name}[${t}]`), t * own);
  });
  if (width !== undefined && width > 0 && rows.length === 0) {
    throw new SeqkitError(`${name} is missing: the model takes ${width} in each step.`, {
      code: 'bad-shape',
    });
  }
  return { data, rows: rows.length, width: own };
}

function tooFew(name: string, rows: number, steps: number): SeqkitError {
  return new SeqkitError(`${name} has ${rows} rows for ${steps} values.`, { code: 'bad-shape' });
}
