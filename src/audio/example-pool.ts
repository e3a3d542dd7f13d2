import type { Random } from '../rnn/random.js';
import { tensor, type Tensor } from '../rnn/tensor.js';
import { maskFeatures } from './augmentation.js';
import type { ClipSet } from './clips.js';
import { mixNumbered, type ExampleNumber } from './example-record.js';
import type { SpokenWord } from './evaluation.js';
import { FeatureExtractor } from './features.js';
import { stepLabels, type StepTiming } from './labels.js';
import type { Mixture } from './synthesis.js';
import { labelSettings, stepTiming, type TriggerPreset } from './trigger-settings.js';

/** Features are kept as whole numbers of this size: 16 bits hold -16 to 16, half the memory of floats. */
const QUANTUM = 1 / 2048;

/** A batch for training: x (N, frames, bands), y and weights (N, steps). */
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
  readonly #features: Int16Array;
  readonly #labels: Uint8Array;
  readonly #weights: Float32Array;
  readonly #seed: number;
  readonly #words: SpokenWord[][] = [];

  /**
   * @param size number of examples; each is mixed by {@link mix}
   * @param seed example n follows from it and n alone, whatever the order of mixing
   */
  constructor(clips: ClipSet, preset: TriggerPreset, size: number, seed: number) {
    const { features, synthesis } = preset;
    this.size = size;
    this.#clips = clips;
    this.#preset = preset;
    this.#seed = seed;
    this.#extractor = new FeatureExtractor(features, 'fast');
    this.frames = this.#extractor.frameCount(Math.round(synthesis.exampleSeconds * features.sampleRate));
    this.timing = stepTiming(preset, this.frames);
    this.#features = new Int16Array(size * this.frames * features.bands);
    this.#labels = new Uint8Array(size * this.timing.steps);
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
      this.#features[at + i] = Math.max(-32768, Math.min(32767, Math.round(features[i] / QUANTUM)));
    }
    this.#words[index] = placed
      .filter(({ kind }) => kind === 'activate')
      .map(({ speechEndSeconds }) => ({ endSeconds: speechEndSeconds }))
      .sort((a, b) => a.endSeconds - b.endSeconds);
    const endsMs = placed
      .filter(({ kind }) => kind === 'activate')
      .map(({ speechEndSeconds }) => 1000 * speechEndSeconds);
    const { labels, weights } = stepLabels(endsMs, this.timing, labelSettings(this.#preset));
    this.#labels.set(labels, index * this.timing.steps);
    this.#weights.set(weights, index * this.timing.steps);
    return mixture;
  }

  /** When the word is said in an example, ascending. */
  wordsIn(index: number): SpokenWord[] {
    return this.#words[index];
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
    const y = new Float32Array(indices.length * steps);
    const weights = new Float32Array(indices.length * steps);
    const masks = { maxFrames: training.maskFrames, maxBands: training.maskBands };
    indices.forEach((example, n) => {
      const row = x.subarray(n * stride, (n + 1) * stride);
      for (let i = 0; i < stride; i++) row[i] = this.#features[example * stride + i] * QUANTUM;
      if (random !== undefined) maskFeatures(row, features.bands, masks, random);
      y.set(this.#labels.subarray(example * steps, (example + 1) * steps), n * steps);
      weights.set(this.#weights.subarray(example * steps, (example + 1) * steps), n * steps);
    });
    const count = indices.length;
    return {
      x: tensor(x, [count, this.frames, features.bands]),
      y: tensor(y, [count, steps, 1]),
      sampleWeight: tensor(weights, [count, steps]),
    };
  }
}
