import { ProgramBuilder, type Matrix, type Program } from '../program/program.js';
import type { InputShape, LayerGraph } from '../graph/layer-graph.js';
import { LayerStack } from '../graph/layer-stack.js';
import type { Layer } from '../layers/layer.js';
import type { Loss } from '../losses/loss.js';
import { portName, Trace, type Signal, type TraceOptions } from '../weights/trace.js';

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
  /** Whether a mask that the host does not know says which of its rows count. */
  readonly hidesRows?: boolean | undefined;
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
  const pass = forwardPass(model, 'predict', { training: false, ...options });
  const { builder } = pass.trace;
  pass.outputs.forEach(({ matrix }, i) => {
    const y = builder.declare('output', portName('y', i), matrix.rows, matrix.cols);
    builder.run('copy', { x: matrix }, { y }, {});
  });
  return finished(pass);
}

/** A model's forward pass, with the backward pass. */
export interface Pass {
  readonly graph: LayerGraph;
  readonly trace: Trace;
  readonly size: ProgramSize;
  readonly inputs: readonly Signal[];
  readonly outputs: readonly Signal[];
  backward(dys: readonly Matrix[], wantsDx: boolean): (Matrix | undefined)[];
}

/** Begins a program with the layers of a model. */
export function forwardPass(model: SizedModel, name: string, options: Omit<TraceOptions, 'batch'>): Pass {
  const { size } = model;
  const graph = 'graph' in model ? model.graph : new LayerStack(model.layers);
  const trace = new Trace(new ProgramBuilder(name), { batch: size.batch, ...options });
  const inputs = graph.declareInputs(trace, [size, ...(size.others ?? [])]);
  return { graph, trace, size, inputs, ...graph.trace(trace, inputs) };
}

/**
 * Ends a program.
 * @param losses of the outputs, where the program has any
 * @param watched for each output whether its rows are outputs of the program too
 */
export function finished(
  { graph, trace, size, inputs, outputs }: Pass,
  losses: readonly Loss[] = [],
  watched: readonly boolean[] = [],
): ModelProgram {
  const lengthsOf = (mask: Matrix | undefined): number | undefined => {
    const index = inputs.findIndex((x) => mask !== undefined && x.mask?.buffer === mask.buffer);
    return index < 0 ? undefined : index;
  };
  const known = outputs.map(({ time, mask }) => (time === undefined ? undefined : lengthsOf(mask)));
  const ports = outputs.map(({ time, steps, features, mask }, i) => ({
    ...{ time, steps, features, lengthsOf: known[i] },
    hidesRows: mask !== undefined && known[i] === undefined,
    loss: losses.at(i),
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
