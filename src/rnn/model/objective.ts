import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { fittingLoss, type Loss } from '../training/losses.js';
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
  const { loss, lossWeights, evaluationLoss = loss, optimizer } = compileOptions.parse(options);
  const losses = many(loss);
  const measured = many(evaluationLoss);
  if ([losses, measured, lossWeights ?? losses].some((each) => each.length !== outputs.length)) {
    const besides = evaluationLoss === loss ? '' : `, ${measured.length} to evaluate`;
    throw new SeqkitError(
      `The model has ${outputs.length} outputs; ${losses.length} losses${besides} and ${lossWeights?.length ?? outputs.length} weights were given.`,
      { code: 'usage' },
    );
  }
  const terms = (all: readonly Loss[]) =>
    all.map((one, i) => ({
      loss: fittingLoss(one, endings[i], outputNames[i]),
      weight: lossWeights?.[i] ?? 1,
    }));
  return { loss: terms(losses), evaluationLoss: terms(measured), optimizer: optimizer as Optimizer };
}
