import { SeqkitError } from '../rnn/errors.js';
import type { Waveform } from './wav.js';

/** Zero crossings of the filter on each side: 630 Hz from passband to stopband at an output rate of 16 kHz. */
const ZERO_CROSSINGS = 64;
/** Kaiser's beta for a stopband of 80 dB. */
const BETA = 7.857;
/** Width of the transition band as a share of the lower Nyquist frequency, from Kaiser's formula. */
const TRANSITION = 0.0788;
/** More phases than this are rounded: an error of 1/8192 of a sample, under -70 dB. */
const MAX_PHASES = 4096;

/**
 * Changes the sample rate by a windowed-sinc filter, one set of taps for each phase the
 * output samples take between the input samples (Smith, "Digital Audio Resampling").
 * Kaiser window (Kaiser 1974); what lies above the lower Nyquist frequency is at least
 * 75 dB down, the passband ends 8% below it. No delay and no drift: output sample n
 * stands at n / toRate seconds exactly.
 *
 * @param toRate Hz
 * @returns round(samples * toRate / sampleRate) samples
 * @throws SeqkitError `bad-value` where a rate is not a whole number above 0
 */
export function resample({ samples, sampleRate }: Waveform, toRate: number): Waveform {
  for (const rate of [sampleRate, toRate]) {
    if (!Number.isSafeInteger(rate) || rate <= 0) {
      throw new SeqkitError(`A sample rate must be a whole number of hertz, not ${rate}.`, {
        code: 'bad-value',
      });
    }
  }
  if (sampleRate === toRate) return { samples, sampleRate };
  const divisor = greatestCommonDivisor(sampleRate, toRate);
  const up = toRate / divisor;
  const down = sampleRate / divisor;
  const filter = new PhaseFilter(Math.min(1, toRate / sampleRate), Math.min(up, MAX_PHASES));
  const out = new Float32Array(Math.round((samples.length * up) / down));
  for (let n = 0; n < out.length; n++) {
    const position = n * down;
    const whole = Math.floor(position / up);
    out[n] = filter.at(samples, whole, (position - whole * up) / up);
  }
  return { samples: out, sampleRate: toRate };
}

/** The taps of a low-pass filter at each of a number of phases, computed when first asked for. */
class PhaseFilter {
  readonly #halfWidth: number;
  readonly #cutoff: number;
  readonly #phases: number;
  readonly #taps: (Float64Array | undefined)[];

  /** @param band the lower rate as a share of the input rate, 1 at most */
  constructor(band: number, phases: number) {
    this.#cutoff = band * (1 - TRANSITION / 2);
    this.#halfWidth = Math.ceil(ZERO_CROSSINGS / band);
    this.#phases = phases;
    this.#taps = new Array<Float64Array | undefined>(phases + 1);
  }

  /** The filtered signal at `whole + fraction` input samples; silence beyond its ends. */
  at(samples: Float32Array, whole: number, fraction: number): number {
    const phase = Math.round(fraction * this.#phases);
    const taps = (this.#taps[phase] ??= this.#tapsAt(phase / this.#phases));
    const first = whole - this.#halfWidth + 1;
    const from = Math.max(0, -first);
    const to = Math.min(taps.length, samples.length - first);
    let sum = 0;
    for (let k = from; k < to; k++) sum += taps[k] * samples[first + k];
    return sum;
  }

  #tapsAt(fraction: number): Float64Array {
    const half = this.#halfWidth;
    const taps = new Float64Array(2 * half);
    let sum = 0;
    for (let k = 0; k < taps.length; k++) {
      const distance = k - half + 1 - fraction;
      const angle = Math.PI * this.#cutoff * distance;
      const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
      const edge = distance / half;
      const window = Math.abs(edge) >= 1 ? 0 : besselI0(BETA * Math.sqrt(1 - edge * edge));
      taps[k] = sinc * window;
      sum += taps[k];
    }
    // A gain of exactly one at 0 Hz on every phase: without it silence with an offset would hum.
    return taps.map((x) => x / sum);
  }
}

/** The modified Bessel function of the first kind, order zero, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-16; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
