import type { KernelName } from '../../program/kernels.js';
import { operands as operandsOf } from '../../program/program.js';
import type { Buffer, Matrix, Program, Step } from '../../program/program.js';
import type { KernelEncoding } from './kernel-encoding.js';
import { kernelEncodings } from './kernel-encodings.js';
import { packedBytes, stripBytes, stripsOf } from './kernel-work.js';
import type { KernelModule } from './kernel-module.js';
import type { Tenant } from './placement.js';

/** One command: a step, or the packing of a right operand before it. */
export interface Command {
  readonly opcode: number;
  readonly operands: readonly (Matrix | undefined)[];
  readonly settings: readonly number[];
  readonly units: number;
  readonly packed: PackedCopy | undefined;
  /** Whether it writes the packed copy, not reads it. */
  readonly packs: boolean;
  /** For each operand, whether the command writes it. */
  readonly writes: readonly boolean[];
  /** For each operand, the bytes from what one unit touches of it to what the next does; 0: all touch all. */
  readonly unitSteps: readonly number[];
}

/** A right operand laid out for products, from the command that packs it to its last use. */
export interface PackedCopy extends Tenant {
  readonly source: Buffer;
}

/** A temporary, from its first use to its last. */
export interface TemporaryHome extends Tenant {
  readonly buffer: Buffer;
}

export interface CommandList {
  /** Those that run once, before all runs. */
  readonly preparations: readonly Command[];
  readonly commands: readonly Command[];
  readonly temporaries: ReadonlyMap<Buffer, TemporaryHome>;
  readonly packedCopies: readonly PackedCopy[];
  /** Bytes of scratch memory that the greediest command needs. */
  readonly scratchBytes: number;
}

/**
 * The commands of a program, before anything has an address.
 * @param options.inRows leave matrices their rows, by which threads share them
 * @param options.fixedParameters pack parameters once, not in every run
 */
export function listCommands(
  program: Program,
  kernels: KernelModule,
  { inRows = false, fixedParameters = false } = {},
): CommandList {
  const commands: Command[] = [];
  const preparations: Command[] = [];
  const temporaries = new Map<Buffer, TemporaryHome>();
  const packedCopies: PackedCopy[] = [];
  /** Packed copies that still hold what their source does, by view. */
  const fresh = new Map<string, PackedCopy>();
  // Products by tiles need this much at the start of it.
  const waitingBytes = kernels.exports.waitingBytes.value as number;
  let scratchBytes = 0;

  function packedCopy(matrix: Matrix, transposed: boolean, inStrips = false): PackedCopy {
    const { buffer, offset, rows, cols, rowStride } = matrix;
    const key = [inStrips, transposed, offset, rows, cols, rowStride, buffer.name].join(' ');
    let copy = fresh.get(key);
    if (copy === undefined) {
      const panelBytes = transposed ? packedBytes(cols, rows) : packedBytes(rows, cols);
      const bytes = inStrips ? stripBytes(matrix) : panelBytes;
      // One that is packed once keeps its place through all commands.
      const once = fixedParameters && buffer.kind === 'parameter';
      const lasts = once ? { first: 0, last: Infinity } : undefined;
      copy = { source: buffer, bytes, first: commands.length, last: commands.length, ...lasts };
      fresh.set(key, copy);
      packedCopies.push(copy);
      const opcode = kernels.opcode(inStrips ? 'packStrips' : 'pack');
      const columns = transposed ? rows : cols;
      const panels = Math.ceil(columns / (kernels.exports.packedColumnsPerUnit.value as number));
      const units = inStrips ? stripsOf(matrix) : panels;
      const settings = inStrips ? [] : [+transposed];
      const access = { packs: true, writes: [false], unitSteps: [0] };
      const list = once ? preparations : commands;
      list.push({ opcode, operands: [matrix], settings, units, packed: copy, ...access });
    }
    return copy;
  }

  for (const original of program.steps) {
    const encoding = kernelEncodings[original.kernel] as KernelEncoding<KernelName>;
    const step = flattened(original, encoding, inRows ? kernels : undefined);
    const toPack = encoding.packs?.(step);
    const strips = fixedParameters ? encoding.packsStrips?.(step) : undefined;
    const packed = toPack
      ? packedCopy(toPack.matrix, toPack.transposed)
      : strips?.buffer.kind === 'parameter'
        ? packedCopy(strips, false, true)
        : undefined;
    const named = { ...step.inputs, ...step.outputs } as Record<string, Matrix | undefined>;
    const index = commands.length;
    if (packed) packed.last = Math.max(packed.last, index);
    const operands = encoding.operands.map((name) => named[name]);
    const units = encoding.units?.(step, kernels.exports) ?? 1;
    const byRow = [...(encoding.byRow?.(step) ?? []), ...(encoding.elementwise ?? [])];
    commands.push({
      opcode: kernels.opcode(step.kernel),
      operands,
      settings: encoding.settings?.(step) ?? [],
      units,
      packed,
      packs: false,
      writes: encoding.operands.map((name) => name in step.outputs),
      unitSteps: operands.map((matrix, i) =>
        matrix && byRow.includes(encoding.operands[i]) ? unitStep(matrix, units, kernels) : 0,
      ),
    });
    scratchBytes = Math.max(scratchBytes, waitingBytes + (encoding.scratch?.(step, kernels.exports) ?? 0));
    const { inputs, outputs } = operandsOf(step);
    for (const { buffer } of [...inputs, ...outputs]) {
      if (buffer.kind !== 'temporary') continue;
      const home = temporaries.get(buffer);
      // A temporary that is packed lives from the packing on, which stands just before.
      if (home) home.last = index;
      else temporaries.set(buffer, { buffer, bytes: buffer.size * 4, first: index, last: index });
    }
    for (const { buffer } of outputs) {
      if (fixedParameters && buffer.kind === 'parameter') {
        throw new RangeError(`the program "${program.name}" writes "${buffer.name}", which is to be fixed`);
      }
      for (const [key, copy] of fresh) if (copy.source === buffer) fresh.delete(key);
    }
  }
  return { preparations, commands, temporaries, packedCopies, scratchBytes };
}

