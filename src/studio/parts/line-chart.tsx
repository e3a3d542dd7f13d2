import type { Line } from '../state/use-curve.js';

/**
 * Curves that grow as they are made, with their last figures in words, for those who do not see them. The curves are
 * stretched over the room that there is; the words beside them keep their size, also on a phone.
 */
export function LineChart({ title, xName, lines }: { title: string; xName: string; lines: readonly Line[] }) {
  const all = lines.flatMap(({ points }) => points);
  if (all.length < 2) return null;
  const xs = all.map(([x]) => x);
  const ys = all.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(0, ...ys), Math.max(...ys)];
  // In hundredths of the width and the height.
  const x = (value: number): number => (100 * (value - left)) / (right - left || 1);
  const y = (value: number): number => 100 - (100 * (value - low)) / (high - low || 1);
  const last = lines
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => `${name} ${points.at(-1)![1].toFixed(3)}`)
    .join(', ');
  const ticks = [low, (low + high) / 2, high];
  return (
    <figure class="chart of-lines">
      <div class="plot">
        {ticks.map((tick) => (
          // The policy of the page forbids styles in its text; this sets one by script.
          <span key={tick} class="tick" style={{ top: `${y(tick)}%` }} aria-hidden="true">
            {tick.toFixed(high < 10 ? 2 : 0)}
          </span>
        ))}
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${last}, over ${xName}`}
        >
          {ticks.map((tick) => (
            <line key={tick} class="grid" x1={0} x2={100} y1={y(tick)} y2={y(tick)} />
          ))}
          {lines.map(({ name, points }, index) => (
            <polyline
              key={name}
              class={`line line-${index}`}
              points={points.map(([px, py]) => `${x(px).toFixed(2)},${y(py).toFixed(2)}`).join(' ')}
            />
          ))}
        </svg>
      </div>
      <figcaption>
        {lines.map(({ name, points }, index) => (
          <span key={name} class={`key key-${index}`}>
            {name}
            {points.length > 0 && ` ${points.at(-1)![1].toFixed(3)}`}
          </span>
        ))}
        <span class="x-name">{xName}</span>
      </figcaption>
    </figure>
  );
}
