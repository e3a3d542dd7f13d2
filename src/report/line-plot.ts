import type { Spec } from 'vega';
import {
  flag,
  listOf,
  fieldsOf,
  numberOrInfinity,
  optional,
  optionsSchema,
  text,
} from '../base/schema/index.js';
import { literal, vegaSvg } from './vega-svg.js';

/** Lines over one axis, each with a name of its own. */
export interface LinePlot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly LineSeries[];
}

export interface LineSeries {
  readonly name: string;
  /** From left to right. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** A dot on each point, for a series of few. @default false */
  readonly dots?: boolean;
}

/** Where a point stands. A loss that grew beyond all numbers is left out of its line. */
const coordinate = numberOrInfinity();

const linePlot = optionsSchema<LinePlot>('linePlotSvg', {
  title: text,
  xTitle: text,
  yTitle: text,
  series: listOf(
    optionsSchema<LineSeries>('A series', {
      name: text,
      points: listOf(
        fieldsOf<{ readonly x: number; readonly y: number }>('a point { x, y }', {
          x: coordinate,
          y: coordinate,
        }),
      ),
      dots: optional(flag),
    }),
    { min: 1 },
  ),
});

/** Colours that people with any kind of sight tell apart (Okabe and Ito 2008). */
const colors = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const [width, height] = [720, 400];

/**
 * Draws lines as SVG.
 * @throws SeqkitError `usage` or `bad-value` for a plot of the wrong kind
 */
export async function linePlotSvg(plot: LinePlot): Promise<string> {
  return vegaSvg(linePlotSpec(plot));
}

/** The plot for Vega; for tests. @internal */
export function linePlotSpec(plot: LinePlot): Spec {
  const { title, xTitle, yTitle, series } = linePlot.parse(plot);
  const values = series.flatMap(({ name, points }) =>
    points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)).map(({ x, y }) => ({ name, x, y })),
  );
  const dotted = series.filter(({ dots }) => dots).map(({ name }) => name);
  const names = series.map(({ name }) => name);
  const place = {
    x: { scale: 'x', field: 'x' },
    y: { scale: 'y', field: 'y' },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width,
    height,
    padding: 12,
    autosize: 'pad',
    background: 'white',
    title: { text: literal(title), fontSize: 16, anchor: 'start', offset: 12 },
    data: [
      { name: 'points', values },
      {
        name: 'dots',
        source: 'points',
        transform: [{ type: 'filter', expr: `indexof(${JSON.stringify(dotted)}, datum.name) >= 0` }],
      },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: { data: 'points', field: 'x' }, range: [0, width], zero: false },
      {
        name: 'y',
        type: 'linear',
        domain: { data: 'points', field: 'y' },
        range: [height, 0],
        zero: false,
        nice: true,
      },
      { name: 'color', type: 'ordinal', domain: names, range: colors },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: literal(xTitle), grid: true, gridOpacity: 0.4, tickCount: 8 },
      { orient: 'left', scale: 'y', title: literal(yTitle), grid: true, gridOpacity: 0.4, tickCount: 8 },
    ],
    legends: [{ stroke: 'color', symbolType: 'stroke', orient: 'top-right' }],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'line', data: 'points', groupby: 'name' } },
        marks: [
          {
            type: 'line',
            from: { data: 'line' },
            encode: {
              enter: { ...place, stroke: { scale: 'color', field: 'name' }, strokeWidth: { value: 1.8 } },
            },
          },
        ],
      },
      {
        type: 'symbol',
        from: { data: 'dots' },
        encode: {
          enter: { ...place, fill: { scale: 'color', field: 'name' }, size: { value: 24 } },
        },
      },
    ],
  };
}
