import type { Cell } from '../cells/cell.js';
import { sliceRows, type Matrix } from '../engine/program.js';
import { SeqkitError } from '../errors.js';
import type { Random } from '../random.js';
import { Layer, timeOf, type LayerOptions } from './layer.js';
import { project, projectBackward } from './projection.js';
import type { Signal, Trace, Traced } from './trace.js';
import type { Weight } from './weight.js';

export interface RecurrentOptions {
  /** All outputs (N, T, H), not the last alone (N, H). @default false */
  returnSequences?: boolean;
  /** Walk from the last step to the first; sequences come out in that order. @default false */
  goBackwards?: boolean;
  /** Start each batch from the state the last one ended with: truncated BPTT. @default false */
  stateful?: boolean;
  name?: string;
}

/** The name under which a session keeps a state that one program carries from run to run. */
export function carriedStateName(layer: string, state: string, program: string, batch: number): string {
  return `${layer}/${state} carried by ${program} of ${batch}`;
}

/**
 * Runs a cell over time, forward and back (backpropagation through time, Werbos 1990). Each
 * state is one matrix ((T + 1) * N, H): the slot before each step in one run of rows, the
 * slot after it in another, so that the weights' gradients are products over all steps.
 */
export class Recurrent extends Layer {
  readonly kind: string = 'Recurrent';
  readonly cell: Cell;
  readonly #options: RecurrentOptions;
  readonly #cellOptions: LayerOptions;

  /** @param cellOptions what the cell was made from, for the model file */
  constructor(cell: Cell, options: RecurrentOptions, cellOptions: LayerOptions = {}) {
    super();
    this.cell = cell;
    this.name = options.name ?? '';
    this.#options = options;
    this.#cellOptions = cellOptions;
  }

