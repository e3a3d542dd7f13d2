import type { Matrix } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import type { LayerGraph } from '../graph/layer-graph.js';
import { inputName, portName } from '../weights/trace.js';
import { activityPenalty } from '../weights/activity-penalty.js';
import { constrain } from '../weights/constrain.js';
import { addPenaltyGradient, penaltyOf } from '../weights/penalty.js';
import type { Weight } from '../weights/weight.js';
import { lossTerms, type LossChoice, type LossTerm } from '../losses/loss-choice.js';
import type { Loss } from '../losses/loss.js';
import { traceLoss } from '../losses/trace-loss.js';
import { finished, forwardPass, type ModelProgram, type Pass, type SizedModel } from './forward-program.js';
import type { Optimizer } from './optimizers/optimizer.js';

export { predictProgram } from './forward-program.js';
export type { InputSize, ModelProgram, OutputPort, ProgramSize, SizedModel } from './forward-program.js';

/** What programs with a loss let layers do. */
const withLoss = { penalties: true, regularizeActivity: activityPenalty };

/**
 * Inference and the loss: inputs `x`, `targets`, `weights`, outputs `loss` and `outputLossName`.
 * @param watched for each output whether its rows are outputs of the program too
 */
export function evaluateProgram(
  model: SizedModel,
  loss: LossChoice | readonly LossTerm[],
  watched: readonly boolean[] = [],
): ModelProgram {
  const pass = forwardPass(model, 'evaluate', { training: false, ...withLoss });
  watch(pass, watched);
  traceLosses(pass, lossTerms(loss));
  return finished(pass, lossesOf(loss), watched);
}

/** One training step: forward, backward, update. @param watched as in `evaluateProgram` */
export function trainProgram(
  model: SizedModel,
  loss: LossChoice | readonly LossTerm[],
  optimizer: Optimizer,
  watched: readonly boolean[] = [],
): ModelProgram {
  const pass = forwardPass(model, 'train', { training: true, ...withLoss });
  watch(pass, watched);
  pass.backward(traceLosses(pass, lossTerms(loss)), false);
  const gradients = penalized(pass);
  optimizer.trace(pass.trace, gradients);
  for (const { weight } of gradients) constrain(pass.trace, weight);
  if (optimizer.averages) {
    const hyper = pass.trace.builder.declare('input', 'hyper', 1, optimizer.hyper(1).length);
    const weights = gradients.map(({ weight }) => weight);
    optimizer.averages.trace(pass.trace, weights, hyper);
    // A mean of unit norms is shorter.
    if (optimizer.averages.overwriteFrequency !== undefined) {
      for (const weight of weights) constrain(pass.trace, weight);
    }
  }
  return finished(pass, lossesOf(loss), watched);
}

/** The loss in training, and every gradient as an output `gradient/<name>`; an input's is `gradient/x`. */
export function gradientProgram(
  model: SizedModel,
  loss: LossChoice | readonly LossTerm[],
  options: { carryState: boolean; dropout?: boolean; exposeOutputs?: boolean },
): ModelProgram {
  const pass = forwardPass(model, 'gradients', {
    ...{ training: true, ...withLoss, exposeGradients: true },
    ...options,
  });
  const { builder } = pass.trace;
  pass.backward(traceLosses(pass, lossTerms(loss)), true).forEach((dx, i) => {
    if (!dx) return;
    const y = builder.declare('output', `gradient/${inputName(i)}`, dx.rows, dx.cols);
    builder.run('copy', { x: dx }, { y }, {});
  });
  penalized(pass);
  return finished(pass, lossesOf(loss));
}

/** The output that says which rows of an output count, where a mask does. */
export function outputMaskName(index: number): string {
  return `mask of output ${index}`;
}

/** Lets the program give the rows of outputs, `y` and so on, and their masks. */
function watch({ trace: { builder }, outputs }: Pass, watched: readonly boolean[]): void {
  outputs.forEach(({ matrix, mask }, i) => {
    if (!watched[i]) return;
    const y = builder.declare('output', portName('y', i), matrix.rows, matrix.cols);
    builder.run('copy', { x: matrix }, { y }, {});
    if (!mask) return;
    const kept = builder.declare('output', outputMaskName(i), mask.rows, 1);
    builder.run('copy', { x: mask }, { y: kept }, {});
  });
}

/** The output of a program that holds the loss of one of several outputs, without its weight. */
export function outputLossName(index: number): string {
  return `loss of output ${index}`;
}

/**
 * The output `loss` (1, 1): the losses of all outputs and what regularizers add; where there are several, each of them
 * by itself too.
 * @returns the gradients of the outputs
 */
function traceLosses({ graph, trace, size, outputs }: Pass, terms: ReturnType<typeof lossTerms>): Matrix[] {
  if (terms.length !== outputs.length) {
    throw new SeqkitError(`The model has ${outputs.length} outputs; ${terms.length} losses were given.`, {
      code: 'usage',
    });
  }
  const { builder } = trace;
  const { endings, outputNames } = graph;
  const traced = terms.map(({ loss, weight }, i) =>
    traceLoss(
      trace,
      { loss: loss.fitting(endings[i], outputNames[i]), weight },
      outputs[i],
      i,
      size.targetSizes?.[i],
    ),
  );
  const penalties = trainedWeights(graph)
    .map((weight) => weight.l1 + weight.l2 > 0 && penaltyOf(trace, trace.weight(weight), weight))
    .filter((penalty) => penalty !== undefined && penalty !== false);
  if (traced.length > 1) {
    traced.forEach(({ own }, i) => {
      const y = builder.declare('output', outputLossName(i), 1, 1);
      builder.run('copy', { x: own }, { y }, {});
    });
  }
  const loss = builder.declare('output', 'loss', 1, 1);
  const [first, ...others] = [...traced.map(({ total }) => total), ...penalties, ...trace.penalties];
  builder.run('copy', { x: first }, { y: loss }, {});
  for (const b of others) builder.run('add', { a: loss, b }, { y: loss }, {});
  return traced.map(({ gradient }) => gradient);
}

/** All gradients with those of the weights' regularizers added. */
function penalized({ graph, trace }: Pass): { weight: Weight; gradient: Matrix }[] {
  const gradients = trace.gradients(trainedWeights(graph));
  for (const { weight, gradient } of gradients) {
    if (weight.l1 + weight.l2 === 0) continue;
    const { l1, l2 } = weight;
    addPenaltyGradient(trace, trace.weight(weight), gradient, { l1, l2 });
  }
  return gradients;
}

function trainedWeights(graph: LayerGraph): Weight[] {
  return graph.weights.filter(({ trainable }) => trainable);
}

function lossesOf(loss: LossChoice | readonly LossTerm[]): Loss[] {
  return lossTerms(loss).map(({ loss: one }) => one);
}
