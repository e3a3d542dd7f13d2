import { keyOf, merged, MergedTexts, pairOf, type Merge } from './byte-pairs.js';
import { MaxHeap } from './max-heap.js';

/** How often a pair comes, and in which units. */
interface Pair {
  count: number;
  readonly units: Set<number>;
}

/**
 * Learns byte-pair merges (Gage 1994; Sennrich et al. 2016) from characters: again and again the pair of tokens that
 * comes most often becomes a token; of equally frequent ones that of the lower numbers.
 * @param units as tokens of their characters, and how often each comes
 * @param characters the text of each token so far
 * @param most how many tokens there may be with them
 * @param minCount pairs that come less often stay apart
 * @returns the merges in order; where two make the same text, they make the same token
 */
export function learnMerges(
  units: readonly { readonly tokens: readonly number[]; readonly count: number }[],
  characters: readonly string[],
  { most, minCount }: { most: number; minCount: number },
): Merge[] {
  const written = units.map(({ tokens }) => [...tokens]);
  const pairs = new Map<number, Pair>();
  const count = (unit: number, times: number, changed?: Set<number>): void => {
    const tokens = written[unit];
    for (let i = 1; i < tokens.length; i++) {
      const key = keyOf(tokens[i - 1], tokens[i]);
      let pair = pairs.get(key);
      if (!pair) pairs.set(key, (pair = { count: 0, units: new Set() }));
      pair.count += times;
      if (times > 0) pair.units.add(unit);
      else pair.units.delete(unit);
      changed?.add(key);
    }
  };
  units.forEach(({ count: times }, unit) => count(unit, times));

  // An entry may be older than its pair's count: it then goes in again where it belongs.
  const heap = new MaxHeap<{ key: number; count: number }>(
    (a, b) => a.count > b.count || (a.count === b.count && a.key < b.key),
  );
  for (const [key, { count: times }] of pairs) heap.push({ key, count: times });
  const texts = new MergedTexts(characters);
  const merges: Merge[] = [];
  while (texts.length < most) {
    const top = heap.pop();
    if (top === undefined) break;
    const pair = pairs.get(top.key);
    if (!pair || pair.count !== top.count) {
      if (pair && pair.count > 0 && pair.count < top.count) heap.push({ key: top.key, count: pair.count });
      continue;
    }
    if (pair.count < minCount) break;
    const [first, second] = pairOf(top.key);
    const token = texts.merge(first, second);
    merges.push([first, second]);
    const changed = new Set<number>();
    for (const unit of [...pair.units]) {
      count(unit, -units[unit].count, changed);
      written[unit] = merged(written[unit], first, second, token);
      count(unit, units[unit].count, changed);
    }
    for (const key of changed) {
      const { count: times } = pairs.get(key)!;
      if (times > 0) heap.push({ key, count: times });
      else pairs.delete(key);
    }
  }
  return merges;
}
