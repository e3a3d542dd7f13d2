/**
 * How the elementwise kernels share out their work: a unit is a run of at most this many
 * columns of one row, so that a long vector can be split as well as a tall matrix.
 */
export const columnsPerRun: i32 = 1024;

@inline
export function runsPerRow(cols: i32): i32 {
  return (cols + columnsPerRun - 1) / columnsPerRun;
}

/** The first column of run `index` of a row. */
@inline
export function runStart(index: i32): i32 {
  return index * columnsPerRun;
}

/** How many columns run `index` of a row has. */
@inline
export function runLength(index: i32, cols: i32): i32 {
  return min(columnsPerRun, cols - index * columnsPerRun);
}
