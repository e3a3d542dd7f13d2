import { loadAbcjs } from '../../../src/text/music/playback/abcjs.js';

/** What abcjs's own parse says of a tune: its warnings, and the length of each bar in whole notes. */
export interface Judged {
  readonly warnings: readonly string[];
  /** Each with the bar line that ends it. */
  readonly bars: readonly { readonly length: number; readonly line: string }[];
}

/** Reads a tune with abcjs alone and adds up the notes of its bars; grace notes take no time. */
export async function judgeTune(abc: string): Promise<Judged> {
  const [tune] = (await loadAbcjs()).parseOnly(abc);
  const bars: { length: number; line: string }[] = [];
  let length = 0;
  let tuplet = 1;
  for (const { staff } of tune.lines) {
    for (const element of staff?.[0].voices[0] ?? []) {
      if (element.startTriplet !== undefined) tuplet = element.tripletMultiplier ?? NaN;
      if (element.duration !== undefined) length += element.duration * tuplet;
      if (element.endTriplet) tuplet = 1;
      if (element.el_type !== 'bar') continue;
      // The sign of a repeat at the start of a line ends no bar.
      if (length > 0) bars.push({ length, line: element.type ?? '' });
      length = 0;
    }
  }
  if (length > 0) bars.push({ length, line: 'none' });
  return { warnings: tune.warnings ?? [], bars };
}

/**
 * What is wrong with the bars: each is a whole one, but for the first of a section, its pickup, and the
 * last, which is short by as much.
 */
export function wrongBars({ bars }: Judged, whole: number): string[] {
  const wrong: string[] = [];
  const same = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;
  let pickup: number | undefined;
  bars.forEach(({ length, line }, i) => {
    const ends = line !== 'bar_thin';
    if (pickup === undefined && !ends && length < whole - 1e-6) pickup = length;
    else if (pickup === undefined && line === 'bar_left_repeat' && i === 0) return;
    else {
      const expected = ends ? whole - (pickup ?? 0) : whole;
      if (!same(length, expected)) wrong.push(`bar ${i + 1}, ending in ${line}: ${length}, not ${expected}`);
      pickup ??= 0;
    }
    if (ends) pickup = undefined;
  });
  if (bars.at(-1)?.line === 'none') wrong.push('no bar line at the end');
  return wrong;
}
