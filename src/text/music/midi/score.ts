import { parseMidi, type MidiData, type MidiEvent } from 'midi-file';
import { SeqkitError } from '../../../base/errors.js';
import { readMeter, wholeTicks } from '../meter.js';

/** A note as it was played. Times are in ticks of a tune, `wholeTicks` to a whole note, fractions among them. */
export interface MidiNote {
  /** 0 to 127; 60 is middle C. */
  readonly pitch: number;
  /** 1 to 127. */
  readonly velocity: number;
  readonly start: number;
  readonly end: number;
}

/** The notes of one track on one channel, by their starts. */
export interface MidiPart {
  /** From 1, as it stands in the file. */
  readonly track: number;
  /** From 1; 10 is percussion. */
  readonly channel: number;
  readonly name: string;
  readonly notes: readonly MidiNote[];
}

/** What a MIDI file says, as far as tunes are concerned. */
export interface MidiScore {
  readonly title: string;
  readonly parts: readonly MidiPart[];
  readonly meters: readonly { readonly at: number; readonly meter: string }[];
  readonly keys: readonly { readonly at: number; readonly key: string }[];
  /** How often the tempo changes after the first note. */
  readonly tempoChanges: number;
  readonly pitchBends: number;
  /** Syllables of lyrics. */
  readonly lyrics: number;
  /** Notes that never end, or end as they begin. */
  readonly oddNotes: number;
}

/** Tonics of the major keys from seven flats to seven sharps; those of the minor ones are three further on. */
const tonics = 'Cb Gb Db Ab Eb Bb F C G D A E B F# C# G# D# A#'.split(' ');

/** Whether bytes begin as a MIDI file does, bare or in a RIFF file. */
export function isMidi(bytes: Uint8Array): boolean {
  return letters(bytes, 0) === 'MThd' || isRiff(bytes);
}

function isRiff(bytes: Uint8Array): boolean {
  return letters(bytes, 0) === 'RIFF' && letters(bytes, 8) === 'RMID' && letters(bytes, 20) === 'MThd';
}

function letters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/**
 * Reads a standard MIDI file (MIDI 1.0, RP-001), of format 0 or 1.
 * @throws SeqkitError `bad-file` where it is none, is cut off or damaged, or counts time in frames
 */
export function readScore(bytes: Uint8Array): MidiScore {
  const { header, tracks } = parse(bytes);
  const perBeat = header.ticksPerBeat;
  if (!perBeat) throw bad('its time is counted in frames of film, not in beats');
  if (header.format === 2) throw bad('it holds separate patterns (format 2), not one piece');
  const scale = wholeTicks / 4 / perBeat;
  const readings = tracks.map((events, i) => readTrack(events, i + 1, scale));
  const parts = readings.flatMap((reading) => reading.parts);
  const first = Math.min(...parts.flatMap(({ notes }) => (notes.length > 0 ? [notes[0].start] : [])));
  const tempos = readings.flatMap((reading) => reading.tempos);
  const sum = (count: (reading: TrackReading) => number): number =>
    readings.reduce((total, reading) => total + count(reading), 0);
  return {
    // The name of the first track is that of the piece.
    title: readings[0]?.title ?? '',
    parts,
    meters: inOrder(readings.flatMap((reading) => reading.meters)),
    keys: inOrder(readings.flatMap((reading) => reading.keys)),
    tempoChanges: tempos.filter(({ at }) => at > first).length,
    pitchBends: sum(({ bends }) => bends),
    lyrics: sum(({ lyrics }) => lyrics),
    oddNotes: sum(({ odd }) => odd),
  };
}

