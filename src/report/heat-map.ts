import type { Spec } from 'vega';
import { fieldsOf, listOf, number, optional, text } from '../base/schema/index.js';
import { SeqkitError } from '../base/errors.js';
import { literal, vegaSvg } from './vega-svg.js';

/** A table of shares as a picture: attention weights, a confusion matrix. */
export interface HeatMap {
  readonly title: string;
  /** What the columns are. */
  readonly xTitle: string;
  /** What the rows are. */
  readonly yTitle: string;
  /** Of each column its label, from left to right. */
  readonly columns: readonly string[];
  /** Of each row its label, from top to bottom. */
  readonly rows: readonly string[];
  /** (rows, columns), from 0 to 1. */
  readonly values: readonly (readonly number[])[];
  /** What is written into the cells, (rows, columns). @default nothing */
  readonly texts?: readonly (readonly string[])[];
}

/** The most rows and columns: more would be too small to read. */
const MOST_LABELS = 400;

/** The side of a cell, and the smallest where there are many. */
const [CELL, SMALL_CELL] = [22, 12];

/** From this share on a text is white. */
const DARK = 0.55;

/** Labels of columns that are words. */
const SLANTED = {
  angle: { value: -60 },
  align: { value: 'left' as const },
  baseline: { value: 'middle' as const },
};

const labels = listOf(text, { min: 1, max: MOST_LABELS });
const heatMap = fieldsOf<HeatMap>('a heat map', {
  title: text,
  xTitle: text,
  yTitle: text,
  columns: labels,
  rows: labels,
  values: listOf(listOf(number({ min: 0, max: 1.000_001 }))),
  texts: optional(listOf(listOf(text))),
});

/**
 * Draws a table of shares as SVG, the larger the darker.
 * @throws SeqkitError `usage` or `bad-value` for a table of the wrong kind; `bad-shape` where it has not as many rows
 *   and columns as labels
 */
export async function heatMapSvg(map: HeatMap): Promise<string> {
  return vegaSvg(heatMapSpec(map));
}

/** The picture for Vega; for tests. @internal */
export function heatMapSpec(map: HeatMap): Spec {
  const { title, xTitle, yTitle, columns, rows, values, texts } = heatMap.parse(map, 'heatMapSvg');
  checkTable(values, 'values', rows.length, columns.length);
  if (texts) checkTable(texts, 'texts', rows.length, columns.length);
  const cells = values.flatMap((row, y) =>
    row.map((value, x) => ({ x, y, value, text: texts?.[y][x] ?? '' })),
  );
  const size = Math.max(columns.length, rows.length) > 40 ? SMALL_CELL : CELL;
  const places = (count: number) => Array.from({ length: count }, (_, i) => i);
  const axis = (orient: 'top' | 'left', scale: 'x' | 'y', name: string, names: readonly string[]) => ({
    ...{ orient, scale, title: literal(name), domain: false, ticks: false, labelPadding: 6 },
    encode: {
      labels: {
        update: {
          text: { signal: `[${names.map((label) => literal(label).signal).join(', ')}][datum.value]` },
          ...(scale === 'x' && names.some(({ length }) => length > 2) && SLANTED),
        },
      },
    },
  });
  const place = { x: { scale: 'x', field: 'x' }, y: { scale: 'y', field: 'y' } };
  const middle = { x: { scale: 'x', field: 'x', band: 0.5 }, y: { scale: 'y', field: 'y', band: 0.5 } };
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: size * columns.length,
    height: size * rows.length,
    padding: 12,
    autosize: 'pad',
    background: 'white',
    title: { text: literal(title), fontSize: 16, anchor: 'start', offset: 12 },
    data: [{ name: 'cells', values: cells }],
    scales: [
      { name: 'x', type: 'band', domain: places(columns.length), range: 'width' },
      { name: 'y', type: 'band', domain: places(rows.length), range: 'height' },
      { name: 'color', type: 'linear', domain: [0, 1], range: ['#ffffff', '#08306b'] },
    ],
    axes: [axis('top', 'x', xTitle, columns), axis('left', 'y', yTitle, rows)],
    marks: [
      {
        type: 'rect',
        from: { data: 'cells' },
        encode: {
          enter: {
            ...place,
            width: { scale: 'x', band: 1 },
            height: { scale: 'y', band: 1 },
            fill: { scale: 'color', field: 'value' },
            stroke: { value: '#dddddd' },
            strokeWidth: { value: 0.5 },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'cells' },
        encode: {
          enter: {
            ...middle,
            text: { field: 'text' },
            fontSize: { value: 10 },
            align: { value: 'center' },
            baseline: { value: 'middle' },
            fill: { signal: `datum.value > ${DARK} ? 'white' : '#222222'` },
          },
        },
      },
    ],
  };
}

function checkTable(
  table: readonly (readonly unknown[])[],
  name: string,
  rows: number,
  columns: number,
): void {
  if (table.length === rows && table.every(({ length }) => length === columns)) return;
  throw new SeqkitError(
    `heatMapSvg: ${name} must have ${rows} rows of ${columns}, as there are labels; it has ${table.length} rows of ${table[0]?.length ?? 0}.`,
    { code: 'bad-shape' },
  );
}
