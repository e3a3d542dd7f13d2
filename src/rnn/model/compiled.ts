import { SeqkitError } from '../../base/errors.js';
import { listOf, number, optional, optionsSchema, type Schema } from '../../base/schema/index.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import type { Loss } from '../losses/loss.js';
import { checkFits, lossByName, type NamedLoss } from '../losses/loss-names.js';
import { metricsByName, metricsOf, type MetricLists, type MetricName } from '../metrics/metric-names.js';
import type { Metric } from '../metrics/metric.js';
import type { Optimizer } from '../training/optimizers/optimizer.js';
import { optimizerByName, type OptimizerClassName } from '../training/optimizers/optimizer-names.js';
import type { CompileOptions } from './model-options.js';

type OneOrMany<Item> = Item | readonly Item[];

/** Names are as good as what they stand for: `objectiveOf` makes it, where something is trained. */
interface NamedObjective {
  loss: OneOrMany<Loss | NamedLoss>;
  lossWeights?: readonly number[];
  evaluationLoss?: OneOrMany<Loss | NamedLoss>;
  metrics?: MetricLists;
  optimizer: Optimizer | OptimizerClassName;
}

/** What `compile` was given, checked, with a loss, a weight and the metrics of each output. */
export interface Compiled {
  readonly losses: readonly (Loss | NamedLoss)[];
  readonly weights: readonly number[];
  readonly evaluationLosses: readonly (Loss | NamedLoss)[];
  readonly metrics?: readonly (readonly (Metric | MetricName)[])[];
  readonly optimizer: Optimizer | OptimizerClassName;
}

const many = <Item>(one: OneOrMany<Item>): readonly Item[] =>
  (Array.isArray(one) ? one : [one]) as readonly Item[];

/** One loss, or one for each output. */
const losses: Schema<OneOrMany<Loss | NamedLoss>> = {
  expected: 'a loss, or an array of one for each output',
  parse(value, name) {
    if (!Array.isArray(value)) return lossByName.parse(value, name);
    return Array.from(value as unknown[], (one, i) => lossByName.parse(one, `${name}[${i}]`));
  },
};

const compileOptions = optionsSchema<NamedObjective>('compile', {
  loss: losses,
  lossWeights: optional(listOf(number())),
  evaluationLoss: optional(losses),
  metrics: optional(metricsByName),
  optimizer: optimizerByName,
});

/**
 * What the options of `compile` ask for, which fits what the layers end with.
 * @throws SeqkitError `usage` where there are not as many losses or weights as outputs, or a loss contradicts an ending
 */
export function checkCompiled(
  { outputs, endings, outputNames }: LayerGraph,
  options: CompileOptions,
): Compiled {
  const { loss, lossWeights, evaluationLoss = loss, metrics, optimizer } = compileOptions.parse(options);
  const [trained, measured] = [many(loss), many(evaluationLoss)];
  if ([trained, measured, lossWeights ?? trained].some((each) => each.length !== outputs.length)) {
    const besides = evaluationLoss === loss ? '' : `, ${measured.length} to evaluate`;
    throw new SeqkitError(
      `The model has ${outputs.length} outputs; ${trained.length} losses${besides} and ${lossWeights?.length ?? outputs.length} weights were given.`,
      { code: 'usage' },
    );
  }
  for (const each of [trained, measured]) {
    each.forEach((one, i) => checkFits(one, endings[i], outputNames[i]));
  }
  return {
    losses: trained,
    weights: trained.map((_, i) => lossWeights?.[i] ?? 1),
    evaluationLosses: measured,
    optimizer,
    ...(metrics && { metrics: metricsOf(metrics, outputNames) }),
  };
}
