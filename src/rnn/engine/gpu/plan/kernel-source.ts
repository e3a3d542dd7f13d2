import type { Window } from './plan.js';

/** This thread's row and column in the output. */
export const Y = 'this.thread.y';
export const X = 'this.thread.x';

/** For each input, the expression that reads its element (row, column) through its window. */
export type Readers<Inputs> = { [Name in keyof Inputs]: (row: string, col: string) => string };

/** A window's beginning as a kernel takes it: after the arrays, where it is not 0. */
function startArguments(inputs: Record<string, Window>): { name: string; start: number }[] {
  return Object.entries(inputs)
    .flatMap(([name, { row, col }]) => [
      { name: `${name}Row`, start: row },
      { name: `${name}Col`, start: col },
    ])
    .filter(({ start }) => start !== 0);
}

/**
 * The text of a gpu.js kernel over windows, and the whole numbers that follow its arrays.
 * Where a window begins is an argument, so that all time steps share one kernel; but a start
 * of 0 is left out, since every read would pay for adding it.
 */
export function kernelSource<Inputs extends object>(
  inputs: Inputs,
  body: (at: Readers<Inputs>) => string,
): { source: string; starts: number[] } {
  const windows = inputs as Record<string, Window>;
  const starts = startArguments(windows);
  const taken = new Set(starts.map(({ name }) => name));
  const index = (place: string, start: string): string => (taken.has(start) ? `${place} + ${start}` : place);
  const readers = Object.keys(windows).map((name) => [
    name,
    (row: string, col: string) => `${name}Data[${index(row, `${name}Row`)}][${index(col, `${name}Col`)}]`,
  ]);
  const at = Object.fromEntries(readers) as Readers<Inputs>;
  // "Data" keeps the arrays apart from the variables of the body.
  const parameters = [...Object.keys(windows).map((name) => `${name}Data`), ...taken];
  return {
    source: `function (${parameters.join(', ')}) {\n${body(at)}\n}`,
    starts: starts.map(({ start }) => start),
  };
}

/** A number as source text, safe beside any operator. */
export function literal(value: number): string {
  return value < 0 ? `(${value})` : String(value);
}
