import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { WordMap as Layout } from '../../embeddings/index.js';
import { Button } from '../parts/button.js';
import { labelPlaces, type Point } from './label-places.js';
import type { WordGroup } from './map-words.js';

/** Before the page has said how wide it is, in pixels. */
const FIRST_WIDTH = 720;
const heightOf = (width: number): number => Math.max(320, Math.min(560, Math.round(0.6 * width)));
const MARGIN = { x: 60, y: 24 };
/** Groups that have a colour of their own; further ones have other signs. */
const COLOURS = 6;
const MOST_ZOOM = 12;
const ZOOM_STEP = 1.5;

/** What part of the map is shown: its middle, as shares of the whole, and how much larger than that. */
interface View {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}
const WHOLE: View = { x: 0.5, y: 0.5, zoom: 1 };

/** Words at their places, in the colours of their groups, with arrows; to zoom and to move. */
export function MapPlot({
  map,
  groups,
  arrows,
  chosen,
  onChoose,
}: {
  map: Layout;
  groups: readonly WordGroup[];
  arrows: readonly (readonly [from: string, to: string])[];
  chosen: string;
  onChoose: (word: string) => void;
}) {
  const arrowhead = useId();
  const [view, setView] = useState(WHOLE);
  const figure = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    const observer = new ResizeObserver(([{ contentRect }]) => setWidth(Math.max(240, contentRect.width)));
    observer.observe(figure.current!);
    return () => observer.disconnect();
  }, []);
  const height = heightOf(width);
  const drag = useRef<{ x: number; y: number; view: View } | undefined>(undefined);
  const groupOf = new Map(groups.flatMap(({ words }, group) => words.map((word) => [word, group] as const)));
  const whole = spread(map, width, height);
  const centre = whole.find(({ word }) => word === chosen) ?? view;
  const points = whole.map(({ word, x, y }) => ({
    word,
    x: width * (0.5 + (x - view.x) * view.zoom),
    y: height * (0.5 + (y - view.y) * view.zoom),
  }));
  const at = new Map(points.map((point) => [point.word, point]));
  const arrowsAt = arrows.flatMap(([from, to]): (readonly [Point, Point])[] => {
    const [start, end] = [at.get(from), at.get(to)];
    return start && end ? [[start, end]] : [];
  });
  const zoom = (factor: number): void => {
    const next = Math.min(MOST_ZOOM, view.zoom * factor);
    setView(next <= 1 ? WHOLE : { x: centre.x, y: centre.y, zoom: next });
  };
  const move = (event: JSX.TargetedPointerEvent<SVGSVGElement>): void => {
    if (!drag.current) return;
    const { x, y, view: from } = drag.current;
    setView({
      ...from,
      x: from.x - (event.clientX - x) / (width * from.zoom),
      y: from.y - (event.clientY - y) / (height * from.zoom),
    });
  };
  const stop = (): void => void (drag.current = undefined);
  return (
    <figure class="chart word-map" ref={figure}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        class={view.zoom > 1 ? 'is-zoomed' : undefined}
        aria-label={`A map of ${points.length} words${arrows.length > 0 ? ` with ${arrows.length} ${arrows.length === 1 ? 'arrow' : 'arrows'}` : ''}; the tables below say the same.`}
        onPointerDown={(event) => {
          if (view.zoom <= 1 || event.button !== 0) return;
          drag.current = { x: event.clientX, y: event.clientY, view };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={move}
        onPointerUp={stop}
        onPointerCancel={stop}
      >
        <defs>
          <marker
            id={arrowhead}
            viewBox="0 0 10 10"
            refX="9"
            refY="5"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path class="arrowhead" d="M0 1L9 5L0 9z" />
          </marker>
        </defs>
        {arrowsAt.map(([from, to]) => (
          <Arrow key={`${from.word}:${to.word}`} {...{ from, to }} head={arrowhead} />
        ))}
        {labelPlaces(points, width, arrowsAt).map(({ word, x, y, side }) => {
          const group = groupOf.get(word) ?? 0;
          return (
            <g
              key={word}
              class={`point group-${group % COLOURS}${word === chosen ? ' is-chosen' : ''}`}
              onClick={() => onChoose(word)}
            >
              <Sign group={group} x={x} y={y} />
              <text x={x + side.dx} y={y + side.dy} text-anchor={side.anchor}>
                {word}
              </text>
            </g>
          );
        })}
      </svg>
      <div class="row">
        <ul class="groups" aria-label="Groups">
          {groups.map(({ name }, group) => (
            <li key={name} class={`point group-${group % COLOURS}`}>
              <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
                <Sign group={group} x={7} y={7} />
              </svg>
              {name}
            </li>
          ))}
        </ul>
        <span class="zoom">
          <Button quiet label="Zoom in" disabled={view.zoom >= MOST_ZOOM} onClick={() => zoom(ZOOM_STEP)}>
            +
          </Button>
          <Button quiet label="Zoom out" disabled={view.zoom <= 1} onClick={() => zoom(1 / ZOOM_STEP)}>
            −
          </Button>
          <Button quiet disabled={view.zoom <= 1} onClick={() => setView(WHOLE)}>
            Whole map
          </Button>
        </span>
      </div>
    </figure>
  );
}

/** From the map's own numbers to shares of its width and height. */
function spread({ points }: Layout, width: number, height: number): Point[] {
  const ofAxis = (values: readonly number[], margin: number): ((value: number) => number) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return (value) => margin + ((value - least) / (most - least || 1)) * (1 - 2 * margin);
  };
  const x = ofAxis(
    points.map((point) => point.x),
    MARGIN.x / width,
  );
  const y = ofAxis(
    points.map((point) => point.y),
    MARGIN.y / height,
  );
  return points.map((point) => ({ word: point.word, x: x(point.x), y: 1 - y(point.y) }));
}

/** Kept free between a point and the ends of an arrow. */
const GAP = 7;

function Arrow({ from, to, head }: { from: Point; to: Point; head: string }) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 3 * GAP) return null;
  const [dx, dy] = [((to.x - from.x) / length) * GAP, ((to.y - from.y) / length) * GAP];
  return (
    <line
      class="arrow"
      x1={from.x + dx}
      y1={from.y + dy}
      x2={to.x - dx}
      y2={to.y - dy}
      marker-end={`url(#${head})`}
    />
  );
}

/** The sign of a group: groups of one colour have signs that differ. */
function Sign({ group, x, y }: { group: number; x: number; y: number }) {
  const kind = Math.floor(group / COLOURS) % 3;
  if (kind === 0) return <circle cx={x} cy={y} r={4.5} />;
  if (kind === 1) return <rect x={x - 4} y={y - 4} width={8} height={8} />;
  return <path d={`M${x} ${y - 6}L${x + 6} ${y}L${x} ${y + 6}L${x - 6} ${y}z`} />;
}