/** The library takes a file at its word: that its chunks are whole is looked at here. */
function parse(bytes: Uint8Array): MidiData {
  if (!isMidi(bytes)) throw bad('it does not begin as a MIDI file does');
  const file = isRiff(bytes) ? bytes.subarray(20) : bytes;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const kept: Uint8Array[] = [];
  for (let at = 0, track = 0; at + 8 <= file.length;) {
    const name = letters(file, at);
    const end = at + 8 + view.getUint32(at + 4);
    if (name === 'MTrk') track += 1;
    if (name === 'MThd' || name === 'MTrk') {
      const what = name === 'MTrk' ? `track ${track}` : 'its header';
      if (end > file.length) throw bad(`${what} is cut off: ${end - file.length} bytes are missing`);
      kept.push(file.subarray(at, end));
    }
    at = end;
  }
  const promised = kept[0].length >= 14 ? view.getUint16(10) : 0;
  if (kept.length - 1 < promised) {
    throw bad(`it should have ${promised} tracks, and ${kept.length - 1} are there`);
  }
  try {
    return parseMidi(joined(kept));
  } catch (cause) {
    throw bad(`it is damaged: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

interface TrackReading {
  title: string;
  parts: MidiPart[];
  meters: { at: number; meter: string }[];
  keys: { at: number; key: string }[];
  tempos: { at: number }[];
  bends: number;
  lyrics: number;
  odd: number;
}

function readTrack(events: readonly MidiEvent[], track: number, scale: number): TrackReading {
  const reading: TrackReading = {
    ...{ title: '', parts: [], meters: [], keys: [], tempos: [], bends: 0, lyrics: 0, odd: 0 },
  };
  const channels = new Map<number, MidiNote[]>();
  /** Notes that sound, the longest-sounding first, by channel and pitch. */
  const sounding = new Map<number, { velocity: number; start: number }[]>();
  const finish = (channel: number, pitch: number, end: number): void => {
    const note = sounding.get(channel * 128 + pitch)?.shift();
    if (note === undefined) return;
    if (end <= note.start) reading.odd += 1;
    else {
      if (!channels.has(channel)) channels.set(channel, []);
      channels.get(channel)!.push({ pitch, ...note, end });
    }
  };
  let at = 0;
  let name = '';
  let text = '';
  for (const event of events) {
    at += event.deltaTime * scale;
    if (!Number.isFinite(at)) throw bad(`track ${track} is damaged`);
    switch (event.type) {
      case 'noteOn': {
        const { channel, noteNumber: pitch, velocity } = event;
        if (!(pitch < 128 && velocity < 128)) throw bad(`track ${track} is damaged`);
        const key = channel * 128 + pitch;
        if (!sounding.has(key)) sounding.set(key, []);
        sounding.get(key)!.push({ velocity, start: at });
        break;
      }
      case 'noteOff':
        finish(event.channel, event.noteNumber, at);
        break;
      case 'trackName':
        name ||= decode(event.text);
        break;
      case 'text':
        text ||= decode(event.text);
        break;
      case 'timeSignature': {
        const { numerator, denominator } = event;
        const meter = readMeter(`${numerator}/${denominator}`);
        if (meter === undefined) throw bad(`the meter ${numerator}/${denominator} is not understood`);
        reading.meters.push({ at, meter });
        break;
      }
      case 'keySignature': {
        const key = tonics[event.key + (event.scale === 1 ? 10 : 7)];
        if (key !== undefined) reading.keys.push({ at, key: `${key}${event.scale === 1 ? 'm' : ''}` });
        break;
      }
      case 'setTempo':
        reading.tempos.push({ at });
        break;
      case 'pitchBend':
        if (event.value !== 0) reading.bends += 1;
        break;
      case 'lyrics':
        reading.lyrics += 1;
        break;
      default:
      // Nothing that a tune could hold.
    }
  }
  // What nothing ends sounds to the end of its track.
  for (const [key, notes] of sounding) {
    reading.odd += notes.length;
    while (notes.length > 0) finish(Math.floor(key / 128), key % 128, at);
  }
  reading.title = name || text;
  reading.parts = [...channels].map(([channel, notes]) => ({
    ...{ track, channel: channel + 1, name },
    notes: notes.sort((a, b) => a.start - b.start || b.pitch - a.pitch),
  }));
  return reading;
}

/** Text of a MIDI file: UTF-8 where it is that, else Latin-1. The library gives a character for each byte. */
function decode(text: string): string {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  let decoded = text;
  try {
    decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Latin-1 it is.
  }
  // Old files end their texts in zeros; a line of ABC holds neither those nor line ends.
  return decoded.replace(/\p{Cc}+/gu, ' ').trim();
}

function inOrder<Item extends { at: number }>(items: Item[]): Item[] {
  return items.sort((a, b) => a.at - b.at);
}

function bad(reason: string): SeqkitError {
  return new SeqkitError(`The MIDI file cannot be read: ${reason}.`, { code: 'bad-file' });
}
