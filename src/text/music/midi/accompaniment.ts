import { barTicks } from '../notation/meter.js';
import { chordKinds, type Chord, type ChordKind } from '../notation/chord-names.js';
import type { MidiNote } from './midi-note.js';

/** A kind that fits as well as one before it in `chordKinds` is less common, and loses so much for each. */
const RARITY = 0.01;
/** Shares of what sounds: a tone that has less is passing, and the tones of a chord together have so much at least. */
const [PASSING, LEAST_SHARE] = [0.04, 0.7];
/** What it counts that the root is the lowest where the bar begins. */
const BASS = 0.08;

/**
 * The chord that an accompaniment plays in each bar: of those whose tones all sound, the one whose tones sound longest.
 * @param begin where the first bar begins, in ticks
 * @returns undefined for bars in which no chord sounds, such as those of a single line
 */
export function chordsOfBars(
  notes: readonly MidiNote[],
  { meter, begin, bars }: { meter: string; begin: number; bars: readonly { readonly ticks: number }[] },
): (Chord | undefined)[] {
  const whole = barTicks(meter);
  const ordered = notes.toSorted((a, b) => a.start - b.start);
  let from = begin;
  let first = 0;
  return bars.map(({ ticks }) => {
    const to = from + ticks;
    // A note lasts for some bars at most: what began long before is over.
    while (first < ordered.length && ordered[first].start < from - 4 * whole) first += 1;
    const heard: Heard[] = [];
    for (let n = first; n < ordered.length && ordered[n].start < to; n++) {
      const { pitch, start, end } = ordered[n];
      const sounds = Math.min(end, to) - Math.max(start, from);
      if (sounds > 0) heard.push({ pitch, start: Math.max(start, from), ticks: sounds });
    }
    from = to;
    return chordOf(heard);
  });
}

/** What sounds of a note within a bar. */
interface Heard {
  readonly pitch: number;
  readonly start: number;
  readonly ticks: number;
}

function chordOf(heard: readonly Heard[]): Chord | undefined {
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
  return best?.chord;
}
