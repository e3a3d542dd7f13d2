/** Equal samples for so long were written by a program: no microphone holds still. */
export const SHORTEST_DIGITAL_SILENCE_SECONDS = 0.01;

/** Samples from `start` up to `end`, which is not among them. */
export interface SampleRange {
  start: number;
  end: number;
}

/**
 * What lies between stretches of equal samples, zeros mostly, of 10 ms or more. They fill a clip up to a length, stand
 * for packets that were lost or are what a noise gate leaves, and tell nothing of the room.
 *
 * @param samples shape (samples)
 * @param sampleRate Hz
 * @returns in the order of time; the whole where there is no such stretch
 */
export function soundRuns(samples: Float32Array, sampleRate: number): SampleRange[] {
  const shortest = Math.max(1, Math.round(SHORTEST_DIGITAL_SILENCE_SECONDS * sampleRate));
  const runs: SampleRange[] = [];
  let start = 0;
  for (let i = 0; i < samples.length;) {
    let same = i + 1;
    while (same < samples.length && samples[same] === samples[i]) same++;
    if (same - i >= shortest) {
      if (i > start) runs.push({ start, end: i });
      start = same;
    }
    i = same;
  }
  if (start < samples.length) runs.push({ start, end: samples.length });
  return runs;
}
