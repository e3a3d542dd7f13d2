/**
 * A filter of second order that takes off what lies below a frequency (Butterworth, by the bilinear transform:
 * H(s) = s^2 / (s^2 + sqrt(2) s + 1) with s in units of the corner, where it is 3 dB down).
 *
 * @param hz the corner, below half the sample rate
 * @param sampleRate Hz
 * @returns gives the next output for the next input; silence was before the first
 */
export function highPass(hz: number, sampleRate: number): (x: number) => number {
  const k = Math.tan((Math.PI * hz) / sampleRate);
  const gain = 1 / (1 + Math.SQRT2 * k + k * k);
  const [a1, a2] = [2 * (k * k - 1) * gain, (1 - Math.SQRT2 * k + k * k) * gain];
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return (x) => {
    const y = gain * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  };
}
