import type { Waveform } from './wav.js';

/** Two notes, a fourth apart, Hz. */
const NOTES = [880, 1174.66];
const NOTE_SECONDS = 0.12;
const PEAK = 0.25;

/** The sound that tells that the word was heard: two short notes. Shape (0.24 s of samples). */
export function chime(sampleRate: number): Float32Array {
  const note = Math.round(NOTE_SECONDS * sampleRate);
  return Float32Array.from({ length: NOTES.length * note }, (_, i) => {
    const t = (i % note) / note;
    // A sine arch, steep at the start, so that neither end clicks.
    return (
      PEAK *
      Math.sin(Math.PI * Math.sqrt(t)) *
      Math.sin((2 * Math.PI * NOTES[Math.floor(i / note)] * i) / sampleRate)
    );
  });
}

/** A recording with the chime laid over it from each of the given times on; as long as it was. */
export function withChimes({ samples, sampleRate }: Waveform, timesSeconds: readonly number[]): Waveform {
  const mixed = samples.slice();
  const sound = chime(sampleRate);
  for (const seconds of timesSeconds) {
    const start = Math.round(seconds * sampleRate);
    for (let i = 0; i < sound.length && start + i < mixed.length; i++) mixed[start + i] += sound[i];
  }
  return { samples: mixed, sampleRate };
}
