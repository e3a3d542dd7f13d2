import { Accuracy, BinaryAccuracy, CategoricalAccuracy } from './accuracy.js';
import { AUC } from './auc.js';
import { F1Score } from './f1-score.js';
import { MeanAbsoluteErrorMetric, MeanSquaredErrorMetric } from './mean-errors.js';
import type { Metric } from './metric.js';
import type { MetricName } from './metric-names.js';
import { Perplexity } from './perplexity.js';
import { Precision, Recall } from './precision.js';
import { TopKCategoricalAccuracy } from './top-k-accuracy.js';

export { metricNames, type MetricName } from './metric-names.js';

/** What a name stands for. A new metric of the library gets a line here, and in `metric-names.ts`. */
const metricMakers = {
  accuracy: () => new Accuracy(),
  binaryAccuracy: () => new BinaryAccuracy(),
  categoricalAccuracy: () => new CategoricalAccuracy(),
  sparseCategoricalAccuracy: () => new CategoricalAccuracy({ name: 'sparseCategoricalAccuracy' }),
  topKCategoricalAccuracy: () => new TopKCategoricalAccuracy(),
  sparseTopKCategoricalAccuracy: () => new TopKCategoricalAccuracy({ name: 'sparseTopKCategoricalAccuracy' }),
  precision: () => new Precision(),
  recall: () => new Recall(),
  f1Score: () => new F1Score(),
  auc: () => new AUC(),
  meanAbsoluteError: () => new MeanAbsoluteErrorMetric(),
  meanSquaredError: () => new MeanSquaredErrorMetric(),
  perplexity: () => new Perplexity(),
} satisfies Record<MetricName, () => Metric>;

/** A metric, or the name of one that is to have its defaults. */
export type MetricChoice = Metric | MetricName | MetricShortName;

/** Short names that people know. */
export type MetricShortName = 'acc' | 'mae' | 'mse';

/**
 * The metrics of a model: a list for the one output; for several an array with a list for each, or lists by the names
 * of the outputs' layers.
 */
export type MetricsOption =
  | readonly MetricChoice[]
  | readonly (readonly MetricChoice[])[]
  | Readonly<Record<string, readonly MetricChoice[]>>;

/** The metric that a name stands for, with its defaults; one that is made already as it is. */
export function metricOf(metric: Metric | MetricName): Metric {
  return typeof metric === 'string' ? metricMakers[metric]() : metric;
}
