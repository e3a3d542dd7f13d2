import { barTicks, readMeter, WHOLE_TICKS } from '../notation/meter.js';
import { readMelody } from '../form/read-melody.js';
import { readTunes } from '../notation/read-tunes.js';

/** Moves a time of a tune, in whole notes, to where it is played. */
export type Swing = (time: number) => number;

const QUARTER = 1 / 4;

/**
 * The swing of a tune: of each quarter the first half takes more of its time, and what lies within it is stretched
 * evenly. Quarters are counted from the first whole bar on.
 * @param share what the first of two eighths takes, from 0.5 to 0.8
 * @returns undefined where nothing is swung: at 0.5, and in compound meters, whose eighths come in threes
 */
export function swingOf(abc: string, share: number): Swing | undefined {
  const [tune] = readTunes(abc).tunes;
  const meter = tune?.meter ?? readMeter(/^M:(.*)$/m.exec(abc)?.[1] ?? '4/4') ?? '4/4';
  const isCompound = meter.endsWith('/8') && ((barTicks(meter) / WHOLE_TICKS) * 8) % 3 === 0;
  if (share === 0.5 || isCompound) return undefined;
  const first = tune && readMelody(tune).sections.at(0)?.bars.at(0);
  const pickup = first && first.ticks < first.whole ? first.ticks / WHOLE_TICKS : 0;
  return (time) => {
    const beats = (time - pickup) / QUARTER;
    // What lies on a beat but for rounding stays there.
    const beat = Math.floor(beats + 1e-6);
    const part = Math.max(0, beats - beat);
    const moved = part < 0.5 ? 2 * part * share : share + (2 * part - 1) * (1 - share);
    return pickup + (beat + moved) * QUARTER;
  };
}
