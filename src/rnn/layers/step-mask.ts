import { sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** Holds the states of examples whose time step is masked, as Keras does, forward and backward. */
export class StepMask {
  readonly #trace: Trace;
  readonly #mask: Matrix;
  readonly #skipped: Matrix;

  /** @param mask (T * N, 1): 1 for steps that count */
  constructor(trace: Trace, mask: Matrix) {
    this.#trace = trace;
    this.#mask = mask;
    this.#skipped = trace.temporary(mask.rows, 1);
    trace.builder.run('affine', { x: mask }, { y: this.#skipped }, { factor: -1, offset: 1 });
  }

  /** next = next where step t counts, previous where it is masked. */
  hold(t: number, previous: Matrix, next: Matrix): void {
    this.#scale(next, this.#at(this.#mask, t), next, false);
    this.#scale(previous, this.#at(this.#skipped, t), next, true);
  }

  /**
   * Parts the gradient of a held state: leaves in `d` what goes through the cell.
   * @param rest what goes past it is added here, or written where `accumulate` is false
   */
  part(t: number, d: Matrix, rest: Matrix, { accumulate }: { accumulate: boolean }): void {
    this.#scale(d, this.#at(this.#skipped, t), rest, accumulate);
    this.#scale(d, this.#at(this.#mask, t), d, false);
  }

  #at(column: Matrix, t: number): Matrix {
    return sliceRows(column, t * this.#trace.batch, this.#trace.batch);
  }

  #scale(x: Matrix, scale: Matrix, y: Matrix, accumulate: boolean): void {
    this.#trace.builder.run('scaleRows', { x, scale }, { y }, { divide: false, accumulate });
  }
}
