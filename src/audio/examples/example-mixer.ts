import type { ClipSet } from '../clips/clips.js';
import { mixedNumber, type ExampleNumber } from './example-record.js';
import type { SpokenWord } from '../detection/evaluation.js';
import { EmbeddingFeatures } from '../embedding/embedding-features.js';
import { noEmbedding } from '../embedding/no-embedding.js';
import type { SpeechEmbedding } from '../embedding/speech-embedding.js';
import { FeatureExtractor } from '../signal/features.js';
import { wordLabels, type StepTiming } from '../mixing/labels.js';
import { featurePacking, type FeaturePacking } from '../signal/packed-features.js';
import type { PlacedClip } from '../mixing/segments.js';
import type { Mixture } from '../mixing/synthesis.js';
import { labelSettings, labelTiming, type TriggerPreset } from '../detection/trigger-settings.js';

/** Where mixed examples are kept, one after the other; in memory that threads share where they mix them. */
export interface ExampleStore {
  /** Packed features, (N, frames, bands). */
  features: Int16Array;
  /** (N, steps, words) */
  labels: Uint8Array;
  /** (N, steps) */
  weights: Float32Array;
}

/** What examples are mixed from, and for what. */
export interface MixingPlan {
  clips: ClipSet;
  preset: TriggerPreset;
  /** The trigger words; where there is one, every clip of `activates` holds it. */
  words: readonly string[];
  /** That features of kind `embedding` are made by. */
  embedding?: SpeechEmbedding | undefined;
}

/** Mixes examples, computes their features and labels, and puts them into a store. */
export class ExampleMixer {
  /** Frames of one example. */
  readonly frames: number;
  readonly timing: StepTiming;
  readonly packing: FeaturePacking;
  readonly #plan: MixingPlan;
  readonly #extractor: FeatureExtractor | EmbeddingFeatures;

  constructor(plan: MixingPlan) {
    const { features, synthesis } = plan.preset;
    this.#plan = plan;
    this.#extractor = exampleFeatures(plan.preset, plan.embedding);
    this.frames = this.#extractor.frameCount(Math.round(synthesis.exampleSeconds * features.sampleRate));
    this.timing = labelTiming(plan.preset, this.frames);
    this.packing = featurePacking(features);
  }

  /** A store with room for `size` examples. @param shared whether threads are to fill it */
  storeFor(size: number, shared: boolean): ExampleStore {
    const memory = (bytes: number) => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
    const { preset, words } = this.#plan;
    const { steps } = this.timing;
    return {
      features: new Int16Array(memory(2 * size * this.frames * preset.features.bands)),
      labels: new Uint8Array(memory(size * steps * words.length)),
      weights: new Float32Array(memory(4 * size * steps)),
    };
  }

  /** Mixes an example into place `place` of a store. */
  mixInto(
    store: ExampleStore,
    place: number,
    number: ExampleNumber,
  ): { mixture: Mixture; said: SpokenWord[] } {
    const { clips, preset, words } = this.#plan;
    const mixture = mixedNumber(clips, preset.synthesis, number);
    const features = this.#extractor.extract(mixture.samples);
    const at = place * features.length;
    for (let i = 0; i < features.length; i++) store.features[at + i] = this.packing.pack(features[i]);
    const endsMs = wordEnds(mixture.placed, words);
    const labelled = delayed(endsMs, preset);
    const { labels, weights } = wordLabels(labelled, this.timing, labelSettings(preset));
    store.labels.set(labels, place * labels.length);
    store.weights.set(weights, place * this.timing.steps);
    const said = endsMs
      .flatMap((ends, i) => ends.map((endMs) => ({ word: words[i], endSeconds: endMs / 1000 })))
      .sort((a, b) => a.endSeconds - b.endSeconds);
    return { mixture, said };
  }
}

/** What makes the features of the examples. */
export function exampleFeatures(
  { features }: Pick<TriggerPreset, 'features'>,
  embedding: SpeechEmbedding | undefined,
): FeatureExtractor | EmbeddingFeatures {
  if (features.kind !== 'embedding') return new FeatureExtractor(features, 'fast');
  if (embedding === undefined) throw noEmbedding('Examples with embeddings need a speech embedding.');
  return new EmbeddingFeatures(features, embedding);
}

/** The ends of words as labels stand behind them. */
export function delayed(
  endsMs: readonly (readonly number[])[],
  { labels: { delayMs = 0 } }: Pick<TriggerPreset, 'labels'>,
): number[][] {
  return endsMs.map((ends) => ends.map((endMs) => endMs + delayMs));
}

/**
 * When the speech of each trigger word ends in an example, ms.
 * @param words where there is one, every clip of `activates` holds it
 */
export function wordEnds(placed: readonly PlacedClip[], words: readonly string[]): number[][] {
  const activates = placed.filter(({ kind }) => kind === 'activate');
  return words.map((word) =>
    activates
      .filter((clip) => words.length === 1 || clip.word === word)
      .map(({ speechEndSeconds }) => 1000 * speechEndSeconds),
  );
}
