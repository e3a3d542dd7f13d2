import { soundRuns } from '../signal/digital-silence.js';
import { soundFrames, type SoundFrame } from './sound-frames.js';
import { finiteSamples, sampleRateHz } from '../signal/samples.js';

/** Where the speech of a recording lies, in samples; `end` is the first sample after it. */
export interface SpeechEdges {
  start: number;
  end: number;
}

/** A pause inside a word, such as the closure of a "k", is shorter than this. */
const MAX_PAUSE_SECONDS = 0.25;
/** Where nothing but silence of a program stands between two frames of speech, it took the place of speech. */
const MAX_DROPOUT_SECONDS = 1;
/** So much of it within a pause does not make the pause longer. */
const MAX_SILENCE_IN_PAUSE_SECONDS = 0.25;
/** A sound on its own that is shorter is a click, not a word. */
const SHORTEST_SOUND_SECONDS = 0.03;
/** A click stands out so far from what is 20 ms away from it. */
const CLICK_DB = 15;
/** Below this, and so far below the loudest frame, lies the dither of 16 bits. */
const DITHER_DB = -87;
const DITHER_BELOW_LOUDEST_DB = 45;
/** Speech stands at least this far above the quietest tenth of the recording. */
const MIN_RISE_DB = 6;
/** Where between the quietest tenth (0) and the loudest frame (1), in dB, speech begins. */
const THRESHOLD_SHARE = 0.3;
/** What is this far below the loudest frame is an echo that dies away, however quiet the room. */
const DEEPEST_DB = 35;

/**
 * Finds the speech in a recording of one word by its energy: frames of 10 ms that rise
 * above the quiet ones, joined over short pauses; of several stretches, the one with most
 * energy. What is below speech is filtered off first, so that an offset or hum does not hide an ending "t". Digital
 * silence counts for nothing: the speech of a clip that is filled up with zeros is where it was.
 *
 * @param samples shape (samples)
 * @param sampleRate Hz
 * @returns all but the digital silence before and after it where nothing rises above the rest
 */
export function findSpeech(samples: Float32Array, sampleRate: number): SpeechEdges {
  finiteSamples.parse(samples, 'findSpeech: samples');
  sampleRateHz.parse(sampleRate, 'findSpeech: sampleRate');
  const stretches = soundStretches(samples, sampleRate);
  if (stretches.length === 0) return soundEdges(samples, sampleRate);
  const { start, end } = stretches.reduce((best, other) => (other.energy > best.energy ? other : best));
  return { start, end };
}

/** From the first stretch of speech in a recording to the last; where nothing rises above the rest, as {@link findSpeech}. */
export function findAllSpeech(samples: Float32Array, sampleRate: number): SpeechEdges {
  const stretches = soundStretches(samples, sampleRate);
  if (stretches.length === 0) return soundEdges(samples, sampleRate);
  return { start: stretches[0].start, end: stretches[stretches.length - 1].end };
}

/** The whole of a recording, without digital silence before and after it. */
function soundEdges(samples: Float32Array, sampleRate: number): SpeechEdges {
  const runs = soundRuns(samples, sampleRate);
  return { start: runs[0]?.start ?? 0, end: runs.at(-1)?.end ?? samples.length };
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
  const frames = withoutDither(withoutLoudClicks(soundFrames(samples, sampleRate)));
  if (frames.length < 3) return [];
  const sorted = Float64Array.from(frames, ({ level }) => level).sort();
  const quiet = sorted[Math.floor(0.1 * (sorted.length - 1))];
  const loud = sorted[sorted.length - 1];
  const rise = Math.max(MIN_RISE_DB, THRESHOLD_SHARE * (loud - quiet));
  const threshold = Math.max(quiet + rise, loud - DEEPEST_DB);
  return stretchesAbove(frames, threshold, sampleRate);
}

/**
 * Leaves out what is over within two frames and louder than all that is not: a key, a plug, a damaged packet. The
 * burst of a "t" is as short, but fainter than the vowel beside it.
 */
function withoutLoudClicks(frames: SoundFrame[]): SoundFrame[] {
  const clicks = new Set<number>();
  const order = frames.map((_, k) => k).sort((a, b) => frames[b].level - frames[a].level);
  for (const k of order) {
    // The louder half of a click that falls into two frames tells for both.
    if (clicks.has(k)) continue;
    if (!isClick(frames, k)) break;
    for (const n of [k - 1, k, k + 1]) clicks.add(n);
  }
  return clicks.size === 0 ? frames : frames.filter((_, k) => !clicks.has(k));
}

/** Leaves out what a program filled up with the dither of 16 bits, which is no quieter room than zeros are. */
function withoutDither(frames: SoundFrame[]): SoundFrame[] {
  const loudest = frames.reduce((max, { level }) => Math.max(max, level), -Infinity);
  const silent = Math.min(DITHER_DB, loudest - DITHER_BELOW_LOUDEST_DB);
  return frames.filter(({ level }) => level > silent);
}

/** Whether a frame is far louder than those that are two and three frames away from it. */
function isClick(frames: readonly SoundFrame[], k: number): boolean {
  const around = [k - 3, k - 2, k + 2, k + 3].flatMap((n) => frames[n] ?? []);
  return around.every(({ level }) => level < frames[k].level - CLICK_DB);
}

/** Whether no more than a pause, or silence in place of speech, lies between two frames. */
function isOneSound(frames: readonly SoundFrame[], last: number, next: number, sampleRate: number): boolean {
  const between = (frames[next].start - frames[last].end) / sampleRate;
  if (next === last + 1) return between < MAX_DROPOUT_SECONDS;
  let sound = 0;
  for (let k = last + 1; k < next; k++) sound += (frames[k].end - frames[k].start) / sampleRate;
  return sound < MAX_PAUSE_SECONDS && between - sound < MAX_SILENCE_IN_PAUSE_SECONDS;
}

/** Runs of frames above the threshold, joined over pauses, without short sounds. */
function stretchesAbove(
  frames: readonly SoundFrame[],
  threshold: number,
  sampleRate: number,
): SoundStretch[] {
  const stretches: (SoundStretch & { last: number })[] = [];
  frames.forEach(({ start, end, level }, k) => {
    if (level <= threshold) return;
    const energy = 10 ** (level / 10);
    const before = stretches.at(-1);
    if (before === undefined || !isOneSound(frames, before.last, k, sampleRate)) {
      stretches.push({ start, end, energy, last: k });
    } else Object.assign(before, { end, energy: before.energy + energy, last: k });
  });
  const shortest = SHORTEST_SOUND_SECONDS * sampleRate;
  return stretches
    .filter(({ start, end }) => end - start >= shortest)
    .map(({ start, end, energy }) => ({ start, end, energy }));
}
