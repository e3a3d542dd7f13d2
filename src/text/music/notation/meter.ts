import { SeqkitError } from '../../../base/errors.js';

/**
 * Ticks of a whole note: halves down to 1/128, and thirds, fifths and sevenths of those, are
 * whole numbers, so that bars add up exactly.
 */
export const WHOLE_TICKS = 128 * 3 * 5 * 7;

/**
 * A meter in one spelling: `4/4` also for `C`, `C|` also for `2/2`, `5/8` also for `2+3/8` and `(2+3)/8`. Undefined
 * for what has no bars.
 */
export function readMeter(text: string): string | undefined {
  const meter = text.trim();
  if (meter === 'C') return '4/4';
  if (meter === 'C|' || meter === '2/2') return 'C|';
  const match = /^\(?(\d{1,2}(?:\+\d{1,2}){0,8})\)?\/(\d{1,2})$/.exec(meter);
  if (!match) return undefined;
  const beats = match[1].split('+').reduce((sum, part) => sum + Number(part), 0);
  const unit = Number(match[2]);
  return beats >= 1 && beats < 100 && [1, 2, 4, 8, 16].includes(unit) ? `${beats}/${unit}` : undefined;
}

/** @throws SeqkitError `bad-value` for what is no meter */
export function askedMeter(text: string): string {
  const meter = readMeter(text);
  if (meter !== undefined) return meter;
  throw new SeqkitError(`${JSON.stringify(text)} is no meter.`, {
    code: 'bad-value',
    hint: 'Write it like 4/4, 6/8, C or C|.',
  });
}

/** Ticks of a bar of a meter that `readMeter` gave. */
export function barTicks(meter: string): number {
  if (meter === 'C|') return WHOLE_TICKS;
  const [beats, unit] = meter.split('/').map(Number);
  return (WHOLE_TICKS / unit) * beats;
}

/** `1/8`, as `L:` has it. Undefined for what is no such length. */
export function readUnit(text: string): string | undefined {
  const match = /^1\/(1|2|4|8|16|32)$/.exec(text.trim());
  return match ? match[0] : undefined;
}

/** Ticks of a unit length that `readUnit` gave. */
export function unitTicks(unit: string): number {
  return WHOLE_TICKS / Number(unit.slice(2));
}

/** The unit length where `L:` is missing (ABC 2.1, 3.1.7): 1/16 in meters below 3/4, else 1/8. */
export function unitOf(meter: string): string {
  return barTicks(meter) / WHOLE_TICKS < 0.75 ? '1/16' : '1/8';
}
