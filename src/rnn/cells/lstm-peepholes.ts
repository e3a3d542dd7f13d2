import type { CellActivations } from '../program/kernels.js';
import { sliceColumns, sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { CellSequence, CellStep, CellStepBackward } from './cell.js';

/** What all steps of one program share: numbers that stay, then memory in which no step needs what another left. */
type Shared = readonly [
  /** P in each row: (N, 2H) of i and f, and (N, H) of o. */
  ofInputAndForget: Matrix,
  ofOutput: Matrix,
  /** (N, 2H). */
  zeros: Matrix,
  /** (N, 2H). */
  pair: Matrix,
  /** (N, 4H). */
  gates: Matrix,
  /** (N, H). */
  one: Matrix,
];

const write = { accumulate: false };
const add = { accumulate: true };

/**
 * The pointwise half of an LSTM step with peepholes (Gers and Schmidhuber 2000; Graves 2013, equations 7 to 11). With
 * z = x W + h' U + b in the order i, f, g, o, and P (3, H) of i, f and o, a weight for each unit:
 *
 *     i = sigmoid(z_i + P_i * c')    f = sigmoid(z_f + P_f * c')    g = tanh(z_g)
 *     c = f * c' + i * g             o = sigmoid(z_o + P_o * c)     h = o * tanh(c)
 *
 * It goes through the kernels of an LSTM without peepholes, and adds to what they read and write by elementary ones. So
 * the kernels of every LSTM stay as they are, and a page loads no more of them, but a step takes more passes.
 */
export class Peepholes {
  readonly #shared = new WeakMap<Trace, Shared>();
  readonly #activations: CellActivations;

  /** @param weight P (3, H): of i, f, o */
  constructor(
    readonly weight: Weight,
    activations: CellActivations,
  ) {
    this.#activations = activations;
  }

  /** In place of `lstmForward`. */
  forward(
    trace: Trace,
    { projected: z, tape: [squashed], previous: [, previousC], next: [h, c] }: CellStep,
  ): void {
    const run = trace.builder.run.bind(trace.builder);
    const [ofInputAndForget, ofOutput, zeros, pair, gates, o] = this.#share(trace);
    const H = c.cols;
    run('concatenate', { a: previousC, b: previousC }, { y: pair }, write);
    run('multiply', { a: pair, b: ofInputAndForget }, { y: pair }, write);
    run('concatenate', { a: pair, b: zeros }, { y: z }, add);
    // c is right with this; o and h are not yet: o has not seen c.
    run('lstmForward', { z, previousC }, { gates, c, squashed, h }, this.#activations);
    run('multiply', { a: c, b: ofOutput }, { y: o }, write);
    run('add', { a: o, b: sliceColumns(z, 3 * H, H) }, { y: o }, {});
    run('activate', { x: o }, { y: o }, this.#ofGates);
    run('multiply', { a: o, b: squashed }, { y: h }, write);
    run('concatenate', { a: sliceColumns(gates, 0, 3 * H), b: o }, { y: z }, write);
  }

  /**
   * In place of `lstmBackward`. What an LSTM's step has backward stays, but
   *
   *     dc += dz_o * P_o, before the rest      dc' += dz_i * P_i + dz_f * P_f
   */
  backward(
    trace: Trace,
    {
      projected: gates,
      tape: [squashed],
      previous: [, previousC],
      dNext: [dh, dc],
      dPrevious: [, dPreviousC],
    }: CellStepBackward,
  ): void {
    const run = trace.builder.run.bind(trace.builder);
    const [ofInputAndForget, ofOutput, , , , d] = this.#share(trace);
    const H = dh.cols;
    const dz = gates;
    run('multiply', { a: dh, b: squashed }, { y: d }, write);
    run('activateBackward', { y: sliceColumns(gates, 3 * H, H), dy: d }, { dx: d }, this.#ofGates);
    run('multiply', { a: d, b: ofOutput }, { y: dc }, add);
    run('lstmBackward', { gates, previousC, squashed, dh, dc }, { dz, dPreviousC }, this.#activations);
    for (const start of [0, H]) {
      const [a, b] = [dz, ofInputAndForget].map((matrix) => sliceColumns(matrix, start, H));
      run('multiply', { a, b }, { y: dPreviousC }, add);
    }
  }

  /** dP_i = the sum of the rows of dz_i * c', dP_f that of dz_f * c', and dP_o that of dz_o * c. */
  accumulate(trace: Trace, { dProjected, previous: [, before], next: [, after] }: CellSequence): void {
    const run = trace.builder.run.bind(trace.builder);
    const { matrix, accumulate } = trace.gradient(this.weight);
    const H = before.cols;
    const y = trace.temporary(before.rows, H);
    [0, 1, 3].forEach((gate, row) => {
      const b = gate === 3 ? after : before;
      run('multiply', { a: sliceColumns(dProjected, gate * H, H), b }, { y }, write);
      run('sumRows', { x: y }, { total: sliceRows(matrix, row, 1) }, { accumulate });
    });
  }

  get #ofGates() {
    return { activation: this.#activations.recurrentActivation };
  }

  #share(trace: Trace): Shared {
    let shared = this.#shared.get(trace);
    if (!shared) {
      const run = trace.builder.run.bind(trace.builder);
      const weights = trace.weight(this.weight);
      const H = weights.cols;
      const [ones, rows, zeros, pair, gates, one] = [1, 3 * H, 2 * H, 2 * H, 4 * H, H].map((cols) =>
        trace.temporary(trace.batch, cols),
      );
      run('fill', {}, { y: zeros }, { value: 0 });
      run('fill', {}, { y: ones }, { value: 1 });
      // A column of ones times P as one row.
      const b = { ...weights, rows: 1, cols: 3 * H, rowStride: 3 * H };
      run('gemm', { a: ones, b }, { c: rows }, { transposeA: false, transposeB: false, ...write });
      shared = [sliceColumns(rows, 0, 2 * H), sliceColumns(rows, 2 * H, H), zeros, pair, gates, one];
      this.#shared.set(trace, shared);
    }
    return shared;
  }
}
