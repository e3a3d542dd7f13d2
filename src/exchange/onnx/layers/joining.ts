import { Flatten } from '../../../rnn/layers/reshape.js';
import { orderOf, settled } from './features.js';
import type { Operation } from './importing.js';
import { isSameLength, type Axis, type Length, type Signal } from './value.js';

/** What only the signal before has. */
const FRESH = { last: undefined, walk: undefined, backwards: undefined, timeName: undefined };

/** An axis that a Reshape keeps, or several that it makes one of. */
interface Group {
  readonly axes: readonly Axis[];
  readonly length: Length;
}

/** Axes of a signal as a Reshape makes them, and what else changes. */
interface Joined {
  readonly axes: readonly Axis[];
  readonly lengths: readonly Length[];
  readonly changed: Partial<Signal>;
}

/**
 * Axes that become one: bands and channels become features; time and all features become one row.
 * @param count so many axes are wanted
 * @param fits whether lengths are those of the shape
 * @returns undefined where it is no such shape
 */
export function joinedAxes(
  operation: Operation,
  x: Signal,
  real: readonly Group[],
  { count, fits }: { count: number; fits: (lengths: readonly Length[]) => boolean },
): Joined | undefined {
  if (count >= real.length) return undefined;
  const found = groupings(real, count).find((groups) => {
    return groups.every((group) => isJoinable(group, real)) && fits(groups.map(({ length }) => length));
  });
  if (!found) return undefined;
  const lengths = found.map(({ length }) => length);
  const whole = found.find(({ axes }) => axes.length > 1)!;
  const sizes = whole.axes.map((axis) => x.sizes[x.axes.indexOf(axis)]!);
  const axes = found.map((group): Axis => (group === whole ? 'D' : group.axes[0]));
  if (!whole.axes.includes('T')) return { axes, lengths, changed: { places: orderOf(whole.axes, sizes) } };
  const [tensor] = operation.layer(new Flatten(), [], settled(operation, x).tensor());
  return { axes, lengths, changed: { ...FRESH, places: orderOf(whole.axes, sizes), tensor: () => tensor } };
}

/** All ways to make so many groups of neighbours. */
function groupings(real: readonly Group[], count: number): Group[][] {
  if (count === 0) return real.length === 0 ? [[]] : [];
  return real.flatMap((_, i) => {
    const own = real.slice(0, i + 1);
    const sizes = own.map(({ length }) => length.size);
    const product = sizes.includes(null) ? null : sizes.reduce<number>((a, b) => a * b!, 1);
    const length = own.length === 1 ? own[0].length : { size: product };
    const group: Group = { axes: own.flatMap(({ axes }) => axes), length };
    return groupings(real.slice(i + 1), count - 1).map((rest) => [group, ...rest]);
  });
}

function isJoinable({ axes, length }: Group, real: readonly Group[]): boolean {
  if (axes.length === 1) return true;
  if (length.size === null) return false;
  const sorted = [...axes].sort().join();
  if (sorted === 'B,C') return true;
  const all = real.flatMap((group) => group.axes).filter((axis) => axis !== 'N');
  return ['D,T', 'B,C,T'].includes(sorted) && axes.length === all.length;
}

/** (N, T, D) laid out as bands and their channels, (N, T, B, C). */
export function splitFeatures(
  x: Signal,
  real: readonly Group[],
  target: readonly Length[],
): Pick<Joined, 'axes' | 'lengths'> | undefined {
  const [examples, time, features] = real;
  if (real.flatMap(({ axes }) => axes).join() !== 'N,T,D' || target.length !== 4 || x.places)
    return undefined;
  const [open, ...more] = [...target.keys()].filter((i) =>
    i < 2 ? !isSameLength(real[i].length, target[i]) : target[i].size === null,
  );
  const D = features.length.size;
  if (D === null || more.length > 0) return undefined;
  if (open < 2 && real[open].length.size !== null && target[open].size !== null) return undefined;
  const [bands, channels] = [target[2].size ?? D / target[3].size!, target[3].size ?? D / target[2].size!];
  if (!Number.isInteger(bands) || bands * channels !== D) return undefined;
  return {
    axes: ['N', 'T', 'B', 'C'],
    lengths: [examples.length, time.length, { size: bands }, { size: channels }],
  };
}
