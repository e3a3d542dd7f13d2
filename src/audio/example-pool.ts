import type { Random } from '../rnn/random.js';
import { tensor, type Tensor } from '../rnn/tensor.js';
import { maskFeatures } from './augmentation.js';
import type { ClipSet } from './clips.js';
import { mixNumbered, type ExampleNumber } from './example-record.js';
import type { SpokenWord } from './evaluation.js';
import { FeatureExtractor } from './features.js';
import { wordLabels, type StepTiming } from './labels.js';
import { featurePacking, type FeaturePacking } from './packed-features.js';
import type { PlacedClip } from './pieces.js';
import type { Mixture } from './synthesis.js';
import { labelSettings, labelTiming, type TriggerPreset } from './trigger-settings.js';

/** A batch for training: x (N, frames, bands), y (N, steps, words) and weights (N, steps). */
export interface TrainingBatch {
  x: Tensor;
  y: Tensor;
  sampleWeight: Tensor;
}

/** Mixed examples with their features and labels, kept for several epochs. */
export class ExamplePool {
  readonly size: number;
  /** Frames of one example. */
  readonly frames: number;
  readonly timing: StepTiming;
  readonly #preset: TriggerPreset;
  readonly #clips: ClipSet;
  readonly #extractor: FeatureExtractor;
  readonly #packing: FeaturePacking;
  readonly #words: readonly string[];
  readonly #features: Int16Array;
  readonly #labels: Uint8Array;
  readonly #weights: Float32Array;
  readonly #seed: number;
  readonly #said: SpokenWord[][] = [];

  /**
   * @param size number of examples; each is mixed by {@link mix}
   * @param seed example n follows from it and n alone, whatever the order of mixing
   * @param words the trigger words; where there is one, every clip of `activates` holds it
   */
  constructor(
    clips: ClipSet,
    preset: TriggerPreset,
    size: number,
    seed: number,
    words: readonly string[] = [''],
  ) {
    const { features, synthesis } = preset;
    this.size = size;
    this.#clips = clips;
    this.#preset = preset;
    this.#seed = seed;
    this.#extractor = new FeatureExtractor(features, 'fast');
    this.frames = this.#extractor.frameCount(Math.round(synthesis.exampleSeconds * features.sampleRate));
    this.timing = labelTiming(preset, this.frames);
    this.#packing = featurePacking(features);
    this.#words = words;
    this.#features = new Int16Array(size * this.frames * features.bands);
    this.#labels = new Uint8Array(size * this.timing.steps * words.length);
    this.#weights = new Float32Array(size * this.timing.steps);
  }

  /**
   * Mixes an example into place `index`.
   * @param number which; another than its place where the pool is renewed
   */
  mix(index: number, number: ExampleNumber = { seed: this.#seed, example: index }): Mixture {
    const mixture = mixNumbered(this.#clips, this.#preset.synthesis, number);
    const { samples, placed } = mixture;
    const features = this.#extractor.extract(samples);
    const at = index * features.length;
    for (let i = 0; i < features.length; i++) {
      this.#features[at + i] = this.#packing.pack(features[i]);
    }
    const endsMs = wordEnds(placed, this.#words);
    this.#said[index] = endsMs
      .flatMap((ends, i) => ends.map((endMs) => ({ word: this.#words[i], endSeconds: endMs / 1000 })))
      .sort((a, b) => a.endSeconds - b.endSeconds);
    const { labels, weights } = wordLabels(endsMs, this.timing, labelSettings(this.#preset));
    this.#labels.set(labels, index * labels.length);
    this.#weights.set(weights, index * this.timing.steps);
    return mixture;
  }

  /** Which trigger words are said in an example, and when, ascending. */
  wordsIn(index: number): SpokenWord[] {
    return this.#said[index];
  }

  /**
   * The examples with the given indices.
   * @param random masks their features anew each time (SpecAugment); without it they are whole
   */
  batch(indices: Int32Array, random?: Random): TrainingBatch {
    const { features, training } = this.#preset;
    const { steps } = this.timing;
    const stride = this.frames * features.bands;
    const x = new Float32Array(indices.length * stride);
    const outputs = steps * this.#words.length;
    const y = new Float32Array(indices.length * outputs);
    const weights = new Float32Array(indices.length * steps);
    const { unpacked } = this.#packing;
    const masks = { maxFrames: training.maskFrames, maxBands: training.maskBands };
    indices.forEach((example, n) => {
      const row = x.subarray(n * stride, (n + 1) * stride);
      for (let i = 0; i < stride; i++) row[i] = unpacked[this.#features[example * stride + i] + 32_768];
      if (random !== undefined) maskFeatures(row, features.bands, masks, random);
      y.set(this.#labels.subarray(example * outputs, (example + 1) * outputs), n * outputs);
      weights.set(this.#weights.subarray(example * steps, (example + 1) * steps), n * steps);
    });
    const count = indices.length;
    return {
      x: tensor(x, [count, this.frames, features.bands]),
      y: tensor(y, [count, steps, this.#words.length]),
      sampleWeight: tensor(weights, [count, steps]),
    };
  }
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
