import { decodeTextFile } from '../../base/encoding/text-file.js';
import { isDeeperThan } from '../../base/encoding/json-depth.js';
import { SeqkitError } from '../../base/errors.js';
import {
  choice,
  isPlainObject,
  listOf,
  optional,
  optionsSchema,
  quoted,
  someText,
} from '../../base/schema/index.js';
import { readSource, type FileSource } from '../../base/source/file-source.js';
import type { LabeledExample } from './labeled-examples.js';
import { parseInput, type NumberSequence } from './sequence-input.js';
import { columnsHint, fault, parseTable } from './table.js';

const FORMATS = ['csv', 'tsv', 'jsonl'] as const;

export interface ReadExamplesOptions {
  /** @default told by the end of the file's name */
  readonly format?: (typeof FORMATS)[number];
  /** The column of texts. @default 'text' */
  readonly text?: string;
  /** In place of texts: the column of number sequences, an array in JSONL, else numbers with spaces between them. */
  readonly sequence?: string;
  /** In place of texts: columns that are the time steps, in their order; where cells at the end are empty, fewer. */
  readonly steps?: readonly string[];
  /** @default 'label' */
  readonly label?: string;
  /** The column of groups, which splits keep together. @default none */
  readonly group?: string;
}

const readOptions = optionsSchema<ReadExamplesOptions>('readExamples', {
  format: optional(choice(FORMATS)),
  text: optional(someText),
  sequence: optional(someText),
  steps: optional(listOf(someText, { min: 1 })),
  label: optional(someText),
  group: optional(someText),
});

/** A row by the names of its columns. */
interface NamedRow {
  readonly line: number;
  readonly values: ReadonlyMap<string, unknown>;
}

/**
 * Reads labeled examples from a table: CSV, TSV, or JSONL with an object a line.
 * @param from a file's path, a URL, a Blob, or its bytes
 * @throws SeqkitError `file-access`; `bad-file` with the line of the first fault; `usage` for a column that is missing
 *
 * @example
 * const examples = await readExamples('reviews.csv', { text: 'review', label: 'stars' });
 */
export async function readExamples(
  from: FileSource,
  options: ReadExamplesOptions = {},
): Promise<LabeledExample[]> {
  const known = readOptions.parse(options);
  const given = [known.text, known.sequence, known.steps].filter((one) => one !== undefined);
  if (given.length > 1) {
    throw new SeqkitError('Examples are read from one of text, sequence and steps.', { code: 'usage' });
  }
  const { bytes, name } = await readSource(from, 'readExamples: from', {
    name: 'The table',
    kind: 'a table',
  });
  const format = known.format ?? formatOf(name);
  const text = decodeTextFile(bytes, name);
  const rows = format === 'jsonl' ? jsonRows(text, name) : tableRows(text, name, format);
  if (rows.length === 0) {
    throw new SeqkitError(`${name} holds no examples.`, { code: 'too-little-data' });
  }
  return rows.map((row) => exampleOf(row, name, known));
}

function formatOf(name: string): (typeof FORMATS)[number] {
  const ending = /\.([a-z]+)$/iu.exec(name)?.[1].toLowerCase();
  if (ending === 'ndjson') return 'jsonl';
  const format = FORMATS.find((one) => one === ending);
  if (format) return format;
  throw new SeqkitError(
    `What ${name} holds is not told by its name, which ends neither with .csv, .tsv nor .jsonl.`,
    {
      code: 'usage',
      hint: `Say its format, one of ${FORMATS.join(', ')}.`,
    },
  );
}

function tableRows(text: string, source: string, format: 'csv' | 'tsv'): NamedRow[] {
  const { columns, rows } = parseTable(text, source, format);
  return rows.map(({ line, cells }) => ({
    line,
    values: new Map(columns.map((name, i) => [name, cells[i]])),
  }));
}

function jsonRows(text: string, source: string): NamedRow[] {
  return text.split('\n').flatMap((row, i): NamedRow[] => {
    const line = i + 1;
    if (row.trim() === '') return [];
    let value: unknown;
    try {
      value = isDeeperThan(row, 100) ? undefined : JSON.parse(row);
    } catch {
      // Falls through to the one message.
    }
    if (!isPlainObject(value)) throw fault(source, line, 'it is no JSON of an object');
    return [{ line, values: new Map(Object.entries(value)) }];
  });
}

function exampleOf(
  { line, values }: NamedRow,
  source: string,
  { text = 'text', sequence, steps, label = 'label', group }: ReadExamplesOptions,
): LabeledExample {
  const cell = (column: string): unknown => {
    if (values.has(column)) return values.get(column);
    throw new SeqkitError(`${source}, line ${line}: there is no column ${quoted(column)}.`, {
      code: 'usage',
      hint: columnsHint([...values.keys()]),
    });
  };
  const word = (column: string): string => {
    const value = cell(column);
    // Labels are often numbers, such as stars.
    const own = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    if (typeof own === 'string' && own.trim() !== '') return own;
    throw fault(source, line, `the column ${quoted(column)} is empty, or no text`);
  };
  const shared = { label: word(label), ...(group !== undefined && { group: word(group) }) };
  if (steps) return { sequence: stepCells(steps.map(cell), steps, source, line), ...shared };
  if (sequence === undefined) return { text: word(text), ...shared };
  const found = cell(sequence);
  const numbers = typeof found === 'string' ? numbersIn(found, source, line) : found;
  try {
    return { sequence: parseInput('numbers', numbers, quoted(sequence)) as NumberSequence, ...shared };
  } catch (error) {
    if (!(error instanceof SeqkitError)) throw error;
    throw fault(source, line, error.message.replace(/\.$/u, ''));
  }
}

function numbersIn(text: string, source: string, line: number): number[] {
  const words = text.split(/[\s,;]+/u).filter((word) => word !== '');
  return words.map((word) => numberOf(word, source, line));
}

function numberOf(word: string, source: string, line: number): number {
  const value = Number(word);
  if (word.trim() !== '' && Number.isFinite(value)) return value;
  throw fault(source, line, `${quoted(word)} is no number`);
}

/** Cells up to the last that is not empty. */
function stepCells(
  cells: readonly unknown[],
  names: readonly string[],
  source: string,
  line: number,
): number[] {
  const isEmpty = (value: unknown): boolean =>
    value === null || value === undefined || (typeof value === 'string' && value.trim() === '');
  let count = cells.length;
  while (count > 0 && isEmpty(cells[count - 1])) count--;
  if (count === 0) throw fault(source, line, 'all of its time steps are empty');
  return cells.slice(0, count).map((value, i) => {
    if (isEmpty(value))
      throw fault(source, line, `the time step ${quoted(names[i])} is empty, and later ones are not`);
    return typeof value === 'number' && Number.isFinite(value)
      ? value
      : numberOf(String(value), source, line);
  });
}
