import { isTypedArray } from '../../base/schema/index.js';
import { appendSamples } from './append-samples.js';
import { PhaseFilter } from './filter/phase-filter.js';
import { floatsOfPcm16 } from './pcm16.js';
import { finiteSamples, sampleRateHz, signal } from './samples.js';
import type { Waveform } from './wav.js';

/**
 * Changes the sample rate by a windowed-sinc filter, one set of taps for each phase the
 * output samples take between the input samples (Smith, "Digital Audio Resampling").
 * Kaiser window (Kaiser 1974); what lies above the lower Nyquist frequency is at least
 * 75 dB down, the passband ends 8% below it. No delay and no drift: output sample n
 * stands at n / toRate seconds exactly.
 *
 * @param toRate Hz
 * @returns round(samples * toRate / sampleRate) samples
 * @throws SeqkitError `bad-value` where a rate is no whole number of hertz from 1000 to 768,000, or a sample no number
 */
export function resample(waveform: Waveform, toRate: number): Waveform {
  const { samples, sampleRate } = signal.parse(waveform, 'resample: waveform');
  sampleRateHz.parse(toRate, 'resample: toRate');
  if (sampleRate === toRate) return { samples, sampleRate };
  const filter = filterBetween(sampleRate, toRate);
  const out = new Float32Array(Math.round((samples.length * filter.up) / filter.down));
  filter.fill(out, 0, samples, 0);
  return { samples: out, sampleRate: toRate };
}

/**
 * The same for sound that comes in chunks: what it gives, joined, is what {@link resample} gives
 * for the whole, whatever the chunks. It is behind by half the filter's length, 4 ms at 16 kHz.
 */
export class StreamResampler {
  /** Hz */
  readonly fromRate: number;
  /** Hz */
  readonly toRate: number;
  /** None where the rates are equal: what comes in goes out. */
  readonly #filter: PhaseFilter | undefined;
  /** Input that is still needed; its first sample is number `#start` of all. */
  #held: Float32Array = new Float32Array(0);
  #start = 0;
  #given = 0;

  /** @throws SeqkitError `bad-value` where a rate is no whole number of hertz from 1000 to 768,000 */
  constructor(fromRate: number, toRate: number) {
    sampleRateHz.parse(fromRate, 'StreamResampler: fromRate');
    sampleRateHz.parse(toRate, 'StreamResampler: toRate');
    this.fromRate = fromRate;
    this.toRate = toRate;
    this.#filter = fromRate === toRate ? undefined : filterBetween(fromRate, toRate);
  }

  /**
   * @param samples floats, or PCM of 16 bits
   * @returns the output samples that the input so far decides
   * @throws SeqkitError `bad-value` where they are of another kind or one is no finite number; they are not taken then
   */
  push(samples: Float32Array | Int16Array): Float32Array {
    const floats = isTypedArray(samples, 'Int16Array') ? floatsOfPcm16(samples) : samples;
    const sound = finiteSamples.parse(floats, 'push: samples');
    if (this.#filter === undefined) return sound.slice();
    this.#held = appendSamples(this.#held, sound);
    const seen = this.#start + this.#held.length;
    const { up, down, halfWidth } = this.#filter;
    // Output n reaches to input floor(n down / up) + halfWidth.
    return this.#give(this.#filter, Math.floor(((seen - halfWidth) * up - 1) / down) + 1);
  }

  /** The last samples, silence being taken for what would follow; afterwards it can start anew. */
  flush(): Float32Array {
    if (this.#filter === undefined) return new Float32Array(0);
    const seen = this.#start + this.#held.length;
    const { up, down } = this.#filter;
    const last = this.#give(this.#filter, Math.round((seen * up) / down));
    this.reset();
    return last;
  }

  /** Forgets what it has been given. */
  reset(): void {
    this.#held = new Float32Array(0);
    this.#start = this.#given = 0;
  }

  /** Output samples up to number `end`. */
  #give(filter: PhaseFilter, end: number): Float32Array {
    const { up, down, halfWidth } = filter;
    const out = new Float32Array(Math.max(0, end - this.#given));
    filter.fill(out, this.#given, this.#held, this.#start);
    this.#given += out.length;
    const needed = Math.floor((this.#given * down) / up) - halfWidth + 1;
    const drop = Math.min(this.#held.length, Math.max(0, needed - this.#start));
    this.#held = this.#held.slice(drop);
    this.#start += drop;
    return out;
  }
}

/** The last filter that was made: clips of one rate follow each other, and its taps take a while. */
let latest: { fromRate: number; toRate: number; filter: PhaseFilter } | undefined;

/** Filters hold nothing of what they filter, so that all that resamples between two rates may share one. */
function filterBetween(fromRate: number, toRate: number): PhaseFilter {
  if (latest?.fromRate !== fromRate || latest.toRate !== toRate) {
    latest = { fromRate, toRate, filter: new PhaseFilter(fromRate, toRate) };
  }
  return latest.filter;
}
