import { ticksOf, type Melody, type MelodyBar, type MelodySection } from './melody.js';

/**
 * A melody in which what is one bar stands in one: where the sign of an ending, or a bar line at the end of a line of
 * notes, splits a bar in two short ones, they are put together. An ending then begins with the bar that its sign stood
 * in. It sounds as before, and bars counted are bars heard.
 */
export function withJoinedBars(melody: Melody): Melody {
  return { ...melody, sections: melody.sections.map(joinedSection) };
}

function joinedSection(section: MelodySection): MelodySection {
  const { bars, first, second, repeated } = withWholeEndings(section);
  const [opening] = bars;
  const hasPickup = bars.length > 1 && opening.ticks < opening.whole;
  /** What a pickup leaves of the last bar of a pass. */
  const rest = hasPickup ? opening.whole - opening.ticks : undefined;
  const kept = hasPickup ? [opening] : [];
  return {
    bars: [...kept, ...joined(bars.slice(kept.length), first.length === 0 ? rest : undefined)],
    first: joined(first, rest),
    second: joined(second, rest),
    repeated,
  };
}

/** The bar in which endings begin goes to each of them. */
function withWholeEndings(section: MelodySection): MelodySection {
  const { bars, first, second, repeated } = section;
  const head = bars.at(-1);
  const endings = [first, second].filter(({ length }) => length > 0);
  if (head === undefined || bars.length < 2 || endings.length === 0) return section;
  if (!endings.every(([tail]) => areOneBar(head, tail, head.whole))) return section;
  const begin = ([tail, ...rest]: readonly MelodyBar[]): MelodyBar[] =>
    tail === undefined ? [] : [together(head, tail), ...rest];
  return { bars: bars.slice(0, -1), first: begin(first), second: begin(second), repeated };
}

/** @param last how long the last bar may be, where it is shorter than a whole one */
function joined(bars: readonly MelodyBar[], last: number | undefined): MelodyBar[] {
  const whole: MelodyBar[] = [];
  for (const [i, bar] of bars.entries()) {
    const before = whole.at(-1);
    const isLast = i === bars.length - 1;
    const isOne =
      before !== undefined &&
      (areOneBar(before, bar, bar.whole) || (isLast && last !== undefined && areOneBar(before, bar, last)));
    if (isOne) whole[whole.length - 1] = together(before, bar);
    else whole.push(bar);
  }
  return whole;
}

/** A tie between them would leave one note of a length that may be written in no way. */
function areOneBar(a: MelodyBar, b: MelodyBar, ticks: number): boolean {
  return a.whole === b.whole && a.ticks + b.ticks === ticks && b.notes[0]?.tied === false;
}

function together(a: MelodyBar, b: MelodyBar): MelodyBar {
  const chords = [
    ...(a.chords ?? []),
    ...(b.chords ?? []).map((each) => ({ ...each, at: each.at + a.ticks })),
  ];
  return {
    notes: [...a.notes, ...b.notes],
    ticks: ticksOf(a.notes) + ticksOf(b.notes),
    whole: a.whole,
    ...(chords.length > 0 && { chords }),
  };
}
