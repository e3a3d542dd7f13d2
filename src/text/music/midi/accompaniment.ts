import { barTicks, WHOLE_TICKS } from '../notation/meter.js';
import { chordKinds, type Chord, type ChordKind } from '../notation/chord-names.js';
import type { MidiNote } from './midi-note.js';

/** A kind that fits as well as one before it in `chordKinds` is less common, and loses so much for each. */
const RARITY = 0.01;
/** Shares of what sounds: a tone that has less is passing, and the tones of a chord together have so much at least. */
const [PASSING, LEAST_SHARE] = [0.04, 0.7];
/** What it counts that the root is the lowest where the bar begins. */
const BASS = 0.08;

/**
 * What a change within a bar must gain, in shares of a bar: where one chord fits it nearly as well, it has one. More
 * off the middle: the bass there may be a tone of both chords.
 */
const [CHANGE, OFF_MIDDLE] = [0.08, 0.04];

/** A chord from a time of the file on. */
export interface HeardChord {
  readonly at: number;
  readonly chord: Chord;
}

/**
 * Hears the chords that an accompaniment plays in a bar: of those whose tones all sound, the one whose tones sound
 * longest. It changes within the bar, on a beat, where the parts have other chords that fit much better.
 * @param offset where a bar begins, in ticks
 * @returns what hears the bars, asked for in order; none where no chord sounds, as in bars of a single line
 */
export function chordHearing(
  notes: readonly MidiNote[],
  { meter, offset }: { meter: string; offset: number },
): (from: number, to: number) => HeardChord[] {
  const whole = barTicks(meter);
  const beat = countedBeat(meter);
  const ordered = notes.toSorted((a, b) => a.start - b.start);
  let first = 0;
  return (from, to) => {
    // A note lasts for some bars at most: what began long before is over.
    while (first < ordered.length && ordered[first].start < from - 4 * whole) first += 1;
    let last = first;
    while (last < ordered.length && ordered[last].start < to) last += 1;
    const here = ordered.slice(first, last);
    const places = [from];
    for (let at = offset + beat * Math.ceil((from - offset) / beat); at < to; at += beat) {
      if (at > from) places.push(at);
    }
    const cost = (at: number): number => CHANGE + ((at - offset) % (whole / 2) === 0 ? 0 : OFF_MIDDLE);
    return bestRow(here, [...places, to], cost);
  };
}

/**
 * The chords of a bar, each over some of its beats, that fit best in sum, by dynamic programming.
 * @param places where beats begin, and its end
 * @param cost what a change at a place must gain
 */
function bestRow(
  notes: readonly MidiNote[],
  places: readonly number[],
  cost: (at: number) => number,
): HeardChord[] {
  const length = places.at(-1)! - places[0];
  /** The best row up to each place. */
  const rows: { score: number; chords: readonly HeardChord[] }[] = [{ score: 0, chords: [] }];
  for (let end = 1; end < places.length; end++) {
    let best = { score: -Infinity, chords: rows[0].chords };
    for (let begin = 0; begin < end; begin++) {
      const [at, to] = [places[begin], places[end]];
      const heard = chordOf(heardIn(notes, at, to));
      const fit = ((to - at) / length) * (heard?.score ?? 0);
      const score = rows[begin].score + fit - (begin > 0 ? cost(at) : 0);
      if (score <= best.score) continue;
      best = { score, chords: [...rows[begin].chords, ...(heard ? [{ at, chord: heard.chord }] : [])] };
    }
    rows.push(best);
  }
  const { chords } = rows.at(-1)!;
  return chords.filter(({ chord }, i) => i === 0 || !isSame(chord, chords[i - 1].chord));
}

function isSame(a: Chord, b: Chord): boolean {
  return a.root === b.root && a.kind === b.kind;
}

/** Ticks of what is counted in a meter: a dotted quarter in 6/8, else the note below. */
function countedBeat(meter: string): number {
  const [beats, below] = (meter === 'C|' ? '2/2' : meter).split('/').map(Number);
  return ((beats > 3 && beats % 3 === 0 && below >= 8 ? 3 : 1) * WHOLE_TICKS) / below;
}

function heardIn(notes: readonly MidiNote[], from: number, to: number): Heard[] {
  return notes.flatMap(({ pitch, start, end }) => {
    const sounds = Math.min(end, to) - Math.max(start, from);
    return sounds > 0 ? [{ pitch, start: Math.max(start, from), ticks: sounds }] : [];
  });
}

/** What sounds of a note within a bar, or a part of one. */
interface Heard {
  readonly pitch: number;
  readonly start: number;
  readonly ticks: number;
}

function chordOf(heard: readonly Heard[]): { chord: Chord; score: number } | undefined {
  const time = new Array<number>(12).fill(0);
  for (const { pitch, ticks } of heard) time[pitch % 12] += ticks;
  const total = time.reduce((sum, each) => sum + each, 0);
  if (total === 0) return undefined;
  const shares = time.map((each) => each / total);
  // The lowest of those that begin it: a bass goes on to other tones.
  const { pitch: lowest } = heard.reduce((low, each) =>
    each.start < low.start || (each.start === low.start && each.pitch < low.pitch) ? each : low,
  );
  const bass = lowest % 12;
  let best: { chord: Chord; score: number } | undefined;
  for (const [rarity, kind] of (Object.keys(chordKinds) as ChordKind[]).entries()) {
    for (let root = 0; root < 12; root++) {
      const tones = chordKinds[kind].map((tone) => (root + tone) % 12);
      const within = tones.reduce((sum, tone) => sum + shares[tone], 0);
      if (within < LEAST_SHARE || tones.some((tone) => shares[tone] <= PASSING)) continue;
      const score = within - RARITY * rarity + (root === bass ? BASS : 0);
      if (!best || score > best.score) best = { chord: { root, kind }, score };
    }
  }
  return best;
}
