import { isPlainLength, lengthText } from '../notation/lengths.js';
import { barTicks, unitTicks, WHOLE_TICKS } from '../notation/meter.js';
import type { MelodyEvent } from './melody.js';
import { quantize, type Moved, type Placed } from './quantization.js';
import type { Triplet } from './rhythm.js';
import { Speller } from './spelling.js';

/** The unit length of what is written here. */
export const UNIT = '1/8';

const BARS_OF_LINE = 4;

/** A stretch of a bar: notes (grace notes before them), or a rest. */
interface NoteSpan {
  readonly pitches: readonly number[];
  readonly graces: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Whether its notes go on in the next span. */
  readonly tied: boolean;
  /** The chord symbol over its beginning. */
  readonly symbol?: string;
}

/** A chord symbol, and the time at which it stands. */
export interface PlacedSymbol {
  readonly at: number;
  readonly name: string;
}

/** A melody in ABC. */
export interface Transcription extends Moved {
  readonly body: string;
  /** How many chord symbols were written. */
  readonly symbols: number;
}

/**
 * Writes a melody in bars.
 * @param events in order of time; bar lines lie at `offset` and whole bars from there
 * @param options.offset of the first whole bar, in ticks; what comes before it is the pickup
 * @param options.keyAt the key from a time on
 * @param options.symbolsOf the chord symbols of a bar from one time to another; asked for bars in order
 */
export function transcribe(
  events: readonly MelodyEvent[],
  {
    meter,
    offset,
    keyAt,
    symbolsOf,
  }: {
    meter: string;
    offset: number;
    keyAt: (ticks: number) => string;
    symbolsOf: (from: number, to: number) => readonly PlacedSymbol[];
  },
): Transcription {
  const whole = barTicks(meter);
  const { placed, triplets, ...report } = quantize(events, { meter, whole, offset });
  const last = placed.at(-1)!.end;
  const start = placed[0].start;
  const pickup = start < offset ? offset - start : 0;
  const lines: string[][] = [[]];
  let speller: Speller | undefined;
  let keyHere = keyAt(offset);
  const first = pickup > 0 ? offset - whole : offset;
  let written = pickup > 0 ? -1 : 0;
  let symbols = 0;
  // What is over before a bar is left behind, so that each is looked at once.
  let note = 0;
  let tuplet = 0;
  for (let bar = 0, from = first; from < last; bar++, from += whole) {
    const key = keyAt(from < offset ? offset : from);
    const change = key === keyHere ? '' : `[K:${key}]`;
    if (!speller || key !== keyHere) speller = new Speller(key);
    keyHere = key;
    speller.startBar();
    const begin = bar === 0 ? Math.max(from, start) : from;
    // The last bar is full, or short by the pickup where it fits.
    const short = from + whole - pickup;
    const end = from + whole < last ? from + whole : last <= short ? short : from + whole;
    while (note < placed.length && placed[note].end <= begin) note += 1;
    while (tuplet < triplets.length && triplets[tuplet].to <= begin) tuplet += 1;
    const here = untilBar(triplets, tuplet, end, ({ from: at }) => at);
    const spans = withSymbols(
      spansOf(
        untilBar(placed, note, end, ({ start: at }) => at),
        here,
        begin,
        end,
      ),
      symbolsOf(begin, end),
      here,
    );
    symbols += spans.filter(({ symbol }) => symbol !== undefined).length;
    lines.at(-1)!.push(`${change}${writeBar(spans, here, { from, meter }, speller)}`);
    written += 1;
    if (written > 0 && written % BARS_OF_LINE === 0 && from + whole < last) lines.push([]);
  }
  const bars = lines.map((line) => line.join('|'));
  return { body: `${bars.join('|\n')}|]\n`, symbols, ...report };
}

/** Those from an index on that begin before a bar line. */
function untilBar<T>(items: readonly T[], from: number, end: number, start: (item: T) => number): T[] {
  let to = from;
  while (to < items.length && start(items[to]) < end) to += 1;
  return items.slice(from, to);
}

/** What is heard from one time to another, cut where triplets begin and end. */
function spansOf(
  placed: readonly Placed[],
  triplets: readonly Triplet[],
  begin: number,
  end: number,
): NoteSpan[] {
  const spans: NoteSpan[] = [];
  const cuts = triplets.flatMap(({ from, to }) => [from, to]);
  const add = (span: NoteSpan): void => {
    const { from, to, pitches } = span;
    if (to <= from) return;
    const cut = cuts.find((each) => each > from && each < to);
    if (cut === undefined) spans.push(span);
    else {
      add({ ...span, to: cut, tied: pitches.length > 0 });
      add({ ...span, graces: [], from: cut });
    }
  };
  let at = begin;
  for (const { pitches, graces, start, end: stop } of placed) {
    if (stop <= begin || start >= end) continue;
    add({ pitches: [], graces: [], from: at, to: start, tied: false });
    const from = Math.max(start, begin);
    at = Math.min(stop, end);
    add({ pitches, graces: start >= begin ? graces : [], from, to: at, tied: stop > end });
  }
  add({ pitches: [], graces: [], from: at, to: end, tied: false });
  return spans;
}

