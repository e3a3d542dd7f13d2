import type { Matrix } from '../../program/program.js';
import type { Trace } from '../../weights/trace.js';
import type { Weight } from '../../weights/weight.js';
import type { WeightAverages } from './weight-averages.js';

/** Turns gradients into new weights, as steps at the end of a training program. */
export interface Optimizer {
  readonly name: string;
  /** Appends the update of these weights. */
  trace(trace: Trace, gradients: readonly { weight: Weight; gradient: Matrix }[]): void;
  /** The numbers of the input `hyper` at a step; steps count from 1. Those of `averages` come last. */
  hyper(step: number): number[];
  /** Moving averages of the weights, where it keeps any. */
  readonly averages?: WeightAverages | undefined;
}
