import { barTicks } from '../notation/meter.js';
import type { Melody, MelodyBar } from './melody.js';
import { countedSections } from './tune-symbols.js';

/** Of one meter, the lengths that begin at each place of a bar, in ticks, and how often each was seen. */
export type SeenFillings = Readonly<
  Record<string, readonly (readonly [at: number, ticks: number, count: number])[]>
>;

/** A length that begins at a place of the bar this seldom is taken for a slip of the pen. */
const FEWEST = 2;

/** Which lengths begin where in the bars of some tunes, by meter. */
export function seenFillings(melodies: readonly Melody[]): SeenFillings {
  const counts = new Map<string, Map<string, number>>();
  const add = (meter: string, { notes }: MelodyBar, from: number): void => {
    const ofMeter = counts.get(meter) ?? new Map<string, number>();
    counts.set(meter, ofMeter);
    let at = from;
    for (const { ticks } of notes) {
      const name = `${at} ${ticks}`;
      ofMeter.set(name, (ofMeter.get(name) ?? 0) + 1);
      at += ticks;
    }
  };
  for (const melody of melodies) {
    const whole = barTicks(melody.meter);
    for (const { pickup, bars, second } of countedSections(melody)) {
      if (pickup) add(melody.meter, pickup, whole - pickup.ticks);
      for (const bar of [...bars, ...second]) if (bar.ticks <= whole) add(melody.meter, bar, 0);
    }
  }
  const seen: Record<string, [number, number, number][]> = {};
  for (const [meter, ofMeter] of counts) {
    seen[meter] = [...ofMeter]
      .filter(([, count]) => count >= FEWEST)
      .map(([name, count]) => [...name.split(' ').map(Number), count] as [number, number, number])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
  return seen;
}

/**
 * How the rest of a bar can be filled: with lengths only that were seen to begin where they do, and so that the bar
 * comes out even.
 */
export class BarFillings {
  readonly #after = new Map<number, number[]>();
  readonly #reaching = new Map<number, Set<number>>();
  /** Places of the bar at which some length begins, in ticks. */
  readonly places: readonly number[];

  constructor(seen: readonly (readonly [at: number, ticks: number, count: number])[]) {
    for (const [at, ticks] of seen) {
      const lengths = this.#after.get(at) ?? [];
      lengths.push(ticks);
      this.#after.set(at, lengths);
    }
    this.places = [...this.#after.keys()].sort((a, b) => a - b);
  }

  /** Whether a bar that is filled up to a place can be brought to an end. */
  reaches(at: number, end: number): boolean {
    return at === end || this.#reachingTo(end).has(at);
  }

  /** Whether a length may come at a place of a bar that has to come to an end. */
  fits(at: number, ticks: number, end: number): boolean {
    return this.#after.get(at)?.includes(ticks) === true && this.reaches(at + ticks, end);
  }

  /** The places from which lengths that were seen lead to an end. */
  #reachingTo(end: number): Set<number> {
    const known = this.#reaching.get(end);
    if (known) return known;
    const reaching = new Set([end]);
    for (const at of this.places.toReversed()) {
      if (at < end && this.#after.get(at)!.some((ticks) => reaching.has(at + ticks))) reaching.add(at);
    }
    this.#reaching.set(end, reaching);
    return reaching;
  }
}
