import { WHOLE_TICKS } from '../notation/meter.js';
import type { MelodyEvent } from './melody.js';
import { divideBar, FINEST, type Triplet } from './rhythm.js';

/** So short a rest is how the note before it was played. */
const ARTICULATION = WHOLE_TICKS / 16;
/** A note that the next follows sooner is a grace note. */
const shortest = (3 / 4) * FINEST;
const MAX_GRACES = 4;
/** Points moved by less than this were on the grid. */
const SLIGHT = WHOLE_TICKS / 256;

/** Notes and chords with their places in ticks, none over another. */
export interface Placed {
  readonly pitches: readonly number[];
  readonly graces: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** What it took to bring a melody onto the grid. */
export interface Moved {
  /** Beginnings and ends that were moved onto it. */
  readonly moved: number;
  /** By how much at most, in whole notes. */
  readonly furthest: number;
  /** Notes too short to have a place of their own. */
  readonly lost: number;
}

interface Ornamented extends MelodyEvent {
  readonly graces: readonly number[];
}

/**
 * Notes too short for a place of their own, made into grace notes of the next. Some are played before the
 * beat, some on it: the one of the two beginnings counts that is nearer to a 1/16.
 */
function withGraces(
  events: readonly MelodyEvent[],
  offset: number,
): { ornamented: Ornamented[]; lost: number } {
  const ornamented: Ornamented[] = [];
  const step = WHOLE_TICKS / 16;
  const offBeat = (time: number): number =>
    Math.abs(time - offset - Math.round((time - offset) / step) * step);
  let graces: number[] = [];
  let began: number | undefined;
  let lost = 0;
  events.forEach((event, i) => {
    const { pitches, start } = event;
    const next = events.at(i + 1);
    if (next && next.start - start < shortest) {
      const kept = graces.length < MAX_GRACES ? 1 : 0;
      graces.push(...pitches.slice(0, kept));
      lost += pitches.length - kept;
      began ??= start;
      return;
    }
    const from = began !== undefined && offBeat(began) < offBeat(start) ? began : start;
    ornamented.push({ ...event, graces, start: from });
    graces = [];
    began = undefined;
  });
  return { ornamented, lost };
}

/**
 * Moves beginnings and ends onto places that can be written, bar by bar.
 * @param options.whole ticks of a bar
 * @param options.offset of a bar line, in ticks
 */
export function quantize(
  melody: readonly MelodyEvent[],
  { meter, whole, offset }: { meter: string; whole: number; offset: number },
): Moved & { placed: Placed[]; triplets: Triplet[] } {
  const { ornamented: events, lost: tooShort } = withGraces(melody, offset);
  const restAfter = ({ end }: MelodyEvent, next: MelodyEvent | undefined): boolean =>
    !next || next.start - end >= ARTICULATION;
  const points = events.flatMap((event, i) =>
    restAfter(event, events[i + 1]) ? [event.start, event.end] : [event.start],
  );
  const places = new Set<number>();
  const triplets: Triplet[] = [];
  const byBar = new Map<number, number[]>();
  for (const point of points) {
    // What is played a little early belongs to the bar that it begins.
    const bar = Math.floor((point - offset + SLIGHT) / whole);
    if (!byBar.has(bar)) byBar.set(bar, []);
    byBar.get(bar)!.push(Math.max(0, point - offset - bar * whole));
  }
  for (const [bar, own] of byBar) {
    const at = offset + bar * whole;
    const grid = divideBar(meter, whole, own);
    for (const edge of [0, ...grid.edges, whole]) places.add(at + edge);
    triplets.push(...grid.triplets.map(({ from, to }) => ({ from: at + from, to: at + to })));
  }
  const sorted = [...places].sort((a, b) => a - b);
  let [moved, furthest, lost] = [0, 0, tooShort];
  const snap = (point: number): number => {
    const place = nearest(sorted, point);
    const distance = Math.abs(place - point);
    if (distance > SLIGHT) moved += 1;
    furthest = Math.max(furthest, distance / WHOLE_TICKS);
    return place;
  };
  const starts = events.map(({ start }) => snap(start));
  const placed: Placed[] = [];
  events.forEach((event, i) => {
    const { pitches, graces } = event;
    const [start, next] = starts.slice(i, i + 2);
    if (next === start) {
      lost += pitches.length + graces.length;
      return;
    }
    const end = restAfter(event, events[i + 1]) ? snap(event.end) : next;
    const after = sorted[firstAfter(sorted, start)] ?? start + FINEST;
    placed.push({ pitches, graces, start, end: Math.max(end, after) });
  });
  triplets.sort((a, b) => a.from - b.from);
  return { placed, triplets, moved, furthest, lost };
}

/** The index of the first that is greater, or the length. */
function firstAfter(sorted: readonly number[], point: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] > point) high = middle;
    else low = middle + 1;
  }
  return low;
}

function nearest(sorted: readonly number[], point: number): number {
  const i = firstAfter(sorted, point);
  const [below, above] = [sorted[Math.max(0, i - 1)], sorted[Math.min(i, sorted.length - 1)]];
  return Math.abs(point - below) <= Math.abs(above - point) ? below : above;
}