  options(): LayerOptions {
    return { ...this.#cellOptions, ...this.#options };
  }

  override get stateful(): boolean {
    return this.#options.stateful ?? false;
  }

  get goesBackwards(): boolean {
    return this.#options.goBackwards ?? false;
  }

  override get needsWholeSequence(): boolean {
    return this.goesBackwards;
  }

  /**
   * A new layer with the same options but for `changes`, and weights of its own.
   * @throws SeqkitError `usage` where a layer of one's own does not say how
   */
  copyWith(changes: RecurrentOptions): Recurrent {
    throw new SeqkitError(
      `The layer ${this.kind} cannot be copied with another ${Object.keys(changes).join(', ')}.`,
      {
        code: 'usage',
        hint: 'Let its class override copyWith.',
      },
    );
  }

  get weights(): readonly Weight[] {
    return this.built ? this.cell.weights : [];
  }

  protected create(features: number, random: Random): number {
    this.cell.create(this.name, features, random);
    return this.cell.units;
  }

  trace(trace: Trace, x: Signal): Traced {
    return this.#walk(trace, x, { reverse: this.goesBackwards });
  }

  /** As `trace`, but sequences come out in the order of time, whichever way they were walked. */
  traceInTimeOrder(trace: Trace, x: Signal): Traced {
    return this.#walk(trace, x, { reverse: false });
  }

  /** @param reverse whether sequences come out from the last step to the first */
  #walk(trace: Trace, x: Signal, { reverse }: { reverse: boolean }): Traced {
    const { cell } = this;
    const { builder, batch: N } = trace;
    const T = timeOf(this, x);
    const H = cell.units;
    const { returnSequences = false, goBackwards = false } = this.#options;
    const carried = (trace.options.carryState ?? false) || this.stateful;

    const at = (matrix: Matrix, slot: number): Matrix => sliceRows(matrix, slot * N, N);
    // Time t stands between slots t and t + 1; the walk enters it from one side.
    const slotBefore = (t: number): number => (goBackwards ? t + 1 : t);
    const slotAfter = (t: number): number => (goBackwards ? t : t + 1);
    const order = Array.from({ length: T }, (_, k) => (goBackwards ? T - 1 - k : k));
    const [firstSlot, lastSlot] = [slotBefore(order[0]), slotAfter(order[T - 1])];

    const projected = project(trace, x, cell.kernel, cell.inputBias(trace));
    const tape = cell.tapeColumns.map((columns) => trace.temporary(T * N, columns));
    const states = cell.states.map(() => trace.temporary((T + 1) * N, H));
    const carriedStates = cell.states.map((state) =>
      carried
        ? builder.declare('state', carriedStateName(this.name, state, builder.name, N), N, H)
        : undefined,
    );
    states.forEach((state, i) => {
      const start = at(state, firstSlot);
      const source = carriedStates[i];
      if (source) builder.run('copy', { x: source }, { y: start }, {});
      else builder.run('fill', {}, { y: start }, { value: 0 });
    });

    const step = (t: number) => ({
      projected: at(projected, t),
      tape: tape.map((matrix) => at(matrix, t)),
      previous: states.map((state) => at(state, slotBefore(t))),
      next: states.map((state) => at(state, slotAfter(t))),
    });
    for (const t of order) cell.forward(trace, step(t));
    states.forEach((state, i) => {
      const target = carriedStates[i];
      if (target) builder.run('copy', { x: at(state, lastSlot) }, { y: target }, {});
    });

    // Slots after each step, in order of time.
    const outputs = sliceRows(states[0], goBackwards ? 0 : N, T * N);
    let y: Matrix = at(states[0], lastSlot);
    if (returnSequences) y = reverse ? this.#reversed(trace, outputs, T) : outputs;

    const backward = (dy: Matrix, wantsDx: boolean): Matrix | undefined => {
      const wantsInitial = trace.options.exposeGradients ?? false;
      // The gradient of each output, to which the step after it adds.
      let dOutputs = dy;
      if (!returnSequences) {
        dOutputs = trace.temporary(T * N, H);
        builder.run('fill', {}, { y: dOutputs }, { value: 0 });
        builder.run('copy', { x: dy }, { y: at(dOutputs, order[T - 1]) }, {});
      } else if (reverse) {
        dOutputs = this.#reversed(trace, dy, T);
      }
      const dOthers = states.slice(1).map(() => {
        const d = trace.temporary(N, H);
        builder.run('fill', {}, { y: d }, { value: 0 });
        return d;
      });
      const dInitial = trace.temporary(N, H);
      builder.run('fill', {}, { y: dInitial }, { value: 0 });
      for (let k = T - 1; k >= 0; k--) {
        const t = order[k];
        const dPreviousOutput = k > 0 ? at(dOutputs, order[k - 1]) : dInitial;
        cell.backward(trace, {
          ...step(t),
          dNext: [at(dOutputs, t), ...dOthers],
          dPrevious: [dPreviousOutput, ...dOthers],
        });
      }
      if (wantsInitial && carried) {
        [dInitial, ...dOthers].forEach((d, i) => {
          const name = `gradient/${carriedStateName(this.name, cell.states[i], builder.name, N)}`;
          builder.run('copy', { x: d }, { y: builder.declare('output', name, N, H) }, {});
        });
      }
      const previousOutput = sliceRows(states[0], goBackwards ? N : 0, T * N);
      cell.accumulate(trace, { dProjected: projected, tape, previousOutput });
      return projectBackward(trace, x, cell.kernel, projected, wantsDx);
    };
    return { y: { matrix: y, time: returnSequences ? T : undefined, features: H }, backward };
  }

  /** The same blocks of N rows in the opposite order of time. */
  #reversed(trace: Trace, x: Matrix, T: number): Matrix {
    const N = trace.batch;
    const y = trace.temporary(x.rows, x.cols);
    for (let t = 0; t < T; t++) {
      trace.builder.run('copy', { x: sliceRows(x, t * N, N) }, { y: sliceRows(y, (T - 1 - t) * N, N) }, {});
    }
    return y;
  }
}
