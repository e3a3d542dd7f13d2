import FFT from 'fft.js';
import Meyda from 'meyda';
import { SeqkitError } from '../../base/errors.js';
import { choice, isTypedArray, number, schemaOf, wrongValue, type Schema } from '../../base/schema/index.js';
import { largestPrimeFactor, MixedRadixFFT } from './mixed-radix-fft.js';
import { samplesHint } from './samples.js';

/**
 * The power spectrum of one frame: squared magnitude of the discrete Fourier transform of
 * the frame under a Hann window, 0.5 - 0.5 cos(2 pi n / (size - 1)), not normalized.
 * Takes (size) samples, gives (size / 2) powers, the Nyquist frequency left out. Throws a SeqkitError for a frame of
 * another length, and for one with samples that are no finite numbers.
 * The array it gives is overwritten by the next call.
 */
export type PowerSpectrum = (frame: Float32Array) => Float32Array;

/**
 * Who computes power spectra. `meyda` defines them, at about 100 times real time; `fast`
 * gives the same numbers (to 1e-4, held so by a test) through fft.js some ten times faster,
 * for the hours of sound that training goes through.
 */
export type SpectrumSource = 'meyda' | 'fast';

/**
 * The Hann window: `symmetric` is 0 at both ends, as meyda has it, `periodic` would be 0 again at
 * the sample after the last, as scipy and librosa have it.
 */
export type WindowShape = 'symmetric' | 'periodic';

/**
 * @param frameSamples a power of two, or of `fast` any even number
 * @param window periodic windows are computed by fft.js, whoever is asked for @default 'symmetric'
 * @throws SeqkitError `bad-value` for any other frame length
 */
export function powerSpectrum(
  source: SpectrumSource,
  frameSamples: number,
  window: WindowShape = 'symmetric',
): PowerSpectrum {
  spectrumSource.parse(source, 'powerSpectrum: source');
  frameLength.parse(frameSamples, 'powerSpectrum: frameSamples');
  windowShape.parse(window, 'powerSpectrum: window');
  // meyda has the symmetric window alone.
  if (source === 'meyda' && window === 'symmetric') {
    if (!isPowerOfTwo(frameSamples)) {
      throw new SeqkitError(`meyda's frames hold a power of two samples, such as 512, not ${frameSamples}.`, {
        code: 'bad-value',
        hint: "Ask for the spectrum 'fast', which takes any even number.",
      });
    }
    return meydaSpectrum(frameSamples);
  }
  const spectrum = fastSpectrum(frameSamples, hannWindow(frameSamples, window));
  // The same array each time, so one view of it serves.
  let power: Float32Array | undefined;
  return (frame) => {
    const all = spectrum(frame);
    return (power ??= all.subarray(0, frameSamples / 2));
  };
}

/**
 * As `powerSpectrum`, of the middle of a frame alone: a periodic Hann window shorter than the frame, zeros around it.
 * @param frameSamples a power of two, or any even number
 * @param windowSamples even, no more than the frame
 */
export function middleSpectrum(frameSamples: number, windowSamples: number): PowerSpectrum {
  return fastSpectrum(frameSamples, middleWindow(frameSamples, windowSamples));
}

/** A periodic Hann window in the middle of a frame, zeros around it. */
export function middleWindow(frameSamples: number, windowSamples: number): Float64Array {
  const window = new Float64Array(frameSamples);
  window.set(hannWindow(windowSamples, 'periodic'), (frameSamples - windowSamples) / 2);
  return window;
}

/**
 * The one-sided power density of a frame: squared magnitude of its Fourier transform under a symmetric Hann
 * window, over the window's energy and `densityHz`, twice that but at 0 Hz and half the sample rate. So
 * matplotlib's `specgram(x, NFFT=frameSamples, Fs=densityHz)` and scipy's `scaling="density"` have it.
 * Takes (size) samples, gives (size / 2 + 1) densities, overwritten by the next call.
 *
 * @param frameSamples any even number
 * @param densityHz the sample rate by which they divide
 */
export function powerDensity(frameSamples: number, densityHz: number): PowerSpectrum {
  frameLength.parse(frameSamples, 'powerDensity: frameSamples');
  densityRate.parse(densityHz, 'powerDensity: densityHz');
  const window = hannWindow(frameSamples, 'symmetric');
  const spectrum = fastSpectrum(frameSamples, window);
  const scale = 1 / (densityHz * window.reduce((sum, weight) => sum + weight ** 2, 0));
  return (frame) => {
    const density = spectrum(frame);
    for (let k = 0; k < density.length; k++) {
      density[k] *= k === 0 || k === density.length - 1 ? scale : 2 * scale;
    }
    return density;
  };
}

