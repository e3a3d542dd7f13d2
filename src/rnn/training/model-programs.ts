import { ProgramBuilder, type Program } from '../engine/program.js';
import type { Layer } from '../layers/layer.js';
import { Trace, type Signal, type Traced } from '../layers/trace.js';
import type { LossName } from './losses.js';
import { traceLoss } from './losses.js';
import type { Optimizer } from './optimizers.js';

/** The sizes a program is made for. */
export interface ProgramSize {
  /** N. */
  batch: number;
  /** T, or undefined for inputs without a time axis. */
  time: number | undefined;
  /** D; 1 for tokens. */
  features: number;
}

/** A program with what the host must know to feed it. */
export interface ModelProgram {
  readonly program: Program;
  readonly size: ProgramSize;
  /** T and F of the output. */
  readonly output: { time: number | undefined; features: number };
  /** V, where the targets are classes. */
  readonly targetClasses?: number | undefined;
  /** Inputs that take fresh dropout keys before each run. */
  readonly dropoutSites: readonly string[];
}

interface Stack {
  readonly layers: readonly Layer[];
  readonly size: ProgramSize;
}

/** The output that holds what a layer made, where a program exposes them; layers count from 0. */
export function layerOutputName(layer: number): string {
  return `layer output ${layer}`;
}

/** Inference: input `x`, output `y`, row t * N + n each. */
export function predictProgram(stack: Stack, options: { carryState?: boolean } = {}): ModelProgram {
  const { trace, output } = forward(stack, 'predict', { training: false, ...options });
  const { matrix } = output;
  const y = trace.builder.declare('output', 'y', matrix.rows, matrix.cols);
  trace.builder.run('copy', { x: matrix }, { y }, {});
  return finish(trace, stack, output);
}

/** Inference and the loss: inputs `x`, `targets`, `weights`, output `loss`. */
export function evaluateProgram(stack: Stack, loss: LossName): ModelProgram {
  const { trace, output } = forward(stack, 'evaluate', { training: false });
  traceLoss(trace, loss, output);
  return finish(trace, stack, output, loss);
}

/** One training step: forward, backward, update. */
export function trainProgram(stack: Stack, loss: LossName, optimizer: Optimizer): ModelProgram {
  const { trace, output, backward } = forward(stack, 'train', { training: true });
  backward(traceLoss(trace, loss, output), false);
  optimizer.trace(
    trace,
    trace.gradients(stack.layers.flatMap((layer) => layer.weights.filter((weight) => weight.trainable))),
  );
  return finish(trace, stack, output, loss);
}

/** The loss in training, and every gradient as an output `gradient/<name>`; the input's is `gradient/x`. */
export function gradientProgram(
  stack: Stack,
  loss: LossName,
  options: { carryState: boolean; exposeOutputs?: boolean },
): ModelProgram {
  const { trace, output, backward } = forward(stack, 'gradients', {
    training: true,
    exposeGradients: true,
    ...options,
  });
  const dx = backward(traceLoss(trace, loss, output), true);
  if (dx) {
    const y = trace.builder.declare('output', 'gradient/x', dx.rows, dx.cols);
    trace.builder.run('copy', { x: dx }, { y }, {});
  }
  return finish(trace, stack, output, loss);
}

function forward(
  { layers, size }: Stack,
  name: string,
  options: { training: boolean; carryState?: boolean; exposeGradients?: boolean; exposeOutputs?: boolean },
): { trace: Trace; output: Signal; backward: Traced['backward'] } {
  const builder = new ProgramBuilder(name);
  const trace = new Trace(builder, { batch: size.batch, ...options });
  const rows = (size.time ?? 1) * size.batch;
  const x = builder.declare('input', 'x', rows, size.features);
  let signal: Signal = { matrix: x, time: size.time, features: size.features };
  const traced: Traced[] = [];
  for (const layer of layers) {
    const next = layer.trace(trace, signal);
    signal = next.y;
    if (options.exposeOutputs) {
      const { matrix } = signal;
      const y = builder.declare('output', layerOutputName(traced.length), matrix.rows, matrix.cols);
      builder.run('copy', { x: matrix }, { y }, {});
    }
    traced.push(next);
  }
  const trainable = layers.map((layer) => layer.weights.some((weight) => weight.trainable));
  return {
    trace,
    output: signal,
    backward(dy, wantsDx) {
      let gradient = dy;
      for (let i = layers.length - 1; i >= 0; i--) {
        const wanted = wantsDx || trainable.slice(0, i).includes(true);
        const dx = traced[i].backward(gradient, wanted);
        if (!wanted || dx === undefined) return undefined;
        gradient = dx;
      }
      return gradient;
    },
  };
}

function finish(trace: Trace, { size }: Stack, output: Signal, loss?: LossName): ModelProgram {
  return {
    program: trace.builder.finish(),
    size,
    output: { time: output.time, features: output.features },
    targetClasses: loss === 'sparseCategoricalCrossentropy' ? output.features : undefined,
    dropoutSites: trace.dropoutSites,
  };
}
