import type { Spec } from 'vega';
import { SeqkitError } from '../base/errors.js';
import {
  fieldsOf,
  listOf,
  number,
  optional,
  optionsSchema,
  text,
  wholeNumber,
  wrongValue,
} from '../base/schema/index.js';
import { literal, vegaSvg } from './vega-svg.js';
import { placeLabels, type PlacedLabel } from './label-placement.js';

export { MissingPackage } from './missing-package.js';
export { svgToPng } from './svg-to-png.js';

/** A map of named points. */
export interface ScatterPlot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly points: readonly { readonly label: string; readonly x: number; readonly y: number }[];
  /** Arrows from one point to another, by their numbers. */
  readonly arrows?: readonly (readonly [number, number])[];
}

const named = fieldsOf<ScatterPlot['points'][number]>('a point { label, x, y }', {
  label: text,
  x: number(),
  y: number(),
});

const arrowEnds = listOf(wholeNumber({ min: 0 }), { min: 2, max: 2 });

const scatterPlot = optionsSchema<ScatterPlot>('scatterPlotSvg', {
  title: text,
  xTitle: text,
  yTitle: text,
  points: listOf(named, { min: 1 }),
  arrows: optional(
    listOf({
      expected: 'a pair of the numbers of points',
      parse: (value, name) => arrowEnds.parse(value, name) as [number, number],
    }),
  ),
});

const FONT_SIZE = 13;
const DOT_RADIUS = 3;
const ARROW_HEAD = 6;
/** The frame's size in pixels at first; it grows until all labels have a place. */
const [WIDTH, HEIGHT] = [720, 540];
const LARGEST = 8;

/**
 * Draws the map as SVG with Vega: dots, axes, arrows, and a label by each dot that overlaps none.
 * @throws SeqkitError `usage` or `bad-value` for a plot of the wrong kind, or labels that do not fit
 */
export async function scatterPlotSvg(plot: ScatterPlot): Promise<string> {
  return vegaSvg(specOf(plot));
}

/** The plot for Vega, with labels placed; for tests. @internal */
export function specOf(given: ScatterPlot): Spec {
  const plot = scatterPlot.parse(given);
  const { points, arrows = [] } = plot;
  const lost = arrows.flat().find((end) => end >= points.length);
  if (lost !== undefined) {
    throw wrongValue(
      'scatterPlotSvg: an end of arrows',
      `the number of a point, below ${points.length}`,
      lost,
    );
  }
  const [xs, ys] = [domainOf(points.map(({ x }) => x)), domainOf(points.map(({ y }) => y))];
  const { width, height, labels } = layOut(plot, xs, ys);
  const dot = (i: number): { x: number; y: number } => labels[i];
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width,
    height,
    padding: 12,
    autosize: 'pad',
    background: 'white',
    title: { text: literal(plot.title), fontSize: 16, anchor: 'start', offset: 12 },
    scales: [
      { name: 'x', type: 'linear', domain: xs, range: [0, width] },
      { name: 'y', type: 'linear', domain: ys, range: [height, 0] },
    ],
    axes: [
      {
        orient: 'bottom',
        scale: 'x',
        title: literal(plot.xTitle),
        grid: true,
        gridOpacity: 0.4,
        tickCount: 6,
      },
      { orient: 'left', scale: 'y', title: literal(plot.yTitle), grid: true, gridOpacity: 0.4, tickCount: 6 },
    ],
    data: [
      { name: 'labels', values: labels },
      { name: 'leaders', values: labels.filter(({ far }) => far).map((label) => leader(label)) },
      { name: 'arrows', values: arrows.map(([from, to]) => arrow(dot(from), dot(to))) },
    ],
    marks: [
      lines('leaders', '#999999', 0.75),
      lines('arrows', '#c0392b', 1.5),
      {
        type: 'symbol',
        from: { data: 'arrows' },
        encode: {
          enter: {
            x: { field: 'headX' },
            y: { field: 'headY' },
            angle: { field: 'angle' },
            shape: { value: 'triangle-right' },
            size: { value: 70 },
            fill: { value: '#c0392b' },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'labels' },
        encode: {
          enter: {
            x: { field: 'x' },
            y: { field: 'y' },
            size: { value: (2 * DOT_RADIUS) ** 2 },
            fill: { value: '#1f5fa8' },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'labels' },
        encode: {
          enter: {
            x: {
              signal:
                "datum.align === 'center' ? (datum.left + datum.right) / 2 : datum.align === 'left' ? datum.left : datum.right",
            },
            y: { signal: '(datum.top + datum.bottom) / 2' },
            text: { field: 'text' },
            align: { field: 'align' },
            baseline: { value: 'middle' },
            font: { value: 'sans-serif' },
            fontSize: { value: FONT_SIZE },
            fill: { value: '#222222' },
          },
        },
      },
    ],
  };
}

function lines(data: string, color: string, width: number): NonNullable<Spec['marks']>[number] {
  return {
    type: 'rule',
    from: { data },
    encode: {
      enter: {
        x: { field: 'x' },
        y: { field: 'y' },
        x2: { field: 'x2' },
        y2: { field: 'y2' },
        stroke: { value: color },
        strokeWidth: { value: width },
      },
    },
  };
}

/** Ends with a twentieth to spare, so that no dot lies on an axis. */
function domainOf(values: readonly number[]): [number, number] {
  const low = values.reduce((min, value) => Math.min(min, value));
  const high = values.reduce((max, value) => Math.max(max, value));
  const spare = (high - low) / 20 || 1;
  return [low - spare, high + spare];
}

/** The smallest frame of those tried in which each label has a place. */
function layOut(
  { points, arrows = [] }: ScatterPlot,
  [left, right]: [number, number],
  [bottom, top]: [number, number],
): { width: number; height: number; labels: readonly PlacedLabel[] } {
  for (let factor = 1; factor <= LARGEST; factor *= 1.25) {
    const [width, height] = [Math.round(WIDTH * factor), Math.round(HEIGHT * factor)];
    const dots = points.map(({ label, x, y }) => ({
      text: label,
      x: ((x - left) / (right - left)) * width,
      y: ((top - y) / (top - bottom)) * height,
    }));
    const lines = arrows.map(([from, to]) => [dots[from], dots[to]] as const);
    const sizes = { fontSize: FONT_SIZE, dotRadius: DOT_RADIUS };
    const labels = placeLabels(dots, { width, height }, sizes, lines);
    if (labels !== undefined) return { width, height, labels };
  }
  throw new SeqkitError(`${points.length} labels do not fit on one map.`, {
    code: 'bad-value',
    hint: 'Draw fewer points, or shorter labels.',
  });
}

/** From the dot to the nearest place of its label. */
function leader({ x, y, left, right, top, bottom }: PlacedLabel) {
  return { x, y, x2: Math.min(Math.max(x, left), right), y2: Math.min(Math.max(y, top), bottom) };
}

/** A line that ends short of the dots, and its head; between dots that touch, the head alone, on the first. */
function arrow(from: { x: number; y: number }, to: { x: number; y: number }) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [right, down] = length === 0 ? [1, 0] : [(to.x - from.x) / length, (to.y - from.y) / length];
  const end = Math.max(0, length - DOT_RADIUS - ARROW_HEAD);
  const start = Math.min(DOT_RADIUS, end);
  return {
    x: from.x + right * start,
    y: from.y + down * start,
    x2: from.x + right * end,
    y2: from.y + down * end,
    headX: from.x + right * end,
    headY: from.y + down * end,
    angle: (Math.atan2(down, right) * 180) / Math.PI,
  };
}
