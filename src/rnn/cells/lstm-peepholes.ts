import type { CellActivations } from '../program/kernels.js';
import { sliceColumns, sliceRows, type Matrix } from '../program/program.js';
import type { Trace } from '../weights/trace.js';
import type { Weight } from '../weights/weight.js';
import type { CellSequence, CellStep, CellStepBackward } from './cell.js';

/** What all steps of one program share. */
interface Shared {
  /** The peepholes of i and f side by side (N, 2H) and those of o (N, H), the same in each row. */
  readonly ofInputAndForget: Matrix;
  readonly ofOutput: Matrix;
  /** Zeros (N, 2H). */
  readonly zeros: Matrix;
  /** Memory to work in, (N, 2H), (N, 4H) and (N, H): no step needs what another left there. */
  readonly pair: Matrix;
  readonly gates: Matrix;
  readonly one: Matrix;
}

/**
 * The pointwise half of an LSTM step with peepholes (Gers and Schmidhuber 2000; Graves 2013, equations 7 to 11). With
 * z = x W + h' U + b in the order i, f, g, o, and P (3, H) of i, f and o, a weight for each unit:
 *
 *     i = sigmoid(z_i + P_i * c')    f = sigmoid(z_f + P_f * c')    g = tanh(z_g)
 *     c = f * c' + i * g             o = sigmoid(z_o + P_o * c)     h = o * tanh(c)
 *
 * It goes through the kernels of an LSTM without peepholes, and adds to what they read and write by elementary ones. So
 * no engine has a kernel more, but a step takes several passes over its rows.
 */
export class Peepholes {
  readonly #shared = new WeakMap<Trace, Shared>();

  /** @param weight (3, H): of i, f, o */
  constructor(
    readonly weight: Weight,
    readonly activations: CellActivations,
  ) {}

  /** In place of `lstmForward`. */
  forward(
    trace: Trace,
    { projected: z, tape: [squashed], previous: [, previousC], next: [h, c] }: CellStep,
  ): void {
    const run = trace.builder.run.bind(trace.builder);
    const { activations } = this;
    const H = c.cols;
    const { ofInputAndForget, ofOutput, zeros, pair, gates, one: o } = this.#share(trace);
    run('concatenate', { a: previousC, b: previousC }, { y: pair }, { accumulate: false });
    run('multiply', { a: pair, b: ofInputAndForget }, { y: pair }, { accumulate: false });
    run('concatenate', { a: pair, b: zeros }, { y: z }, { accumulate: true });
    // c is right with this; o and h are not yet: o has not seen c.
    run('lstmForward', { z, previousC }, { gates, c, squashed, h }, activations);
    run('multiply', { a: c, b: ofOutput }, { y: o }, { accumulate: false });
    run('add', { a: o, b: sliceColumns(z, 3 * H, H) }, { y: o }, {});
    run('activate', { x: o }, { y: o }, { activation: activations.recurrentActivation });
    run('multiply', { a: o, b: squashed }, { y: h }, { accumulate: false });
    run('concatenate', { a: sliceColumns(gates, 0, 3 * H), b: o }, { y: z }, { accumulate: false });
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
    const { activations } = this;
    const H = dh.cols;
    const { ofInputAndForget, ofOutput, one: dOutput } = this.#share(trace);
    const output = sliceColumns(gates, 3 * H, H);
    run('multiply', { a: dh, b: squashed }, { y: dOutput }, { accumulate: false });
    run(
      'activateBackward',
      { y: output, dy: dOutput },
      { dx: dOutput },
      { activation: activations.recurrentActivation },
    );
    run('multiply', { a: dOutput, b: ofOutput }, { y: dc }, { accumulate: true });
    const dz = gates;
    run('lstmBackward', { gates, previousC, squashed, dh, dc }, { dz, dPreviousC }, activations);
    for (const start of [0, H]) {
      const [d, weights] = [dz, ofInputAndForget].map((matrix) => sliceColumns(matrix, start, H));
      run('multiply', { a: d, b: weights }, { y: dPreviousC }, { accumulate: true });
    }
  }

  /** dP_i = the sum of the rows of dz_i * c', dP_f that of dz_f * c', and dP_o that of dz_o * c. */
  accumulate(trace: Trace, { dProjected, previous: [, before], next: [, after] }: CellSequence): void {
    const { matrix, accumulate } = trace.gradient(this.weight);
    const H = before.cols;
    const product = trace.temporary(before.rows, H);
    const seen = [
      { gate: 0, c: before },
      { gate: 1, c: before },
      { gate: 3, c: after },
    ];
    seen.forEach(({ gate, c }, row) => {
      const d = sliceColumns(dProjected, gate * H, H);
      trace.builder.run('multiply', { a: d, b: c }, { y: product }, { accumulate: false });
      trace.builder.run('sumRows', { x: product }, { total: sliceRows(matrix, row, 1) }, { accumulate });
    });
  }

  #share(trace: Trace): Shared {
    const known = this.#shared.get(trace);
    if (known) return known;
    const { builder, batch: N } = trace;
    const weights = trace.weight(this.weight);
    const H = weights.cols;
    const filled = (cols: number, value: number): Matrix => {
      const y = trace.temporary(N, cols);
      builder.run('fill', {}, { y }, { value });
      return y;
    };
    const ones = filled(1, 1);
    // A row of weights in every row of the batch: a column of ones times it.
    const [ofInput, ofForget, ofOutput] = [0, 1, 2].map((row) => {
      const y = trace.temporary(N, H);
      const settings = { transposeA: false, transposeB: false, accumulate: false };
      builder.run('gemm', { a: ones, b: sliceRows(weights, row, 1) }, { c: y }, settings);
      return y;
    });
    const ofInputAndForget = trace.temporary(N, 2 * H);
    builder.run('concatenate', { a: ofInput, b: ofForget }, { y: ofInputAndForget }, { accumulate: false });
    const shared = {
      ...{ ofInputAndForget, ofOutput, zeros: filled(2 * H, 0) },
      ...{ pair: trace.temporary(N, 2 * H), gates: trace.temporary(N, 4 * H), one: trace.temporary(N, H) },
    };
    this.#shared.set(trace, shared);
    return shared;
  }
}
