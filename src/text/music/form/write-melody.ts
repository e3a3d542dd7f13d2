import { chordName } from '../notation/chord-names.js';
import { barTicks } from '../notation/meter.js';
import type { Melody, MelodyBar, MelodySection } from './melody.js';
import { writeBar, type BarSpelling } from './write-bar.js';

/** Bars of a line. */
const LINE_BARS = 4;

/** Bars of one section in a row, with the bar line before each and what is tied into the next. */
interface Written {
  readonly text: string;
  readonly isPickup: boolean;
}

/**
 * The body of a tune in ABC: lines of four bars, repeats and endings with their signs.
 * @returns undefined where a bar cannot be written
 */
export function writeMelody(melody: Melody): string | undefined {
  const lines: string[] = [];
  for (const [i, section] of melody.sections.entries()) {
    const text = writeSection(section, melody, i === melody.sections.length - 1);
    if (text === undefined) return undefined;
    lines.push(text);
  }
  return lines.join('');
}

function writeSection(section: MelodySection, spelling: BarSpelling, isLast: boolean): string | undefined {
  const { bars, first, second, repeated } = section;
  const close = repeated ? ':|' : isLast ? '|]' : '||';
  const [main, one, two] = [
    writeBars(bars, spelling, first.at(0) ?? second.at(0)),
    writeBars(first, spelling),
    writeBars(second, spelling),
  ];
  if (!main || !one || !two) return undefined;
  const opening = repeated ? '|:' : '';
  if (one.length === 0) return `${opening}${inLines(main)}${close}\n`;
  return `${opening}${inLines(main)}|1${inLines(one)}:|2${inLines(two)}${isLast ? '|]' : '||'}\n`;
}

/** @param after the bar that comes next, which the last note may be tied to */
function writeBars(
  bars: readonly MelodyBar[],
  spelling: BarSpelling,
  after?: MelodyBar,
): Written[] | undefined {
  const whole = barTicks(spelling.meter);
  const written: Written[] = [];
  for (const [i, bar] of bars.entries()) {
    const isPickup = i === 0 && bar.ticks < whole / 2 + 1 && bars.length > 1;
    const next = bars.at(i + 1) ?? (i === bars.length - 1 ? after : undefined);
    const tieOut = next?.notes.at(0)?.tied ?? false;
    const chords = bar.chords?.map((chord) => ({ at: chord.at, name: chordName(chord, spelling.key) }));
    const text = writeBar(bar.notes, spelling, {
      ...{ from: isPickup ? whole - bar.ticks : 0, tieOut },
      ...(chords && { chords }),
    });
    if (text === undefined) return undefined;
    written.push({ text, isPickup });
  }
  return written;
}

/** Bars with plain lines between them, and after every fourth whole one a new line. */
function inLines(bars: readonly Written[]): string {
  let text = '';
  let count = 0;
  bars.forEach((bar, i) => {
    text += bar.text;
    if (!bar.isPickup) count += 1;
    if (i === bars.length - 1) return;
    text += count > 0 && count % LINE_BARS === 0 ? '|\n' : '|';
  });
  return text;
}
