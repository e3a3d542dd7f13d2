import { number, optional, optionsSchema } from '../../../base/schema/index.js';
import { abcText } from '../notation/abc-text.js';
import { asTune, playableTune } from './playable.js';
import { timingTable, withHeader, type TimingOptions } from './playback-options.js';
import { swingOf, type Swing } from './swing.js';

/** Of the overtones, from the fundamental on. */
const overtones = [1, 0.5, 0.28, 0.16, 0.08, 0.04];
/** In seconds. */
const ATTACK = 0.012;
const RELEASE = 0.06;
const SILENCE_AT_END = 0.3;

/** Sound, mono. */
export interface TuneSound {
  /** From -1 to 1. */
  readonly samples: Float32Array;
  /** In Hz. */
  readonly sampleRate: number;
}

/** How a tune sounds. */
export interface SoundOptions extends TimingOptions {
  /** In Hz, from 1,000 to 384,000. @default 44100 */
  sampleRate?: number;
}

const soundOptions = optionsSchema<SoundOptions>('tuneSound', {
  sampleRate: optional(number({ min: 1_000, max: 384_000 })),
  ...timingTable,
});

/**
 * A tune in ABC as sound: a plain voice of six overtones that swells in and fades, at A = 440 Hz in
 * equal temperament. What is played when, repeats and ornaments included, is abcjs's reading.
 * @throws SeqkitError `bad-value` for what is no tune, or an option out of range
 */
export async function tuneSound(abc: string, options: SoundOptions = {}): Promise<TuneSound> {
  const { sampleRate = 44_100, swing: share = 0.5, ...header } = soundOptions.parse(options);
  const text = withHeader(abcText.parse(abc, 'tuneSound: abc'), header);
  const swing = swingOf(text, share);
  const tune = await playableTune(text);
  const { tempo, tracks } = asTune('played', () => tune.setUpAudio());
  const secondsPerWhole = 240 / tempo;
  const notes = tracks
    .flat()
    .filter(({ cmd }) => cmd === 'note')
    .map((note) => (swing ? swung(note, swing) : note));
  const end =
    notes.reduce((last, { start, duration }) => Math.max(last, start + duration), 0) * secondsPerWhole;
  const samples = new Float32Array(Math.ceil((end + SILENCE_AT_END) * sampleRate));
  for (const { pitch, volume, start, duration } of notes) {
    const hertz = 440 * 2 ** ((pitch - 69) / 12);
    const seconds = duration * secondsPerWhole;
    addNote(samples, { hertz, seconds, start: start * secondsPerWhole, gain: volume / 127, sampleRate });
  }
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return { samples: peak === 0 ? samples : samples.map((sample) => (0.8 * sample) / peak), sampleRate };
}

function swung<Note extends { start: number; duration: number }>(note: Note, swing: Swing): Note {
  const start = swing(note.start);
  return { ...note, start, duration: swing(note.start + note.duration) - start };
}

function addNote(
  samples: Float32Array,
  note: { hertz: number; seconds: number; start: number; gain: number; sampleRate: number },
): void {
  const { hertz, seconds, start, gain, sampleRate } = note;
  const from = Math.round(start * sampleRate);
  const count = Math.min(samples.length - from, Math.round((seconds + RELEASE) * sampleRate));
  // What lies above half the rate would come back as a wrong tone.
  const heard = overtones.filter((_, i) => hertz * (i + 1) < sampleRate / 2);
  for (let i = 0; i < count; i++) {
    const t = i / sampleRate;
    const swell = Math.min(1, t / ATTACK);
    const fade = t < seconds ? 1 : Math.max(0, 1 - (t - seconds) / RELEASE);
    const decay = 0.4 + 0.6 * Math.exp(-3 * t);
    let value = 0;
    for (let k = 0; k < heard.length; k++) value += heard[k] * Math.sin(2 * Math.PI * hertz * (k + 1) * t);
    samples[from + i] += gain * swell * fade * decay * value;
  }
}
