import type { ComponentChildren } from 'preact';

const CELL = 22;
/** Of a letter of a label, as text of 13 pixels is. */
const LETTER = 7.6;
const GAP = 6;
/** Longer labels are cut. */
const MOST_LETTERS = 14;

const cut = (label: string): string =>
  label.length > MOST_LETTERS ? `${label.slice(0, MOST_LETTERS - 1)}…` : label;
export const seen = (token: string): string => (token === ' ' ? '␣' : token === '\n' ? '⏎' : token);

/** Numbers as colours: the colour tells the sign, its strength the size. Words beside it must say the same. */
export function HeatMap({
  caption,
  label,
  columns,
  rows,
  rowNames,
  most,
  nameOf,
}: {
  caption: ComponentChildren;
  /** What it is, for those who do not see it. */
  label: string;
  /** Their names, above. */
  columns: readonly string[];
  /** For each row a number for each column. */
  rows: readonly ArrayLike<number>[];
  /** Names of the rows, before them, where they have any. */
  rowNames?: readonly string[];
  /** The number of the strongest colour. */
  most: number;
  /** What a cell is, on pointing at it. */
  nameOf: (row: number, column: number) => string;
}) {
  const above = columns.map((name) => cut(seen(name)));
  const before = rowNames?.map((name) => cut(seen(name))) ?? [];
  const longest = (names: readonly string[]): number => Math.max(0, ...names.map((name) => name.length));
  // Words above columns do not fit beside each other: they stand upright.
  const isUpright = longest(above) > 2;
  const top = isUpright ? longest(above) * LETTER + 2 * GAP : 18;
  const left = before.length > 0 ? longest(before) * LETTER + 2 * GAP : 0;
  const width = left + columns.length * CELL;
  return (
    <figure class="heat-map">
      <figcaption>{caption}</figcaption>
      <svg viewBox={`0 0 ${width} ${top + rows.length * CELL}`} width={width} role="img" aria-label={label}>
        {above.map((name, column) => {
          const x = left + (column + 0.5) * CELL;
          return isUpright ? (
            <text key={column} transform={`translate(${x + 4} ${top - GAP}) rotate(-90)`}>
              {name}
            </text>
          ) : (
            <text key={column} x={x} y={top - 5} text-anchor="middle">
              {name}
            </text>
          );
        })}
        {before.map((name, row) => (
          <text key={row} x={left - GAP} y={top + (row + 0.5) * CELL + 4} text-anchor="end">
            {name}
          </text>
        ))}
        {rows.map((values, row) =>
          Array.from(values, (value, column) => (
            <rect
              key={`${row} ${column}`}
              class={value < 0 ? 'is-negative' : undefined}
              x={left + column * CELL + 0.5}
              y={top + row * CELL + 0.5}
              width={CELL - 1}
              height={CELL - 1}
              fill-opacity={(Math.abs(value) / most).toFixed(3)}
            >
              <title>{nameOf(row, column)}</title>
            </rect>
          )),
        )}
      </svg>
    </figure>
  );
}
