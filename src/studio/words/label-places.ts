/** A word and its place on a map. */
export interface Point {
  readonly word: string;
  readonly x: number;
  readonly y: number;
}

/** Where a word may stand beside its point, the first choice first. */
const SIDES = [
  { dx: 8, dy: 4, anchor: 'start' },
  { dx: -8, dy: 4, anchor: 'end' },
  { dx: 0, dy: -9, anchor: 'middle' },
  { dx: 0, dy: 18, anchor: 'middle' },
] as const;
/** Of a letter and of a line, in the map's units. */
const LETTER = { width: 7.6, height: 14 };

type Side = (typeof SIDES)[number];
interface Box {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/**
 * Puts each word where it covers no other word, no point and no arrow, as far as there is such a place.
 * @param width of the map
 * @param arrows from where to where
 */
export function labelPlaces(
  points: readonly Point[],
  width: number,
  arrows: readonly (readonly [from: Point, to: Point])[] = [],
): (Point & { side: Side })[] {
  const taken: Box[] = [
    ...points.map(({ x, y }) => ({ left: x - 5, right: x + 5, y: y + 4 })),
    ...arrows.flatMap(([from, to]) => along(from, to)),
  ];
  return [...points]
    .sort((a, b) => a.x - b.x)
    .map((point) => {
      const boxOf = ({ dx, dy, anchor }: Side): Box => {
        const size = LETTER.width * point.word.length;
        const left = point.x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? size : size / 2);
        return { left, right: left + size, y: point.y + dy };
      };
      const covers = (own: Box): boolean =>
        own.left < 0 ||
        own.right > width ||
        taken.some(
          (box) =>
            Math.abs(box.y - own.y) < LETTER.height && box.left < own.right - 1 && own.left < box.right - 1,
        );
      const side = SIDES.find((each) => !covers(boxOf(each))) ?? SIDES[0];
      taken.push(boxOf(side));
      return { ...point, side };
    });
}

/** Small boxes along a line, its ends left out. */
function along(from: Point, to: Point): Box[] {
  const count = Math.floor(Math.hypot(to.x - from.x, to.y - from.y) / LETTER.width);
  return Array.from({ length: Math.max(0, Math.min(100, count) - 1) }, (_, i) => {
    const share = (i + 1) / Math.min(100, count);
    const x = from.x + share * (to.x - from.x);
    return { left: x - 2, right: x + 2, y: from.y + share * (to.y - from.y) + 4 };
  });
}
