import { EMBEDDING_BANDS, HOP_FRAMES } from './embedding-network.js';

/** Bands that are judged together: a sound of few bands is not drowned by the noise of the others. */
const GROUP_BANDS = 8;
const GROUPS = EMBEDDING_BANDS / GROUP_BANDS;
/** Hops over which the noise of a room is the least that was heard: two such stretches, the older one whole. */
const NOISE_HOPS = 20;
/** Above that least, in the units of a frame, which are 10 dB: steady noise rises by 3 dB above its own least. */
const RISE = 0.5;
/** Hops after the last sound before it is quiet: as long as a window of the embedding, and what fires after a word. */
const HANG_HOPS = 15;

/**
 * Voice activity by energy against the least of the last seconds, group by group of bands (minimum statistics, Martin
 * 2001). It only tells quiet from all else: whether somebody speaks, the network tells.
 */
export class QuietGate {
  /** The least level of each group in this stretch and in the one before. */
  readonly #least = new Float64Array(GROUPS).fill(Infinity);
  readonly #before = new Float64Array(GROUPS).fill(Infinity);
  #hops = 0;
  /** Hops since something rose above the noise. */
  #since = 0;

  /** @param frames (HOP_FRAMES, bands): one hop of them @returns whether nothing has been heard for a while */
  isQuiet(frames: Float32Array): boolean {
    if (this.#hops++ % NOISE_HOPS === 0) {
      this.#before.set(this.#least);
      this.#least.fill(Infinity);
    }
    let isActive = false;
    for (let group = 0; group < GROUPS; group++) {
      let level = 0;
      for (let frame = 0; frame < HOP_FRAMES; frame++) {
        const from = frame * EMBEDDING_BANDS + group * GROUP_BANDS;
        for (let band = from; band < from + GROUP_BANDS; band++) level += frames[band];
      }
      level /= HOP_FRAMES * GROUP_BANDS;
      this.#least[group] = Math.min(this.#least[group], level);
      if (level > Math.min(this.#least[group], this.#before[group]) + RISE) isActive = true;
    }
    // Until one stretch is over, nothing is known of the room.
    this.#since = isActive || this.#hops <= NOISE_HOPS ? 0 : this.#since + 1;
    return this.#since > HANG_HOPS;
  }

  /** Forgets the room. */
  reset(): void {
    this.#least.fill(Infinity);
    this.#before.fill(Infinity);
    this.#hops = this.#since = 0;
  }
}
