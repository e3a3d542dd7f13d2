import { SeqkitError } from '../../../base/errors.js';
import type { Heading } from './tune-writer.js';

/** What a file of a model of tunes keeps of those that it was trained on. */
export interface Seen {
  /** How many tunes it was trained on. */
  readonly tunes: number;
  /** Combinations of type, meter and unit length, the most frequent first. */
  readonly kinds: readonly Omit<Heading, 'key'>[];
  readonly keys: readonly string[];
}

/** What some tunes are. */
export function seenIn(tunes: readonly Heading[]): Seen {
  const kinds = tunes.map(({ type, meter, unit }) => JSON.stringify({ type, meter, unit }));
  return {
    tunes: tunes.length,
    kinds: byFrequency(kinds).map(([kind]) => JSON.parse(kind) as Omit<Heading, 'key'>),
    keys: byFrequency(tunes.map(({ key }) => key)).map(([key]) => key),
  };
}

/**
 * The kinds of tunes that were seen, of a meter and type.
 * @throws SeqkitError `bad-value` where there are none
 */
export function kindsLike(
  { meter, type }: { meter: string | undefined; type: string | undefined },
  { kinds }: Pick<Seen, 'kinds'>,
): readonly Omit<Heading, 'key'>[] {
  const fitting = kinds.filter(
    (kind) => (meter ?? kind.meter) === kind.meter && (type ?? kind.type) === kind.type,
  );
  if (fitting.length > 0) return fitting;
  const all = [...new Set(kinds.map((kind) => `${kind.type || 'tune'} in ${kind.meter}`))];
  const wished = [type, meter === undefined ? undefined : `in ${meter}`].filter(Boolean).join(' ');
  throw new SeqkitError(
    `${type === undefined ? 'meter' : 'type'}: the model has seen no ${type === undefined ? 'tune ' : ''}${wished}.`,
    { code: 'bad-value', hint: `It knows ${all.join(', ')}.` },
  );
}

/** The items, each once with how often it comes, the most frequent first. */
export function byFrequency(items: readonly string[]): [item: string, count: number][] {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
