import { embeddingSource } from '../../audio/embedding/embedding-use.js';
import type { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import type { AbortSignalLike } from '../../base/abort-signal.js';
import type { VerifyOptions } from '../../base/encoding/content-digest.js';
import { SeqkitError } from '../../base/errors.js';
import {
  abortSignal,
  callback,
  choice,
  either,
  exactly,
  flag,
  number,
  optional,
  optionsSchema,
  recordOf,
  schemaOf,
  someText,
  wholeNumber,
} from '../../base/schema/index.js';
import type { FileSource } from '../../base/source/file-source.js';
import type { CheckpointStoreOptions } from '../../base/training/checkpoint-store.js';
import { KeyedVectors } from '../../embeddings/keyed-vectors/keyed-vectors.js';
import { engineChoices, threadCount, type EngineChoice } from '../../rnn/engine/engine-names.js';
import { checkpointChoice, type CheckpointOptions } from '../../rnn/training/checkpoint-choice.js';
import { ENCODER_NAMES, isShallow, type EncoderName } from './encoders/encoder.js';
import { POOLINGS, type PoolingName } from './encoders/network.js';
import { INPUT_NAMES, type InputName } from './encoders/reader-choice.js';

/** What `train` tells while it goes on. */
export interface ClassifierProgress {
  /** What is being trained: `linear`, `gru, fold 2 of 3`. */
  readonly stage: string;
  /** Of a network, from 1. */
  readonly epoch?: number;
  readonly epochs?: number;
  /** In nats. */
  readonly loss?: number;
  readonly heldOutLoss?: number;
}

export interface ClassifierTrainOptions {
  /** What a sequence is read as. @default 'words' of text, else what the examples hold */
  readonly input?: InputName;
  /** What makes class scores; `auto` compares those that fit the data, and takes the best. @default 'auto' */
  readonly encoder?: EncoderName | 'auto';
  /** Units of a recurrent layer, or filters of a convolution. @default 64 */
  readonly units?: number;
  /** Recurrent or convolutional layers. @default 1 */
  readonly layers?: number;
  /** Whether recurrent layers walk in both directions. @default false */
  readonly bidirectional?: boolean;
  /** How steps become one row. @default 'max' of `conv`, 'mean' of bidirectional layers, else 'last' */
  readonly pooling?: PoolingName;
  /** Steps that a convolution looks at. @default 5 */
  readonly kernelSize?: number;
  /** @default 0.3 */
  readonly dropout?: number;
  /** Numbers of a token's vector. @default 64, or what `vectors` have */
  readonly embeddingSize?: number;
  /** Word vectors: of `average`, and what a network's words begin at. @default those of seqkit for `average` alone */
  readonly vectors?: KeyedVectors;
  /** Words or characters that a network knows, the most frequent ones. @default 20000 */
  readonly vocabularySize?: number;
  /** Time steps that a network takes. @default what 95% of the examples have, 400 at most */
  readonly maxLength?: number;
  /**
   * The speech embedding, or where its file is, for the encoder of that name; it is not disposed with the classifier.
   * @default the one that `SpeechEmbedding.default` finds
   */
  readonly embedding?: SpeechEmbedding | FileSource;
  /** The inverse of the penalty on a regression's weights. @default 30 of `linear`, 1 of others */
  readonly C?: number;
  /** @default 30 */
  readonly epochs?: number;
  /** @default 32 */
  readonly batchSize?: number;
  /** The highest rate of Adam. @default 0.003 */
  readonly learningRate?: number;
  /** Epochs without a better held-out loss that end the training. @default 5 */
  readonly patience?: number;
  /** Of each target, spread over all classes. @default 0 */
  readonly labelSmoothing?: number;
  /** `balanced` lets each class count as much as any other; or a weight for each label. @default all examples alike */
  readonly classWeights?: 'balanced' | Readonly<Record<string, number>>;
  /** The share held back: it ends the training, sets the temperature, and gives the figures. @default 0.15 */
  readonly heldOut?: number;
  /**
   * Folds by which `auto` compares; a named encoder is judged by as many where they are given.
   * @default 3 of `auto`, else no cross-validation
   */
  readonly folds?: number;
  /** Below this probability the model abstains. @default 0 */
  readonly threshold?: number;
  /** Sets the threshold so that this share of the held-out answers is right. @default the threshold stands */
  readonly targetAccuracy?: number;
  /** @default 1 */
  readonly seed?: number;
  /** What runs networks. @default 'auto' */
  readonly engine?: EngineChoice;
  readonly threads?: number;
  /** Where the network of a named encoder is saved while it trains: a file, which needs Node, or a store. */
  readonly checkpoint?: CheckpointOptions | CheckpointStoreOptions;
  /**
   * Goes on from what is saved there, or begins where there is nothing: with the same examples and options it comes to
   * the very classifier of a training that nothing ended. @default false
   */
  readonly resume?: boolean;
  readonly signal?: AbortSignalLike;
  /** Called before each part of the training, and after each epoch. */
  readonly onProgress?: (progress: ClassifierProgress) => unknown;
}

const keyedVectors = schemaOf<KeyedVectors>(
  'KeyedVectors',
  (value) => value instanceof KeyedVectors,
  () => 'Await KeyedVectors.load, and give what it gives.',
);
const size = wholeNumber({ min: 1, max: 65_536 });
const share = number({ above: 0, below: 1 });
const probability = number({ min: 0, max: 1 });

const trainOptions = optionsSchema<ClassifierTrainOptions>('train', {
  input: optional(choice(INPUT_NAMES)),
  encoder: optional(choice([...ENCODER_NAMES, 'auto'])),
  units: optional(size),
  layers: optional(wholeNumber({ min: 1, max: 16 })),
  bidirectional: optional(flag),
  pooling: optional(choice(POOLINGS)),
  kernelSize: optional(wholeNumber({ min: 1, max: 1000 })),
  dropout: optional(number({ min: 0, max: 0.95 })),
  embeddingSize: optional(size),
  vectors: optional(keyedVectors),
  vocabularySize: optional(wholeNumber({ min: 1, max: 10_000_000 })),
  maxLength: optional(wholeNumber({ min: 1, max: 100_000 })),
  embedding: optional(embeddingSource),
  C: optional(number({ above: 0 })),
  epochs: optional(wholeNumber({ min: 1 })),
  batchSize: optional(wholeNumber({ min: 1, max: 65_536 })),
  learningRate: optional(number({ above: 0, max: 10 })),
  patience: optional(wholeNumber({ min: 1 })),
  labelSmoothing: optional(number({ min: 0, below: 1 })),
  classWeights: optional(either(exactly('balanced'), recordOf(number({ min: 0 })))),
  heldOut: optional(share),
  folds: optional(wholeNumber({ min: 2, max: 100 })),
  threshold: optional(probability),
  targetAccuracy: optional(share),
  seed: optional(wholeNumber({ min: 0, max: 2 ** 32 - 1 })),
  engine: optional(choice(engineChoices)),
  threads: optional(threadCount),
  checkpoint: optional(checkpointChoice),
  resume: optional(flag),
  signal: optional(abortSignal),
  onProgress: optional(callback<(progress: ClassifierProgress) => unknown>()),
});

/** Options with a meaning for networks alone. */
const OF_NETWORKS = [
  ...['units', 'layers', 'bidirectional', 'pooling', 'kernelSize', 'dropout', 'embeddingSize', 'epochs'],
  ...['batchSize', 'learningRate', 'patience', 'labelSmoothing', 'vocabularySize', 'maxLength'],
] as const satisfies readonly (keyof ClassifierTrainOptions)[];

/** @throws SeqkitError `usage` or `bad-value` for what is unknown, out of range or contradictory */
export function parseTrainOptions(given: unknown): ClassifierTrainOptions {
  const options = trainOptions.parse(given);
  const { encoder = 'auto', checkpoint, resume, threshold, targetAccuracy } = options;
  const isRegression = encoder !== 'auto' && isShallow(encoder);
  if (isRegression) {
    const idle = OF_NETWORKS.find((name) => options[name] !== undefined);
    if (idle !== undefined)
      throw usage(`The encoder '${encoder}' has no ${idle}.`, 'Leave it out, or take a network.');
  }
  if (checkpoint && (isRegression || encoder === 'auto')) {
    throw usage(
      `The encoder '${encoder}' is not saved while it trains.`,
      "Name a network, such as encoder: 'gru'.",
    );
  }
  if (checkpoint && options.folds !== undefined) {
    throw usage('Cross-validation is not saved while it goes on.', 'Leave out folds, or checkpoint.');
  }
  if (options.embedding !== undefined && encoder !== 'embedding' && encoder !== 'auto') {
    throw usage(`The encoder '${encoder}' hears no embedding.`, "Take encoder: 'embedding', or 'auto'.");
  }
  if (resume && !checkpoint)
    throw usage('resume needs to know from where.', 'Give checkpoint: { path } too, or { store } in a page.');
  if (threshold !== undefined && targetAccuracy !== undefined) {
    throw usage('Give threshold or targetAccuracy, not both.');
  }
  return options;
}

/**
 * What was asked of `auto`, for the encoder that it took: without what is for others alone.
 * @param options with `encoder: 'auto'`
 */
export function optionsOf(encoder: EncoderName, options: ClassifierTrainOptions): ClassifierTrainOptions {
  const others: readonly string[] = [
    ...(isShallow(encoder) ? OF_NETWORKS : []),
    ...(encoder === 'embedding' ? [] : ['embedding']),
  ];
  const own = Object.entries(options).filter(([name]) => !others.includes(name));
  return { ...Object.fromEntries(own), encoder };
}

function usage(message: string, hint?: string): SeqkitError {
  return new SeqkitError(message, { code: 'usage', ...(hint !== undefined && { hint }) });
}

/** How to open a classifier. */
export interface ClassifierLoadOptions extends VerifyOptions {
  /**
   * The speech embedding that it was trained with, or where its file is; it is not disposed with the classifier.
   * @default the one that `SpeechEmbedding.default` finds
   */
  readonly embedding?: SpeechEmbedding | FileSource;
  /** What runs its network. @default 'auto' */
  readonly engine?: EngineChoice;
  readonly threads?: number;
}

export const loadOptions = optionsSchema<ClassifierLoadOptions>('load', {
  embedding: optional(embeddingSource),
  engine: optional(choice(engineChoices)),
  threads: optional(threadCount),
  verify: optional(flag),
});

/** How to answer. */
export interface ClassifyOptions {
  /** The most labels among the alternatives, the likeliest first. @default all */
  readonly top?: number;
  /** Below this probability it abstains. @default the model's */
  readonly threshold?: number;
}

export const classifyOptions = optionsSchema<ClassifyOptions>('classify', {
  top: optional(wholeNumber({ min: 1 })),
  threshold: optional(probability),
});

/** How to judge. */
export interface ClassifierEvaluateOptions {
  /** Below this probability it abstains. @default the model's */
  readonly threshold?: number;
  /** The most mistakes that are listed, the surest first. @default 20 */
  readonly mistakes?: number;
}

export const evaluateOptions = optionsSchema<ClassifierEvaluateOptions>('evaluate', {
  threshold: optional(probability),
  mistakes: optional(wholeNumber({ min: 0 })),
});

export const explainOptions = optionsSchema<{ label?: string; top?: number }>('explain', {
  label: optional(someText),
  top: optional(wholeNumber({ min: 1 })),
});
export const saveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
