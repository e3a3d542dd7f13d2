import FFT from 'fft.js';
import Meyda from 'meyda';
import { SeqkitError } from '../rnn/errors.js';

/**
 * The power spectrum of one frame: squared magnitude of the discrete Fourier transform of
 * the frame under a Hann window, 0.5 - 0.5 cos(2 pi n / (size - 1)), not normalized.
 * Takes (size) samples, gives (size / 2) powers, the Nyquist frequency left out.
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
 * @param frameSamples a power of two
 * @param window periodic windows are computed by fft.js, whoever is asked for @default 'symmetric'
 * @throws SeqkitError `bad-value` for any other frame length
 */
export function powerSpectrum(
  source: SpectrumSource,
  frameSamples: number,
  window: WindowShape = 'symmetric',
): PowerSpectrum {
  if (!Number.isInteger(Math.log2(frameSamples)) || frameSamples < 8) {
    throw new SeqkitError(`A frame must hold a power of two samples, such as 512, not ${frameSamples}.`, {
      code: 'bad-value',
    });
  }
  // meyda has the symmetric window alone.
  return source === 'meyda' && window === 'symmetric'
    ? meydaSpectrum(frameSamples)
    : fastSpectrum(frameSamples, window);
}

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
  return (frame) => meyda.extract('powerSpectrum', frame) as unknown as Float32Array;
}

/** Even samples as real parts, odd ones as imaginary parts: a transform of half the size does for real input. */
function fastSpectrum(frameSamples: number, shape: WindowShape): PowerSpectrum {
  const half = frameSamples / 2;
  const fft = new FFT(half);
  const window = hannWindow(frameSamples, shape);
  const windowed = new Float64Array(frameSamples);
  const spectrum = new Float64Array(frameSamples);
  const power = new Float32Array(half);
  const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / frameSamples));
  const sines = Float64Array.from({ length: half }, (_, k) => Math.sin((2 * Math.PI * k) / frameSamples));
  return (frame) => {
    for (let n = 0; n < frameSamples; n++) windowed[n] = frame[n] * window[n];
    fft.transform(spectrum, windowed);
    for (let k = 0; k < half; k++) {
      const mirror = 2 * ((half - k) & (half - 1));
      // The transforms of the even and of the odd samples, from Z(k) and the conjugate of Z(-k) ...
      const evenReal = (spectrum[2 * k] + spectrum[mirror]) / 2;
      const evenImaginary = (spectrum[2 * k + 1] - spectrum[mirror + 1]) / 2;
      const oddReal = (spectrum[2 * k + 1] + spectrum[mirror + 1]) / 2;
      const oddImaginary = (spectrum[mirror] - spectrum[2 * k]) / 2;
      // ... put together: X(k) = even(k) + exp(-2 pi i k / size) odd(k).
      const real = evenReal + cosines[k] * oddReal + sines[k] * oddImaginary;
      const imaginary = evenImaginary + cosines[k] * oddImaginary - sines[k] * oddReal;
      power[k] = real * real + imaginary * imaginary;
    }
    return power;
  };
}

function hannWindow(size: number, shape: WindowShape): Float64Array {
  const period = shape === 'symmetric' ? size - 1 : size;
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / period));
}
