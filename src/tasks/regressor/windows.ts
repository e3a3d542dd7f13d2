import type { CheckedSeries, InputCounts } from './time-series.js';

/** How a forecast is cut out of a series. */
export interface WindowShape {
  /** L: steps that the network sees. */
  readonly context: number;
  /** H: steps that are forecast. */
  readonly horizon: number;
  /** Steps after which the series repeats; 1 for none. */
  readonly season: number;
}

/** Where a forecast begins: the first step that is not yet known. */
export interface Origin {
  readonly series: CheckedSeries;
  readonly at: number;
}

/** Mean and deviation of each input over what was trained on. */
export interface InputScales {
  readonly known: readonly InputScale[];
  readonly observed: readonly InputScale[];
}

export interface InputScale {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The value one season ago, for each step of the horizon: y[T + h - season], further back where that is not known
 * either (the seasonal naive forecast).
 */
export function seasonalNaive({ series, at }: Origin, { horizon, season }: WindowShape): Float64Array {
  return Float64Array.from({ length: horizon }, (_, h) => series.values[at - season + (h % season)]);
}

/** Mean and deviation of the values that the network sees: it works in these units, whatever the series' own are. */
export function contextScale({ series, at }: Origin, { context }: WindowShape): InputScale {
  return scaleOf(series.values.subarray(at - context, at));
}

/** A deviation of 0 counts as that of a constant: nothing is divided by 0. */
export function scaleOf(values: Float64Array): InputScale {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let variance = 0;
  for (const value of values) variance += (value - mean) ** 2 / values.length;
  const deviation = Math.sqrt(variance);
  return {
    mean,
    deviation: deviation > 1e-9 * Math.max(1, Math.abs(mean)) ? deviation : Math.max(1, Math.abs(mean)),
  };
}

/** Scales of one kind of input over many steps. */
export function inputScales(columns: readonly Float64Array[], width: number): InputScale[] {
  return Array.from({ length: width }, (_, k) =>
    scaleOf(Float64Array.from(columns.flatMap((data) => [...data].filter((_, i) => i % width === k)))),
  );
}

/** What the network sees of the past: (L, 1 + K + O), row by row, into `out` from `offset` on. */
export function writePast(
  out: Float32Array,
  offset: number,
  { series, at }: Origin,
  { context }: WindowShape,
  counts: InputCounts,
  scales: InputScales,
  own: InputScale,
): void {
  let to = offset;
  for (let t = at - context; t < at; t++) {
    out[to++] = scaled(series.values[t], own);
    for (let k = 0; k < counts.known; k++) {
      out[to++] = scaled(series.known[t * counts.known + k], scales.known[k]);
    }
    for (let o = 0; o < counts.observed; o++) {
      out[to++] = scaled(series.observed[t * counts.observed + o], scales.observed[o]);
    }
  }
}

/** What is known of each step ahead: (H, 1 + 2K), row by row. */
export function writeAhead(
  out: Float32Array,
  offset: number,
  { series, at }: Origin,
  { horizon, season }: WindowShape,
  counts: InputCounts,
  scales: InputScales,
  own: InputScale,
): void {
  let to = offset;
  for (let h = 0; h < horizon; h++) {
    const before = at - season + (h % season);
    out[to++] = scaled(series.values[before], own);
    for (const step of [at + h, before]) {
      for (let k = 0; k < counts.known; k++) {
        out[to++] = scaled(series.known[step * counts.known + k], scales.known[k]);
      }
    }
  }
}

function scaled(value: number, { mean, deviation }: InputScale): number {
  return (value - mean) / deviation;
}
