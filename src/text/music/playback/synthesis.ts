import { number, optional, optionsSchema } from '../../../base/schema/index.js';
import { abcText } from '../notation/abc-text.js';
import { asTune, playableTune } from './playable.js';
import { timingTable, withHeader, type TimingOptions } from './playback-options.js';
import { pluckedString, RING } from './plucked-string.js';
import { swingOf, type Swing } from './swing.js';

/** How loud what accompanies chord symbols is, beside the melody. */
const ACCOMPANIMENT = 0.45;
/** The loudest sample. */
const PEAK = 0.8;
/** The loudest note of MIDI. */
const FULL_VOLUME = 127;

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
 * A tune in ABC as sound: plucked strings at A = 440 Hz in equal temperament. Notes ring on after their end. Chord
 * symbols are accompanied more softly than the melody is played. What is played when, repeats and ornaments included,
 * is abcjs's reading.
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
  const samples = new Float32Array(Math.ceil((end + RING) * sampleRate));
  /** Sounds by their notes: most notes of a tune come again. */
  const sounds = new Map<string, Float32Array>();
  for (const { pitch, volume, start, duration, startChar } of notes) {
    const seconds = duration * secondsPerWhole;
    const hertz = 440 * 2 ** ((pitch - 69) / 12);
    // What stands in the text is melody.
    const gain = (volume / FULL_VOLUME) * (startChar === undefined ? ACCOMPANIMENT : 1);
    const name = `${pitch} ${gain} ${seconds}`;
    const sound = sounds.get(name) ?? pluckedString({ hertz, seconds, gain, sampleRate });
    sounds.set(name, sound);
    add(samples, sound, Math.round(start * secondsPerWhole * sampleRate));
  }
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return { samples: peak === 0 ? samples : samples.map((sample) => (PEAK * sample) / peak), sampleRate };
}

function swung<Note extends { start: number; duration: number }>(note: Note, swing: Swing): Note {
  const start = swing(note.start);
  return { ...note, start, duration: swing(note.start + note.duration) - start };
}

function add(samples: Float32Array, sound: Float32Array, from: number): void {
  const count = Math.min(sound.length, samples.length - from);
  for (let i = 0; i < count; i++) samples[from + i] += sound[i];
}
