/**
 * The discrete Fourier transform of any size (Cooley and Tukey 1965): sum over n of
 * x[n] exp(-2 pi i k n / size). Fast where the size's prime factors are small; fft.js takes powers of
 * two alone. Numbers are complex, real and imaginary parts in turn, as in fft.js.
 */
export class MixedRadixFFT {
  readonly size: number;
  /** Prime factors of the size. */
  readonly #factors: readonly number[];
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  /** The numbers of one butterfly, (largest factor) complex. */
  readonly #butterfly: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.#factors = primeFactors(size);
    this.#cosines = Float64Array.from({ length: size }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sines = Float64Array.from({ length: size }, (_, k) => Math.sin((2 * Math.PI * k) / size));
    this.#butterfly = new Float64Array(2 * Math.max(1, ...this.#factors));
  }

  /** @param out shape (2 * size), not `input` */
  transform(out: Float64Array, input: ArrayLike<number>): void {
    this.#part(out, 0, input, 0, 0);
  }

  /**
   * Transforms every `stride`-th number of the input from `from` on, where the stride is the product
   * of the first `level` factors.
   */
  #part(out: Float64Array, at: number, input: ArrayLike<number>, from: number, level: number): void {
    let stride = 1;
    for (let i = 0; i < level; i++) stride *= this.#factors[i];
    const length = this.size / stride;
    if (length === 1) {
      out[2 * at] = input[2 * from];
      out[2 * at + 1] = input[2 * from + 1];
      return;
    }
    const radix = this.#factors[level];
    const partLength = length / radix;
    for (let q = 0; q < radix; q++) {
      this.#part(out, at + q * partLength, input, from + q * stride, level + 1);
    }
    const [parts, cosines, sines, size] = [this.#butterfly, this.#cosines, this.#sines, this.size];
    for (let k = 0; k < partLength; k++) {
      for (let q = 0; q < radix; q++) {
        parts[2 * q] = out[2 * (at + q * partLength + k)];
        parts[2 * q + 1] = out[2 * (at + q * partLength + k) + 1];
      }
      for (let r = 0; r < radix; r++) {
        const bin = k + r * partLength;
        let [real, imaginary] = [0, 0];
        for (let q = 0; q < radix; q++) {
          // exp(-2 pi i q bin / length), from the table for the whole size.
          const turn = (q * bin * stride) % size;
          real += parts[2 * q] * cosines[turn] + parts[2 * q + 1] * sines[turn];
          imaginary += parts[2 * q + 1] * cosines[turn] - parts[2 * q] * sines[turn];
        }
        out[2 * (at + bin)] = real;
        out[2 * (at + bin) + 1] = imaginary;
      }
    }
  }
}

/** The transform takes about this times its size of sums. */
export function largestPrimeFactor(size: number): number {
  return Math.max(1, ...primeFactors(size));
}

function primeFactors(size: number): number[] {
  const factors: number[] = [];
  for (let prime = 2; size > 1; prime++) {
    for (; size % prime === 0; size /= prime) factors.push(prime);
  }
  return factors;
}
