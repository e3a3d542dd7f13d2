import { SeqkitError } from '../../base/errors.js';
import { MeanMetric } from './mean-metric.js';
import type { Metric, MetricOutput, MetricRows } from './metric.js';

function needValues(metric: Metric, { targets, columns, features }: MetricOutput): void {
  if (targets === 'values' && columns === features) return;
  throw new SeqkitError(
    `The metric ${metric.name} needs targets that are values like the output's features.`,
    {
      code: 'usage',
      hint: 'Leave it out of the metrics of this output.',
    },
  );
}

/** The mean over the features of a row, then over rows, of a function of output - target. */
abstract class MeanError extends MeanMetric {
  override readonly direction = 'min';

  abstract of(error: number): number;

  override check(output: MetricOutput): void {
    needValues(this, output);
  }

  override rowValue({ features, outputs, targetRows }: MetricRows, row: number): number {
    let sum = 0;
    for (let i = row * features; i < (row + 1) * features; i++) sum += this.of(outputs[i] - targetRows[i]);
    return sum / features;
  }
}

/** The mean absolute error of the outputs as they are. */
export class MeanAbsoluteErrorMetric extends MeanError {
  readonly name = 'meanAbsoluteError';

  override of(error: number): number {
    return Math.abs(error);
  }
}

/** The mean squared error of the outputs as they are. */
export class MeanSquaredErrorMetric extends MeanError {
  readonly name = 'meanSquaredError';

  override of(error: number): number {
    return error * error;
  }
}
