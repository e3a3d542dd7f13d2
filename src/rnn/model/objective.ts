import type { LayerGraph } from '../graph/layer-graph.js';
import { parseLoss } from '../losses/loss-choice.js';
import { metricOf } from '../metrics/metric-choice.js';
import { optimizerOf } from '../training/optimizers/optimizer-choice.js';
import type { Objective } from '../training/trainer.js';
import type { Compiled } from './compiled.js';

/** What `compile` asked for, with what stood there by name made, and each loss as fits what the layers end with. */
export function objectiveOf({ endings, outputNames }: LayerGraph, compiled: Compiled): Objective {
  const { losses, weights, evaluationLosses, metrics, optimizer } = compiled;
  const terms = (all: Compiled['losses']) =>
    all.map((one, i) => ({ loss: parseLoss(one).fitting(endings[i], outputNames[i]), weight: weights[i] }));
  return {
    loss: terms(losses),
    evaluationLoss: terms(evaluationLosses),
    optimizer: optimizerOf(optimizer),
    ...(metrics && { metrics: metrics.map((own) => own.map(metricOf)) }),
  };
}
