import type { Model } from '../../rnn/model/model.js';
import type { Tensor } from '../../rnn/program/tensor.js';
import type { Residual } from './forecast-figures.js';
import type { ForecastMethod } from './regressor-file.js';
import { aheadWidth } from './regressor-network.js';
import type { CheckedSeries, InputCounts } from './time-series.js';
import {
  contextScale,
  seasonalNaive,
  writeAhead,
  writePast,
  type InputScales,
  type Origin,
  type WindowShape,
} from './windows.js';

/** Origins that are forecast side by side. */
const SIDE_BY_SIDE = 256;

/** How forecasts are made. */
export interface Forecasting {
  readonly architecture: WindowShape;
  readonly counts: InputCounts;
  readonly scales: InputScales;
  readonly method: ForecastMethod;
}

/** Steps that must be known before the first forecast. */
export function leadOf({ context, season }: WindowShape): number {
  return Math.max(context, season);
}

/** What the network sees of some origins: the past, and what is known of the steps ahead. */
export function networkInputs(
  origins: readonly Origin[],
  { architecture, counts, scales }: Omit<Forecasting, 'method'>,
): Tensor[] {
  const { context, horizon } = architecture;
  const width = 1 + counts.known + counts.observed;
  const past = new Float32Array(origins.length * context * width);
  const aheadSize = horizon * aheadWidth(counts);
  const ahead = new Float32Array(origins.length * aheadSize);
  origins.forEach((origin, n) => {
    const own = contextScale(origin, architecture);
    writePast(past, n * context * width, origin, architecture, counts, scales, own);
    writeAhead(ahead, n * aheadSize, origin, architecture, counts, scales, own);
  });
  const N = origins.length;
  return [
    { data: past, shape: [N, context, width] },
    { data: ahead, shape: [N, aheadSize] },
  ];
}

/** Forecasts from many origins, H values each. */
export async function predictAll(
  model: Model,
  origins: readonly Origin[],
  forecasting: Forecasting,
): Promise<Float64Array[]> {
  const { architecture, method } = forecasting;
  const forecasts = origins.map((origin) => seasonalNaive(origin, architecture));
  if (method === 'seasonalNaive') return forecasts;
  const { horizon } = architecture;
  for (let from = 0; from < origins.length; from += SIDE_BY_SIDE) {
    const some = origins.slice(from, from + SIDE_BY_SIDE);
    const { data } = await model.predict(networkInputs(some, forecasting), { batchSize: some.length });
    some.forEach((origin, n) => {
      const { deviation } = contextScale(origin, architecture);
      const own = forecasts[from + n];
      for (let h = 0; h < horizon; h++) own[h] += deviation * data[n * horizon + h];
    });
  }
  return forecasts;
}

/**
 * Of each step of the horizon how far the forecasts were off.
 * @param naive what MASE divides by, of each series
 * @param counts which targets count, by their series and their step in it
 */
export function residualsOf(
  origins: readonly Origin[],
  forecasts: readonly Float64Array[],
  architecture: WindowShape,
  naive: (series: CheckedSeries) => number,
  counts: (origin: Origin, step: number) => boolean = () => true,
): Residual[][] {
  const steps = Array.from({ length: architecture.horizon }, (): Residual[] => []);
  origins.forEach((origin, n) => {
    const { deviation: scale } = contextScale(origin, architecture);
    const own = naive(origin.series);
    for (let h = 0; h < architecture.horizon; h++) {
      const step = origin.at + h;
      if (step >= origin.series.steps || !counts(origin, step)) continue;
      steps[h].push({ error: origin.series.values[step] - forecasts[n][h], scale, naive: own });
    }
  });
  return steps;
}

/** The mean absolute difference of values one season apart; of a series that never changes, what is as good as 0. */
export function naiveError(values: Float64Array, season: number): number {
  let sum = 0;
  for (let t = season; t < values.length; t++) sum += Math.abs(values[t] - values[t - season]);
  return Math.max(sum / (values.length - season), Number.MIN_VALUE * 2 ** 60);
}
