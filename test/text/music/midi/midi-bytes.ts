/** A delta time and the bytes of an event. */
export type TimedEvent = readonly [delta: number, ...bytes: number[]];

/** A variable-length quantity (MIDI 1.0, RP-001): seven bits a byte, the last without the top bit. */
function variableLength(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function number(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => (value >> (8 * (bytes - 1 - i))) & 0xff);
}

export function chunk(name: string, bytes: readonly number[]): number[] {
  return [...Buffer.from(name, 'latin1'), ...number(bytes.length, 4), ...bytes];
}

const endOfTrack = [0, 0xff, 0x2f, 0];

/** A MIDI file, byte by byte from the standard. @param options.perQuarter ticks of a quarter note */
export function midiBytes(
  tracks: readonly (readonly TimedEvent[])[],
  { perQuarter = 96, format = tracks.length > 1 ? 1 : 0 }: { perQuarter?: number; format?: number } = {},
): Uint8Array {
  const header = [...number(format, 2), ...number(tracks.length, 2), ...number(perQuarter, 2)];
  const bodies = tracks.map((events) => [
    ...events.flatMap(([delta, ...bytes]) => [...variableLength(delta), ...bytes]),
    ...endOfTrack,
  ]);
  return Uint8Array.from([...chunk('MThd', header), ...bodies.flatMap((body) => chunk('MTrk', body))]);
}

export const text = (type: number, written: string): TimedEvent => {
  const bytes = Buffer.from(written, 'utf8');
  return [0, 0xff, type, bytes.length, ...bytes];
};
export const trackName = (name: string): TimedEvent => text(3, name);
export const meter = (beats: number, unit: number, delta = 0): TimedEvent =>
  [...[delta, 0xff, 0x58, 4, beats, Math.log2(unit), 24, 8]] as unknown as TimedEvent;
/** @param sharps flats below 0 */
export const key = (sharps: number, minor = false, delta = 0): TimedEvent =>
  [...[delta, 0xff, 0x59, 2, sharps & 0xff, minor ? 1 : 0]] as unknown as TimedEvent;
export const tempo = (delta = 0): TimedEvent => [delta, 0xff, 0x51, 3, 7, 0xa1, 0x20];

export interface PlayedNote {
  readonly pitch: number;
  /** In ticks of the file. */
  readonly start: number;
  readonly length: number;
  readonly velocity?: number;
}

/** Note-on and note-off events of notes in any order, on a channel from 0. */
export function notes(played: readonly PlayedNote[], channel = 0): TimedEvent[] {
  const events = played.flatMap(({ pitch, start, length, velocity = 80 }) => [
    { at: start, bytes: [0x90 | channel, pitch, velocity] },
    { at: start + length, bytes: [0x80 | channel, pitch, 0] },
  ]);
  // Ends come before beginnings.
  events.sort((a, b) => a.at - b.at || a.bytes[0] - b.bytes[0]);
  let now = 0;
  return events.map(({ at, bytes }) => {
    const delta = at - now;
    now = at;
    return [delta, ...bytes];
  });
}

/** Notes one after the other: `[pitch, length]`, a rest where the pitch is 0. */
export function line(sequence: readonly (readonly [number, number])[], from = 0): PlayedNote[] {
  const played: PlayedNote[] = [];
  let at = from;
  for (const [pitch, length] of sequence) {
    if (pitch > 0) played.push({ pitch, start: at, length });
    at += length;
  }
  return played;
}

/** The file of a tune of one bar: four quarters in C. */
export function tuneBytes(): Uint8Array {
  return midiBytes([[meter(4, 4), key(0), ...notes(line([60, 62, 64, 65].map((pitch) => [pitch, 96])))]]);
}
