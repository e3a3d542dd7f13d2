import type { Part } from './cell-run.js';

const CELL = 22;
const TOP = 18;

/** A gate or a state over the steps: a column a letter, a row a unit; the colour tells the sign, its strength the size. */
export function HeatMap({ part, letters }: { part: Part; letters: readonly string[] }) {
  const { name, about, values } = part;
  const units = values[0]?.length ?? 0;
  const width = letters.length * CELL;
  // A gate goes from 0 to 1; states may be small, or a memory large: the strongest colour is their farthest.
  const isGate = name.includes(' gate ');
  const most = isGate ? 1 : Math.max(...values.flatMap((step) => [...step].map(Math.abs))) || 1;
  return (
    <figure class="heat-map">
      <figcaption>
        <b>{name}</b>: {about}. Strongest colour: {most.toFixed(2)}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${TOP + units * CELL}`}
        width={width}
        role="img"
        aria-label={`${name} of ${units} units over ${letters.length} letters; the table below has its means.`}
      >
        {letters.map((letter, step) => (
          <g key={step}>
            <text x={(step + 0.5) * CELL} y={TOP - 5} text-anchor="middle">
              {letter === ' ' ? '␣' : letter}
            </text>
            {Array.from(values[step], (value, unit) => (
              <rect
                key={unit}
                class={value < 0 ? 'is-negative' : undefined}
                x={step * CELL + 0.5}
                y={TOP + unit * CELL + 0.5}
                width={CELL - 1}
                height={CELL - 1}
                fill-opacity={(Math.abs(value) / most).toFixed(3)}
              >
                <title>{`${letter}, unit ${unit + 1}: ${value.toFixed(3)}`}</title>
              </rect>
            ))}
          </g>
        ))}
      </svg>
    </figure>
  );
}
