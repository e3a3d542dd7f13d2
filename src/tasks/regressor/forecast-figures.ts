/** How far one forecast of one step was off. */
export interface Residual {
  /** Truth less forecast. */
  readonly error: number;
  /** The units that the network worked in. */
  readonly scale: number;
  /** The mean absolute error of the seasonal naive forecast in the training part of its series. */
  readonly naive: number;
}

/** How far forecasts are off, over all steps of the horizon. */
export interface ForecastErrors {
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /**
   * Mean absolute scaled error (Hyndman and Koehler 2006): the MAE over that of the seasonal naive forecast one step
   * ahead in the training part. Below 1 is better than that.
   */
  readonly mase: number;
}

/** @param steps of each step of the horizon its residuals */
export function forecastErrors(steps: readonly (readonly Residual[])[]): ForecastErrors {
  const all = steps.flat();
  const mean = (of: (residual: Residual) => number) =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  return {
    mae: mean(({ error }) => Math.abs(error)),
    rmse: Math.sqrt(mean(({ error }) => error ** 2)),
    mase: mean(({ error, naive }) => Math.abs(error) / naive),
  };
}

/**
 * Half the width of the interval that holds a new value with a probability of at least `level`, in the network's units
 * (split conformal prediction, Lei et al. 2018): of n residuals the one at rank ceil((n + 1) level), by size. Where there
 * are too few for that level, the largest.
 */
export function conformalWidth(residuals: readonly Residual[], level: number): number {
  const sizes = residuals.map(({ error, scale }) => Math.abs(error) / scale).sort((a, b) => a - b);
  const rank = Math.ceil((sizes.length + 1) * level);
  return sizes[Math.min(rank, sizes.length) - 1];
}

/** The share of residuals that lie within the widths of their steps. */
export function coverage(steps: readonly (readonly Residual[])[], widths: readonly number[]): number {
  let [within, all] = [0, 0];
  steps.forEach((residuals, h) => {
    for (const { error, scale } of residuals) {
      if (Math.abs(error) <= widths[h] * scale) within++;
      all++;
    }
  });
  return within / all;
}
