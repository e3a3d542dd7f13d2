/** A rectangle, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A label with its place. */
export interface PlacedLabel extends Box {
  readonly text: string;
  /** The dot that it names. */
  readonly x: number;
  readonly y: number;
  /** Where in its box the text begins, so that it stands close to its dot: the box is rather too wide. */
  readonly align: 'left' | 'center' | 'right';
  /** Whether it stands so far off that a line should lead to its dot. */
  readonly far: boolean;
}

/** What is to be labelled, in pixels. */
export interface LabelledDot {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

/** A line that labels keep off. */
export type Line = readonly [
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
];

/** The gap between things, in pixels. */
const GAP = 2;

/** How finely a line is taken, in pixels. */
const LINE_STEP = 4;

/** Directions in which a label may stand off its dot, the most readable first. */
const directions: readonly (readonly [number, number])[] = [
  ...([
    [1, 0],
    [0, -1],
    [-1, 0],
    [0, 1],
    [1, -1],
    [-1, -1],
    [1, 1],
    [-1, 1],
  ] as const),
];

/**
 * Puts a label beside each dot so that no two labels overlap, none covers a dot or a line, and all
 * lie in the frame: each as near to its dot as is still free, the dots in crowded places first.
 * @param lines each from its first point to its second
 * @returns in the order of the dots; `undefined` where some label found no place at all
 */
export function placeLabels(
  dots: readonly LabelledDot[],
  frame: { readonly width: number; readonly height: number },
  { fontSize, dotRadius }: { readonly fontSize: number; readonly dotRadius: number },
  lines: readonly Line[] = [],
): PlacedLabel[] | undefined {
  const taken: Box[] = dots.map(({ x, y }) => around(x, y, dotRadius, dotRadius));
  for (const line of lines) taken.push(...boxesAlong(line));
  const crowd = dots.map(
    (dot) => dots.filter((other) => Math.hypot(dot.x - other.x, dot.y - other.y) < 60).length,
  );
  const order = dots.map((_, i) => i).sort((a, b) => crowd[b] - crowd[a] || a - b);
  const placed = new Array<PlacedLabel>(dots.length);
  for (const index of order) {
    const label = place(dots[index], taken, frame, fontSize, dotRadius);
    if (label === undefined) return undefined;
    placed[index] = label;
    taken.push(label);
  }
  return placed;
}

function place(
  { text, x, y }: LabelledDot,
  taken: readonly Box[],
  frame: { readonly width: number; readonly height: number },
  fontSize: number,
  dotRadius: number,
): PlacedLabel | undefined {
  const [halfWidth, halfHeight] = [textWidth(text, fontSize) / 2, fontSize * 0.6];
  for (let distance = dotRadius + GAP; distance < frame.width + frame.height; distance += fontSize / 2) {
    for (const [right, down] of directions) {
      const slant = right !== 0 && down !== 0 ? Math.SQRT1_2 : 1;
      const box = around(
        x + right * (distance * slant + halfWidth),
        y + down * (distance * slant + halfHeight),
        halfWidth,
        halfHeight,
      );
      const inside = box.left >= 0 && box.top >= 0 && box.right <= frame.width && box.bottom <= frame.height;
      if (inside && !taken.some((other) => overlap(box, other))) {
        const align = right > 0 ? 'left' : right < 0 ? 'right' : 'center';
        return { ...box, text, x, y, align, far: distance > dotRadius + GAP + fontSize };
      }
    }
  }
  return undefined;
}

function around(x: number, y: number, halfWidth: number, halfHeight: number): Box {
  return { left: x - halfWidth, top: y - halfHeight, right: x + halfWidth, bottom: y + halfHeight };
}

/** A line as a row of small boxes. */
function boxesAlong([from, to]: Line): Box[] {
  const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / LINE_STEP));
  return Array.from({ length: steps + 1 }, (_, i) => {
    const share = i / steps;
    const [x, y] = [from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)];
    return around(x, y, LINE_STEP / 2, LINE_STEP / 2);
  });
}

/** What rounding may take from a gap: a label at just the gap from its own dot has room. */
const ROUNDING = 1e-6;

/** Whether two boxes overlap or touch more closely than the gap. */
export function overlap(a: Box, b: Box, gap = GAP): boolean {
  const min = gap - ROUNDING;
  return a.left < b.right + min && b.left < a.right + min && a.top < b.bottom + min && b.top < a.bottom + min;
}

/**
 * About how wide a sans-serif font sets a text, in pixels, rather too wide than too narrow: the
 * mean letter of DejaVu Sans, a wide one, is 0.6 of the size; ideographs are as wide as high.
 */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    width += code >= 0x2e80 ? 1 : /[mwMW@%]/.test(character) ? 1 : 0.65;
  }
  return width * fontSize;
}
