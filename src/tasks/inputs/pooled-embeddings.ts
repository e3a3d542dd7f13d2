import type { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { EMBEDDING_FEATURES } from '../../audio/signal/feature-settings.js';
import { resample } from '../../audio/signal/resample.js';
import type { Waveform } from '../../audio/signal/wav.js';
import { featureMoments } from './feature-moments.js';

/** Of the sound that the embedding takes. */
const { sampleRate: SAMPLE_RATE } = EMBEDDING_FEATURES;
/** Silence on each side of a clip: a window sees more than many words last. */
const PADDING_SAMPLES = SAMPLE_RATE / 2;

/** A clip as one row: the mean, the greatest and the deviation of each number of its speech embeddings. */
export class PooledEmbeddings {
  /** Rows by clip, while encoders are compared: they read each again and again. */
  #known: WeakMap<Waveform, Float32Array> | undefined;

  /** @param remembers whether rows are kept until `forget`: clips must stay as they are */
  constructor(
    readonly embedding: SpeechEmbedding,
    { remembers }: { readonly remembers: boolean },
  ) {
    if (remembers) this.#known = new WeakMap();
  }

  forget(): void {
    this.#known = undefined;
  }

  /** Shape (3 * 96), the caller's own. */
  row(clip: Waveform): Float32Array {
    const known = this.#known?.get(clip) ?? this.#pool(clip);
    this.#known?.set(clip, known);
    return known.slice();
  }

  #pool(clip: Waveform): Float32Array {
    const { samples } = resample(clip, SAMPLE_RATE);
    const padded = new Float32Array(samples.length + 2 * PADDING_SAMPLES);
    padded.set(samples, PADDING_SAMPLES);
    const { size, data } = this.embedding.embed(padded, SAMPLE_RATE);
    const { mean, deviation } = featureMoments(data, size);
    const greatest = new Float32Array(size).fill(-Infinity);
    data.forEach((value, i) => (greatest[i % size] = Math.max(greatest[i % size], value)));
    return Float32Array.from([...mean, ...greatest, ...deviation]);
  }
}
