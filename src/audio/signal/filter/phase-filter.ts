import { FilterKernel } from './filter-kernel.js';

/** Zero crossings of the filter on each side: 630 Hz from passband to stopband at an output rate of 16 kHz. */
const ZERO_CROSSINGS = 64;
/** Kaiser's beta for a stopband of 80 dB. */
const BETA = 7.857;
/** Width of the transition band as a share of the lower Nyquist frequency, from Kaiser's formula. */
const TRANSITION = 0.0788;
/** More phases than this are rounded: an error of 1/8192 of a sample, under -70 dB. */
const MAX_PHASES = 4096;

/** How many output samples `up` stand for how many input samples `down`, in lowest terms. */
function ratioOf(fromRate: number, toRate: number): { up: number; down: number } {
  const divisor = greatestCommonDivisor(fromRate, toRate);
  return { up: toRate / divisor, down: fromRate / divisor };
}

/** Filters with more phases than this, or wider ones, take too much memory for a kernel's table. */
const MAX_KERNEL_PHASES = 1024;
const MAX_KERNEL_TAPS = 2 ** 22;

/**
 * A low-pass filter below the lower of two rates' Nyquist frequencies, with one set of taps for
 * each phase that output samples take between input samples.
 */
export class PhaseFilter {
  /** Input samples that it reaches to on each side. */
  readonly halfWidth: number;
  /** So many output samples stand for `down` input samples, in lowest terms. */
  readonly up: number;
  readonly down: number;
  readonly #cutoff: number;
  readonly #phases: number;
  /** Computed when first asked for. */
  readonly #taps: (Float64Array | undefined)[];
  readonly #kernel: FilterKernel | undefined;

  /** @param options.kernel whether to use WebAssembly, where the host has it; its plain sums are fifteen times as slow */
  constructor(fromRate: number, toRate: number, { kernel = true } = {}) {
    const { up, down } = ratioOf(fromRate, toRate);
    const band = Math.min(1, toRate / fromRate);
    const phases = Math.min(up, MAX_PHASES);
    this.up = up;
    this.down = down;
    this.#cutoff = band * (1 - TRANSITION / 2);
    this.halfWidth = Math.ceil(ZERO_CROSSINGS / band);
    this.#phases = phases;
    this.#taps = new Array<Float64Array | undefined>(phases + 1);
    const isSmall = up <= MAX_KERNEL_PHASES && up * 2 * this.halfWidth <= MAX_KERNEL_TAPS;
    if (!kernel || !isSmall) return;
    const taps = Array.from({ length: up }, (_, phase) => this.#tapsAt(phase / up));
    this.#kernel = FilterKernel.open({ up, down, taps });
  }

  /**
   * Fills `out` with output samples that follow each other; silence lies before and after the input.
   *
   * @param first number of the first output sample
   * @param samples input samples
   * @param start number of the first of them
   */
  fill(out: Float32Array, first: number, samples: Float32Array, start: number): void {
    const position = first * this.down;
    const whole = Math.floor(position / this.up);
    if (this.#kernel !== undefined) {
      const from = whole - this.halfWidth + 1 - start;
      return this.#kernel.run(out, samples, from, position - whole * this.up);
    }
    for (let n = 0; n < out.length; n++) {
      const at = (first + n) * this.down;
      const before = Math.floor(at / this.up);
      out[n] = this.#at(samples, before - start, (at - before * this.up) / this.up);
    }
  }

  /** The filtered signal at `whole + fraction` input samples. */
  #at(samples: Float32Array, whole: number, fraction: number): number {
    const phase = Math.round(fraction * this.#phases);
    const taps = (this.#taps[phase] ??= this.#tapsAt(phase / this.#phases));
    const first = whole - this.halfWidth + 1;
    const from = Math.max(0, -first);
    const to = Math.min(taps.length, samples.length - first);
    let sum = 0;
    for (let k = from; k < to; k++) sum += taps[k] * samples[first + k];
    return sum;
  }

  #tapsAt(fraction: number): Float64Array {
    const half = this.halfWidth;
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
