import { WHOLE_TICKS } from '../notation/meter.js';

/** A stretch of time in ticks that holds three equal parts in the time of two. */
export interface Triplet {
  readonly from: number;
  readonly to: number;
}

/** Where notes may begin and end in a stretch of time. */
export interface Grid {
  /** Between its ends, in order. */
  readonly edges: readonly number[];
  readonly triplets: readonly Triplet[];
}

interface Division extends Grid {
  readonly cost: number;
}

/** No note is shorter than a 1/32. */
export const FINEST = WHOLE_TICKS / 32;
/**
 * What a division has to save, in ticks by which points are moved: little, so that it is made wherever
 * notes fall on it; more for 1/16 and 1/32, which hands hit by chance.
 */
const DIVISION_COST = 25;
const SIXTEENTH_COST = 50;
const FINEST_COST = 150;
const TRIPLET_COST = 110;
const TRIPLET_HALF_COST = 60;
/** What two points that fall on one place cost. */
const COLLISION_COST = WHOLE_TICKS / 16;

/**
 * Divides a bar so that its points (beginnings of notes and rests, unquantized) fall on places that ABC
 * can write, with as few divisions and as little moved as can be: bars into beats, beats into halves or
 * triplets, dotted beats into thirds.
 * @param meter as `readMeter` gives it
 * @param points in ticks from the start of the bar
 */
export function divideBar(meter: string, whole: number, points: readonly number[]): Grid {
  const [beats, unit] = (meter === 'C|' ? '2/2' : meter).split('/').map(Number);
  const isPower = (n: number): boolean => (n & (n - 1)) === 0;
  let spans: number[];
  if (isPower(beats)) return binary(0, whole, points);
  if (beats % 3 === 0 && unit >= 8) spans = new Array<number>(beats / 3).fill((3 * WHOLE_TICKS) / unit);
  else spans = new Array<number>(beats).fill(WHOLE_TICKS / unit);
  const divide = beats % 3 === 0 && unit >= 8 ? dotted : binary;
  return join(
    spans.map((span, i) => divide(i * span, span, points)),
    spans.slice(1).map((span, i) => (i + 1) * span),
    0,
  );
}

function within(from: number, length: number, points: readonly number[]): number[] {
  return points.filter((point) => point >= from && point < from + length);
}

/** Left undivided: its points are moved to its ends. */
function undivided(from: number, length: number, points: readonly number[]): Division {
  const middle = from + length / 2;
  let cost = 0;
  let [atStart, atEnd] = [0, 0];
  for (const point of points) {
    cost += Math.min(point - from, from + length - point);
    if (point < middle) atStart += 1;
    else atEnd += 1;
  }
  cost += COLLISION_COST * (Math.max(0, atStart - 1) + Math.max(0, atEnd - 1));
  return { cost, edges: [], triplets: [] };
}

function join(parts: readonly Division[], edges: readonly number[], cost: number): Division {
  return {
    cost: parts.reduce((sum, part) => sum + part.cost, cost),
    edges: parts.flatMap((part, i) => [...part.edges, ...edges.slice(i, i + 1)]),
    triplets: parts.flatMap((part) => part.triplets),
  };
}

function cheapest(divisions: readonly Division[]): Division {
  return divisions.reduce((a, b) => (b.cost < a.cost ? b : a));
}

/** A length that halves: a whole note, a half, a quarter and so on. */
function binary(from: number, length: number, all: readonly number[]): Division {
  const points = within(from, length, all);
  const ways = [undivided(from, length, points)];
  if (ways[0].cost <= DIVISION_COST) return ways[0];
  const half = length / 2;
  if (half >= FINEST) {
    const parts = [binary(from, half, points), binary(from + half, half, points)];
    const cost = half === FINEST ? FINEST_COST : half === 2 * FINEST ? SIXTEENTH_COST : DIVISION_COST;
    ways.push(join(parts, [from + half], cost));
  }
  if (length >= WHOLE_TICKS / 8 && length <= WHOLE_TICKS / 2) ways.push(triplet(from, length, points));
  return cheapest(ways);
}

function triplet(from: number, length: number, points: readonly number[]): Division {
  const third = length / 3;
  const starts = [from, from + third, from + 2 * third];
  const parts = starts.map((start) => {
    const own = within(start, third, points);
    const whole = undivided(start, third, own);
    // Halves of the thirds of a half note would be two triplets written as one.
    if (length !== WHOLE_TICKS / 4) return whole;
    const halves = [start, start + third / 2].map((at) =>
      undivided(at, third / 2, within(at, third / 2, own)),
    );
    return cheapest([whole, join(halves, [start + third / 2], TRIPLET_HALF_COST)]);
  });
  const { cost, edges } = join(parts, starts.slice(1), TRIPLET_COST);
  return { cost, edges, triplets: [{ from, to: from + length }] };
}

/** Three halves of a length that halves: the beat of 6/8. */
function dotted(from: number, length: number, all: readonly number[]): Division {
  const points = within(from, length, all);
  const third = length / 3;
  const [a, b] = [from + third, from + 2 * third];
  const ways = [undivided(from, length, points)];
  ways.push(
    join(
      [binary(from, third, points), binary(a, third, points), binary(b, third, points)],
      [a, b],
      DIVISION_COST,
    ),
    // A triplet may stand over two of the three.
    join([binary(from, 2 * third, points), binary(b, third, points)], [b], DIVISION_COST),
    join([binary(from, third, points), binary(a, 2 * third, points)], [a], DIVISION_COST),
  );
  return cheapest(ways);
}
