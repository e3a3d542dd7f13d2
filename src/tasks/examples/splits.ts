import { SeqkitError } from '../../base/errors.js';
import { Random } from '../../base/math/random.js';

/** How much the size of a fold counts beside what it has of each class. */
const TIE_BREAK = 1e-3;

/** What splits go by. */
export interface Splittable {
  /** The class of each example. */
  readonly classes: Int32Array;
  /** How many classes there are. */
  readonly count: number;
  /** The group of each, where they have any: one group is never on both sides. */
  readonly groups?: readonly string[] | undefined;
}

/** Places of examples on both sides of a split, each in rising order. */
export interface Split {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/**
 * Holds a share of the examples back, of each class about as large a share; of those with groups whole groups.
 * @param share above 0 and below 1
 * @throws SeqkitError `too-little-data` where a side would be empty
 */
export function heldOutSplit(examples: Splittable, share: number, seed: number): Split {
  const { classes, count, groups } = examples;
  if (groups) {
    const folds = Math.min(Math.max(2, Math.round(1 / share)), new Set(groups).size);
    if (folds < 2) throw tooFewGroups(folds, 2);
    const [fold] = kFolds(examples, folds, seed);
    return splitAt(classes.length, fold);
  }
  const random = new Random(seed).fork('held out');
  const heldOut: number[] = [];
  for (let c = 0; c < count; c++) {
    const own = random.shuffle(placesOf(classes, c));
    const kept = Math.min(Math.max(1, Math.round(own.length * share)), own.length - 1);
    heldOut.push(...own.slice(0, Math.max(0, kept)));
  }
  return splitAt(classes.length, heldOut);
}

/**
 * Cuts examples into folds, each with about as many of each class; examples of one group stay together.
 * @returns the places of each fold's examples, in rising order
 * @throws SeqkitError `too-little-data` for more folds than groups, or than examples of the largest class
 */
export function kFolds(examples: Splittable, folds: number, seed: number): number[][] {
  const { classes, count, groups } = examples;
  const random = new Random(seed).fork('folds');
  const out = Array.from({ length: folds }, (): number[] => []);
  if (groups) fillByGroup(out, classes, count, groups, random);
  else {
    let next = 0;
    for (let c = 0; c < count; c++) {
      // Each class goes on at the fold where the one before it ended, so that folds are of one size.
      for (const place of random.shuffle(placesOf(classes, c))) out[next++ % folds].push(place);
    }
    if (next < folds) {
      throw new SeqkitError(`${next} examples do not fill ${folds} folds.`, { code: 'too-little-data' });
    }
  }
  return out.map((fold) => fold.sort((a, b) => a - b));
}

/** A fold, and all that is not in it. */
export function splitAt(total: number, fold: readonly number[]): Split {
  const held = new Set(fold);
  const train = Array.from({ length: total }, (_, i) => i).filter((i) => !held.has(i));
  if (train.length === 0 || held.size === 0) {
    throw new SeqkitError('The examples do not suffice to hold some back.', { code: 'too-little-data' });
  }
  return { train, heldOut: [...held].sort((a, b) => a - b) };
}

/** Large groups first, each to the fold that has the least of what the group has. */
function fillByGroup(
  folds: number[][],
  classes: Int32Array,
  count: number,
  groups: readonly string[],
  random: Random,
): void {
  const members = new Map<string, number[]>();
  groups.forEach((group, i) => {
    const own = members.get(group);
    if (own) own.push(i);
    else members.set(group, [i]);
  });
  if (members.size < folds.length) throw tooFewGroups(members.size, folds.length);
  const totals = countsOf(classes, count, classes.keys());
  const counts = folds.map(() => new Float64Array(count));
  const order = random.shuffle([...members.values()]).sort((a, b) => b.length - a.length);
  for (const [i, own] of order.entries()) {
    const added = countsOf(classes, count, own);
    // The sum over classes of squared shares is least where every fold has as much of each; then folds of one size.
    const costs = counts.map((has, f) => {
      const grown = has.reduce(
        (cost, n, c) => cost + ((n + added[c]) ** 2 - n ** 2) / Math.max(1, totals[c]) ** 2,
        0,
      );
      return grown + (TIE_BREAK * folds[f].length) / classes.length;
    });
    const empty = folds.filter((fold) => fold.length === 0).length;
    // As many groups are left as folds without any.
    if (order.length - i <= empty) folds.forEach((fold, f) => (costs[f] += fold.length > 0 ? 1e9 : 0));
    const best = costs.indexOf(Math.min(...costs));
    folds[best].push(...own);
    counts[best].forEach((n, c) => (counts[best][c] = n + added[c]));
  }
}

function countsOf(classes: Int32Array, count: number, places: Iterable<number>): Float64Array {
  const counts = new Float64Array(count);
  for (const i of places) counts[classes[i]]++;
  return counts;
}

function placesOf(classes: Int32Array, c: number): number[] {
  return Array.from(classes.keys()).filter((i) => classes[i] === c);
}

function tooFewGroups(groups: number, needed: number): SeqkitError {
  return new SeqkitError(`The examples are of ${groups} groups, where ${needed} are needed.`, {
    code: 'too-little-data',
    hint: 'Give examples of more groups, ask for fewer folds, or leave the groups out.',
  });
}
