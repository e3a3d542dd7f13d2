import { isPlainObject } from '../../../base/schema/index.js';
import { readKey } from '../notation/key.js';
import { readMeter, readUnit } from '../notation/meter.js';
import type { Picking } from './picking.js';
import { byFrequency } from './seen.js';
import type { PlannedKey, TunePlan } from './tune-plan.js';
import type { Heading } from './tune-writer.js';

/** What tunes are called for, and how many of a training are so. */
export interface SeenHeading extends Heading {
  readonly tunes: number;
}

/** The headings of some tunes, the most frequent first. */
export function seenHeadings(tunes: readonly Heading[]): SeenHeading[] {
  const headings = tunes.map(({ type, meter, unit, key }) => JSON.stringify({ type, meter, unit, key }));
  return byFrequency(headings).map(([heading, count]) => ({
    ...(JSON.parse(heading) as Heading),
    tunes: count,
  }));
}

/** Whether a file's value is a heading. */
export function isSeenHeading(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const { type, meter, unit, key, tunes } = value;
  return (
    typeof type === 'string' &&
    typeof meter === 'string' &&
    readMeter(meter) === meter &&
    typeof unit === 'string' &&
    readUnit(unit) === unit &&
    typeof key === 'string' &&
    readKey(key) === key &&
    Number.isSafeInteger(tunes) &&
    Number(tunes) > 0
  );
}

/** What a tune is to be. */
export interface DrawnHeading {
  readonly kind: Omit<Heading, 'key'>;
  readonly planned: PlannedKey;
}

/**
 * A heading for a tune, drawn as often as tunes have it: first its type, meter and unit, then its key.
 * @param plan which kinds and keys it may have
 * @returns undefined where no tune is of such a kind in such a key
 */
export function drawHeading(
  headings: readonly SeenHeading[],
  { kinds, keys }: Pick<TunePlan, 'kinds' | 'keys'>,
  pick: { readonly kind: Picking; readonly key: Picking },
): DrawnHeading | undefined {
  const ways = kinds
    .map((kind) => ({ kind, of: headings.filter((heading) => isOf(heading, kind) && isIn(heading, keys)) }))
    .filter(({ of }) => of.length > 0);
  if (ways.length === 0) return undefined;
  const { kind, of } = ways[pick.kind(ways.map((way) => way.of.reduce((sum, { tunes }) => sum + tunes, 0)))];
  const { key } = of[pick.key(of.map(({ tunes }) => tunes))];
  return { kind, planned: keys.find(({ seen }) => seen === key)! };
}

function isOf(heading: SeenHeading, { type, meter, unit }: Omit<Heading, 'key'>): boolean {
  return heading.type === type && heading.meter === meter && heading.unit === unit;
}

function isIn({ key }: SeenHeading, keys: readonly PlannedKey[]): boolean {
  return keys.some(({ seen }) => seen === key);
}
