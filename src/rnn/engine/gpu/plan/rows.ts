import type { CallList } from './call-list.js';
import { X, Y } from './kernel-source.js';
import { MAX_INPUTS, windowOf } from './plan.js';
import type { Value, Window } from './plan.js';

/** The rows of several windows of one width as one value: copies, seven windows at a time. */
export function joinRows(list: CallList, windows: readonly Window[]): Value {
  const groups = Array.from({ length: Math.ceil(windows.length / MAX_INPUTS) }, (_, i) =>
    windows.slice(i * MAX_INPUTS, (i + 1) * MAX_INPUTS),
  );
  if (groups.length === 1) return joinGroup(list, windows);
  // One window left over needs no copy of its own.
  const joined = groups.map((group) => (group.length === 1 ? group[0] : windowOf(joinGroup(list, group))));
  return joinRows(list, joined);
}

function joinGroup(list: CallList, windows: readonly Window[]): Value {
  const names = windows.map((_, i) => `part${i}`);
  const starts: number[] = [];
  let rows = 0;
  for (const window of windows) {
    starts.push(rows);
    rows += window.rows;
  }
  const inputs = Object.fromEntries(windows.map((window, i) => [names[i], window]));
  return list.call(rows, windows[0].cols, inputs, (at) => {
    const lines = names.map((name, i) => {
      const value = `return ${at[name](`${Y} - ${starts[i]}`, X)};`;
      return i < names.length - 1 ? `if (${Y} < ${starts[i + 1]}) { ${value} }` : value;
    });
    return lines.join('\n');
  });
}

/**
 * A matrix (rows, cols) out of a window's elements taken as one run: element (r, c) is number
 * start + r * rowStride + c of it.
 */
export function reshape(
  list: CallList,
  x: Window,
  start: number,
  rows: number,
  cols: number,
  rowStride: number,
): Value {
  return list.call(
    rows,
    cols,
    { x },
    (at) => `
      const element = ${start} + ${Y} * ${rowStride} + ${X};
      const row = Math.floor((element + 0.5) / ${x.cols});
      return ${at.x('row', `element - row * ${x.cols}`)};`,
  );
}
