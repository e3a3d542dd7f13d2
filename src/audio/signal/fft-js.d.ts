/** The part of fft.js that seqkit uses; the package ships no types. */
declare module 'fft.js' {
  export default class FFT {
    /** @param size a power of two above 1 */
    constructor(size: number);
    /** The first half of the spectrum of real input; `out` interleaves real and imaginary parts. */
    realTransform(out: Float64Array, data: ArrayLike<number>): void;
    completeSpectrum(spectrum: Float64Array): void;
    transform(out: Float64Array, data: ArrayLike<number>): void;
    inverseTransform(out: Float64Array, data: ArrayLike<number>): void;
  }
}
