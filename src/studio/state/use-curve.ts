import { useRef, useState } from 'preact/hooks';

/** A line of a chart. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Points of a curve that are kept; beyond that every other one goes, so that a long training draws as fast as a short one. */
const MOST_POINTS = 240;

/** Curves that grow while something is trained. */
export interface Curve {
  readonly lines: readonly Line[];
  /** @param name which of the curves */
  add(name: string, x: number, y: number): void;
  clear(): void;
}

export function useCurve(names: readonly string[]): Curve {
  const points = useRef(new Map<string, [number, number][]>());
  const [, redraw] = useState(0);
  return {
    lines: names.map((name) => ({ name, points: points.current.get(name) ?? [] })),
    add(name, x, y) {
      const own = points.current.get(name) ?? [];
      // The last point moves on until it is far enough from the one before it.
      const gap = own.length < 3 ? 0 : (own.at(-2)![0] - own[0][0]) / MOST_POINTS;
      if (own.length > 1 && x - own.at(-2)![0] < gap) own.pop();
      own.push([x, y]);
      points.current.set(
        name,
        own.length > MOST_POINTS
          ? own.filter((_, index) => index % 2 === 0 || index === own.length - 1)
          : own,
      );
      redraw((count) => count + 1);
    },
    clear() {
      points.current.clear();
      redraw((count) => count + 1);
    },
  };
}
