import { soundRuns, type SampleRange } from './digital-silence.js';
import { highPass } from './high-pass.js';

/** What lies below is no sound that anyone hears, and no feature: wind, a bumped table, the drift of a recorder. */
const LOWEST_HZ = 40;
/** An offset counts from this share of the power of a sound on, 0.01 dB of its level ... */
const MIN_OFFSET_SHARE = 0.0025;
/** ... and what is below the lowest frequency from a fifth, one dB. */
const MIN_INFRASOUND_SHARE = 0.2;

/**
 * The constant that a recording stands off zero by, as cheap converters add; the mean of what is no digital silence.
 *
 * @param samples shape (samples)
 * @param sampleRate Hz
 */
export function offsetOf(samples: Float32Array, sampleRate: number): number {
  return meanOf(samples, soundRuns(samples, sampleRate));
}

/**
 * Takes off what makes a sound seem louder than anyone hears it: a constant offset and, where the level of what counts
 * is wrong by it, what lies below 40 Hz. Stretches of digital silence become zeros.
 *
 * @param samples shape (samples), left as they are
 * @param sampleRate Hz
 * @param counted what the level is measured of, such as the speech
 * @returns the same array where there is nothing to take off
 */
export function withoutOffset(
  samples: Float32Array,
  sampleRate: number,
  counted: SampleRange = { start: 0, end: samples.length },
): Float32Array {
  const runs = soundRuns(samples, sampleRate);
  const offset = meanOf(samples, runs);
  const powerOf = (sound: Float32Array, off = 0) => meanOf(sound, [counted], (x) => (x - off) ** 2);
  const power = powerOf(samples, offset);
  const isOff = offset ** 2 > MIN_OFFSET_SHARE * power;
  const centred = isOff ? mapped(samples, runs, () => (x) => x - offset) : samples;
  const heard = mapped(centred, runs, () => {
    const [once, twice] = [highPass(LOWEST_HZ, sampleRate), highPass(LOWEST_HZ, sampleRate)];
    return (x) => twice(once(x));
  });
  return powerOf(heard) < (1 - MIN_INFRASOUND_SHARE) * power ? heard : centred;
}

/** A copy with zeros between the runs. @param start makes what each sample of a run goes through */
function mapped(
  samples: Float32Array,
  runs: readonly SampleRange[],
  start: () => (x: number) => number,
): Float32Array {
  const out = new Float32Array(samples.length);
  for (const run of runs) {
    const next = start();
    for (let i = run.start; i < run.end; i++) out[i] = next(samples[i]);
  }
  return out;
}

function meanOf(
  samples: Float32Array,
  runs: readonly SampleRange[],
  of: (x: number) => number = (x) => x,
): number {
  let [sum, count] = [0, 0];
  for (const { start, end } of runs) {
    for (let i = start; i < end; i++) sum += of(samples[i]);
    count += end - start;
  }
  return count === 0 ? 0 : sum / count;
}
