import { loadAbcjs } from './abcjs.js';
import { playable } from './playable.js';

/** Of the overtones, from the fundamental on. */
const overtones = [1, 0.5, 0.28, 0.16, 0.08, 0.04];
/** In seconds. */
const attack = 0.012;
const release = 0.06;
const silenceAtEnd = 0.3;

/** Sound, mono. */
export interface TuneSound {
  /** From -1 to 1. */
  readonly samples: Float32Array;
  /** In Hz. */
  readonly sampleRate: number;
}

/**
 * A tune in ABC as sound: a plain voice of six overtones that swells in and fades, at A = 440 Hz in
 * equal temperament. What is played when, repeats and ornaments included, is abcjs's reading.
 * @param options.sampleRate in Hz @default 44100
 */
export async function tuneSound(
  abc: string,
  { sampleRate = 44_100 }: { sampleRate?: number } = {},
): Promise<TuneSound> {
  const [tune] = (await loadAbcjs()).parseOnly(await playable(abc));
  const { tempo, tracks } = tune.setUpAudio();
  const secondsPerWhole = 240 / tempo;
  const notes = tracks.flat().filter(({ cmd }) => cmd === 'note');
  const end = Math.max(0, ...notes.map(({ start, duration }) => start + duration)) * secondsPerWhole;
  const samples = new Float32Array(Math.ceil((end + silenceAtEnd) * sampleRate));
  for (const { pitch, volume, start, duration } of notes) {
    const hertz = 440 * 2 ** ((pitch - 69) / 12);
    const seconds = duration * secondsPerWhole;
    addNote(samples, { hertz, seconds, start: start * secondsPerWhole, gain: volume / 127, sampleRate });
  }
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return { samples: peak === 0 ? samples : samples.map((sample) => (0.8 * sample) / peak), sampleRate };
}

function addNote(
  samples: Float32Array,
  note: { hertz: number; seconds: number; start: number; gain: number; sampleRate: number },
): void {
  const { hertz, seconds, start, gain, sampleRate } = note;
  const from = Math.round(start * sampleRate);
  const count = Math.min(samples.length - from, Math.round((seconds + release) * sampleRate));
  // What lies above half the rate would come back as a wrong tone.
  const heard = overtones.filter((_, i) => hertz * (i + 1) < sampleRate / 2);
  for (let i = 0; i < count; i++) {
    const t = i / sampleRate;
    const swell = Math.min(1, t / attack);
    const fade = t < seconds ? 1 : Math.max(0, 1 - (t - seconds) / release);
    const decay = 0.4 + 0.6 * Math.exp(-3 * t);
    let value = 0;
    for (let k = 0; k < heard.length; k++) value += heard[k] * Math.sin(2 * Math.PI * hertz * (k + 1) * t);
    samples[from + i] += gain * swell * fade * decay * value;
  }
}
