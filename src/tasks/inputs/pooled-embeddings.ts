import type { SpeechEmbedding } from '../../audio/embedding/speech-embedding.js';
import { resample } from '../../audio/signal/resample.js';
import type { Waveform } from '../../audio/signal/wav.js';

/** Hz of the sound that the embedding takes. */
const SAMPLE_RATE = 16_000;
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
    const { frames, size, data } = this.embedding.embed(padded, SAMPLE_RATE);
    const row = new Float32Array(3 * size);
    const [mean, greatest, deviation] = [0, 1, 2].map((k) => row.subarray(k * size, (k + 1) * size));
    greatest.fill(-Infinity);
    data.forEach((value, i) => {
      mean[i % size] += value / frames;
      greatest[i % size] = Math.max(greatest[i % size], value);
    });
    data.forEach((value, i) => (deviation[i % size] += (value - mean[i % size]) ** 2 / frames));
    for (let d = 0; d < size; d++) deviation[d] = Math.sqrt(deviation[d]);
    return row;
  }
}
