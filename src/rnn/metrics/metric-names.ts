import { SeqkitError } from '../../base/errors.js';
import { choice, isPlainObject, quoted, wrongValue, type Schema } from '../../base/schema/index.js';
import { MeanMetric } from './mean-metric.js';
import { Metric } from './metric.js';

// What can be told of metrics by their names, without the classes that count them: so a page that only predicts loads none.

export const metricNames = [
  'accuracy',
  'binaryAccuracy',
  'categoricalAccuracy',
  'sparseCategoricalAccuracy',
  'topKCategoricalAccuracy',
  'sparseTopKCategoricalAccuracy',
  'precision',
  'recall',
  'f1Score',
  'auc',
  'meanAbsoluteError',
  'meanSquaredError',
  'perplexity',
] as const;
export type MetricName = (typeof metricNames)[number];

/** Metrics, or their names: a list, a list for each output, or lists by the names of the outputs' layers. */
export type MetricLists<One = Metric | MetricName> =
  readonly One[] | readonly (readonly One[])[] | Readonly<Record<string, readonly One[]>>;

const metricName = choice(metricNames, {
  acc: 'accuracy',
  AUC: 'auc',
  mae: 'meanAbsoluteError',
  MAE: 'meanAbsoluteError',
  mse: 'meanSquaredError',
  MSE: 'meanSquaredError',
});

const EXPECTED = `${metricName.expected}, or a Metric`;

function checkMetric(value: unknown, where: string): Metric | MetricName {
  if (value instanceof Metric) return checkedMetric(value, where);
  if (typeof value === 'string') return metricName.parse(value, where);
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

/** What it is called in histories. */
const nameOf = (metric: Metric | MetricName): string => (typeof metric === 'string' ? metric : metric.name);

function checkList(value: unknown, where: string): (Metric | MetricName)[] {
  if (!Array.isArray(value)) throw wrongValue(where, 'an array of metrics', value);
  const metrics = Array.from(value as unknown[], (one, i) => checkMetric(one, `${where}[${i}]`));
  const names = metrics.map(nameOf);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return metrics;
  throw new SeqkitError(`${where} has two metrics named ${quoted(twice)}.`, {
    code: 'usage',
    hint: 'Give one of them another name, as new AUC({ name: "second" }).',
  });
}

/** The schema of `compile`'s metrics; for which output each list is, `metricsOf` says. It makes none of a name. */
export const metricsByName: Schema<MetricLists> = {
  expected: 'an array of metrics',
  parse(value, name) {
    if (isPlainObject(value)) {
      const lists = Object.entries(value).map(([key, list]) => [key, checkList(list, `${name}.${key}`)]);
      return Object.fromEntries(lists) as Record<string, (Metric | MetricName)[]>;
    }
    if (!Array.isArray(value)) throw wrongValue(name, this.expected, value);
    const all = Array.from(value as unknown[]);
    if (all.length === 0 || !all.every((list) => Array.isArray(list))) return checkList(all, name);
    return all.map((list, i) => checkList(list, `${name}[${i}]`));
  },
};

/**
 * The metrics of each output, in their order.
 * @param given parsed
 * @throws SeqkitError `usage` where they do not fit the outputs
 */
export function metricsOf(
  given: MetricLists,
  outputNames: readonly string[],
): readonly (readonly (Metric | MetricName)[])[] {
  if (!Array.isArray(given)) {
    const lists = given as Readonly<Record<string, readonly (Metric | MetricName)[]>>;
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
  const lists = (nested ? given : [given]) as readonly (readonly (Metric | MetricName)[])[];
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
