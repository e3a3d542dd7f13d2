import { SeqkitError } from '../../base/errors.js';
import { quoted } from '../../base/schema/index.js';

/** A row of a table, with the line that it begins on, from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Rows under the names of their columns. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/**
 * Reads a table with a header: CSV by the rules of RFC 4180, with quoted cells, which may hold commas, line ends and
 * doubled quotes; or TSV, where a quote is a character like any other. Empty lines between rows are left out.
 * @param source what to call it in errors, such as the file's path
 * @throws SeqkitError `bad-file` with the line of the first fault
 */
export function parseTable(text: string, source: string, format: 'csv' | 'tsv'): Table {
  const rows = format === 'csv' ? csvRows(text, source) : tsvRows(text);
  const [header, ...rest] = rows;
  if (header === undefined)
    throw fault(source, 1, 'there is no header, a line with the names of the columns');
  const columns = header.cells;
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) throw fault(source, header.line, `the header names ${quoted(twice)} twice`);
  const ragged = rest.find(({ cells }) => cells.length !== columns.length);
  if (ragged) {
    const hint =
      format === 'csv'
        ? 'A cell with a comma or a line end in it stands in quotes: "like, this".'
        : undefined;
    const { line, cells } = ragged;
    throw fault(source, line, `it has ${cells.length} cells where the header has ${columns.length}`, hint);
  }
  return { columns, rows: rest };
}

function tsvRows(text: string): TableRow[] {
  return text
    .split(/\r?\n/u)
    .map((row, i) => ({ line: i + 1, cells: row.split('\t') }))
    .filter(({ cells }) => cells.length > 1 || cells[0] !== '');
}

function csvRows(text: string, source: string): TableRow[] {
  const rows: TableRow[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const begins = line;
    const cells: string[] = [];
    let ended = false;
    while (!ended) {
      const cell = text[at] === '"' ? quotedCell(text, at, source, line) : plainCell(text, at, source, line);
      cells.push(cell.value);
      line += cell.lines;
      at = cell.end;
      if (text[at] === ',') at++;
      else {
        ended = true;
        if (text[at] === '\r') at++;
        if (text[at] === '\n') at++;
        line++;
      }
    }
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begins, cells });
  }
  return rows;
}

/** A cell, where it ends, and how many line ends it holds. */
interface Cell {
  readonly value: string;
  readonly end: number;
  readonly lines: number;
}

function plainCell(text: string, start: number, source: string, line: number): Cell {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && !endsLine(text, end)) {
    if (text[end] === '"') {
      const hint =
        'Put the whole cell in quotes and write each quote in it twice, or give a file with tabs, .tsv.';
      throw fault(source, line, 'a quote stands within a cell that does not begin with one', hint);
    }
    end++;
  }
  return { value: text.slice(start, end), end, lines: 0 };
}

function endsLine(text: string, at: number): boolean {
  return text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length);
}

function quotedCell(text: string, start: number, source: string, line: number): Cell {
  let value = '';
  let at = start + 1;
  let lines = 0;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw fault(source, line, 'a cell begins with a quote, and nothing closes it');
    const part = text.slice(at, quote);
    lines += part.split('\n').length - 1;
    value += part;
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at++;
  }
  if (at < text.length && text[at] !== ',' && text[at] !== '\n' && !endsLine(text, at)) {
    throw fault(source, line + lines, 'something follows the closing quote of a cell');
  }
  return { value, end: at, lines };
}

/** The error of one line. */
export function fault(source: string, line: number, what: string, hint?: string): SeqkitError {
  return new SeqkitError(`${source}, line ${line}: ${what}.`, {
    code: 'bad-file',
    ...(hint !== undefined && { hint }),
  });
}

/** The columns of a table, for an error about one that is not there; and what is wrong where all of them are one. */
export function columnsHint(columns: readonly string[]): string {
  const names = `The columns are ${columns.slice(0, 30).map(quoted).join(', ')}.`;
  if (columns.length > 1) return names;
  const [only = ''] = columns;
  if (only.includes('\t')) return `${names} Tabs stand between them: the format is tsv.`;
  return only.includes(';') ? `${names} Semicolons stand between them: save the table with commas.` : names;
}