/** As `Command.unitSteps` says, of an operand that is shared out by rows, or by runs of one long row. */
function unitStep({ rows, rowStride }: Matrix, units: number, { exports }: KernelModule): number {
  if (rows === units) return rowStride * 4;
  return rows === 1 ? (exports.columnsPerRun.value as number) * 4 : 0;
}

/**
 * The step with its matrices as single rows, where none of them is strided. Rows of one run
 * are left to threads, where `kernels` are given: a row then is a unit, as in other kernels.
 */
function flattened(step: Step, encoding: KernelEncoding<KernelName>, kernels?: KernelModule): Step {
  if (encoding.elementwise === undefined) return step;
  const [{ rows, cols }] = Object.values(step.outputs as Record<string, Matrix>);
  if (kernels && rows > 1 && kernels.exports.runsPerRow(cols) === 1) return step;
  const inputs: Record<string, Matrix> = { ...step.inputs };
  const outputs: Record<string, Matrix> = { ...step.outputs };
  for (const name of encoding.elementwise) {
    const group = name in inputs ? inputs : outputs;
    const matrix = group[name];
    const size = matrix.rows * matrix.cols;
    if (matrix.rows > 1 && matrix.rowStride !== matrix.cols) return step;
    group[name] = { ...matrix, rows: 1, cols: size, rowStride: size };
  }
  return { ...step, inputs, outputs } as unknown as Step;
}

const HEADER_WORDS = 6;
const MATRIX_WORDS = 4;

/** Words of all commands together. */
export function countWords(commands: readonly Command[]): number {
  return commands.reduce((total, command) => total + wordsOf(command), 0);
}

function wordsOf(command: Command): number {
  return HEADER_WORDS + MATRIX_WORDS * command.operands.length + command.settings.length;
}

/** Where things ended up. */
export interface Addresses {
  buffer(buffer: Buffer): number;
  packed(copy: PackedCopy): number;
  scratch: number;
}

/**
 * Writes the commands as assembly/command.ts reads them.
 * @param barriers the commands before which there is a barrier
 */
export function writeCommands(
  commands: readonly Command[],
  addresses: Addresses,
  words: Int32Array,
  barriers: ReadonlySet<Command>,
): void {
  let next = 0;
  for (const command of commands) {
    const { opcode, operands, settings, units, packed } = command;
    const packedAddress = packed ? addresses.packed(packed) : 0;
    const meets = barriers.has(command) ? 1 : 0;
    words.set([opcode, wordsOf(command) * 4, units, addresses.scratch, packedAddress, meets], next);
    next += HEADER_WORDS;
    for (const matrix of operands) {
      if (matrix) {
        const address = addresses.buffer(matrix.buffer) + matrix.offset * 4;
        words.set([address, matrix.rows, matrix.cols, matrix.rowStride * 4], next);
      } else {
        words.fill(0, next, next + MATRIX_WORDS);
      }
      next += MATRIX_WORDS;
    }
    words.set(settings, next);
    next += settings.length;
  }
}
