import {
  barName,
  firstPass,
  midiNumber,
  tonicOf,
  writtenBars,
  type Melody,
  type MelodyBar,
} from '../form/melody.js';
import { readMelody } from '../form/read-melody.js';
import { isPlainObject, schemaOf, type Schema } from '../../../base/schema/index.js';
import { unitTicks } from '../notation/meter.js';
import type { Tune } from '../notation/tune.js';
import { tuneList } from '../notation/tune-values.js';
import { countsOf, jensenShannon, type Counts } from './distribution.js';

/** What a collection of tunes is like, in figures that a player would hear. All shares go from 0 to 1. */
export interface TuneFigures {
  readonly tunes: number;
  /** The share of tunes whose last note is the tonic, in any octave. */
  readonly endOnTonic: number;
  /** The share of tunes with two or more sections. */
  readonly severalSections: number;
  /** The share of tunes whose sections are all of 8 or of 16 bars, a pickup and what it lacks at the end as one bar. */
  readonly wholePhrases: number;
  /** The share of tunes of two or more sections that are all played twice: by a repeat, or written out. */
  readonly doubled: number;
  /** The share of bars that hold the very notes of a bar before in the tune. */
  readonly barsTakenUp: number;
  /** The share of steps from note to note of more than an octave. */
  readonly leaps: number;
  /** Semitones from the lowest to the highest note of a tune, the mean. */
  readonly range: number;
  /** Notes a whole bar of the meter. */
  readonly notesPerBar: number;
  /** Notes by semitones above the tonic, 0 to 11. */
  readonly pitchClasses: Counts;
  /** Steps from note to note in semitones. */
  readonly intervals: Counts;
  /** Notes and rests by their length in eighths. */
  readonly lengths: Counts;
}

/** How far the notes of two collections lie apart: Jensen-Shannon divergences in bits, from 0 to 1. */
export interface TuneDivergence {
  readonly pitchClasses: number;
  readonly intervals: number;
  readonly lengths: number;
}

const OCTAVE = 12;

/**
 * What tunes are like: how they end, their sections and what of them comes again, their intervals and lengths.
 * @param tunes as `readTunes` gives them
 * @throws SeqkitError `bad-value` for what is no tune
 */
export function tuneFigures(tunes: readonly Tune[]): TuneFigures {
  return figuresOf(tuneList.parse(tunes, 'tuneFigures: tunes').map(readMelody));
}

/** `tuneFigures` of tunes that are read already. */
export function figuresOf(melodies: readonly Melody[]): TuneFigures {
  const count = melodies.length;
  const share = (is: (melody: Melody) => boolean): number =>
    count === 0 ? 0 : melodies.filter(is).length / count;
  const bars = melodies.map(fullBars);
  const allBars = bars.reduce((sum, each) => sum + each.length, 0);
  const taken = bars.reduce((sum, each) => sum + each.length - new Set(each.map(barName)).size, 0);
  const pitches = melodies.map((melody) => pitchesOf(melody));
  const intervals = pitches.flatMap((each) => each.slice(1).map((pitch, i) => pitch - each[i]));
  const notes = melodies.flatMap((melody) => writtenBars(melody).flatMap((bar) => bar.notes));
  const wholes = melodies.reduce(
    (sum, melody) => sum + writtenBars(melody).reduce((all, { ticks, whole }) => all + ticks / whole, 0),
    0,
  );
  const ranges = pitches.filter((each) => each.length > 0).map((each) => extent(each));
  return {
    tunes: count,
    endOnTonic: share(endsOnTonic),
    severalSections: share(({ sections }) => sections.length > 1),
    wholePhrases: share(({ sections }) =>
      sections.every((section) => [8, 16].includes(barCount(firstPass(section)))),
    ),
    doubled: share(isDoubled),
    barsTakenUp: allBars === 0 ? 0 : taken / allBars,
    leaps:
      intervals.length === 0
        ? 0
        : intervals.filter((each) => Math.abs(each) > OCTAVE).length / intervals.length,
    range: ranges.length === 0 ? 0 : ranges.reduce((sum, each) => sum + each, 0) / ranges.length,
    notesPerBar: wholes === 0 ? 0 : notes.length / wholes,
    pitchClasses: countsOf(
      melodies.flatMap((melody, i) => pitches[i].map((pitch) => pitchClass(pitch - tonicOf(melody.key)))),
    ),
    intervals: countsOf(intervals),
    lengths: countsOf(notes.map(({ ticks }) => +(ticks / unitTicks('1/8')).toFixed(3))),
  };
}

/** What tunes are compared by: how often each pitch class, interval and length comes. */
export type TuneDistributions = Pick<TuneFigures, 'pitchClasses' | 'intervals' | 'lengths'>;

const distributions: Schema<TuneDistributions> = schemaOf('figures as tuneFigures gives them', (value) => {
  if (!isPlainObject(value)) return false;
  return [value['pitchClasses'], value['intervals'], value['lengths']].every(
    (counts) =>
      isPlainObject(counts) &&
      Object.values(counts).every((count) => Number.isFinite(count) && Number(count) >= 0),
  );
});

/**
 * How far the notes of some tunes lie from those of others.
 * @throws SeqkitError `bad-value` for what are no figures
 */
export function tuneDivergence(tunes: TuneDistributions, others: TuneDistributions): TuneDivergence {
  distributions.parse(tunes, 'tuneDivergence: tunes');
  distributions.parse(others, 'tuneDivergence: others');
  return {
    pitchClasses: jensenShannon(tunes.pitchClasses, others.pitchClasses),
    intervals: jensenShannon(tunes.intervals, others.intervals),
    lengths: jensenShannon(tunes.lengths, others.lengths),
  };
}

function pitchClass(semitones: number): number {
  return ((semitones % OCTAVE) + OCTAVE) % OCTAVE;
}

/** MIDI numbers of the notes as they stand, tied ones once. */
function pitchesOf(melody: Pick<Melody, 'sections'>): number[] {
  return writtenBars(melody).flatMap(({ notes }) =>
    notes.flatMap(({ pitch, tied }) => (pitch && !tied ? [midiNumber(pitch)] : [])),
  );
}

function extent(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b)) - numbers.reduce((a, b) => Math.min(a, b));
}

function endsOnTonic(melody: Melody): boolean {
  const last = pitchesOf(melody).at(-1);
  return last !== undefined && pitchClass(last - tonicOf(melody.key)) === 0;
}

/** Bars but pickups, which are short. */
function fullBars(melody: Melody): MelodyBar[] {
  return writtenBars(melody).filter(({ ticks, whole }) => ticks > whole / 2);
}

/** How many whole bars a stretch lasts. */
function barCount(bars: readonly MelodyBar[]): number {
  return Math.round(bars.reduce((sum, { ticks, whole }) => sum + ticks / whole, 0));
}

/** Whether all sections, two or more, are played twice. */
function isDoubled({ sections }: Melody): boolean {
  if (sections.length < 2) return false;
  const names = sections.map(({ bars }) => bars.map(barName));
  return sections.every(
    ({ repeated }, i) => repeated || [i - 1, i + 1].some((j) => alike(names[i], names[j] ?? [])),
  );
}

/** Whether half of the bars of one stretch are those of the other at the same place. */
function alike(a: readonly string[], b: readonly string[]): boolean {
  return 2 * a.filter((name, i) => name === b[i]).length >= Math.max(a.length, b.length);
}
