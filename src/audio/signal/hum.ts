import type { SampleRange } from './digital-silence.js';
import type { Waveform } from './wav.js';

/** The hum of the mains under a recording. */
export interface Hum {
  /** 50 or 60. */
  hz: number;
  /** Level of the hum, dB of full scale. */
  db: number;
  /** How far the speech is above it, in dB. */
  belowSpeechDb: number;
}

/** Loudspeakers, lamps and chargers hum in the first few multiples. */
const HARMONICS = 6;
/** Lines are told from what lies between them over a stretch of so long: 4 Hz wide. */
const WINDOW_SECONDS = 0.25;
/** A hum stands out from what lies between its lines by so much. */
const MIN_RISE_DB = 12;

/**
 * Finds the hum of the mains in what is no speech: lines at multiples of 50 or 60 Hz, each against the stronger of
 * what lies half way to the next and to the one before.
 *
 * @param speech where it is not looked for
 * @returns undefined where there is none, or too little that is no speech to tell
 */
export function findHum({ samples, sampleRate }: Waveform, speech: SampleRange): Hum | undefined {
  const length = Math.round(WINDOW_SECONDS * sampleRate);
  const starts: number[] = [];
  for (let at = 0; at + length <= samples.length; at += length >> 1) {
    if (at + length <= speech.start || at >= speech.end) starts.push(at);
  }
  if (starts.length === 0) return undefined;
  const stretches = starts.map((at) => windowed(samples.subarray(at, at + length)));
  // The median: a hum is always there, a voice in the background is not.
  const powerAt = (hz: number) => median(stretches.map((stretch) => linePower(stretch, hz, sampleRate)));
  const found = [50, 60].map((hz) => {
    let [lines, between] = [0, 0];
    let below = powerAt(0.5 * hz);
    for (let n = 1; n <= HARMONICS; n++) {
      const above = powerAt((n + 0.5) * hz);
      lines += powerAt(n * hz);
      between += Math.max(below, above);
      below = above;
    }
    return { hz, power: lines, rise: 10 * Math.log10((lines + 1e-15) / (between + 1e-15)) };
  });
  const { hz, power, rise } = found[0].rise >= found[1].rise ? found[0] : found[1];
  if (rise < MIN_RISE_DB) return undefined;
  let spoken = 0;
  for (let i = speech.start; i < speech.end; i++) spoken += samples[i] ** 2;
  const inDb = (x: number) => 10 * Math.log10(Math.max(0, x) + 1e-15);
  const db = inDb(power);
  return { hz, db, belowSpeechDb: inDb(spoken / Math.max(1, speech.end - speech.start) - power) - db };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

/** A stretch of sound without its mean, under a Hann window. */
function windowed(samples: Float32Array): Float64Array {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i];
  const mean = sum / samples.length;
  const result = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    result[i] = (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / samples.length)) * (samples[i] - mean);
  }
  return result;
}

/** The mean square of the sine of a frequency in a windowed stretch of sound (Goertzel 1958). */
function linePower(stretch: Float64Array, hz: number, sampleRate: number): number {
  const angle = (2 * Math.PI * hz) / sampleRate;
  const factor = 2 * Math.cos(angle);
  let [last, before] = [0, 0];
  for (let i = 0; i < stretch.length; i++) {
    const next = stretch[i] + factor * last - before;
    before = last;
    last = next;
  }
  const magnitude = Math.hypot(last - before * Math.cos(angle), before * Math.sin(angle));
  // A sine of amplitude a gives a / 2 times the sum of the window, which is half the length.
  const amplitude = (4 * magnitude) / stretch.length;
  return amplitude ** 2 / 2;
}
