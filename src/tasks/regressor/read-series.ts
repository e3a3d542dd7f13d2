import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  listOf,
  optional,
  optionsSchema,
  quoted,
  someText,
  text as anyText,
} from '../../base/schema/index.js';
import { FLOAT32_NUMBER } from '../examples/float32-numbers.js';
import { columnsHint, fault, parseTable, type Table } from '../examples/table.js';
import type { TimeSeries } from './time-series.js';

export interface ParseSeriesOptions {
  /** The column that is forecast. @default the last */
  readonly target?: string;
  /** Columns that are known ahead. @default none */
  readonly known?: readonly string[];
  /** Columns that are known up to now alone. @default none */
  readonly observed?: readonly string[];
  /** The column that tells the series apart; their rows may be mixed. @default all rows are one series */
  readonly series?: string;
  /** What errors call the table. @default 'the table' */
  readonly name?: string;
  /** @default 'csv' */
  readonly format?: 'csv' | 'tsv';
}

const columns = listOf(someText, { max: 10_000 });
const parseOptions = optionsSchema<ParseSeriesOptions>('parseSeries', {
  target: optional(someText),
  known: optional(columns),
  observed: optional(columns),
  series: optional(someText),
  name: optional(someText),
  format: optional(choice(['csv', 'tsv'])),
});

/**
 * Series from a table, a row a step, the earliest first. Rows at the end whose target is empty are steps to forecast:
 * of them the known columns alone are read.
 * @returns the series in the order of their first rows
 * @throws SeqkitError `bad-file` with the line of the first fault; `usage` for a column that is not there
 */
export function parseSeries(text: string, options: ParseSeriesOptions = {}): TimeSeries[] {
  const table = anyText.parse(text, 'parseSeries: text');
  const {
    target: named,
    known = [],
    observed = [],
    series,
    name = 'the table',
    format = 'csv',
  } = parseOptions.parse(options);
  const { columns: header, rows } = parseTable(table, name, format);
  // A table has a header, of one cell at least.
  const target = named ?? header[header.length - 1];
  const place = (column: string): number => placeOf({ columns: header, rows }, column, name);
  const places = { target: place(target), known: known.map(place), observed: observed.map(place) };
  const key = series === undefined ? undefined : place(series);
  const roles = [places.target, ...places.known, ...places.observed, ...(key === undefined ? [] : [key])];
  const twice = roles.find((at, i) => roles.indexOf(at) !== i);
  if (twice !== undefined) {
    throw new SeqkitError(`The column ${quoted(header[twice])} is named twice.`, {
      code: 'usage',
      hint: 'A column is the target, a known or an observed input, or tells series apart: one of these, once.',
    });
  }
  const found = new Map<string, { values: number[]; known: number[][]; observed: number[][] }>();
  for (const { line, cells } of rows) {
    const own = key === undefined ? '' : cells[key];
    let one = found.get(own);
    if (one === undefined) found.set(own, (one = { values: [], known: [], observed: [] }));
    const numberAt = (at: number): number => {
      const cell = cells[at].trim();
      const number = cell === '' ? NaN : Number(cell);
      if (FLOAT32_NUMBER.takes(number)) return number;
      const why = Number.isNaN(number) ? 'not a number' : `not ${FLOAT32_NUMBER.expected}`;
      throw fault(name, line, `${quoted(header[at])} is ${quoted(cells[at])}, ${why}`);
    };
    const isAhead = cells[places.target].trim() === '';
    if (isAhead && places.known.length === 0) {
      throw fault(name, line, `${quoted(target)} is empty`, 'Leave out rows without a value.');
    }
    if (!isAhead) {
      if (one.known.length > one.values.length) {
        throw fault(name, line, `a value of ${quoted(target)} follows rows in which it is empty`);
      }
      one.values.push(numberAt(places.target));
      if (places.observed.length > 0) one.observed.push(places.observed.map(numberAt));
    }
    if (places.known.length > 0) one.known.push(places.known.map(numberAt));
  }
  return [...found].map(([own, { values, known: ahead, observed: past }]) => ({
    values,
    ...(ahead.length > 0 && { known: ahead }),
    ...(past.length > 0 && { observed: past }),
    ...(own !== '' && { name: own }),
  }));
}

function placeOf({ columns }: Table, column: string, name: string): number {
  const place = columns.indexOf(column);
  if (place >= 0) return place;
  throw new SeqkitError(`${name} has no column ${quoted(column)}.`, {
    code: 'usage',
    hint: columnsHint(columns),
  });
}
