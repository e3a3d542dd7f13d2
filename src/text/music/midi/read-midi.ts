import { SeqkitError } from '../../../base/errors.js';
import { instanceOf, optional, optionsSchema, type Schema } from '../../../base/schema/index.js';
import { barTicks, WHOLE_TICKS } from '../notation/meter.js';
import { readTunes } from '../notation/read-tunes.js';
import { writeTune, type Tune } from '../notation/tune.js';
import { lineOfText } from '../notation/tune-values.js';
import { chordName } from '../notation/chord-names.js';
import { chordHearing } from './accompaniment.js';
import { findKey } from './key-finding.js';
import { isPercussion, melodyOf, type Melody, type MelodyEvent } from './melody.js';
import { beginsAsMidi, readScore, type MidiPart, type MidiScore } from './score.js';
import { HIGHEST_PITCH, LOWEST_PITCH } from './spelling.js';
import { transcribe, UNIT, type PlacedSymbol } from './transcription.js';

const midiOptions = optionsSchema<{ title?: string }>('readMidi', { title: optional(lineOfText) });
const midiBytes: Schema<Uint8Array> = instanceOf(Uint8Array, "a MIDI file's bytes, a Uint8Array");

/**
 * Whether bytes begin as a MIDI file does, bare or in a RIFF file.
 * @throws SeqkitError `bad-value` for what is no Uint8Array
 */
export function isMidi(bytes: Uint8Array): boolean {
  return beginsAsMidi(midiBytes.parse(bytes, 'isMidi: bytes'));
}

/** A tune from a MIDI file. */
export interface MidiTune {
  readonly tune: Tune;
  /** What the tune does not hold, or was not in the file and had to be guessed: a sentence each. */
  readonly remarks: readonly string[];
}

interface Bars {
  readonly meter: string;
  /** Where the first whole bar begins, in ticks. */
  readonly offset: number;
}

/** A longer rest or note, in whole notes, is no part of a tune, nor are more bars. */
const MAX_SPAN = 32;
const MAX_BARS = 10_000;
/** So much louder than the rest, on average, is the first beat of a bar where the notes show it. */
const ACCENT = 5;

/**
 * The melody of a MIDI file as a tune: one track, on a grid of 1/32 and triplets, without repeats, since
 * they are played out. Meter and key are the file's own, or else 4/4 and what the notes fit best.
 *
 * @param options.title where the file has none @default ''
 * @throws SeqkitError `bad-file` where it is damaged or no MIDI file; `bad-value` where it has no melody or
 *   changes its meter
 *
 * @example
 * const { tune, remarks } = readMidi(new Uint8Array(await file.arrayBuffer()));
 */
export function readMidi(bytes: Uint8Array, options: { title?: string } = {}): MidiTune {
  const { title = '' } = midiOptions.parse(options);
  const score = readScore(midiBytes.parse(bytes, 'readMidi: bytes'));
  const melody = melodyOf(score.parts);
  if (!melody) throw notATune('it has no notes but percussion');
  checkSpans(melody.events);
  const { events, octaves } = withinRange(melody.events);
  const bars = barsOf(score, events);
  const length = (events.at(-1)!.end - bars.offset) / barTicks(bars.meter);
  if (length > MAX_BARS) throw notATune(`it has ${Math.ceil(length)} bars, more than ${MAX_BARS}`);
  const guessedKey = findKey(
    events.map(({ pitches, start, end }) => ({ pitch: pitches[0], length: end - start })),
  );
  const keyAt = keysOf(score, guessedKey);
  const symbolsOf = symbolsUnder(melody, bars, keyAt(bars.offset));
  const { body, symbols, moved, furthest, lost } = transcribe(events, { ...bars, keyAt, symbolsOf });
  const tune: Tune = {
    ...{
      title: score.title || title,
      type: '',
      meter: bars.meter,
      unit: UNIT,
      key: keyAt(bars.offset),
      body,
    },
  };
  const [read] = readTunes(writeTune(tune, 1)).tunes;
  if (!read) throw notATune(readTunes(writeTune(tune, 1)).faults[0].reason);
  return {
    tune: read,
    remarks: [
      ...(score.tracks !== score.saidTracks
        ? [`${noun(score.tracks, 'track')}, though the header says ${score.saidTracks}`]
        : []),
      ...describeParts(melody),
      ...counted(symbols, 'chord', 'of them written over the melody'),
      ...counted(melody.under, 'note', 'under the melody left out'),
      ...counted(melody.cut, 'note', 'cut short where a higher one begins'),
      ...counted(lost, 'note', 'too short for a 1/32 left out'),
      ...counted(octaves, 'note', 'beyond the range of ABC moved by octaves'),
      ...(moved > 0
        ? [`${moved} beginnings and ends of notes off the grid moved, by ${upTo(furthest)}`]
        : []),
      ...counted(score.oddNotes, 'note', 'without an end or a length'),
      ...counted(score.pitchBends, 'pitch bend', 'left out'),
      ...counted(score.lyrics, 'syllable', 'of lyrics left out'),
      ...counted(score.tempoChanges, 'change', 'of tempo left out'),
      ...(score.meters.length === 0 ? ['no meter in the file, taken to be 4/4'] : []),
      ...(score.keys.length === 0 ? [`no key in the file, taken to be ${guessedKey}`] : []),
    ],
  };
}

/** The symbols of the chords that the other parts play, bar by bar. */
function symbolsUnder(
  { others }: Melody,
  bars: Bars,
  key: string,
): (from: number, to: number) => PlacedSymbol[] {
  const hear = chordHearing(
    others.filter((part) => !isPercussion(part)).flatMap((part) => part.notes),
    bars,
  );
  return (from, to) => hear(from, to).map(({ at, chord }) => ({ at, name: chordName(chord, key) }));
}