/**
 * Spans with the symbols that begin in them. A note over which a chord changes is tied, if its parts are plain; else the
 * symbol stands over the next one, if that begins before the symbol after.
 */
function withSymbols(
  spans: readonly NoteSpan[],
  symbols: readonly PlacedSymbol[],
  triplets: readonly Triplet[],
): NoteSpan[] {
  const unit = unitTicks(UNIT);
  const cut = symbols.reduce<readonly NoteSpan[]>(
    (all, { at }) =>
      all.flatMap((span) => {
        const { from, to, pitches } = span;
        const isPlain = isPlainLength((at - from) / unit) && isPlainLength((to - at) / unit);
        const isWithin = at > from && at < to && !triplets.some((each) => each.from < at && each.to > at);
        if (!isWithin || !isPlain) return [span];
        return [
          { ...span, to: at, tied: pitches.length > 0 },
          { ...span, graces: [], from: at },
        ];
      }),
    spans,
  );
  return cut.map((span, i) => {
    const before = cut.at(i - 1)!;
    const begun = symbols.findLast(({ at }) => at <= span.from);
    const isNew = begun && (i === 0 || begun.at > before.from);
    return isNew ? { ...span, symbol: begun.name } : span;
  });
}

function writeBar(
  spans: readonly NoteSpan[],
  triplets: readonly Triplet[],
  { from, meter }: { from: number; meter: string },
  speller: Speller,
): string {
  const group = groupTicks(meter);
  let text = '';
  let before: Triplet | undefined;
  for (const span of spans) {
    const triplet = triplets.find((each) => span.from >= each.from && span.to <= each.to);
    const inside = triplet ? spans.filter((each) => each.from >= triplet.from && each.to <= triplet.to) : [];
    const isTriplet = inside.length > 1;
    const starts = isTriplet && triplet !== before;
    if (text !== '' && (span.from - from) % group === 0 && (!isTriplet || starts)) text += ' ';
    if (starts) text += inside.length === 3 && evenly(inside) ? '(3' : `(3:2:${inside.length}`;
    text += writeSpan(span, isTriplet ? 3 / 2 : 1, speller);
    before = triplet;
  }
  return text;
}

function evenly(spans: readonly NoteSpan[]): boolean {
  return new Set(spans.map(({ from, to }) => to - from)).size === 1;
}

/** Notes of one group are written without a space. */
function groupTicks(meter: string): number {
  const [beats, below] = (meter === 'C|' ? '2/2' : meter).split('/').map(Number);
  if (beats % 3 === 0 && below >= 8) return (3 * WHOLE_TICKS) / below;
  return meter === '4/4' || meter === 'C|' ? WHOLE_TICKS / 2 : WHOLE_TICKS / Math.min(below, 4);
}

/** @param stretch how much longer it is written than it sounds */
function writeSpan(span: NoteSpan, stretch: number, speller: Speller): string {
  const { pitches, graces, from, to, tied, symbol } = span;
  const lengths = writable((to - from) * stretch);
  const over = symbol === undefined ? '' : `"${symbol}"`;
  if (pitches.length === 0)
    return over + lengths.map((length) => `z${lengthText(length / unitTicks(UNIT))}`).join('');
  const grace = graces.map((pitch) => speller.write(pitch)).join('');
  const notes = lengths.map((length, i) => {
    const names = pitches.map((pitch) => speller.write(pitch));
    const tie = tied || i < lengths.length - 1 ? '-' : '';
    return `${names.length === 1 ? names[0] : `[${names.join('')}]`}${lengthText(length / unitTicks(UNIT))}${tie}`;
  });
  return `${over}${grace === '' ? '' : `{${grace}}`}${notes.join('')}`;
}

/** A length as those that one note head and a dot can show, the longest first. */
function writable(ticks: number): number[] {
  const lengths: number[] = [];
  let left = ticks;
  for (let head = 4 * WHOLE_TICKS; left > 0 && head >= 1; head /= 2) {
    for (const length of [1.5 * head, head]) {
      while (left >= length) {
        lengths.push(length);
        left -= length;
      }
    }
  }
  return lengths;
}
