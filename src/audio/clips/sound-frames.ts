import { soundRuns } from '../signal/digital-silence.js';
import { highPass } from '../signal/high-pass.js';

/** The level of 10 ms of a recording. */
export interface SoundFrame {
  /** Of its first sample. */
  start: number;
  /** One past its last sample. */
  end: number;
  /** Mean power of the differentiated sound, dB of full scale. */
  level: number;
}

const FRAME_SECONDS = 0.01;
/** What lies below is no speech: a constant offset, rumble, much of the hum of the mains. */
const LOWEST_HZ = 70;
/** Of the difference that takes off what hum is left, so that it does not hide an ending "t". */
const PRE_EMPHASIS = 0.97;
/**
 * The frames of a recording that hold sound: none of digital silence ({@link soundRuns}). The frames of what lies
 * between begin with its first sample, so that they do not depend on what was put before it.
 *
 * @param samples shape (samples)
 * @param sampleRate Hz
 */
export function soundFrames(samples: Float32Array, sampleRate: number): SoundFrame[] {
  const length = Math.max(1, Math.round(FRAME_SECONDS * sampleRate));
  return soundRuns(samples, sampleRate).flatMap((run) =>
    runLevels(samples.subarray(run.start, run.end), sampleRate, length).map((level, k) => ({
      start: run.start + k * length,
      end: run.start + (k + 1) * length,
      level,
    })),
  );
}

/** The level of each whole frame, in dB. */
function runLevels(samples: Float32Array, sampleRate: number, length: number): number[] {
  const levels: number[] = [];
  const filter = highPass(LOWEST_HZ, sampleRate);
  let before = 0;
  for (let at = 0; at + length <= samples.length; at += length) {
    let sum = 0;
    for (let i = at; i < at + length; i++) {
      const x = filter(samples[i] - samples[0]);
      if (i > 0) sum += (x - PRE_EMPHASIS * before) ** 2;
      before = x;
    }
    levels.push(10 * Math.log10(sum / length + 1e-12));
  }
  return levels;
}
