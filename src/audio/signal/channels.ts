/** Channels are compared over so long ... */
const WINDOW_SECONDS = 0.05;
/** ... where their mean has less than this share of the power that unrelated sounds would have, they cancel. */
const CANCELLED_SHARE = 0.5;
/** Channels that cancel in so much of their sound, by power, are not mixed. */
const MAX_CANCELLED = 0.3;

/** Which channel is taken in place of the mean of all. */
export interface ChannelChoice {
  /** From 0. */
  channel: number;
  /** Level of the mean of all channels against it, dB: what would have been lost. */
  mixedDb: number;
}

/** Compares the channels of a recording, chunk by chunk. */
export class ChannelComparison {
  readonly #channels: number;
  readonly #window: number;
  readonly #powers: Float64Array;
  #mixed = 0;
  #unrelated = 0;
  #cancelled = 0;

  /** @param sampleRate Hz */
  constructor(channels: number, sampleRate: number) {
    this.#channels = channels;
    this.#window = Math.max(1, Math.round(WINDOW_SECONDS * sampleRate));
    this.#powers = new Float64Array(channels);
  }

  /** @param samples interleaved, whole frames */
  add(samples: Float64Array): void {
    const channels = this.#channels;
    const frames = samples.length / channels;
    for (let from = 0; from < frames; from += this.#window) {
      const to = Math.min(frames, from + this.#window);
      const [powers, mixed] = windowPowers(samples.subarray(from * channels, to * channels), channels);
      // Of sounds that have nothing to do with each other the powers add up.
      const unrelated = powers.reduce((sum, power) => sum + power, 0) / channels ** 2;
      if (!Number.isFinite(unrelated + mixed)) continue;
      powers.forEach((power, c) => (this.#powers[c] += power));
      this.#mixed += mixed;
      this.#unrelated += unrelated;
      if (mixed < CANCELLED_SHARE * unrelated) this.#cancelled += unrelated;
    }
  }

  /** The strongest channel where mixing would lose much of the sound; undefined where it would not. */
  choice(): ChannelChoice | undefined {
    if (this.#unrelated === 0 || this.#cancelled <= MAX_CANCELLED * this.#unrelated) return undefined;
    const max = Math.max(...this.#powers);
    return { channel: this.#powers.indexOf(max), mixedDb: 10 * Math.log10(this.#mixed / max + 1e-12) };
  }
}

/** The sums of squares around the mean: of each channel, and of their mean. */
function windowPowers(samples: Float64Array, channels: number): [powers: number[], mixed: number] {
  const frames = samples.length / channels;
  const sums = new Array<number>(channels).fill(0);
  for (let i = 0; i < samples.length; i++) sums[i % channels] += samples[i];
  const means = sums.map((sum) => sum / frames);
  const powers = new Array<number>(channels).fill(0);
  let mixed = 0;
  for (let i = 0; i < samples.length; i += channels) {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const x = samples[i + c] - means[c];
      powers[c] += x * x;
      sum += x;
    }
    mixed += (sum / channels) ** 2;
  }
  return [powers, mixed];
}
