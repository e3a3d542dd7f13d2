import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import type { Loss } from '../losses/loss.js';
import { metricsOf } from '../metrics/metric-choice.js';
import type { Optimizer } from '../training/optimizers/index.js';
import type { Objective } from '../training/trainer.js';
import { compileOptions, type CompileOptions } from './model-options.js';

const many = <Item>(one: Item | readonly Item[]): readonly Item[] =>
  (Array.isArray(one) ? one : [one]) as readonly Item[];

/**
 * What the options of `compile` ask for: a loss for each output, as fits what its layers end with, and the optimizer.
 * @throws SeqkitError `usage` where there are not as many losses or weights as outputs, or a loss contradicts an ending
 */
export function objectiveOf(
  { outputs, endings, outputNames }: LayerGraph,
  options: CompileOptions,
): Objective {
  const { loss, lossWeights, evaluationLoss = loss, metrics, optimizer } = compileOptions.parse(options);
  // The schema has made losses of their names.
  const losses = many(loss) as readonly Loss[];
  const measured = many(evaluationLoss) as readonly Loss[];
  if ([losses, measured, lossWeights ?? losses].some((each) => each.length !== outputs.length)) {
    const besides = evaluationLoss === loss ? '' : `, ${measured.length} to evaluate`;
    throw new SeqkitError(
      `The model has ${outputs.length} outputs; ${losses.length} losses${besides} and ${lossWeights?.length ?? outputs.length} weights were given.`,
      { code: 'usage' },
    );
  }
  const terms = (all: readonly Loss[]) =>
    all.map((one, i) => ({
      loss: one.fitting(endings[i], outputNames[i]),
      weight: lossWeights?.[i] ?? 1,
    }));
  return {
    loss: terms(losses),
    evaluationLoss: terms(measured),
    optimizer: optimizer as Optimizer,
    ...(metrics && { metrics: metricsOf(metrics, outputNames) }),
  };
}
