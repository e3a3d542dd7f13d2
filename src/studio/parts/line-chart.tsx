import type { Line } from '../state/use-curve.js';

const WIDTH = 600;
const HEIGHT = 180;
const MARGIN = { left: 44, right: 12, top: 10, bottom: 26 };

/** Curves that grow as they are made, with their last figures in words, for those who do not see them. */
export function LineChart({ title, xName, lines }: { title: string; xName: string; lines: readonly Line[] }) {
  const all = lines.flatMap(({ points }) => points);
  if (all.length < 2) return null;
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(0, ...ys), Math.max(...ys)];
  const x = (value: number): number =>
    MARGIN.left + ((value - left) / (right - left || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    HEIGHT - MARGIN.bottom - ((value - low) / (high - low || 1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const last = lines
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => `${name} ${points.at(-1)![1].toFixed(3)}`)
    .join(', ');
  const ticks = [low, (low + high) / 2, high];
  return (
    <figure class="chart of-lines">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title}: ${last}`}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} />
            <text x={MARGIN.left - 8} y={y(tick) + 4} text-anchor="end">
              {tick.toFixed(high < 10 ? 2 : 0)}
            </text>
          </g>
        ))}
        <text x={WIDTH - MARGIN.right} y={HEIGHT - 6} text-anchor="end">
          {xName}
        </text>
        {lines.map(({ name, points }, index) => (
          <polyline
            key={name}
            class={`line line-${index}`}
            points={points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ')}
          />
        ))}
      </svg>
      <figcaption>
        {lines.map(({ name, points }, index) => (
          <span key={name} class={`key key-${index}`}>
            {name}
            {points.length > 0 && ` ${points.at(-1)![1].toFixed(3)}`}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
