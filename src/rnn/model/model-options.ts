import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import type { AutoReport, EngineChoice } from '../engine/choose.js';
import type { Layer } from '../layers/layer.js';
import type { OwnLayers } from '../graph/registry.js';
import type { SymbolicTensor } from '../layers/symbolic-tensor.js';
import type { Lengths, Several } from '../training/examples.js';
import type { Loss } from '../training/losses.js';
import type { Optimizer } from '../training/optimizers.js';

export interface ModelOptions {
  /** Seeds the initial weights, shuffling and dropout. @default 0 */
  seed?: number;
  /** What runs the model. @default 'auto' */
  engine?: EngineChoice;
  /**
   * Threads of the wasm engine; programs with little to do run on one all the same. The
   * numbers do not depend on it. @default as many as the machine runs at once, up to 4
   */
  threads?: number | undefined;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
}

/** How to open a model file. */
export interface LoadOptions extends VerifyOptions {
  /** What runs the model. @default 'auto' */
  engine?: EngineChoice;
  /**
   * Threads of the wasm engine; programs with little to do run on one all the same. The
   * numbers do not depend on it. @default as many as the machine runs at once, up to 4
   */
  threads?: number | undefined;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
  /** How layers of one's own are made from the options that the file keeps, by their kind. */
  layers?: OwnLayers;
}

/** What stands beside the weights in a model file. */
export interface SaveOptions {
  /** What the file is for. @default 'Sequential' or 'Model' */
  kind?: string;
  /** Anything JSON: vocabulary, features, thresholds. */
  settings?: Record<string, unknown>;
  /** Replace a file that is there. @default false */
  force?: boolean;
}

/** A graph of layers: what goes in and what comes out. */
export interface ModelEnds {
  /** Made by `input()`. */
  inputs: SymbolicTensor<Layer> | readonly SymbolicTensor<Layer>[];
  /** Made by layers' `apply`. */
  outputs: SymbolicTensor<Layer> | readonly SymbolicTensor<Layer>[];
}

/** What to minimize, and how. */
export interface CompileOptions {
  /** Of the one output, or one for each. */
  loss: Loss | readonly Loss[];
  /** The weight of each output's loss in the sum. @default 1 each */
  lossWeights?: readonly number[];
  /** What is measured without training, such as the loss without its label smoothing. @default the loss */
  evaluationLoss?: Loss | readonly Loss[];
  optimizer: Optimizer;
}

/** Every key of `LoadOptions`. */
export const loadKeys = {
  engine: true,
  threads: true,
  onEngine: true,
  layers: true,
  verify: true,
} as const satisfies Record<keyof LoadOptions, true>;

/** How `evaluate` goes over examples. */
export interface EvaluateOptions {
  /** As in `fit`. */
  sampleWeight?: Several;
  /** As in `fit`. */
  lengths?: Lengths;
  /** @default 32, or all examples where they are fewer */
  batchSize?: number;
}

/** Every key of `EvaluateOptions`. */
export const evaluateKeys = {
  sampleWeight: true,
  lengths: true,
  batchSize: true,
} as const satisfies Record<keyof EvaluateOptions, true>;

/** How `predict` goes over examples. */
export type PredictOptions = Omit<EvaluateOptions, 'sampleWeight'>;
