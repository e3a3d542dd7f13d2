/** Poles of the filter: it falls by 48 dB an octave. */
const ORDER = 8;

/**
 * Takes away what lies above a frequency, as a telephone or a cheap microphone does, in place: a Butterworth filter
 * of order 8, 3 dB down at `hz`, as biquads one after the other (Bristow-Johnson, "Audio EQ Cookbook", LPF).
 * A frequency of half the sample rate or above leaves the sound as it is.
 *
 * @param sampleRate Hz
 */
export function lowPass(samples: Float32Array, hz: number, sampleRate: number): void {
  if (hz >= sampleRate / 2) return;
  const angle = (2 * Math.PI * hz) / sampleRate;
  for (let pair = 0; pair < ORDER / 2; pair++) {
    // The quality of each pair of poles, which lie evenly on a half circle.
    const q = 1 / (2 * Math.cos((Math.PI * (2 * pair + 1)) / (2 * ORDER)));
    const alpha = Math.sin(angle) / (2 * q);
    const cosine = Math.cos(angle);
    const b = (1 - cosine) / 2 / (1 + alpha);
    const a1 = (-2 * cosine) / (1 + alpha);
    const a2 = (1 - alpha) / (1 + alpha);
    let x1 = 0;
    let x2 = 0;
    let y1 = 0;
    let y2 = 0;
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i];
      const y = b * (x + 2 * x1 + x2) - a1 * y1 - a2 * y2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      samples[i] = y;
    }
  }
}
