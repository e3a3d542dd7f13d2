/** The last seconds of a sound that goes on: its memory does not grow with it. */
export class RecentSound {
  readonly #ring: Float32Array;
  readonly sampleRate: number;
  /** Samples so far. */
  #heard = 0;

  /** @param sampleRate Hz @param seconds that are kept */
  constructor(sampleRate: number, seconds: number) {
    this.sampleRate = sampleRate;
    this.#ring = new Float32Array(Math.ceil(seconds * sampleRate));
  }

  /** Of the sound so far. */
  get seconds(): number {
    return this.#heard / this.sampleRate;
  }

  push(samples: Float32Array): void {
    const { length } = this.#ring;
    const kept = samples.subarray(Math.max(0, samples.length - length));
    this.#heard += samples.length;
    const at = (this.#heard - kept.length) % length;
    const first = Math.min(kept.length, length - at);
    this.#ring.set(kept.subarray(0, first), at);
    this.#ring.set(kept.subarray(first), 0);
  }

  /** A stretch of it, in seconds from its start, as far as it is kept. */
  cut(fromSeconds: number, toSeconds: number): Float32Array {
    const { length } = this.#ring;
    const to = Math.min(this.#heard, Math.round(toSeconds * this.sampleRate));
    const from = Math.max(0, this.#heard - length, Math.round(fromSeconds * this.sampleRate));
    return Float32Array.from({ length: Math.max(0, to - from) }, (_, i) => this.#ring[(from + i) % length]);
  }
}
