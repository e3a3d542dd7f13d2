import type { Addresses, Command } from './command-list.js';

/** A stretch of memory that a command touches. */
interface Access {
  readonly start: number;
  readonly end: number;
  readonly writes: boolean;
  /** How many units the command has. */
  readonly units: number;
  /** Bytes from what one unit touches to what the next does; 0 where each may touch all. */
  readonly unitStep: number;
}

/** At most so many commands between two barriers, or looking for conflicts would take long. */
const MAX_COMMANDS_BETWEEN = 64;

/**
 * The commands before which threads must wait for each other at a barrier: where a command touches what an earlier one
 * wrote, or writes what an earlier one touched, and another thread's share may be concerned.
 * Each thread takes the same part of the units of every command, so commands that go by the
 * same rows need no barrier: the time steps of a recurrent layer follow each other freely.
 */
export function findBarriers(commands: readonly Command[], addresses: Addresses): Set<Command> {
  const barriers = new Set<Command>();
  let touched: Access[] = [];
  let stretch = 0;
  for (const command of commands) {
    const accesses = accessesOf(command, addresses);
    const mustMeet = accesses.some((access) => touched.some((earlier) => conflict(earlier, access)));
    if (mustMeet || ++stretch > MAX_COMMANDS_BETWEEN) {
      barriers.add(command);
      touched = [];
      stretch = 0;
    }
    touched.push(...accesses);
  }
  return barriers;
}

function accessesOf(command: Command, addresses: Addresses): Access[] {
  const { operands, writes, unitSteps, units, packed } = command;
  const accesses: Access[] = [];
  operands.forEach((matrix, i) => {
    if (!matrix) return;
    const start = addresses.buffer(matrix.buffer) + matrix.offset * 4;
    const end = start + ((matrix.rows - 1) * matrix.rowStride + matrix.cols) * 4;
    accesses.push({ start, end, writes: writes[i], units, unitStep: unitSteps[i] });
  });
  if (packed) {
    const start = addresses.packed(packed);
    accesses.push({ start, end: start + packed.bytes, writes: command.packs, units, unitStep: 0 });
  }
  return accesses;
}

function conflict(a: Access, b: Access): boolean {
  if (!(a.writes || b.writes) || a.end <= b.start || b.end <= a.start) return false;
  // A single unit falls to the same thread in all commands.
  if (a.units === 1 && b.units === 1) return false;
  const aligned = a.units === b.units && a.unitStep === b.unitStep && a.unitStep > 0;
  if (!aligned) return true;
  // Both rows within one frame, such as two ranges of columns of one matrix.
  const rest = (a.units - 1) * a.unitStep;
  const width = Math.max(a.end - rest, b.end - rest) - Math.min(a.start, b.start);
  return width > a.unitStep;
}
