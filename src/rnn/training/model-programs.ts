import { ProgramBuilder, type Matrix, type Program } from '../program/program.js';
import { SeqkitError } from '../../base/errors.js';
import { LayerStack } from '../graph/layer-stack.js';
import type { InputShape, LayerGraph } from '../graph/layer-graph.js';
import type { Layer } from '../layers/layer.js';
import { inputName, portName, Trace, type Signal, type TraceOptions } from '../weights/trace.js';
import { constrain } from '../weights/constrain.js';
import { addPenaltyGradient, penaltyOf } from '../weights/penalty.js';
import type { Weight } from '../weights/weight.js';
import { lossTerms, type LossChoice, type LossTerm } from '../losses/loss-choice.js';
import type { Loss } from '../losses/loss.js';
import { traceLoss } from '../losses/trace-loss.js';
import type { Optimizer } from './optimizers/index.js';

/** The sizes a program is made for. */
export interface ProgramSize {
  /** N. */
  batch: number;
  /** T, or undefined for inputs without a time axis. */
  time: number | undefined;
  /** S of (N, T, S, D). */
  steps?: number | undefined;
  /** D; 1 for tokens. */
  features: number;
  /** As `InputShape.masked`. */
  masked?: boolean;
  /** The inputs after the first. */
  others?: readonly InputShape[];
  /** Of each output how many numbers the targets of an example have, where there are targets. */
  targetSizes?: readonly number[];
}

/** An output as the host must know it. */
export interface OutputPort {
  /** T, or undefined for rows. */
  readonly time: number | undefined;
  /** S of (N, T, S, F). */
  readonly steps: number | undefined;
  /** F. */
  readonly features: number;
  /** Its loss, where the program has one. */
  readonly loss?: Loss | undefined;
  /** What the program gives of it besides the loss: its rows, and with a mask which of them count. */
  readonly watched?: 'rows' | 'rows and mask' | undefined;
  /** The input whose lengths say which of its steps count, where they alone do. */
  readonly lengthsOf?: number | undefined;
}

/** An input as the host must know it. */
export interface InputSize extends InputShape {
  /** V, where it takes tokens. */
  readonly tokens: number | undefined;
}

/** A program with what the host must know to feed it. */
export interface ModelProgram {
  readonly program: Program;
  readonly size: ProgramSize;
  readonly inputs: readonly InputSize[];
  readonly outputs: readonly OutputPort[];
  /** The first of the outputs. */
  readonly output: OutputPort;
  /** Inputs that take fresh dropout keys before each run. */
  readonly dropoutSites: readonly string[];
}

/** Layers one after the other, or a graph of them, built. */
export type SizedModel = { readonly size: ProgramSize } & (
  { readonly layers: readonly Layer[] } | { readonly graph: LayerGraph }
);

/** Inference: input `x`, output `y`, row t * N + n each; further ones are `x/1`, `y/1` and so on. */
export function predictProgram(model: SizedModel, options: { carryState?: boolean } = {}): ModelProgram {
  const pass = forward(model, 'predict', { training: false, ...options });
  const { builder } = pass.trace;
  pass.outputs.forEach(({ matrix }, i) => {
    const y = builder.declare('output', portName('y', i), matrix.rows, matrix.cols);
    builder.run('copy', { x: matrix }, { y }, {});
  });
  return finish(pass);
}

/**
 * Inference and the loss: inputs `x`, `targets`, `weights`, outputs `loss` and `outputLossName`.
 * @param watched for each output whether its rows are outputs of the program too
 */
export function evaluateProgram(
  model: SizedModel,
  loss: LossChoice | readonly LossTerm[],
  watched: readonly boolean[] = [],
): ModelProgram {
  const pass = forward(model, 'evaluate', { training: false, penalties: true });
  watch(pass, watched);
  traceLosses(pass, lossTerms(loss));
  return finish(pass, loss, watched);
}

/** One training step: forward, backward, update. @param watched as in `evaluateProgram` */
export function trainProgram(
  model: SizedModel,
  loss: LossChoice | readonly LossTerm[],
  optimizer: Optimizer,
  watched: readonly boolean[] = [],
): ModelProgram {
  const pass = forward(model, 'train', { training: true, penalties: true });
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
  return finish(pass, loss, watched);
}

/** The loss in training, and every gradient as an output `gradient/<name>`; an input's is `gradient/x`. */
export function gradientProgram(
  model: SizedModel,
  loss: LossChoice | readonly LossTerm[],
  options: { carryState: boolean; dropout?: boolean; exposeOutputs?: boolean },
): ModelProgram {
  const pass = forward(model, 'gradients', {
    ...{ training: true, penalties: true, exposeGradients: true },
    ...options,
  });
  const { builder } = pass.trace;
  pass.backward(traceLosses(pass, lossTerms(loss)), true).forEach((dx, i) => {
    if (!dx) return;
    const y = builder.declare('output', `gradient/${inputName(i)}`, dx.rows, dx.cols);
    builder.run('copy', { x: dx }, { y }, {});
  });
  penalized(pass);
  return finish(pass, loss);
}

/** A model's forward pass, with the backward pass. */
interface Pass {
  readonly graph: LayerGraph;
  readonly trace: Trace;
  readonly size: ProgramSize;
  readonly inputs: readonly Signal[];
  readonly outputs: readonly Signal[];
  backward(dys: readonly Matrix[], wantsDx: boolean): (Matrix | undefined)[];
}

function forward(model: SizedModel, name: string, options: Omit<TraceOptions, 'batch'>): Pass {
  const { size } = model;
  const graph = 'graph' in model ? model.graph : new LayerStack(model.layers);
  const trace = new Trace(new ProgramBuilder(name), { batch: size.batch, ...options });
  const inputs = graph.declareInputs(trace, [size, ...(size.others ?? [])]);
  return { graph, trace, size, inputs, ...graph.trace(trace, inputs) };
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

function finish(
  { graph, trace, size, inputs, outputs }: Pass,
  loss?: LossChoice | readonly LossTerm[],
  watched: readonly boolean[] = [],
): ModelProgram {
  const terms = loss === undefined ? [] : lossTerms(loss);
  const lengthsOf = (mask: Matrix | undefined): number | undefined => {
    const index = inputs.findIndex((x) => mask !== undefined && x.mask?.buffer === mask.buffer);
    return index < 0 ? undefined : index;
  };
  const ports = outputs.map(({ time, steps, features, mask }, i) => ({
    ...{ time, steps, features, lengthsOf: time === undefined ? undefined : lengthsOf(mask) },
    loss: terms.at(i)?.loss,
    watched: watched[i] ? (mask ? ('rows and mask' as const) : ('rows' as const)) : undefined,
  }));
  return {
    program: trace.builder.finish(),
    size,
    inputs: inputs.map(({ time, steps, features, mask }, i) => ({
      ...{ time, steps, features, masked: mask !== undefined, tokens: graph.tokensOf(i) },
    })),
    outputs: ports,
    output: ports[0],
    dropoutSites: trace.dropoutSites,
  };
}
