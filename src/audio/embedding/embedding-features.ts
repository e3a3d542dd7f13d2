import type { FeatureSettings } from '../signal/feature-settings.js';
import type { SpeechEmbedding } from './speech-embedding.js';

/** Embeddings of whole recordings in the place of other features: brought to their range. */
export class EmbeddingFeatures {
  readonly #embedding: SpeechEmbedding;
  readonly #settings: FeatureSettings;

  constructor(settings: FeatureSettings, embedding: SpeechEmbedding) {
    this.#embedding = embedding;
    this.#settings = settings;
  }

  /** How many there are of so many samples. */
  frameCount(samples: number): number {
    const { frameSamples, hopSamples } = this.#settings;
    return samples < frameSamples ? 0 : Math.floor((samples - frameSamples) / hopSamples) + 1;
  }

  /** Shape (frameCount, bands), row by row. */
  extract(samples: Float32Array): Float32Array {
    return normalized(this.#embedding.embed(samples).data, this.#settings);
  }
}

/** Embeddings in the range of the settings, in place. */
export function normalized(
  data: Float32Array,
  { mean, deviation }: Pick<FeatureSettings, 'mean' | 'deviation'>,
): Float32Array {
  for (let i = 0; i < data.length; i++) data[i] = (data[i] - mean) / deviation;
  return data;
}

/**
 * So many embeddings of silence in the range of the settings, (frames, bands): what a window hears before the sound begins.
 * @param embed gives the embedding of one window of samples
 */
export function silentEmbeddings(
  frames: number,
  features: FeatureSettings,
  embed: (samples: Float32Array) => Float32Array,
): Float32Array {
  const silence = normalized(embed(new Float32Array(features.frameSamples)), features);
  const all = new Float32Array(frames * features.bands);
  for (let at = 0; at < all.length; at += features.bands) all.set(silence, at);
  return all;
}
