// How a kernel reads its command, six words of header and then the operands:
//
//   opcode, length in bytes, units of work, address of scratch, address of a packed operand,
//   whether a barrier stands before it
//   per matrix: address of its first element, rows, columns, bytes from row to row
//   the settings, one word each, 32-bit integers or floats
//
// A left-out operand has address 0. The host side of this is ../command-list.ts.

const header: usize = 24;
const matrix: usize = 16;

@inline
export function opcodeOf(command: usize): i32 {
  return load<i32>(command, 0);
}

@inline
export function lengthOf(command: usize): usize {
  return load<usize>(command, 4);
}

@inline
export function unitsOf(command: usize): i32 {
  return load<i32>(command, 8);
}

/** How far this thread's scratch stands from the first thread's: a global is a thread's own. */
let scratchShift: usize = 0;

export function shiftScratch(bytes: usize): void {
  scratchShift = bytes;
}

@inline
export function scratchOf(command: usize): usize {
  return load<usize>(command, 12) + scratchShift;
}

@inline
export function packedOf(command: usize): usize {
  return load<usize>(command, 16);
}

@inline
export function hasBarrierBefore(command: usize): bool {
  return load<i32>(command, 20) != 0;
}

/** The address of the first element of operand `index`. */
@inline
export function at(command: usize, index: usize): usize {
  return load<usize>(command + header + index * matrix, 0);
}

@inline
export function rowsOf(command: usize, index: usize): i32 {
  return load<i32>(command + header + index * matrix, 4);
}

@inline
export function colsOf(command: usize, index: usize): i32 {
  return load<i32>(command + header + index * matrix, 8);
}

/** Bytes from one row to the next. */
@inline
export function strideOf(command: usize, index: usize): usize {
  return load<usize>(command + header + index * matrix, 12);
}

/** Setting `index` of a kernel with this many operands. */
@inline
export function integer(command: usize, operands: usize, index: usize): i32 {
  return load<i32>(command + header + operands * matrix + index * 4);
}

@inline
export function float(command: usize, operands: usize, index: usize): f32 {
  return load<f32>(command + header + operands * matrix + index * 4);
}
