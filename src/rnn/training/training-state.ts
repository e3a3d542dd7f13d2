import type { Floats } from '../program/engine.js';

/** All numbers that the steps to come depend on, besides the examples. */
export interface TrainingState {
  /** The engine that made them and, where it has several, its kernels, such as `wasm relaxed-simd`. */
  readonly engine: string;
  /** Training steps taken. */
  readonly step: number;
  /** Those since `compile`. */
  readonly updates: number;
  /** Weights, running statistics, the optimizer's state and carried states by name. */
  readonly buffers: ReadonlyMap<string, Floats>;
}

/** Which program's carried states are meant. */
export type CarriedBy = 'train' | 'evaluate';
