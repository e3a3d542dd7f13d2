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
 * @param frameSamples a power of two
 * @throws SeqkitError `bad-value` for any other frame length
 */
export function powerSpectrum(source: SpectrumSource, frameSamples: number): PowerSpectrum {
  if (!Number.isInteger(Math.log2(frameSamples)) || frameSamples < 4) {
    throw new SeqkitError(`A frame must hold a power of two samples, such as 512, not ${frameSamples}.`, {
      code: 'bad-value',
    });
  }
  return source === 'meyda' ? meydaSpectrum(frameSamples) : fastSpectrum(frameSamples);
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

function fastSpectrum(frameSamples: number): PowerSpectrum {
  const fft = new FFT(frameSamples);
  const window = hannWindow(frameSamples);
  const windowed = new Float64Array(frameSamples);
  const spectrum = new Float64Array(2 * frameSamples);
  const power = new Float32Array(frameSamples / 2);
  return (frame) => {
    for (let n = 0; n < frameSamples; n++) windowed[n] = frame[n] * window[n];
    fft.realTransform(spectrum, windowed);
    for (let k = 0; k < power.length; k++) {
      const real = spectrum[2 * k];
      const imaginary = spectrum[2 * k + 1];
      power[k] = real * real + imaginary * imaginary;
    }
    return power;
  };
}

/** meyda's Hann window, symmetric: both ends are 0. */
function hannWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (size - 1)));
}
