import type { AutoReport } from '../rnn/engine/auto-session.js';
import { engineChoices, type EngineChoice } from '../rnn/engine/engine-names.js';
import {
  callback,
  choice,
  flag,
  listOf,
  optional,
  optionsSchema,
  someText,
  text,
  wholeNumber,
} from '../base/schema/index.js';
import type { FileSource } from '../base/source/file-source.js';
import type { VerifyOptions } from '../base/encoding/content-digest.js';
import { labelTable } from './mixing/labels.js';
import { someSynthesisSettings, type SynthesisSettings } from './mixing/synthesis-settings.js';
import { thresholdsByWord } from './detection/trigger-settings.js';
import { embeddingSource } from './embedding/embedding-use.js';
import type { SpeechEmbedding } from './embedding/speech-embedding.js';
import { FEATURE_SETS, type FeatureSetName } from './signal/feature-settings.js';
import type { StreamOptions } from './listening/listen-options.js';
import { spectrumSource } from './signal/spectrogram.js';
import type { TransferPart } from './trigger-transfer.js';

export interface TriggerModelOptions {
  /** What events are called. @default 'activate' */
  word?: string;
  /** In place of `word`: several to tell apart, each the name of its folder in `activates/`. */
  words?: readonly string[];
  /** How examples are mixed, where it differs from the preset's. */
  synthesis?: Partial<SynthesisSettings>;
  /** Steps labelled 1 after each word, in place of the preset's. */
  labelSteps?: number;
  /** A preset by name. @default 'standard' */
  preset?: string;
  /**
   * Features by name, in place of the preset's. `embedding`: those of Google's speech embedding, with the head and the
   * training of the preset of that name.
   */
  features?: FeatureSetName | 'embedding';
  /**
   * The speech embedding, or where its file is, for features of that kind; it is not disposed with the model.
   * @default the one that `SpeechEmbedding.default` finds
   */
  embedding?: SpeechEmbedding | FileSource;
  /** Seeds the weights, the mixing and the order of training. @default 1 */
  seed?: number;
  /** @default 'auto' */
  engine?: EngineChoice;
  /** Called once under 'auto', at the first training step: what it chose, and why. */
  onEngine?: (report: AutoReport) => void;
  /** Threads of the wasm engine; the numbers do not depend on it. @default what suits the machine */
  threads?: number;
}

/** How a model goes on from another. */
export type TransferOptions = Pick<
  TriggerModelOptions,
  'word' | 'words' | 'synthesis' | 'seed' | 'engine' | 'threads' | 'onEngine' | 'embedding'
> & {
  /**
   * `head`: the convolution and its normalization stay as they are; `all`: they are trained too, all at a low
   * rate. @default 'head'
   */
  train?: TransferPart;
};

/** How a model's file is opened. */
export type TriggerLoadOptions = Pick<TriggerModelOptions, 'engine' | 'threads' | 'onEngine' | 'embedding'> &
  VerifyOptions;

const engine = {
  embedding: optional(embeddingSource),
  engine: optional(choice<EngineChoice>(engineChoices)),
  threads: optional(wholeNumber({ min: 1, max: 64 })),
  onEngine: optional(callback<(report: AutoReport) => void>()),
};
const naming = {
  word: optional(someText),
  words: optional(listOf(someText, { min: 1, max: 1000 })),
  synthesis: optional(someSynthesisSettings),
  seed: optional(wholeNumber()),
};

export const triggerModelOptions = optionsSchema<TriggerModelOptions>('TriggerModel', {
  ...naming,
  ...engine,
  labelSteps: optional(labelTable.labelSteps),
  preset: optional(text),
  features: optional(choice([...(Object.keys(FEATURE_SETS) as FeatureSetName[]), 'embedding'])),
});

export const transferOptions = optionsSchema<TransferOptions>('from', {
  ...naming,
  ...engine,
  train: optional(choice<TransferPart>(['head', 'all'])),
});

export const triggerLoadOptions = optionsSchema<TriggerLoadOptions>('load', {
  ...engine,
  verify: optional(flag),
});

/** Those of a whole recording, which brings its sample rate. */
export const detectOptions = optionsSchema<Omit<StreamOptions, 'sampleRate' | 'voiceActivity'>>('detect', {
  threshold: optional(thresholdsByWord),
  spectrum: optional(spectrumSource),
});

export const triggerSaveOptions = optionsSchema<{ force?: boolean }>('save', { force: optional(flag) });
