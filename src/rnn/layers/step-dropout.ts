import { sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';

/** Dropout with one mask for all time steps of a batch (Gal and Ghahramani 2016). */
export class StepDropout {
  readonly #trace: Trace;
  /** (N, C): 0, or 1 / (1 - rate). */
  readonly #kept: Matrix;

  constructor(trace: Trace, columns: number, rate: number) {
    this.#trace = trace;
    this.#kept = trace.temporary(trace.batch, columns);
    trace.builder.run('fill', {}, { y: this.#kept }, { value: 1 });
    trace.builder.run('dropout', { x: this.#kept, keys: trace.dropoutSite() }, { y: this.#kept }, { rate });
  }

  /** y(N, C) = x with what is dropped at 0 [+ y]: forward, and on gradients backward. */
  step(x: Matrix, y: Matrix, { accumulate }: { accumulate: boolean }): void {
    this.#trace.builder.run('multiply', { a: x, b: this.#kept }, { y }, { accumulate });
  }

  /** The same for every step of x(T * N, C). May be in place. */
  sequence(x: Matrix, y: Matrix): void {
    const N = this.#trace.batch;
    for (let row = 0; row < x.rows; row += N) {
      this.step(sliceRows(x, row, N), sliceRows(y, row, N), { accumulate: false });
    }
  }
}
