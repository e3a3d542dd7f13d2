import { useMemo } from 'preact/hooks';
import type { KeyedVectors, WordMap as Layout } from '../../embeddings/index.js';
import { TextArea } from '../parts/field.js';
import { Card } from '../parts/screen.js';
import { isText, useKept } from '../state/use-kept.js';
import { FIRST_MAP } from './vectors.js';

const WIDTH = 720;
const HEIGHT = 440;
const MARGIN = { x: 60, y: 24 };
/** Groups that have a colour of their own; further ones begin again. */
const COLOURS = 6;

/** Lays words out by their first two principal components. */
type Lay = (vectors: KeyedVectors, words: readonly string[]) => Layout;

/** A map of words, a group of one colour for each line. */
export function WordMap({ vectors, lay }: { vectors: KeyedVectors; lay: Lay }) {
  const [typed, setTyped] = useKept('words/map', FIRST_MAP, isText);
  const groups = useMemo(() => groupsOf(typed, vectors), [typed, vectors]);
  const known = [...groups.of.keys()];
  const map = useMemo(() => (known.length >= 3 ? lay(vectors, known) : undefined), [groups]);
  return (
    <Card
      title="Map"
      note="Words near each other on the map are used alike. Each line of words has its own colour."
      wide
    >
      <TextArea
        label="Words, one group a line"
        value={typed}
        onInput={setTyped}
        rows={4}
        hint={
          groups.unknown.length > 0
            ? `Without a vector: ${groups.unknown.slice(0, 8).join(', ')}.`
            : undefined
        }
      />
      {map ? (
        <Plot map={map} groupOf={groups.of} />
      ) : (
        <p class="note">Give at least three words that have vectors.</p>
      )}
    </Card>
  );
}

function groupsOf(typed: string, vectors: KeyedVectors) {
  const of = new Map<string, number>();
  const unknown: string[] = [];
  for (const [group, line] of typed.split('\n').entries()) {
    for (const word of line.split(/[\s,]+/).filter(Boolean)) {
      if (!vectors.has(word)) unknown.push(word);
      else if (!of.has(word)) of.set(word, group);
    }
  }
  return { of, unknown };
}

function Plot({ map, groupOf }: { map: Layout; groupOf: ReadonlyMap<string, number> }) {
  const xs = map.points.map(({ x }) => x);
  const ys = map.points.map(({ y }) => y);
  const scale = (value: number, all: readonly number[], size: number, margin: number): number =>
    margin + ((value - Math.min(...all)) / (Math.max(...all) - Math.min(...all) || 1)) * (size - 2 * margin);
  const points = map.points.map(({ word, x, y }) => ({
    word,
    x: scale(x, xs, WIDTH, MARGIN.x),
    y: HEIGHT - scale(y, ys, HEIGHT, MARGIN.y),
  }));
  const share = map.variance ? map.variance.map((each) => `${Math.round(100 * each)}%`).join(' and ') : '';
  return (
    <figure class="chart">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`A map of ${points.length} words; the table below names the nearest of each.`}
      >
        {withoutOverlap(points).map(({ word, x, y, side }) => (
          <g key={word} class={`point group-${(groupOf.get(word) ?? 0) % COLOURS}`}>
            <circle cx={x} cy={y} r={4.5} />
            <text x={x + side.dx} y={y + side.dy} text-anchor={side.anchor}>
              {word}
            </text>
          </g>
        ))}
      </svg>
      <figcaption>The two directions show {share} of how the words differ.</figcaption>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Word</th>
              <th scope="col">Nearest on the map</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.word}>
                <th scope="row">{point.word}</th>
                <td>{nearestTo(point, points)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

interface Point {
  readonly word: string;
  readonly x: number;
  readonly y: number;
}

function nearestTo(point: Point, points: readonly Point[]): string {
  return points
    .filter((other) => other !== point)
    .sort((a, b) => Math.hypot(a.x - point.x, a.y - point.y) - Math.hypot(b.x - point.x, b.y - point.y))
    .slice(0, 3)
    .map(({ word }) => word)
    .join(', ');
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

/** Puts each word where it covers no other word and no point, as far as there is such a place. */
function withoutOverlap(points: readonly Point[]): (Point & { side: Side })[] {
  const taken: Box[] = points.map(({ x, y }) => ({ left: x - 5, right: x + 5, y: y + 4 }));
  return [...points]
    .sort((a, b) => a.x - b.x)
    .map((point) => {
      const boxOf = ({ dx, dy, anchor }: Side): Box => {
        const width = LETTER.width * point.word.length;
        const left = point.x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
        return { left, right: left + width, y: point.y + dy };
      };
      const covers = (own: Box): boolean =>
        own.left < 0 ||
        own.right > WIDTH ||
        taken.some(
          (box) =>
            Math.abs(box.y - own.y) < LETTER.height && box.left < own.right - 1 && own.left < box.right - 1,
        );
      const side = SIDES.find((each) => !covers(boxOf(each))) ?? SIDES[0];
      taken.push(boxOf(side));
      return { ...point, side };
    });
}
