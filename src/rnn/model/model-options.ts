import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import {
  anything,
  callback,
  choice,
  flag,
  optional,
  optionsSchema,
  recordOf,
  schemaOf,
  someText,
  wholeNumber,
  type OptionsSchema,
  type OptionTable,
  type Schema,
} from '../../base/schema/index.js';
import type { AutoReport } from '../engine/auto-session.js';
import { engineChoices, threadCount, type EngineChoice } from '../engine/engine-names.js';
import type { Layer } from '../layers/layer.js';
import type { OwnLayers } from '../graph/registry.js';
import type { SymbolicTensor } from '../layers/symbolic-tensor.js';
import { batchSize } from '../training/batch-size.js';
import type { Lengths, Several } from '../training/examples.js';
import type { LossChoice } from '../losses/loss-choice.js';
import type { MetricsOption } from '../metrics/metric-choice.js';
import type { Optimizer } from '../training/optimizers/optimizer.js';
import type { OptimizerName } from '../training/optimizers/optimizer-names.js';

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
export interface ModelLoadOptions extends VerifyOptions {
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
  loss: LossChoice | readonly LossChoice[];
  /** The weight of each output's loss in the sum. @default 1 each */
  lossWeights?: readonly number[];
  /** What is measured without training, such as the loss without its label smoothing. @default the loss */
  evaluationLoss?: LossChoice | readonly LossChoice[];
  /**
   * Figures that `fit` and `evaluateAll` count besides the loss, by name or as objects: a list for the one output; for
   * several an array with a list for each, or lists by the names of the outputs' layers. @default none
   */
  metrics?: MetricsOption;
  /** One, or the name of one that is to have its defaults, such as 'adam'. */
  optimizer: Optimizer | OptimizerName;
}

/** What `summary` does with its table besides returning it. */
export interface SummaryOptions {
  /** Is given the table, such as `console.log`. @default nothing is printed */
  print?: (table: string) => void;
}

/** How `evaluate` goes over examples. */
export interface EvaluateOptions {
  /** As in `fit`. */
  sampleWeight?: Several;
  /** As in `fit`. */
  lengths?: Lengths;
  /** @default 32, or all examples where they are fewer */
  batchSize?: number;
}

/** How `predict` goes over examples. */
export type PredictOptions = Omit<EvaluateOptions, 'sampleWeight'>;

const engineTable = {
  engine: optional(choice(engineChoices)),
  threads: optional(threadCount),
  onEngine: optional(callback<(report: AutoReport) => void>()),
};

const modelTable: OptionTable<ModelOptions> = { seed: optional(wholeNumber()), ...engineTable };

/** The schemas of `ModelOptions`, by the kind of model. */
export const modelOptions: Readonly<Record<string, OptionsSchema<ModelOptions> | undefined>> = {
  Model: optionsSchema<ModelOptions>('Model', modelTable),
  Sequential: optionsSchema<ModelOptions>('Sequential', modelTable),
};

/** What is inside, `apply`'s own errors tell better. */
export const modelEnds = optionsSchema<ModelEnds>('Model', {
  inputs: anything<ModelEnds['inputs']>(),
  outputs: anything<ModelEnds['outputs']>(),
});

export const modelLoadOptions = optionsSchema<ModelLoadOptions>('load', {
  ...engineTable,
  layers: optional(recordOf(callback<OwnLayers[string]>())),
  verify: optional(flag),
});

/** What stands in a file as JSON. */
const settings: Schema<Record<string, unknown>> = schemaOf('an object of what JSON can hold', (value) => {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false;
  try {
    JSON.stringify(value);
    return true;
  } catch {
    // A cycle, or a bigint.
    return false;
  }
});

const describedTable: OptionTable<Omit<SaveOptions, 'force'>> = {
  kind: optional(someText),
  settings: optional(settings),
};

export const saveOptions = optionsSchema<SaveOptions>('save', { ...describedTable, force: optional(flag) });
export const bytesOptions = optionsSchema<Omit<SaveOptions, 'force'>>('toBytes', describedTable);
export const checkpointsOptions = optionsSchema<Omit<SaveOptions, 'force'>>('checkpoints', describedTable);

/** Examples are held against the layers by `readExamples`. */
const evaluateTable: OptionTable<EvaluateOptions> = {
  sampleWeight: optional(anything<Several>()),
  lengths: optional(anything<Lengths>()),
  batchSize: optional(batchSize),
};

export const evaluateOptions = optionsSchema<EvaluateOptions>('evaluate', evaluateTable);
export const predictOptions = optionsSchema<PredictOptions>('predict', {
  lengths: evaluateTable.lengths,
  batchSize: evaluateTable.batchSize,
});
export const summaryOptions = optionsSchema<SummaryOptions>('summary', {
  print: optional(callback<(table: string) => void>()),
});
export const stepperOptions = optionsSchema<{ batch?: number; steps?: number }>('stepper', {
  batch: optional(batchSize),
  steps: optional(batchSize),
});
