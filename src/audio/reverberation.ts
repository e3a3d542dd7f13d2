import FFT from 'fft.js';
import type { Random } from '../rnn/random.js';

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

/** Linear convolution by the Fourier transform; shape (a + b - 1). */
export function convolve(a: Float32Array, b: Float32Array): Float32Array {
  const length = a.length + b.length - 1;
  const size = 2 ** Math.max(2, Math.ceil(Math.log2(length)));
  let fft = transforms.get(size);
  if (fft === undefined) transforms.set(size, (fft = new FFT(size)));
  // One transform for both: a as the real part, b as the imaginary part.
  const packed = new Float64Array(2 * size);
  for (let i = 0; i < a.length; i++) packed[2 * i] = a[i];
  for (let i = 0; i < b.length; i++) packed[2 * i + 1] = b[i];
  const spectrum = new Float64Array(2 * size);
  fft.transform(spectrum, packed);
  // With Z = A + iB: A(k) B(k) = (Z(k)^2 - conj(Z(-k))^2) / 4i.
  for (let k = 0; k < size; k++) {
    const mirror = 2 * ((size - k) & (size - 1));
    const [x, y] = [spectrum[2 * k], spectrum[2 * k + 1]];
    const [u, v] = [spectrum[mirror], -spectrum[mirror + 1]];
    packed[2 * k] = (x * y - u * v) / 2;
    packed[2 * k + 1] = -(x * x - y * y - u * u + v * v) / 4;
  }
  fft.inverseTransform(spectrum, packed);
  return Float32Array.from({ length }, (_, i) => spectrum[2 * i]);
}
