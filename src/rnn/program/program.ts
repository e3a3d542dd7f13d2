import { SeqkitError } from '../../base/errors.js';
import { shown, wrongValue } from '../../base/schema/index.js';
import { checkStep } from './check-step.js';
import { nameOfCarried, type CarriedState } from './carried-state.js';
import type { KernelInputs, KernelName, KernelOutputs, KernelSettings } from './kernels.js';
import type { Buffer, BufferKind, Matrix } from './matrix.js';

export type { Buffer, BufferKind, Matrix } from './matrix.js';

/** One operation: what `kernels.ts` says of `kernel`, on these operands. */
export interface Step<Name extends KernelName = KernelName> {
  readonly kernel: Name;
  readonly inputs: KernelInputs<Name>;
  readonly outputs: KernelOutputs<Name>;
  readonly settings: KernelSettings<Name>;
}

/** Steps over named buffers, traced once and run many times by an engine. */
export interface Program {
  readonly name: string;
  readonly buffers: readonly Buffer[];
  readonly steps: readonly Step[];
}

/** The operands of a step, for engines that walk over them without knowing the kernel. */
export function operands(step: Step): { inputs: Matrix[]; outputs: Matrix[] } {
  return {
    inputs: Object.values(step.inputs as Record<string, Matrix | undefined>).filter((m) => m !== undefined),
    outputs: Object.values(step.outputs as Record<string, Matrix>),
  };
}

/**
 * Rows `start` to `start + count - 1` of a matrix.
 * @throws SeqkitError `bad-shape` where it has not so many, `bad-value` for what is no matrix or no number
 */
export function sliceRows(matrix: Matrix, start: number, count: number): Matrix {
  checkSlice('rows', matrix, start, count);
  return { ...matrix, offset: matrix.offset + start * matrix.rowStride, rows: count };
}

/** Columns `start` to `start + count - 1` of a matrix: for inputs of steps alone. @throws SeqkitError as `sliceRows` */
export function sliceColumns(matrix: Matrix, start: number, count: number): Matrix {
  checkSlice('cols', matrix, start, count);
  return { ...matrix, offset: matrix.offset + start, cols: count };
}

function checkSlice(side: 'rows' | 'cols', matrix: Matrix, start: number, count: number): void {
  const isWhole = Number.isSafeInteger(start) && Number.isSafeInteger(count);
  const has = (matrix as Matrix | undefined | null)?.[side];
  if (isWhole && start >= 0 && count >= 0 && typeof has === 'number' && start + count <= has) return;
  if (typeof has !== 'number') throw wrongValue('What is sliced', 'a matrix of a program', matrix);
  const name = side === 'rows' ? 'rows' : 'columns';
  throw new SeqkitError(
    `There are no ${name} from ${shown(start)} on, ${shown(count)} of them: ${shown(matrix.buffer?.name)} has ${has}.`,
    { code: isWhole ? 'bad-shape' : 'bad-value' },
  );
}

/** Collects the steps and buffers of a program. */
export class ProgramBuilder {
  readonly #buffers = new Map<string, Buffer>();
  readonly #steps: Step[] = [];
  #temporaries = 0;

  constructor(readonly name: string) {}

  /** A buffer (rows, cols) of this kind and name; a kept one may be declared again alike. */
  declare(kind: BufferKind, name: string, rows: number, cols: number): Matrix {
    return this.#matrix({ name, kind, size: rows * cols }, rows, cols);
  }

  /** A state (N, H) that a recurrent layer carries from one run of this program to the next. */
  declareCarried(state: Omit<CarriedState, 'program'>, cols: number): Matrix {
    const carried = { ...state, program: this.name };
    const size = state.batch * cols;
    return this.#matrix({ name: nameOfCarried(carried), kind: 'state', size, carried }, state.batch, cols);
  }

  /** Memory within one run. It holds anything until a step writes it. */
  temporary(rows: number, cols: number): Matrix {
    return this.declare('temporary', `temporary ${this.#temporaries++}`, rows, cols);
  }

  /** Appends a step. @throws SeqkitError as `checkStep`, or `bad-shape` for an output that is no whole rows */
  run<Name extends KernelName>(
    kernel: Name,
    inputs: KernelInputs<Name>,
    outputs: KernelOutputs<Name>,
    settings: KernelSettings<Name>,
  ): void {
    checkStep(kernel, inputs, outputs, settings);
    for (const output of Object.values(outputs as Record<string, Matrix>)) {
      if (output.rowStride !== output.cols) {
        throw new SeqkitError(
          `The kernel ${kernel} cannot write some columns of ${shown(output.buffer.name)}: outputs are whole rows.`,
          {
            code: 'bad-shape',
            hint: 'Write into a matrix of its own, and put it in its place by concatenate.',
          },
        );
      }
    }
    this.#steps.push({ kernel, inputs, outputs, settings });
  }

  /** All of a buffer that is declared now, or was before. */
  #matrix(declared: Buffer, rows: number, cols: number): Matrix {
    const { name, kind, size } = declared;
    const buffer = this.#buffers.get(name) ?? declared;
    if (buffer.kind !== kind || buffer.size !== size) {
      throw new SeqkitError(
        `The program "${this.name}" declares "${name}" twice: ${buffer.kind} of ${buffer.size}, then ${kind} of ${size}.`,
        { code: 'bad-shape' },
      );
    }
    this.#buffers.set(name, buffer);
    return { buffer, offset: 0, rows, cols, rowStride: cols };
  }

  finish(): Program {
    return { name: this.name, buffers: [...this.#buffers.values()], steps: this.#steps };
  }
}
