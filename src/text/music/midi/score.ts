import { parseMidi, type MidiData, type MidiEvent } from 'midi-file';
import { SeqkitError } from '../../../base/errors.js';
import { readMeter, WHOLE_TICKS } from '../notation/meter.js';
import type { MidiNote } from './midi-note.js';
import { pairNotes, type Strike } from './note-pairing.js';
import { trackFault } from './track-check.js';

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
  /** Tracks that are there, and how many the header says. */
  readonly tracks: number;
  readonly saidTracks: number;
}

/** Tonics of the major keys from seven flats to seven sharps; those of the minor ones are three further on. */
const tonics = 'Cb Gb Db Ab Eb Bb F C G D A E B F# C# G# D# A#'.split(' ');

/** Whether bytes begin as a MIDI file does, bare or in a RIFF file. */
export function beginsAsMidi(bytes: Uint8Array): boolean {
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
  const { data, saidTracks } = parse(bytes);
  const { header, tracks } = data;
  const perBeat = header.ticksPerBeat;
  if (!perBeat) throw bad('its time is counted in frames of film, not in beats');
  if (header.format === 2) throw bad('it holds separate patterns (format 2), not one piece');
  const scale = WHOLE_TICKS / 4 / perBeat;
  const readings = tracks.map((events, i) => readTrack(events, i + 1, scale));
  const parts = readings.flatMap((reading) => reading.parts);
  const first = parts.reduce((min, { notes }) => Math.min(min, notes.at(0)?.start ?? Infinity), Infinity);
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
    ...{ tracks: tracks.length, saidTracks },
  };
}

const MAX_TRACKS = 65_535;

/**
 * The library takes a file at its word: that its chunks are whole is looked at here, and that it reads each track that
 * is there, whatever number the header says.
 */
function parse(bytes: Uint8Array): { data: MidiData; saidTracks: number } {
  if (!beginsAsMidi(bytes)) throw bad('it does not begin as a MIDI file does');
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
      const fault = name === 'MTrk' ? trackFault(file.subarray(at + 8, end)) : undefined;
      if (fault !== undefined) throw bad(`${what} is damaged: ${fault}`);
      kept.push(file.subarray(at, end));
    }
    at = end;
  }
  if (kept.length === 0) throw bad(`its header is cut off: ${file.length} bytes are there`);
  const saidTracks = kept[0].length >= 14 ? view.getUint16(10) : 0;
  const tracks = kept.length - 1;
  if (tracks === 0 && kept[0].length >= 14) throw bad(`it should have ${saidTracks} tracks, and 0 are there`);
  if (tracks > MAX_TRACKS) throw bad(`it has ${tracks} tracks, more than a header can say`);
  const whole = joined(kept);
  if (kept[0].length >= 14) new DataView(whole.buffer).setUint16(10, tracks);
  try {
    return { data: parseMidi(whole), saidTracks };
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
  const channels = new Map<number, Map<number, Strike[]>>();
  const strike = (channel: number, pitch: number, event: Strike): void => {
    if (!channels.has(channel)) channels.set(channel, new Map());
    const pitches = channels.get(channel)!;
    if (!pitches.has(pitch)) pitches.set(pitch, []);
    pitches.get(pitch)!.push(event);
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
        strike(channel, pitch, { at, velocity });
        break;
      }
      case 'noteOff':
        strike(event.channel, event.noteNumber, { at });
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
  reading.title = name || text;
  for (const [channel, strikes] of channels) {
    const { notes, odd } = pairNotes(strikes, at);
    reading.odd += odd;
    if (notes.length > 0) reading.parts.push({ track, channel: channel + 1, name, notes });
  }
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
