import FFT from 'fft.js';
import type { Random } from '../../base/math/random.js';

/**
 * The impulse response of a made-up room: the direct sound, then noise that dies away by 60 dB
 * in `rt60Seconds` (Polack 1988), starting a few milliseconds later.
 *
 * @param options.directToReverbDb energy of the direct sound over that of the tail
 * @returns shape (about 0.8 rt60 of samples), the direct sound 1 at index 0
 */
export function roomResponse(
  options: { rt60Seconds: number; directToReverbDb: number; sampleRate: number },
  random: Random,
): Float32Array {
  const { rt60Seconds, directToReverbDb, sampleRate } = options;
  const length = Math.max(2, Math.round(0.8 * rt60Seconds * sampleRate));
  const response = new Float32Array(length);
  const first = Math.round(random.uniform(0.002, 0.012) * sampleRate);
  const decay = Math.log(1000) / (rt60Seconds * sampleRate);
  let energy = 0;
  for (let i = first; i < length; i++) {
    response[i] = random.uniform(-1, 1) * Math.exp(-decay * i);
    energy += response[i] ** 2;
  }
  const scale = Math.sqrt(10 ** (-directToReverbDb / 10) / Math.max(energy, 1e-12));
  for (let i = first; i < length; i++) response[i] *= scale;
  response[0] = 1;
  return response;
}

/** Tables of transforms by size: pure numbers, costly to make, the same for everyone. */
const transforms = new Map<number, FFT>();

/** A transform of fewer points costs more in its beginnings than in its sums. */
const SMALLEST_TRANSFORM = 1024;

/** Linear convolution, in blocks by the Fourier transform (overlap-add, Stockham 1966); shape (a + b - 1). */
export function convolve(a: Float32Array, b: Float32Array): Float32Array {
  if (b.length > a.length) return convolve(b, a);
  const out = new Float32Array(a.length + b.length - 1);
  const size = Math.max(SMALLEST_TRANSFORM, 2 ** Math.ceil(Math.log2(2 * b.length)));
  let fft = transforms.get(size);
  if (fft === undefined) transforms.set(size, (fft = new FFT(size)));
  const sound = new Float64Array(2 * size);
  const spectrum = new Float64Array(2 * size);
  const response = new Float64Array(2 * size);
  for (let i = 0; i < b.length; i++) sound[2 * i] = b[i];
  fft.transform(response, sound);
  // Two blocks at once, one as the real part and one as the imaginary part: b is real, and keeps them apart.
  const block = size - b.length + 1;
  for (let from = 0; from < a.length; from += 2 * block) {
    sound.fill(0);
    for (let part = 0; part < 2; part++) {
      const start = from + part * block;
      const count = Math.min(block, a.length - start);
      for (let i = 0; i < count; i++) sound[2 * i + part] = a[start + i];
    }
    fft.transform(spectrum, sound);
    for (let k = 0; k < 2 * size; k += 2) {
      const re = spectrum[k];
      const im = spectrum[k + 1];
      spectrum[k] = re * response[k] - im * response[k + 1];
      spectrum[k + 1] = re * response[k + 1] + im * response[k];
    }
    fft.inverseTransform(sound, spectrum);
    for (let part = 0; part < 2; part++) {
      const start = from + part * block;
      const count = Math.min(size, out.length - start);
      for (let i = 0; i < count; i++) out[start + i] += sound[2 * i + part];
    }
  }
  return out;
}
