import { SeqkitError } from '../../base/errors.js';
import { choice, isPlainObject, quoted, wrongValue, type Schema } from '../../base/schema/index.js';
import { Accuracy, BinaryAccuracy, CategoricalAccuracy } from './accuracy.js';
import { AUC } from './auc.js';
import { F1Score } from './f1-score.js';
import { MeanAbsoluteErrorMetric, MeanSquaredErrorMetric } from './mean-errors.js';
import { MeanMetric } from './mean-metric.js';
import { Metric } from './metric.js';
import { Perplexity } from './perplexity.js';
import { Precision, Recall } from './precision.js';
import { TopKCategoricalAccuracy } from './top-k-accuracy.js';

/** What a name stands for. A new metric of the library gets a line here. */
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
} satisfies Record<string, () => Metric>;

export type MetricName = keyof typeof metricMakers;
export const metricNames = Object.keys(metricMakers) as readonly MetricName[];

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

const metricName = choice(metricNames, {
  acc: 'accuracy',
  AUC: 'auc',
  mae: 'meanAbsoluteError',
  MAE: 'meanAbsoluteError',
  mse: 'meanSquaredError',
  MSE: 'meanSquaredError',
});

const EXPECTED = `${metricName.expected}, or a Metric`;

function parseMetric(value: unknown, where: string): Metric {
  if (value instanceof Metric) return checkedMetric(value, where);
  if (typeof value === 'string') return metricMakers[metricName.parse(value, where)]();
  const isClass = typeof value === 'function' && value.prototype instanceof Metric;
  throw wrongValue(where, EXPECTED, value, isClass ? `Make one: new ${value.name}().` : undefined);
}

/** Of a metric of one's own, fields and methods may be anything. */
function checkedMetric(metric: Metric, where: string): Metric {
  const { name, direction, update, result, rowValue } = metric as unknown as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') {
    throw wrongValue(`${where}: the name of a Metric`, 'text that is not empty', name);
  }
  const methods = { update, result, ...(metric instanceof MeanMetric && { rowValue }) };
  for (const [method, given] of Object.entries(methods)) {
    if (typeof given !== 'function') {
      throw wrongValue(`${where}: ${method} of the metric ${name}`, 'a function', given);
    }
  }
  if (direction !== 'max' && direction !== 'min') {
    throw wrongValue(`${where}: direction of the metric ${name}`, '"max" or "min"', direction);
  }
  const isPlain = (method: 'options' | 'copy'): boolean => metric[method] === Metric.prototype[method];
  if (metric.constructor.length > 0 && isPlain('options') && isPlain('copy')) {
    throw new SeqkitError(
      `The constructor of the metric ${name} takes what its method options does not tell; each pass counts in a copy, which would lack it.`,
      { code: 'usage', hint: 'Let options return the object that the constructor takes.' },
    );
  }
  return metric;
}

function parseList(value: unknown, where: string): Metric[] {
  if (!Array.isArray(value)) throw wrongValue(where, 'an array of metrics', value);
  const metrics = Array.from(value as unknown[], (one, i) => parseMetric(one, `${where}[${i}]`));
  const twice = metrics.find(({ name }, i) => metrics.findIndex((other) => other.name === name) < i);
  if (!twice) return metrics;
  throw new SeqkitError(`${where} has two metrics named ${quoted(twice.name)}.`, {
    code: 'usage',
    hint: 'Give one of them another name, as new AUC({ name: "second" }).',
  });
}

/** The schema of `compile`'s metrics; for which output each list is, `metricsOf` says. */
export const metricsOption: Schema<MetricsOption> = {
  expected: 'an array of metrics',
  parse(value, name) {
    if (isPlainObject(value)) {
      const lists = Object.entries(value).map(([key, list]) => [key, parseList(list, `${name}.${key}`)]);
      return Object.fromEntries(lists) as Record<string, Metric[]>;
    }
    if (!Array.isArray(value)) throw wrongValue(name, this.expected, value);
    const all = Array.from(value as unknown[]);
    if (all.length === 0 || !all.every((list) => Array.isArray(list))) return parseList(all, name);
    return all.map((list, i) => parseList(list, `${name}[${i}]`));
  },
};

/**
 * The metrics of each output, in their order.
 * @param given parsed
 * @throws SeqkitError `usage` where they do not fit the outputs
 */
export function metricsOf(
  given: MetricsOption,
  outputNames: readonly string[],
): readonly (readonly Metric[])[] {
  if (!Array.isArray(given)) {
    const lists = given as Readonly<Record<string, readonly Metric[]>>;
    const unknown = Object.keys(lists).find((name) => !outputNames.includes(name));
    if (unknown === undefined)
      return outputNames.map((name) => (Object.hasOwn(lists, name) ? lists[name] : []));
    throw new SeqkitError(
      `compile: metrics names the output ${quoted(unknown)}, which the model does not have.`,
      {
        code: 'usage',
        hint: `The outputs are ${outputNames.join(', ')}.`,
      },
    );
  }
  const nested = given.length > 0 && given.every((list) => Array.isArray(list));
  const lists = (nested ? given : [given]) as readonly (readonly Metric[])[];
  if (lists.length === outputNames.length) return lists;
  if (given.length === 0) return outputNames.map(() => []);
  throw new SeqkitError(
    `The model has ${outputNames.length} outputs; metrics for ${lists.length} were given.`,
    {
      code: 'usage',
      hint: 'Give an array with a list for each output, or lists by the names of the outputs.',
    },
  );
}
