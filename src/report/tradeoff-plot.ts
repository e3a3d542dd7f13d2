import type { Mark, Spec } from 'vega';
import { fieldsOf, listOf, number, optionsSchema, text } from '../base/schema/index.js';
import { literal, vegaSvg } from './vega-svg.js';

/** Misses against false alarms, as the threshold rises. */
export interface TradeoffCurve {
  /** What it is of, such as a word. */
  readonly label: string;
  readonly points: readonly TradeoffDot[];
  /** Where the detector stands, and what to call that. */
  readonly chosen: TradeoffDot & { readonly label: string };
}

export interface TradeoffDot {
  /** Share, 0 to 1. */
  readonly missed: number;
  readonly falseAlarmsPerHour: number;
}

export interface TradeoffPlot {
  readonly title: string;
  readonly curves: readonly TradeoffCurve[];
  /** How many words and hours the curves stand on: less than one of a kind cannot be seen in them. */
  readonly words: number;
  readonly hours: number;
}

const dotTable = { missed: number({ min: 0, max: 1 }), falseAlarmsPerHour: number({ min: 0 }) } as const;

const tradeoffPlot = optionsSchema<TradeoffPlot>('tradeoffPlotSvg', {
  title: text,
  curves: listOf(
    fieldsOf<TradeoffCurve>('a curve { label, points, chosen }', {
      label: text,
      points: listOf(fieldsOf<TradeoffDot>('a point { missed, falseAlarmsPerHour }', dotTable)),
      chosen: fieldsOf<TradeoffCurve['chosen']>('{ label, missed, falseAlarmsPerHour }', {
        ...dotTable,
        label: text,
      }),
    }),
    { min: 1 },
  ),
  words: number({ above: 0 }),
  hours: number({ above: 0 }),
});

const [WIDTH, HEIGHT] = [560, 420];
const COLORS = ['#1f5fa8', '#c0392b', '#2e8b57', '#8e44ad', '#b8860b', '#444444'];

/**
 * Draws detection-error tradeoff curves (Martin et al. 1997) as SVG. Both axes are logarithmic; none at all,
 * which has no logarithm, stands at half of what one would be.
 *
 * @throws SeqkitError `bad-value` where there are no words or no hours to judge by, or for a plot of the wrong kind
 */
export async function tradeoffPlotSvg(plot: TradeoffPlot): Promise<string> {
  return vegaSvg(tradeoffSpec(plot));
}

/** The plot for Vega; for tests. @internal */
export function tradeoffSpec(plot: TradeoffPlot): Spec {
  const { title, curves, words, hours } = tradeoffPlot.parse(plot);
  const noAlarm = 0.5 / hours;
  const noMiss = 50 / words;
  const place = ({ missed, falseAlarmsPerHour }: TradeoffDot) => ({
    alarms: Math.max(noAlarm, falseAlarmsPerHour),
    missed: Math.max(noMiss, 100 * missed),
  });
  const dots = curves.flatMap(({ label: curve, points }) =>
    undominated(points).map((point) => ({ curve, ...place(point) })),
  );
  const chosen = curves.map(({ label: curve, chosen }) => ({ curve, text: chosen.label, ...place(chosen) }));
  const maxAlarms = Math.max(10 * noAlarm, ...dots.map(({ alarms }) => alarms));
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: WIDTH,
    height: HEIGHT,
    padding: 12,
    background: 'white',
    title: { text: literal(title), fontSize: 16, anchor: 'start', offset: 12 },
    data: [
      { name: 'dots', values: dots },
      { name: 'chosen', values: chosen },
    ],
    scales: [
      { name: 'x', type: 'log', domain: [noAlarm, maxAlarms], range: 'width' },
      { name: 'y', type: 'log', domain: [noMiss, 100], range: 'height' },
      { name: 'color', type: 'ordinal', domain: curves.map(({ label }) => label), range: COLORS },
    ],
    axes: [
      axis('bottom', 'x', 'false alarms per hour', ticksBetween(noAlarm, maxAlarms)),
      axis('left', 'y', 'missed, %', ticksBetween(noMiss, 100)),
    ],
    ...(curves.length > 1 && {
      legends: [
        { stroke: 'color', orient: 'top-right', symbolType: 'stroke', symbolStrokeWidth: 2 } as const,
      ],
    }),
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'curve', data: 'dots', groupby: 'curve' } },
        marks: [
          {
            type: 'line',
            from: { data: 'curve' },
            encode: {
              enter: {
                ...inPlace,
                stroke: { scale: 'color', field: 'curve' },
                strokeWidth: { value: 2 },
              },
            },
          },
        ],
      },
      {
        type: 'symbol',
        from: { data: 'chosen' },
        encode: { enter: { ...inPlace, size: { value: 90 }, fill: { scale: 'color', field: 'curve' } } },
      },
      chosenLabels(maxAlarms),
    ],
  };
}

/** Without points that others outdo in both: at the lowest thresholds a detector stays above and fires no more. */
function undominated(points: readonly TradeoffDot[]): TradeoffDot[] {
  return points.filter(
    (a) =>
      !points.some(
        (b) =>
          b.missed <= a.missed &&
          b.falseAlarmsPerHour <= a.falseAlarmsPerHour &&
          (b.missed < a.missed || b.falseAlarmsPerHour < a.falseAlarmsPerHour),
      ),
  );
}

const inPlace = { x: { scale: 'x', field: 'alarms' }, y: { scale: 'y', field: 'missed' } };

/** Beside the dot, on the side where there is room; above the curve, which falls from left to right. */
function chosenLabels(maxAlarms: number): Mark {
  const isRight = `datum.alarms > ${maxAlarms} / 10`;
  return {
    type: 'text',
    from: { data: 'chosen' },
    encode: {
      enter: {
        ...inPlace,
        dx: { signal: `${isRight} ? -9 : 9` },
        dy: { value: -9 },
        align: { signal: `${isRight} ? 'right' : 'left'` },
        text: { field: 'text' },
        font: { value: 'sans-serif' },
        fontSize: { value: 13 },
        fill: { scale: 'color', field: 'curve' },
      },
    },
  };
}

function axis(
  orient: 'bottom' | 'left',
  scale: string,
  title: string,
  [none, ...values]: number[],
): NonNullable<Spec['axes']>[number] {
  return {
    ...{ orient, scale, title },
    values: [none, ...values],
    grid: true,
    gridOpacity: 0.4,
    encode: {
      labels: { update: { text: { signal: `datum.value === ${none} ? '0' : format(datum.value, '~g')` } } },
    },
  };
}

/** The place of none, then 1, 2 and 5 times the powers of ten that are well above it. */
function ticksBetween(none: number, max: number): number[] {
  const ticks = [none];
  for (let power = Math.floor(Math.log10(none)); power <= Math.ceil(Math.log10(max)); power++) {
    for (const step of [1, 2, 5]) {
      const tick = step * 10 ** power;
      if (tick >= 1.6 * none && tick <= max * 1.0001) ticks.push(Number(tick.toPrecision(1)));
    }
  }
  return ticks;
}