/** The key from a time on; asked for times in order, it goes through the changes once. */
function keysOf({ keys }: MidiScore, guessed: string): (ticks: number) => string {
  let next = 0;
  return (ticks) => {
    while (next > 0 && keys[next - 1].at > ticks) next -= 1;
    while (next < keys.length && keys[next].at <= ticks) next += 1;
    return keys[Math.max(0, next - 1)]?.key ?? guessed;
  };
}

/** @throws SeqkitError `bad-value` for a rest or note that goes on for longer than any tune has */
function checkSpans(events: readonly MelodyEvent[]): void {
  events.forEach(({ start, end }, i) => {
    const next = events.at(i + 1)?.start ?? end;
    const [what, ticks] = next - end > end - start ? ['rest', next - end] : ['note', end - start];
    const length = ticks / WHOLE_TICKS;
    if (length > MAX_SPAN) {
      throw notATune(
        `a ${what} of ${Math.round(length)} whole notes comes ${noun(i + 1, 'note')} into its melody`,
      );
    }
  });
}

function withinRange(events: readonly MelodyEvent[]): { events: MelodyEvent[]; octaves: number } {
  let octaves = 0;
  const moved = (pitch: number): number => {
    if (pitch >= LOWEST_PITCH && pitch <= HIGHEST_PITCH) return pitch;
    octaves += 1;
    const by = pitch < LOWEST_PITCH ? LOWEST_PITCH - pitch : HIGHEST_PITCH - pitch;
    return pitch + 12 * (by > 0 ? Math.ceil(by / 12) : Math.floor(by / 12));
  };
  return { events: events.map((event) => ({ ...event, pitches: event.pitches.map(moved) })), octaves };
}

/** The meter, and where its bars begin. */
function barsOf({ meters }: MidiScore, events: readonly MelodyEvent[]): Bars {
  const end = events.at(-1)!.end;
  const heard = meters.filter(({ at }, i) => at < end && meters[i + 1]?.at !== at);
  const changes = heard.filter(({ meter }, i) => meter !== heard[i - 1]?.meter);
  const [first, second] = changes;
  const meter = first?.meter ?? '4/4';
  // Notation programs write a pickup as one bar of a shorter meter.
  if (second && changes.length === 2 && barTicks(second.meter) > barTicks(first.meter)) {
    const length = second.at - first.at;
    if (Math.abs(length - barTicks(first.meter)) < 1) return startAt(second.meter, second.at, events);
  }
  if (second) {
    const bar = 1 + Math.round((second.at - first.at) / barTicks(first.meter));
    throw notATune(`its meter changes from ${first.meter} to ${second.meter} at bar ${bar}`);
  }
  const origin = first?.at ?? 0;
  const whole = barTicks(meter);
  const into = (((events[0].start - origin) % whole) + whole) % whole;
  const isAtBar = Math.min(into, whole - into) < WHOLE_TICKS / 64;
  const bar = startAt(meter, origin, events);
  return isAtBar ? { meter, offset: bar.offset + pickupByAccent(events, bar, whole) } : bar;
}

/** Bars from the first note on: empty ones before it are left out. */
function startAt(meter: string, origin: number, events: readonly MelodyEvent[]): Bars {
  const whole = barTicks(meter);
  const bars = Math.ceil((events[0].start - origin - WHOLE_TICKS / 64) / whole);
  return { meter, offset: origin + bars * whole };
}

/**
 * Some programs, abcjs and abc2midi among them, begin a file with its pickup, as if that were a whole bar,
 * and play the first beat of bars louder: how far after the first note the loudest place of bars lies.
 */
function pickupByAccent(events: readonly MelodyEvent[], { offset }: Bars, whole: number): number {
  const step = WHOLE_TICKS / 16;
  const places = new Map<number, { loudness: number; notes: number }>();
  let loudness = 0;
  for (const { start, velocity } of events) {
    const place = (Math.round((start - offset) / step) * step + whole) % whole;
    const sum = places.get(place) ?? { loudness: 0, notes: 0 };
    places.set(place, { loudness: sum.loudness + velocity, notes: sum.notes + 1 });
    loudness += velocity;
  }
  const bars = (events.at(-1)!.end - offset) / whole;
  const means = [...places]
    .filter(([, { notes }]) => notes >= bars / 2)
    .map(([place, sum]) => ({ place, mean: sum.loudness / sum.notes }))
    .sort((a, b) => b.mean - a.mean);
  const [loudest, next] = means;
  const stands = loudest && next && loudest.mean >= loudness / events.length + ACCENT;
  return stands && loudest.mean >= next.mean + ACCENT ? loudest.place : 0;
}

function describeParts({ part, others }: Melody): string[] {
  const drums = others.filter(isPercussion).reduce((count, { notes }) => count + notes.length, 0);
  const rest = others.filter((each) => !isPercussion(each));
  return [
    ...(others.length > 0 ? [`the melody is ${nameOf(part)}`] : []),
    ...rest.map((each) => `${nameOf(each)} left out, ${noun(each.notes.length, 'note')}`),
    ...counted(drums, 'note', 'of percussion left out'),
  ];
}

function nameOf({ track, channel, name }: MidiPart): string {
  return `track ${track}${name === '' ? '' : ` (${name})`}, channel ${channel}`;
}

function counted(count: number, what: string, fate: string): string[] {
  return count === 0 ? [] : [`${noun(count, what)} ${fate}`];
}

function noun(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function upTo(wholeNotes: number): string {
  return `${+wholeNotes.toFixed(3)} of a whole note at most`;
}

function notATune(reason: string): SeqkitError {
  return new SeqkitError(`The MIDI file cannot be made into a tune: ${reason}.`, { code: 'bad-value' });
}