/** @throws SeqkitError `bad-value` where it is no Float32Array; `bad-shape` where it is of another length */
function checkFrame(frame: Float32Array, frameSamples: number): void {
  if (!isTypedArray(frame, 'Float32Array')) {
    throw wrongValue('A frame', 'a Float32Array of samples', frame, samplesHint(frame));
  }
  if (frame.length === frameSamples) return;
  throw new SeqkitError(`A frame holds ${frameSamples} samples, not ${frame.length}.`, { code: 'bad-shape' });
}

/** The power of a frame is finite where its samples are sound. @param total of all powers */
function checkPower(total: number): void {
  if (total <= Number.MAX_VALUE) return;
  throw new SeqkitError('A frame holds a sample that is no finite number, or far beyond full scale, 1.', {
    code: 'bad-value',
    hint: 'Set what is no number to 0; samples of 16 bits are divided by 32768.',
  });
}

function isPowerOfTwo(size: number): boolean {
  return Number.isInteger(Math.log2(size));
}

/** The longest frame, in samples: more than a second of the sound that features are made of. */
export const MAX_FRAME_SAMPLES = 65_536;
/** A transform takes about as many sums as its size times its largest prime factor: so many at most. */
const MAX_SUMS = 2 ** 22;

/** The length of a frame. */
export const frameLength: Schema<number> = schemaOf(
  `an even number of samples from 8 to ${MAX_FRAME_SAMPLES} that is no multiple of a large prime`,
  (value) =>
    Number.isInteger(value) &&
    (value as number) >= 8 &&
    (value as number) <= MAX_FRAME_SAMPLES &&
    (value as number) % 2 === 0 &&
    (value as number) * largestPrimeFactor((value as number) / 2) <= MAX_SUMS,
);

/** Who computes power spectra. */
export const spectrumSource = choice<SpectrumSource>(['meyda', 'fast']);
const windowShape = choice<WindowShape>(['symmetric', 'periodic']);
const densityRate = number({ min: 1e-12, max: 1e12 });

type MeydaApi = (typeof Meyda)['default'];

function meydaSpectrum(frameSamples: number): PowerSpectrum {
  // The types describe meyda's ES build, Node loads its CommonJS one: there the module is the object itself.
  const shared = Meyda as unknown as MeydaApi;
  // `extract` reads its settings from `this`: a copy keeps them from whoever else uses meyda.
  const meyda: MeydaApi = {
    ...shared,
    bufferSize: frameSamples,
    windowingFunction: 'hanning',
  };
  return (frame) => {
    checkFrame(frame, frameSamples);
    const power = meyda.extract('powerSpectrum', frame) as unknown as Float32Array;
    let total = 0;
    for (let k = 0; k < power.length; k++) total += power[k];
    checkPower(total);
    return power;
  };
}

/**
 * Powers at 0 Hz to half the sample rate, (size / 2 + 1). Even samples as real parts, odd ones as imaginary
 * parts: a transform of half the size does for real input.
 */
function fastSpectrum(frameSamples: number, window: Float64Array): PowerSpectrum {
  const half = frameSamples / 2;
  const fft = isPowerOfTwo(half) ? new FFT(half) : new MixedRadixFFT(half);
  const windowed = new Float64Array(frameSamples);
  const spectrum = new Float64Array(frameSamples);
  const power = new Float32Array(half + 1);
  const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / frameSamples));
  const sines = Float64Array.from({ length: half }, (_, k) => Math.sin((2 * Math.PI * k) / frameSamples));
  return (frame) => {
    checkFrame(frame, frameSamples);
    for (let n = 0; n < frameSamples; n++) windowed[n] = frame[n] * window[n];
    fft.transform(spectrum, windowed);
    let total = 0;
    for (let k = 0; k < half; k++) {
      const mirror = k === 0 ? 0 : 2 * (half - k);
      // The transforms of the even and of the odd samples, from Z(k) and the conjugate of Z(-k) ...
      const evenReal = (spectrum[2 * k] + spectrum[mirror]) / 2;
      const evenImaginary = (spectrum[2 * k + 1] - spectrum[mirror + 1]) / 2;
      const oddReal = (spectrum[2 * k + 1] + spectrum[mirror + 1]) / 2;
      const oddImaginary = (spectrum[mirror] - spectrum[2 * k]) / 2;
      // ... put together: X(k) = even(k) + exp(-2 pi i k / size) odd(k).
      const real = evenReal + cosines[k] * oddReal + sines[k] * oddImaginary;
      const imaginary = evenImaginary + cosines[k] * oddImaginary - sines[k] * oddReal;
      power[k] = real * real + imaginary * imaginary;
      total += power[k];
    }
    // There exp(-2 pi i k / size) is -1, and even and odd are those of 0 Hz.
    power[half] = (spectrum[0] - spectrum[1]) ** 2;
    checkPower(total + power[half]);
    return power;
  };
}

/** 0.5 - 0.5 cos(2 pi n / (size - 1)), or over the size where it is periodic. */
export function hannWindow(size: number, shape: WindowShape): Float64Array {
  const period = shape === 'symmetric' ? size - 1 : size;
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / period));
}
