import { finiteSamples, sampleRateHz } from '../signal/samples.js';

/** Where the speech of a recording lies, in samples; `end` is the first sample after it. */
export interface SpeechEdges {
  start: number;
  end: number;
}

const FRAME_SECONDS = 0.01;
/** A pause inside a word, such as the closure of a "k", is shorter than this. */
const LONGEST_PAUSE_SECONDS = 0.25;
/** A sound on its own that is shorter is a click, not a word. */
const SHORTEST_SOUND_SECONDS = 0.03;
/** Speech stands at least this far above the quietest tenth of the recording. */
const LEAST_RISE_DB = 6;
/** Where between the quietest tenth (0) and the loudest frame (1), in dB, speech begins. */
const THRESHOLD_SHARE = 0.3;
/** What is this far below the loudest frame is an echo that dies away, however quiet the room. */
const DEEPEST_DB = 35;

/**
 * Finds the speech in a recording of one word by its energy: frames of 10 ms that rise
 * above the quiet ones, joined over short pauses; of several stretches, the one with most
 * energy. The sound is differentiated first, so that hum does not hide an ending "t".
 *
 * @param samples shape (samples)
 * @param sampleRate Hz
 * @returns the whole recording where nothing rises above the rest
 */
export function findSpeech(samples: Float32Array, sampleRate: number): SpeechEdges {
  finiteSamples.parse(samples, 'findSpeech: samples');
  sampleRateHz.parse(sampleRate, 'findSpeech: sampleRate');
  const stretches = soundStretches(samples, sampleRate);
  if (stretches.length === 0) return { start: 0, end: samples.length };
  const { start, end } = stretches.reduce((best, other) => (other.energy > best.energy ? other : best));
  return { start, end };
}

/** From the first stretch of speech in a recording to the last; the whole of it where nothing rises above the rest. */
export function findAllSpeech(samples: Float32Array, sampleRate: number): SpeechEdges {
  const stretches = soundStretches(samples, sampleRate);
  return { start: stretches[0]?.start ?? 0, end: stretches.at(-1)?.end ?? samples.length };
}

/** Whether anything in a recording rises above the rest, as speech does. */
export function hasSpeech(samples: Float32Array, sampleRate: number): boolean {
  return soundStretches(samples, sampleRate).length > 0;
}

/** A stretch of sound that rises above the rest of its recording. */
export interface SoundStretch extends SpeechEdges {
  /** Sum of the power of its frames, of the differentiated sound. */
  energy: number;
}

/** What rises above the quiet frames of a recording, in the order of time. */
export function soundStretches(samples: Float32Array, sampleRate: number): SoundStretch[] {
  const frame = Math.max(1, Math.round(FRAME_SECONDS * sampleRate));
  const levels = frameLevels(samples, frame);
  if (levels.length < 3) return [];
  const sorted = Float64Array.from(levels).sort();
  const quiet = sorted[Math.floor(0.1 * (sorted.length - 1))];
  const loud = sorted[sorted.length - 1];
  const rise = Math.max(LEAST_RISE_DB, THRESHOLD_SHARE * (loud - quiet));
  const threshold = Math.max(quiet + rise, loud - DEEPEST_DB);
  return stretchesAbove(levels, threshold).map(({ from, to }) => {
    let energy = 0;
    for (let i = from; i < to; i++) energy += 10 ** (levels[i] / 10);
    return { start: from * frame, end: Math.min(samples.length, to * frame), energy };
  });
}

/** The level of each whole frame of the differentiated sound, in dB. */
function frameLevels(samples: Float32Array, frame: number): Float64Array {
  const levels = new Float64Array(Math.floor(samples.length / frame));
  for (let k = 0; k < levels.length; k++) {
    let sum = 0;
    for (let i = Math.max(1, k * frame); i < (k + 1) * frame; i++) {
      sum += (samples[i] - 0.97 * samples[i - 1]) ** 2;
    }
    levels[k] = 10 * Math.log10(sum / frame + 1e-12);
  }
  return levels;
}

/** Runs of frames above the threshold, joined over pauses, without lone clicks. */
function stretchesAbove(levels: Float64Array, threshold: number): { from: number; to: number }[] {
  const longestPause = LONGEST_PAUSE_SECONDS / FRAME_SECONDS;
  const stretches: { from: number; to: number }[] = [];
  for (let k = 0; k < levels.length; k++) {
    if (levels[k] <= threshold) continue;
    const last = stretches.at(-1);
    if (last !== undefined && k - last.to < longestPause) last.to = k + 1;
    else stretches.push({ from: k, to: k + 1 });
  }
  const shortest = Math.round(SHORTEST_SOUND_SECONDS / FRAME_SECONDS);
  return stretches.filter(({ from, to }) => to - from >= shortest);
}
