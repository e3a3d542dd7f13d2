import { optionsSchema, schemaOf, someText, wholeNumber } from '../../base/schema/index.js';
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

const shape = optionsSchema<TrainingState>('The training state', {
  engine: someText,
  step: wholeNumber({ min: 0 }),
  updates: wholeNumber({ min: 0 }),
  buffers: schemaOf<TrainingState['buffers']>(
    'a Map of arrays of numbers by name',
    (value) =>
      value instanceof Map &&
      [...value].every(
        ([name, data]) =>
          typeof name === 'string' && (data instanceof Float32Array || data instanceof Float64Array),
      ),
  ),
});

/** @throws SeqkitError where it is not what `getTrainingState` gives */
export function checkTrainingState(state: TrainingState): void {
  shape.parse(state);
}
